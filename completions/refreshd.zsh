#compdef refreshd
# Completion of refreshd in zsh: a file _refreshd in a folder of fpath, or, after compinit, source <(refreshd complete zsh)
# What is typed is handed over as words and never evaluated. A lone / means that a folder is wanted.
_refreshd() {
    local -a lines
    lines=("${(@f)$(refreshd complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
    if [[ $lines[1] == / ]]; then
        _files -/
    elif [[ -n $lines[1] ]]; then
        lines=("${(@)lines//:/\\:}")
        lines=("${(@)lines/$'\t'/:}")
        _describe -V refreshd lines
    else
        return 1
    fi
}
if [[ $funcstack[1] == _refreshd ]]; then _refreshd "$@"; else compdef _refreshd refreshd; fi
