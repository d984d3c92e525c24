#compdef gitsm
# Completion of gitsm for zsh: write it to `_gitsm` in a folder of $fpath.
_gitsm() {
    local line
    local -a names shown open
    for line in ${(f)"$(command gitsm complete --describe -- "${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null)"}; do
        names+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
    done
    open=(${(M)names:#*[/=:]})
    if (( $#names == 0 )); then
        _files
    elif (( $#open )); then
        compadd -S '' -l -d shown -a names
    else
        compadd -l -d shown -a names
    fi
}
if [[ $funcstack[1] == _gitsm ]]; then
    _gitsm "$@"
else
    compdef _gitsm gitsm
fi
