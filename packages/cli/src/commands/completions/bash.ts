import { commandNames } from "@image-skill/core/envelope/CommandBook"
import { fileCommands, type NamedFlag, nodes, ownFlags, sharedFlags, type Value, valueOf } from "./tree.ts"

/**
 * For bash 3.2 and newer, with or without the bash-completion package. The words of a line are followed through the
 * tree of commands; a flag completes the values it takes.
 */
export const bashScript = (): string => `# image-skill completion for bash: eval "$(image-skill completions bash --raw)"
_image_skill_next() {
  case "$1" in
${nodes.map(({ next, words }) => `    '${words}') echo '${next.map(({ word }) => word).join(" ")}' ;;`).join("\n")}
  esac
}
_image_skill_flags() {
  case "$1" in
${commandNames.map((name) => `    '${name}') echo '${ownFlags(name).map(flagWord).join(" ")}' ;;`).join("\n")}
  esac
  echo '${sharedFlags.map(flagWord).join(" ")}'
}
# Words for the value of a flag; @file for a name of a file, @other for what only the caller knows.
_image_skill_value() {
  case "$1 $2" in
${commandNames.flatMap((name) => valueLines(name, ownFlags(name))).join("\n")}
${valueLines("*", sharedFlags).join("\n")}
  esac
}
_image_skill() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" node='' word known i
  # Bash takes --flag=value apart where the equals sign is among its word breaks.
  if [ "$cur" = '=' ]; then
    cur=''
  elif [ "$prev" = '=' ]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    known=" $(_image_skill_next "$node") "
    case "$word" in -*) break ;; esac
    case "$known" in
      *" $word "*)
        case "$node" in help|schema|completions) break ;; esac
        node="\${node:+$node }$word" ;;
      # A word that no group has leads nowhere; a command takes what it is given.
      *) [ "$known" = '  ' ] || node='?'; break ;;
    esac
  done
  COMPREPLY=()
  local value=''
  case "$prev" in --*) value="$(_image_skill_value "$node" "$prev")" ;; esac
  case "$value" in
    @file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
    @other) return ;;
    ?*) COMPREPLY=($(compgen -W "$value" -- "$cur")); return ;;
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$(_image_skill_flags "$node")" -- "$cur")); return ;;
  esac
  COMPREPLY=($(compgen -W "$(_image_skill_next "$node")" -- "$cur"))
  case "$node" in
    ${fileCommands.map((name) => `'${name}'`).join("|")}) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null ;;
  esac
}
complete -F _image_skill image-skill
`

const flagWord = ([flag]: NamedFlag): string => `--${flag}`

/** One line for each kind of value that flags of a command take; a star stands for every command. */
const valueLines = (command: string, flags: ReadonlyArray<NamedFlag>): ReadonlyArray<string> => {
  const values = flags.flatMap(([flag, spec]) => {
    const value = valueOf(spec)
    return value === null ? [] : [{ flag, words: wordsOf(value) }]
  })
  return [...new Set(values.map(({ words }) => words))].map((words) => {
    const patterns = values.filter((value) => value.words === words).map(({ flag }) => patternOf(command, flag))
    return `    ${patterns.join("|")}) echo '${words}' ;;`
  })
}

const patternOf = (command: string, flag: string): string =>
  command === "*" ? `*' --${flag}'` : `'${command} --${flag}'`

const wordsOf = (value: Value): string => {
  switch (value._tag) {
    case "Words":
      return value.words.join(" ")
    case "File":
      return "@file"
    case "Other":
      return "@other"
  }
}
