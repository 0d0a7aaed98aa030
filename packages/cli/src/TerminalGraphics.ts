/**
 * Pictures in a terminal, as the text that makes it show them: the protocols of kitty and of iTerm2, and half blocks in
 * true colour where a terminal knows neither.
 */
export type Protocol = "kitty" | "iterm2" | "blocks"

/** What this terminal can show, by what it says about itself; null where that is nothing, or nobody looks. */
export const protocolOf = (variable: (name: string) => string | null): Protocol | null => {
  const term = variable("TERM")
  if (term === null || term === "dumb" || variable("CI") !== null) return null
  // A multiplexer keeps pictures from the terminal behind it.
  const isDirect = variable("TMUX") === null && !term.startsWith("screen") && !term.startsWith("tmux")
  if (isDirect && isKitty(term, variable)) return "kitty"
  if (isDirect && isIterm(variable)) return "iterm2"
  return /^(?:truecolor|24bit)$/u.test(variable("COLORTERM") ?? "") && variable("NO_COLOR") === null ? "blocks" : null
}

const isKitty = (term: string, variable: (name: string) => string | null): boolean =>
  term === "xterm-kitty" ||
  term === "xterm-ghostty" ||
  variable("KITTY_WINDOW_ID") !== null ||
  variable("KONSOLE_VERSION") !== null

const isIterm = (variable: (name: string) => string | null): boolean =>
  variable("TERM_PROGRAM") === "iTerm.app" ||
  variable("TERM_PROGRAM") === "WezTerm" ||
  variable("LC_TERMINAL") === "iTerm2"

/** A PNG, in pieces of at most 4,096 characters (sw.kovidgoyal.net/kitty/graphics-protocol). */
export const kitty = (png: Uint8Array, columns: number): string => {
  const pieces = base64(png).match(/.{1,4096}/gu) ?? []
  return pieces
    .map((piece, index) => {
      const control = index === 0 ? `a=T,f=100,q=2,c=${columns},` : ""
      return `\u001b_G${control}m=${index === pieces.length - 1 ? 0 : 1};${piece}\u001b\\`
    })
    .join("")
    .concat("\n")
}

/** Any picture that the terminal itself can read (iterm2.com/documentation-images.html). */
export const iterm2 = (picture: Uint8Array, columns: number): string =>
  `\u001b]1337;File=inline=1;size=${picture.length};width=${columns};preserveAspectRatio=1:${base64(picture)}\u0007\n`

/** Red, green and blue of each pixel, row by row; a character shows two rows, so their number is even. */
export const blocks = (rgb: Uint8Array, width: number): string => {
  const color = (kind: 38 | 48, pixel: number): string =>
    `\u001b[${kind};2;${rgb[pixel * 3]};${rgb[pixel * 3 + 1]};${rgb[pixel * 3 + 2]}m`
  const rows = Math.floor(rgb.length / 3 / width / 2)
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: width }, (__, column) => {
      const upper = row * 2 * width + column
      return `${color(38, upper)}${color(48, upper + width)}\u2580`
    })
    return `${cells.join("")}\u001b[0m\n`
  }).join("")
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
