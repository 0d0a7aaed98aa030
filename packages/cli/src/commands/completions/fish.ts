import { commandNames } from "@image-skill/core/envelope/CommandBook"
import type { FlagSpec } from "@image-skill/core/envelope/CommandSpec"
import { groupNames } from "@image-skill/core/envelope/CommandTree"
import { fileCommands, nodes, ownFlags, sharedFlags, valueOf } from "./tree.ts"

/** In fish a quote and a backslash are escaped inside of single quotes. */
const single = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

const at = (words: string): string => `complete -c image-skill -n ${single(`__image_skill_at ${single(words)}`)}`

/** For fish 3 and newer: one line for each command, flag and value, with its sentence. */
export const fishScript = (): string => `# image-skill completion for fish: image-skill completions fish --raw | source
function __image_skill_node
  set -l node
  set -l tokens (commandline -opc)
  for word in $tokens[2..-1]
    string match -q -- '-*' $word; and break
    contains -- "$node" help schema completions; and break
    set -l longer (string trim -- "$node $word")
    if not contains -- $longer ${[...new Set([...nodes.map(({ words }) => words), ...commandNames])]
      .filter((words) => words !== "")
      .map(single)
      .join(" ")}
      # A word that no group has leads nowhere; a command takes what it is given.
      contains -- "$node" '' ${groupNames.map(single).join(" ")}; and set node '?'
      break
    end
    set node $longer
  end
  echo "$node"
end
function __image_skill_at
  set -l node (__image_skill_node)
  test "$node" = "$argv[1]"
end
complete -c image-skill -f
${nodes.flatMap(({ next, words }) => next.map(({ about, word }) => `${at(words)} -a ${single(word)} -d ${single(about)}`)).join("\n")}
${sharedFlags.map(([flag, spec]) => `complete -c image-skill${flagText(flag, spec)}`).join("\n")}
${commandNames.flatMap((name) => ownFlags(name).map(([flag, spec]) => `${at(name)}${flagText(flag, spec)}`)).join("\n")}
${fileCommands.map((name) => `${at(name)} -F`).join("\n")}
`

const flagText = (flag: string, spec: FlagSpec): string => ` -l ${single(flag)}${takes(spec)} -d ${single(spec.about)}`

const takes = (spec: FlagSpec): string => {
  const value = valueOf(spec)
  if (value === null) return ""
  switch (value._tag) {
    case "Words":
      return ` -x -a ${single(value.words.join(" "))}`
    case "File":
      return " -r -F"
    case "Other":
      return " -x"
  }
}
