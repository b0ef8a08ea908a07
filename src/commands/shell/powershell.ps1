# Completion of `clerkform` for PowerShell. Put into $PROFILE:
#   clerkform completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName clerkform -ScriptBlock {
    param($word, $line, $cursor)

    # The words in front of the cursor as they stand there: nothing on the line is evaluated.
    $words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
        else { $_.Extent.Text }
    })
    $env:_CLERKFORM_COMPLETE = 'powershell'
    $env:_CLERKFORM_WORD = $word
    try {
        clerkform -- @words 2>$null | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:_CLERKFORM_COMPLETE, Env:_CLERKFORM_WORD -ErrorAction SilentlyContinue
    }
}
