/** Markdown as it is written here: blocks with an empty line between them, prose filled to one width. */

/** One block: no empty line at either end. */
export type Block = string

/** The blocks as a file, which ends with one newline. */
export const file = (blocks: ReadonlyArray<Block>): string => `${blocks.join("\n\n")}\n`

export const heading = (level: 1 | 2 | 3 | 4, text: string): Block => `${"#".repeat(level)} ${text}`

/**
 * A heading under names of its own. They are written out, because the name that a heading gets by itself depends on
 * who renders it.
 */
export const anchored = (level: 1 | 2 | 3 | 4, text: string, anchors: ReadonlyArray<string>): Block =>
  `${anchors.map((anchor) => `<a id="${anchor}"></a>`).join("")}\n\n${heading(level, text)}`

const width = 110

/** Prose filled to the width. What stands between backquotes stays on one line, so that it can be copied. */
export const paragraph = (text: string, indent = ""): Block => {
  const lines: Array<string> = []
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/gu) ?? []) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= width)
      lines.push(`${lines.length === 0 ? "" : indent}${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join("\n")
}

export const list = (items: ReadonlyArray<string>): Block =>
  items.map((item) => `- ${paragraph(item, "  ")}`).join("\n")

/** Lines that are typed in a shell, each as it stands. */
export const commands = (lines: ReadonlyArray<string>): Block => ["```sh", ...lines, "```"].join("\n")

export const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): Block =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

export const code = (text: string): string => `\`${text}\``

export const codes = (texts: ReadonlyArray<string>): string => texts.map(code).join(", ")
