import { viewOf } from "./Source.ts"

const gpsPointer = 0x8825
const exifPointer = 0x8769
const orientationTag = 0x0112
const bytesOfType: ReadonlyArray<number> = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/** A directory of more entries than this is damaged or hostile. */
const mostEntries = 1_024
/** The chain of directories: pictures have two, so this is plenty. */
const mostDirectories = 16

/**
 * Exif (a TIFF structure, CIPA DC-008 4.5) whose GPS directory is blanked: its entries and their values are zeroed, and
 * the tag that leads to it is taken out of its directory. Every other value stays where it is, so the length is the
 * same. Null when there is no GPS directory, or no TIFF.
 */
export const withoutGps = (tiff: Uint8Array): Uint8Array | null => {
  // A plain copy, whatever kind of array came in.
  const cut = new Uint8Array(tiff)
  const opened = openTiff(cut)
  return opened !== null && blankGps(opened) ? cut : null
}

/**
 * How the picture is to be turned before it is shown, 1 to 8, by the first directory of its Exif (CIPA DC-008, 4.6.4.A);
 * 5 to 8 swap its width and its height. 1 where nothing, or nothing known, is said.
 */
export const orientationOf = (bytes: Uint8Array): number => {
  const tiff = openTiff(bytes)
  if (tiff === null) return 1
  const { little, view } = tiff
  const at = view.getUint32(4, little)
  const count = isDirectory(tiff, at) ? entryCount(tiff, at) : 0
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + index * 12
    if (view.getUint16(entry, little) !== orientationTag) continue
    const value = smallNumber(tiff, entry)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** The value that stands in an entry itself, of one, two or four bytes. */
const smallNumber = ({ little, view }: Tiff, entry: number): number => {
  const size = bytesOfType[view.getUint16(entry + 2, little)] ?? 0
  if (size === 1) return view.getUint8(entry + 8)
  return size === 2 ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little)
}

/** Some writers put JPEG's mark in front of the structure in other containers, too. */
const hasExifMark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x45 && bytes[1] === 0x78 && bytes[2] === 0x69 && bytes[3] === 0x66 && bytes[4] === 0 && bytes[5] === 0

interface Tiff {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly little: boolean
}

const openTiff = (marked: Uint8Array): Tiff | null => {
  const bytes = marked.subarray(hasExifMark(marked) ? 6 : 0)
  if (bytes.length < 8) return null
  const little = bytes[0] === 0x49 && bytes[1] === 0x49
  if (!little && !(bytes[0] === 0x4d && bytes[1] === 0x4d)) return null
  const view = viewOf(bytes)
  return view.getUint16(2, little) === 42 ? { bytes, view, little } : null
}

const blankGps = (tiff: Tiff): boolean => {
  const { bytes, little } = tiff
  let found = false
  const seen = new Set<number>()
  const waiting = [tiff.view.getUint32(4, little)]
  while (waiting.length > 0 && seen.size < mostDirectories) {
    const at = waiting.shift() ?? 0
    if (seen.has(at) || !isDirectory(tiff, at)) continue
    seen.add(at)
    for (let index = entryCount(tiff, at) - 1; index >= 0; index -= 1) {
      const entry = at + 2 + index * 12
      const tag = tiff.view.getUint16(entry, little)
      if (tag === exifPointer) waiting.push(tiff.view.getUint32(entry + 8, little))
      if (tag !== gpsPointer) continue
      found = true
      zeroDirectory(tiff, tiff.view.getUint32(entry + 8, little))
      removeEntry(tiff, at, index)
    }
    const next = at + 2 + entryCount(tiff, at) * 12
    if (next + 4 <= bytes.length) waiting.push(tiff.view.getUint32(next, little))
  }
  return found
}

const entryCount = ({ little, view }: Tiff, at: number): number => view.getUint16(at, little)

const isDirectory = (tiff: Tiff, at: number): boolean =>
  at >= 8 &&
  at + 2 <= tiff.bytes.length &&
  entryCount(tiff, at) <= mostEntries &&
  at + 2 + entryCount(tiff, at) * 12 <= tiff.bytes.length

const zeroDirectory = (tiff: Tiff, at: number): void => {
  if (!isDirectory(tiff, at)) return
  const { bytes, little, view } = tiff
  const count = entryCount(tiff, at)
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + index * 12
    const size = (bytesOfType[view.getUint16(entry + 2, little)] ?? 0) * view.getUint32(entry + 4, little)
    const value = view.getUint32(entry + 8, little)
    // The header in front stays readable, whatever a hostile value points to.
    if (size > 4 && value >= 8) bytes.fill(0, value, value + size)
  }
  bytes.fill(0, at, at + 2 + count * 12 + 4)
}

/** Later entries and the pointer to the next directory move up; the last twelve bytes are left as zeros. */
const removeEntry = (tiff: Tiff, at: number, index: number): void => {
  const { bytes, little, view } = tiff
  const count = entryCount(tiff, at)
  // A hostile GPS directory may lie over the one that names it.
  if (count === 0) return
  const entry = at + 2 + index * 12
  const end = Math.min(bytes.length, at + 2 + count * 12 + 4)
  bytes.copyWithin(entry, entry + 12, end)
  bytes.fill(0, end - 12, end)
  view.setUint16(at, count - 1, little)
}
