# Completion of `clerkform` for bash. Put into ~/.bashrc:  eval "$(clerkform completions bash)"
_clerkform() {
    local words=("${COMP_WORDS[@]}") line
    # The word up to the cursor. A `=` on its own stays: the program puts together what bash takes
    # apart at it.
    [[ ${words[COMP_CWORD]} == = ]] || words[COMP_CWORD]=$2
    COMPREPLY=()
    while IFS= read -r line; do
        [[ $line == *[[:space:]]* ]] && printf -v line %q "$line"
        COMPREPLY+=("$line")
    done < <(_CLERKFORM_COMPLETE=bash _CLAP_COMPLETE_INDEX=$COMP_CWORD \
        clerkform -- "${words[@]}" 2>/dev/null)
    # A folder or `FORMAT=` is not the end of a word.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o nosort -F _clerkform clerkform 2>/dev/null ||
    complete -o bashdefault -F _clerkform clerkform
