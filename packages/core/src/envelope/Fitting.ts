/** The first of the items that fit into so many characters together, never none: an answer stays small whatever was sent. */
export const fitting = <A>(
  items: ReadonlyArray<A>,
  characters: number,
  write: (item: A) => string
): ReadonlyArray<A> => {
  let left = characters
  const end = items.findIndex((item) => {
    left -= write(item).length
    return left < 0
  })
  return end === -1 ? items : items.slice(0, Math.max(1, end))
}

/** Sentences joined as far as they fit, and how many there are besides. */
export const summary = (sentences: ReadonlyArray<string>, characters: number): string => {
  const shown = fitting(sentences, characters, (text) => text)
  const rest = sentences.length - shown.length
  return `${shown.join("; ")}${rest === 0 ? "" : `; and ${rest} more`}`
}
