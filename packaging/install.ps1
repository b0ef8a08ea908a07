# Installs clerkform on Windows: fetches the release's archive for this machine, holds it against the
# release's checksums, and puts the program into a folder. Settings are variables:
#
#   CLERKFORM_VERSION      such as 0.1.0; without it, the newest release
#   CLERKFORM_INSTALL_DIR  where the program goes; without it, %LOCALAPPDATA%\Programs\clerkform
#   CLERKFORM_BASE_URL     a copy of the releases' pages, with the same paths below it
#
# For Windows PowerShell 5.1 and newer. The workflow of the release runs it on Windows before the release
# is public; on a machine without PowerShell nobody can.

function Install-Clerkform {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    $base = if ($env:CLERKFORM_BASE_URL) { $env:CLERKFORM_BASE_URL } else { 'https://github.com/OWNER/clerkform/releases' }
    $base = $base.TrimEnd('/')
    if ($base -notmatch '^(https://|http://(127\.0\.0\.1|localhost)([:/]|$))') {
        throw 'CLERKFORM_BASE_URL has to begin with https://'
    }
    $folder = if ($env:CLERKFORM_INSTALL_DIR) { $env:CLERKFORM_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'Programs\clerkform' }
    $version = "$env:CLERKFORM_VERSION" -replace '^v', ''
    if ($version -match '[^0-9A-Za-z.+-]') { throw "CLERKFORM_VERSION is no version: $version" }
    $machine = switch ([Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString()) {
        'X64' { 'x86_64' }
        'Arm64' { 'aarch64' }
        default { throw "there is no release for $_" }
    }
    $target = "$machine-pc-windows-msvc"

    $temporary = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    New-Item -ItemType Directory -Path $temporary | Out-Null
    try {
        $from = if ($version) { "download/v$version" } else { 'latest/download' }
        $sums = Join-Path $temporary 'SHA256SUMS'
        Invoke-WebRequest -UseBasicParsing -Uri "$base/$from/SHA256SUMS" -OutFile $sums
        $pattern = '^(?<sum>[0-9a-f]{64}) [ *](?<archive>clerkform-(?<version>[0-9A-Za-z.+-]+)-' + [regex]::Escape($target) + '\.zip)$'
        $found = @(Get-Content $sums | Where-Object { $_ -match $pattern })
        if ($found.Count -ne 1) { throw "$base/$from/SHA256SUMS names no archive for $target" }
        $null = $found[0] -match $pattern
        $expected = $Matches['sum']
        $archive = $Matches['archive']
        if ($version -and $Matches['version'] -ne $version) {
            throw "$base/$from/SHA256SUMS is of version $($Matches['version']), not $version"
        }
        $version = $Matches['version']

        # By its version, since a newer release may have come meanwhile.
        $file = Join-Path $temporary $archive
        Invoke-WebRequest -UseBasicParsing -Uri "$base/download/v$version/$archive" -OutFile $file
        if ((Get-FileHash -Algorithm SHA256 -Path $file).Hash -ne $expected) {
            throw "$archive has another checksum than its release says, so nothing was installed: it was cut off or changed on its way"
        }
        Expand-Archive -Path $file -DestinationPath $temporary
        $program = Join-Path (Join-Path $temporary ($archive -replace '\.zip$', '')) 'clerkform.exe'
        & $program --version | Out-Null
        if ($LASTEXITCODE -ne 0) { throw 'the program does not run on this machine' }
        New-Item -ItemType Directory -Force -Path $folder | Out-Null
        Copy-Item -Force -Path $program -Destination (Join-Path $folder 'clerkform.exe')
        Write-Output "clerkform: installed version $version as $(Join-Path $folder 'clerkform.exe')"
        if (($env:PATH -split ';') -notcontains $folder) {
            Write-Output "clerkform: $folder is not on your PATH. To add it for new terminals:"
            Write-Output "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$folder', 'User')"
        }
    }
    finally {
        Remove-Item -Recurse -Force -Path $temporary
    }
}

# Last, so that half of this file does nothing.
Install-Clerkform
