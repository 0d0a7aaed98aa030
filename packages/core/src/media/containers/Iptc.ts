import { concatBytes, hasText, viewOf } from "./Source.ts"
import { withoutGps } from "./Tiff.ts"
import { namesLocation, xmpText } from "./Xmp.ts"

/** What a segment with Photoshop's image resources begins with. */
export const resourcesMark = "Photoshop 3.0\u0000"

/**
 * Photoshop's image resources without those that tell a location: datasets of IPTC-IIM (resource 0x0404, record 2), and
 * the Exif and XMP that may stand there too. Null when there is nothing to take out.
 */
export const resourcesWithoutLocation = (resources: Uint8Array): Uint8Array | null => {
  const view = viewOf(resources)
  const kept: Array<Uint8Array> = []
  let changed = false
  let at = 0
  while (at + 12 <= resources.length && hasText(resources, at, "8BIM")) {
    const nameBytes = 1 + (resources[at + 6] ?? 0)
    const dataStart = at + 6 + nameBytes + (nameBytes & 1) + 4
    if (dataStart > resources.length) break
    const size = view.getUint32(dataStart - 4)
    const dataEnd = dataStart + size
    if (dataEnd > resources.length) break
    const data = resources.subarray(dataStart, dataEnd)
    const cut = cutResource(view.getUint16(at + 4), data)
    changed ||= cut !== data
    if (cut !== null) kept.push(withData(resources.subarray(at, dataStart), cut))
    at = Math.min(resources.length, dataEnd + (size & 1))
  }
  return changed ? concatBytes([...kept, resources.subarray(at)]) : null
}

/** The very same bytes when nothing is taken out; null when nothing of it may stay. */
const cutResource = (id: number, data: Uint8Array): Uint8Array | null => {
  if (id === 0x0404) return withoutLocationSets(data)
  if (id === 0x0422) return withoutGps(data) ?? data
  if (id === 0x0424 && namesLocation(xmpText(data))) return null
  return data
}

const withData = (head: Uint8Array, data: Uint8Array): Uint8Array => {
  const resource = concatBytes([head, data, new Uint8Array(data.length & 1)])
  viewOf(resource).setUint32(head.length - 4, data.length)
  return resource
}

/**
 * Datasets of record 2 that name a place (IPTC-IIM 4.2): content location code and name, city, sublocation, province or
 * state, country code and name.
 */
const locationSets: ReadonlySet<number> = new Set([26, 27, 90, 92, 95, 100, 101])

const withoutLocationSets = (data: Uint8Array): Uint8Array => {
  const view = viewOf(data)
  const kept: Array<Uint8Array> = []
  let found = false
  let at = 0
  while (at + 5 <= data.length && data[at] === 0x1c) {
    const short = view.getUint16(at + 3)
    // The high bit says that so many bytes of a longer length follow.
    const lengthBytes = short & 0x8000 ? short & 0x7fff : 0
    if (lengthBytes > 4 || at + 5 + lengthBytes > data.length) break
    let size = lengthBytes === 0 ? short : 0
    for (let index = 0; index < lengthBytes; index += 1) size = size * 256 + (data[at + 5 + index] ?? 0)
    const end = at + 5 + lengthBytes + size
    if (end > data.length) break
    if (data[at + 1] === 2 && locationSets.has(data[at + 2] ?? 0)) found = true
    else kept.push(data.subarray(at, end))
    at = end
  }
  return found ? concatBytes([...kept, data.subarray(at)]) : data
}
