import type { Size } from "../../models/Model.ts"
import { boxesIn, type Part } from "./Parts.ts"
import { viewOf } from "./Source.ts"

/** A header that tells the size of a picture stands well within this. */
const readBytes = 262_144

/**
 * The size of an AVIF picture as it is shown: the largest of the sizes that its properties state (a thumbnail is
 * smaller, a tile of a grid too), turned when they say so (ISO/IEC 23008-12, 6.5.3 and 6.5.10). Null when the first
 * bytes do not hold it.
 */
export const avifSize = (bytes: Uint8Array): Size | null => {
  const head = bytes.subarray(0, readBytes)
  const view = viewOf(head)
  const meta = boxNamed(boxesIn(head, 0, head.length), "meta")
  // A full box: version and flags stand before what is inside.
  const iprp = meta === null ? null : boxNamed(boxesIn(head, meta.dataStart + 4, meta.dataEnd), "iprp")
  const ipco = iprp === null ? null : boxNamed(boxesIn(head, iprp.dataStart, iprp.dataEnd), "ipco")
  if (ipco === null) return null
  let largest: Size | null = null
  let isTurned = false
  for (const { dataEnd, dataStart, type } of boxesIn(head, ipco.dataStart, ipco.dataEnd)) {
    if (type === "irot") isTurned = ((head[dataStart] ?? 0) & 1) === 1
    if (type !== "ispe" || dataEnd < dataStart + 12) continue
    const size = { width: view.getUint32(dataStart + 4), height: view.getUint32(dataStart + 8) }
    if (largest === null || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest !== null && isTurned ? { width: largest.height, height: largest.width } : largest
}

const boxNamed = (boxes: ReadonlyArray<Part>, name: string): Part | null =>
  boxes.find(({ type }) => type === name) ?? null
