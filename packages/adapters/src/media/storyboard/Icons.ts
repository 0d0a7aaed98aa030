import { existsSync, readFileSync } from "node:fs"
import { brotliDecompressSync } from "node:zlib"
import { initWasm, Resvg } from "@resvg/resvg-wasm"
import type { Sprite } from "./Raster.ts"

/** The inside of an `<svg>` element, and the size of the view box it is drawn in. */
export interface Drawing {
  readonly body: string
  readonly width: number
  readonly height: number
}

/** The generated asset `storyboard-icons.json.br`; see `scripts/storyboard-assets.mjs`. */
export interface IconLibrary {
  readonly drawings: Readonly<Record<string, Drawing>>
  /** English name to drawing. */
  readonly names: Readonly<Record<string, string>>
  /** Emoji without variation selectors to drawing. */
  readonly emoji: Readonly<Record<string, string>>
  /** Drawing to its Unicode group. */
  readonly kinds: Readonly<Record<string, string>>
}

/** A rectangle in the units of a drawing. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The assets were not built, or not shipped beside the code. */
export class StoryboardAssetMissing extends Error {
  override readonly name = "StoryboardAssetMissing"
  readonly asset: string
  constructor(asset: string) {
    super(`The illustrator's ${asset} is missing. Build it with: node scripts/storyboard-assets.mjs`)
    this.asset = asset
  }
}

const iconAsset = "storyboard-icons.json.br"

let library: IconLibrary | undefined

/** Unpacks the icons on first use, which takes about 40 ms. */
export const loadIcons = (): IconLibrary => {
  if (library === undefined) {
    const text = brotliDecompressSync(readAsset(iconAsset)).toString("utf8")
    const loaded: unknown = JSON.parse(text)
    if (!isIconLibrary(loaded)) throw new StoryboardAssetMissing(iconAsset)
    library = loaded
  }
  return library
}

/** The asset is our own; this only tells it from a file that was cut short or is something else. */
const isIconLibrary = (value: unknown): value is IconLibrary =>
  typeof value === "object" &&
  value !== null &&
  "drawings" in value &&
  "names" in value &&
  "emoji" in value &&
  "kinds" in value

let rasteriser: Promise<void> | undefined

/** Must have resolved before anything is rasterised. Takes about 60 ms once in a process. */
export const prepareRasteriser = (): Promise<void> => {
  rasteriser ??= initWasm(readAsset("resvg.wasm"))
  return rasteriser
}

/** From source and from `tsc` output the assets are the package's; in the bundled CLI they lie beside the chunks. */
const readAsset = (name: string): Uint8Array<ArrayBuffer> => {
  const places = [`../../../assets/${name}`, `./assets/${name}`].map((path) => new URL(path, import.meta.url))
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw new StoryboardAssetMissing(name)
  return new Uint8Array(readFileSync(found))
}

/** Draws an SVG fragment onto a transparent ground. `viewBox` is what is seen of it, scaled to fill `width` x `height`. */
export const rasterise = (body: string, viewBox: Box, width: number, height: number): Sprite => {
  const pixels = rasteriseBytes(body, viewBox, width, height)
  const rgba = new Float32Array(pixels.length)
  for (let index = 0; index < pixels.length; index++) rgba[index] = (pixels[index] ?? 0) / 255
  return { width, height, rgba }
}

/** The same as the rasteriser gives it: premultiplied, one byte a channel. For what is laid down at once. */
export const rasteriseBytes = (body: string, viewBox: Box, width: number, height: number): Uint8Array => {
  const { height: boxHeight, width: boxWidth, x, y } = viewBox
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
    `viewBox="${x} ${y} ${boxWidth} ${boxHeight}" preserveAspectRatio="none">${body}</svg>`
  try {
    const resvg = new Resvg(svg, { font: { loadSystemFonts: false } })
    const image = resvg.render()
    const pixels = image.pixels
    // Both live in the memory of the WebAssembly module, where no garbage collector looks.
    image.free()
    resvg.free()
    return pixels
  } catch {
    // resvg panics on some art that lies wholly outside the view. A test draws every icon to find such; should one
    // slip through, the rest of the picture is still worth having.
    return new Uint8Array(width * height * 4)
  }
}

const boxes = new Map<string, Box>()
const probe = 96

/**
 * Where the ink of a drawing is. Icons have transparent margins of different widths: without trimming them, things
 * would float above the ground and stand apart unevenly.
 */
export const inkBox = (name: string, drawing: Drawing): Box => {
  const known = boxes.get(name)
  if (known !== undefined) return known
  const longest = Math.max(drawing.width, drawing.height)
  const width = Math.max(1, Math.round((probe * drawing.width) / longest))
  const height = Math.max(1, Math.round((probe * drawing.height) / longest))
  const whole: Box = { x: 0, y: 0, width: drawing.width, height: drawing.height }
  const pixels = rasteriseBytes(drawing.body, whole, width, height)
  let left = width
  let right = -1
  let top = height
  let bottom = -1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((pixels[(y * width + x) * 4 + 3] ?? 0) < 24) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  const unit = drawing.width / width
  const box =
    right < left
      ? whole
      : { x: left * unit, y: top * unit, width: (right - left + 1) * unit, height: (bottom - top + 1) * unit }
  boxes.set(name, box)
  return box
}
