/**
 * Text that somebody else wrote, made fit for a terminal: whatever a terminal would obey, reorder or not show at all
 * is shown as what it is. Control characters become their pictures (U+2400 and on) where the terminal has them, and
 * everything else of that kind its code point. A joiner inside an emoji is shown, too: terminals that do not know the
 * sequence draw it wider than it was measured, and the rest of the line would begin another one.
 */
export const shown = (text: string, unicode = true): string =>
  isPlain(text) ? text : text.replaceAll(unsafe, (part) => pictureOf(part, unicode))

/** Whether a terminal shows this text just as it stands. */
export const isSafe = (text: string): boolean => isPlain(text) || text.search(unsafe) === -1

/** Most text is of this kind. */
const isPlain = (text: string): boolean => /^[\u0020-\u007e]*$/u.test(text)

/**
 * Controls, formats (bidi, zero width, tags), line and paragraph separators, lone surrogates, private and unassigned code points,
 * what is ignored by default, the blank that is a symbol, and a mark that would join whatever stands before the text.
 * The emoji selector is kept where it follows an emoji.
 */
const unsafe = /(?:(?<!\p{Emoji})\uFE0F|(?!\uFE0F)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|^\p{M})/gu

const pictureOf = (part: string, unicode: boolean): string => {
  const code = part.codePointAt(0) ?? 0
  if (unicode && code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (unicode && code === 0x7f) return "\u2421"
  return `\\u{${code.toString(16)}}`
}
