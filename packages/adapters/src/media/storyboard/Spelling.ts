/** Fewer letters leave too many words that differ by one: "sharp" is no shark. */
const shortestForOneEdit = 8
const shortestForSound = 6

/**
 * The name that a misspelt word most likely means: one that sounds the same, or the only one that is a single edit away
 * and begins alike. Null when there is none.
 */
export const correctedFrom = (word: string, names: Iterable<string>): string | null => {
  if (word.length < shortestForSound || !/^[a-z]+$/.test(word)) return null
  const sound = soundOf(word)
  const near: Array<string> = []
  for (const name of names) {
    if (!name.startsWith(word.slice(0, 1)) || name.includes(" ") || name.length < shortestForSound - 1) continue
    if (soundOf(name) === sound) return name
    if (word.length >= shortestForOneEdit && name.startsWith(word.slice(0, 2)) && oneEditApart(word, name))
      near.push(name)
  }
  return near.length === 1 ? (near[0] ?? null) : null
}

/** Spellings that English readers confuse become one. */
const soundOf = (word: string): string =>
  word
    .replaceAll("ph", "f")
    .replaceAll("ck", "k")
    .replaceAll(/c(?=[aoulr])/g, "k")
    .replaceAll("y", "i")
    .replaceAll("ie", "ei")
    .replaceAll(/(.)\1+/g, "$1")

/** One letter added, left out, replaced, or exchanged with its neighbour. */
const oneEditApart = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && left === `${right.slice(1)}${right.slice(0, 1)}`
}
