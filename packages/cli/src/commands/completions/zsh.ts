import { commandNames } from "@image-skill/core/envelope/CommandBook"
import { fileCommands, type NamedFlag, nodes, ownFlags, sharedFlags, type Value, valueOf, type Word } from "./tree.ts"

/** For zsh, with its own completion system: commands and flags with a sentence each. */
export const zshScript = (): string => `#compdef image-skill
# image-skill completion for zsh: source <(image-skill completions zsh --raw), after compinit
_image_skill_next() {
  case "$1" in
${nodes.map(({ next, words }) => `    ${single(words)}) reply=(${next.map(described).join(" ")}) ;;`).join("\n")}
    *) reply=() ;;
  esac
}
_image_skill_flags() {
  case "$1" in
${commandNames.map((name) => `    ${single(name)}) reply=(${ownFlags(name).map(describedFlag).join(" ")}) ;;`).join("\n")}
    *) reply=() ;;
  esac
  reply+=(${sharedFlags.map(describedFlag).join(" ")})
}
_image_skill_value() {
  case "$1 $2" in
${commandNames.flatMap((name) => ownFlags(name).flatMap((flag) => valueLine(name, flag))).join("\n")}
${sharedFlags.flatMap((flag) => valueLine("*", flag)).join("\n")}
    *) return 1 ;;
  esac
}
_image_skill() {
  local node='' word i found
  local -a reply
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    [[ "$word" == -* ]] && break
    case "$node" in help|schema|completions) break ;; esac
    _image_skill_next "$node"
    found="\${reply[(r)\${(b)word}:*]}"
    # A word that no group has leads nowhere; a command takes what it is given.
    if [[ -z "$found" ]]; then
      (( \${#reply} )) && node='?'
      break
    fi
    node="\${node:+$node }$word"
  done
  if [[ "\${words[CURRENT-1]}" == --* ]]; then
    _image_skill_value "$node" "\${words[CURRENT-1]}" && return
  fi
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _image_skill_flags "$node"
    _describe 'flag' reply
    return
  fi
  _image_skill_next "$node"
  (( \${#reply} )) && _describe 'command' reply
  case "$node" in
    ${fileCommands.map(single).join("|")}) _files ;;
  esac
}
if [ "\${funcstack[1]}" = '_image_skill' ]; then
  _image_skill "$@"
else
  compdef _image_skill image-skill
fi
`

/** \`word:about\`, in which a colon of the word itself is escaped. */
const described = ({ about, word }: Word): string => single(`${word.replaceAll(":", "\\:")}:${about}`)

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const describedFlag = ([flag, { about }]: NamedFlag): string => described({ word: `--${flag}`, about })

/** `command` is a name, or a star for every command. */
const valueLine = (command: string, [flag, spec]: NamedFlag): ReadonlyArray<string> => {
  const value = valueOf(spec)
  if (value === null) return []
  const pattern = command === "*" ? `*' --${flag}'` : single(`${command} --${flag}`)
  return [`    ${pattern}) ${offering(value)} ;;`]
}

const offering = (value: Value): string => {
  switch (value._tag) {
    case "Words":
      return `compadd -- ${value.words.map(single).join(" ")}`
    case "File":
      return "_files"
    case "Other":
      return "_message value"
  }
}
