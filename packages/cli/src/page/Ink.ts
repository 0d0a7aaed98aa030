import type { Screen } from "./Screen.ts"

/** What a piece of text is, which decides how it is drawn. */
export type Role = "title" | "heading" | "label" | "good" | "bad" | "warning" | "quiet" | "command" | "plain"

/** Select Graphic Rendition, ECMA-48 8.3.117. */
const codes: { readonly [R in Role]: string } = {
  title: "1",
  heading: "1",
  label: "2",
  good: "32",
  bad: "31",
  warning: "33",
  quiet: "2",
  command: "36",
  plain: ""
}

/** Text that is safe already, drawn in the way of its role. */
export const ink = (text: string, role: Role, { color }: Screen): string =>
  !color || codes[role] === "" || text === "" ? text : `\u001b[${codes[role]}m${text}\u001b[0m`

/** The same text, which a click opens where the whole of it is an address (OSC 8). */
export const linked = (text: string, address: string, { hyperlinks }: Screen): string =>
  hyperlinks && isAddress.test(address) ? `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\` : text

/** Of the web only, in characters that mean nothing to a terminal. */
const isAddress = /^https?:\/\/[\w.~:/?#@!$&()*+,;=%[\]-]{1,2000}$/u
