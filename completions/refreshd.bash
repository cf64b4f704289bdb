# Completion of refreshd in bash. To have it now: source <(refreshd complete bash)
# What is typed is handed over as words and never evaluated. A lone / means that a folder is wanted.
_refreshd() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == / ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")
            return
        fi
        COMPREPLY+=("${line%%$'\t'*}")
    done < <(refreshd complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _refreshd refreshd
