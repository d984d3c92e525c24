# Completion of gitsm for fish: `gitsm completions fish | source`.
function __gitsm_complete
    set -l found (command gitsm complete --describe -- (commandline -opc) (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c gitsm -f -a '(__gitsm_complete)'
