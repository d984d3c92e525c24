# Completion of gitsm for bash: `source <(gitsm completions bash)`.
_gitsm() {
    # Bash splits words at `:` and `=`: what no space parts is put together again.
    local rest=${COMP_LINE:0:COMP_POINT} words=() number=0 piece before word
    for ((number = 0; number <= COMP_CWORD; number++)); do
        piece=${COMP_WORDS[number]}
        before=$rest
        rest=${rest#"${rest%%[![:space:]]*}"}
        # The last piece ends at the cursor.
        ((number == COMP_CWORD)) && piece=$rest
        if ((number == 0)) || [[ $before != "$rest" ]]; then
            words+=("$piece")
        else
            words[${#words[@]} - 1]+=$piece
        fi
        rest=${rest#"$piece"}
    done
    local current=${words[${#words[@]} - 1]} done_already=""
    # Bash replaces only what stands after the last character that it splits at.
    local breaks
    for breaks in : =; do
        if [[ $COMP_WORDBREAKS == *"$breaks"* && $current == *"$breaks"* ]]; then
            piece=${current%"${current##*"$breaks"}"}
            ((${#piece} > ${#done_already})) && done_already=$piece
        fi
    done
    COMPREPLY=()
    local open=0
    while IFS= read -r word; do
        [[ $word == */ || $word == *= || $word == *: ]] && open=1
        COMPREPLY+=("${word#"$done_already"}")
    done < <(command gitsm complete -- "${words[@]}" 2>/dev/null)
    ((open)) && compopt -o nospace 2>/dev/null
    return 0
}
complete -o bashdefault -o default -F _gitsm gitsm
