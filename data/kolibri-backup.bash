# SPDX-License-Identifier: MIT
# Completion of kolibri-backup for bash. It lists folders and never runs the program, so that a
# slow disk or an interrupted restore is no question of pressing Tab.

# Sets words and cword: COMP_WORDS with "--home", "=", "DIR" as one word again.
_kolibri_backup_words() {
    local i word

    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((${#words[@]} > 0)) && [[ ${words[-1]} == --*= ]]; then
            words[-1]+=$word
        elif ((${#words[@]} > 1)) && [[ $word == = && ${words[-1]} == --* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    cword=$((${#words[@]} - 1))
}

# Prints the folder that a word means: without quotes and backslashes, ~ as the shell has it.
_kolibri_backup_folder() {
    local folder=$1

    folder=${folder//[\"\'\\]/}
    # The tilde is meant as it stands: what was typed reaches us before the shell expands it.
    # shellcheck disable=SC2088
    if [[ $folder == '~' || $folder == '~/'* ]]; then
        folder=$HOME${folder:1}
    fi
    printf '%s' "$folder"
}

# Adds the names of the backups in the data folder $1 that begin with $2.
_kolibri_backup_names() {
    local file
    local -A seen=()

    for file in "$1"/backups/db-v*.dump "$1"/backups/protected/db-v*.dump; do
        [[ -f $file ]] || continue
        file=${file##*/}
        [[ $file == "$2"* && -z ${seen[$file]-} ]] || continue
        seen[$file]=1
        COMPREPLY+=("$file")
    done
}

# Adds the names of what restores have replaced in the data folder $1 that begin with $2.
_kolibri_backup_replaced() {
    local folder

    for folder in "$1"/backups/protected/replaced/replaced-v*; do
        [[ -d $folder && $folder != *.part ]] || continue
        folder=${folder##*/}
        [[ $folder == "$2"* ]] && COMPREPLY+=("$folder")
    done
}

# Adds the folders that begin with $1, each with $2 in front.
_kolibri_backup_folders() {
    local path

    compopt -o filenames
    while IFS= read -r path; do
        COMPREPLY+=("${2-}$path")
    done < <(compgen -d -- "$1")
}

# Adds the files that may be backups and begin with $1, or all files where none may be.
_kolibri_backup_files() {
    local path
    local -a others=()

    _kolibri_backup_folders "$1"
    while IFS= read -r path; do
        [[ -d $path ]] && continue
        case $path in
            *.dump | *.dump.gz | *.sql | *.sql.gz | *.sqlite3 | *.sqlite3.gz)
                [[ " ${COMPREPLY[*]} " == *" $path "* ]] || COMPREPLY+=("$path")
                ;;
            *) others+=("$path") ;;
        esac
    done < <(compgen -f -- "$1")
    ((${#COMPREPLY[@]} > 0)) || COMPREPLY=("${others[@]}")
}

# Adds the words of $1 that begin with $2.
_kolibri_backup_choose() {
    local word

    for word in $1; do
        [[ $word == "$2"* ]] && COMPREPLY+=("$word")
    done
}

_kolibri_backup() {
    local commands='status list backup info check restore undo keep note copy import delete guide report'
    local options='--home --json --help'
    local words cword i word cur home=${KOLIBRI_HOME:-$HOME/.kolibri} command='' latest='' n_args=0

    COMPREPLY=()
    _kolibri_backup_words
    cur=${words[cword]}

    # What is in front of the cursor: the command, the data folder, how many arguments.
    for ((i = 1; i < cword; i++)); do
        word=${words[i]}
        case $word in
            --home=*) home=$(_kolibri_backup_folder "${word#--home=}") ;;
            --home)
                i=$((i + 1))
                ((i < cword)) && home=$(_kolibri_backup_folder "${words[i]}")
                ;;
            --note | --to) i=$((i + 1)) ;;
            -l | --latest) latest=yes ;;
            -*) ;;
            *)
                if [[ -z $command ]]; then
                    command=$word
                else
                    n_args=$((n_args + 1))
                fi
                ;;
        esac
    done

    # The value of an option.
    case ${words[cword - 1]} in
        --home)
            _kolibri_backup_folders "$cur"
            return
            ;;
        --note | --to) return ;;
    esac
    case $cur in
        --home=*)
            # bash replaces what stands behind the "=", unless somebody told it otherwise
            if [[ $COMP_WORDBREAKS == *=* ]]; then
                _kolibri_backup_folders "${cur#--home=}"
            else
                _kolibri_backup_folders "${cur#--home=}" --home=
            fi
            return
            ;;
        --note=*) return ;;
    esac

    case $cur in
        -*)
            case $command in
                '') options+=' --version' ;;
                backup) options+=' --note' ;;
                restore) options+=' --latest --yes --stop-kolibri' ;;
                undo) options+=' --yes --stop-kolibri' ;;
                keep) options+=' --off' ;;
                guide) options+=' --to --start-over' ;;
                delete) options+=' --yes' ;;
            esac
            _kolibri_backup_choose "$options" "$cur"
            return
            ;;
    esac
    case $command in
        '') _kolibri_backup_choose "$commands" "$cur" ;;
        backup) ((n_args == 0)) && _kolibri_backup_folders "$cur" ;;
        guide) ((n_args == 0)) && _kolibri_backup_choose 'upgrade downgrade' "$cur" ;;
        undo) ((n_args == 0)) && _kolibri_backup_replaced "$home" "$cur" ;;
        keep | note | delete)
            if ((n_args == 0)); then
                _kolibri_backup_names "$home" "$cur"
                _kolibri_backup_replaced "$home" "$cur"
            fi
            ;;
        copy)
            if ((n_args == 0)); then
                _kolibri_backup_names "$home" "$cur"
                _kolibri_backup_replaced "$home" "$cur"
                _kolibri_backup_files "$cur"
            elif ((n_args == 1)); then
                _kolibri_backup_folders "$cur"
            fi
            ;;
        import) ((n_args == 0)) && _kolibri_backup_files "$cur" ;;
        info | check | restore)
            if ((n_args == 0)) && [[ -z $latest ]]; then
                _kolibri_backup_names "$home" "$cur"
                [[ $command == info ]] && _kolibri_backup_replaced "$home" "$cur"
                _kolibri_backup_files "$cur"
            fi
            ;;
    esac
}

complete -F _kolibri_backup kolibri-backup
