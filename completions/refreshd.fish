# Completion of refreshd in fish. To have it now: refreshd complete fish | source
# What is typed is handed over as words and never evaluated. A lone / means that a folder is wanted.
function __refreshd_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (refreshd complete -- $words[2..-1] 2>/dev/null)
    if test "$lines" = /
        __fish_complete_directories (commandline -ct)
    else if test -n "$lines"
        printf '%s\n' $lines
    end
end
complete --command refreshd --no-files --keep-order --arguments '(__refreshd_complete)'
