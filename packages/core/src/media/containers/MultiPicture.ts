import { hasText, viewOf } from "./Source.ts"

/** What the second segment of its kind begins with; the table follows. */
export const multiPictureMark = "MPF\u0000"

/** A phone adds one or two: a depth or a gain map, a preview. */
const mostPictures = 8
const entriesTag = 0xb002
const entryBytes = 16

/**
 * Where further whole JPEGs stand in the file of a first one, counted from the start of the table, which is a TIFF
 * structure (CIPA DC-007, 5.2). Empty when the table is damaged.
 */
export const furtherPictures = (table: Uint8Array): ReadonlyArray<number> => {
  if (table.length < 8) return []
  const view = viewOf(table)
  const little = hasText(table, 0, "II")
  const directory = view.getUint32(4, little)
  if (directory + 2 > table.length) return []
  const count = view.getUint16(directory, little)
  for (let index = 0; index < count; index += 1) {
    const entry = directory + 2 + index * 12
    if (entry + 12 > table.length) break
    if (view.getUint16(entry, little) !== entriesTag) continue
    const bytes = Math.min(view.getUint32(entry + 4, little), mostPictures * entryBytes)
    const start = view.getUint32(entry + 8, little)
    const offsets: Array<number> = []
    for (let at = start; at + entryBytes <= Math.min(table.length, start + bytes); at += entryBytes) {
      const offset = view.getUint32(at + 8, little)
      // The first picture is the one that holds the table.
      if (offset > 0) offsets.push(offset)
    }
    return offsets
  }
  return []
}
