import { clamp, lerp, mix, type Rgb, smoothstep } from "./Color.ts"
import { nearest, palette } from "./Palette.ts"
import { shrink } from "./Raster.ts"
import { insideFrame, paperOf, simplify, type StylePass } from "./StyleTools.ts"

/** Styles of print and screen: flat, poster, pixel art. */

/** Even areas of colour with clean edges. */
export const flat: StylePass = (plate) => {
  const { canvas, stage } = plate
  simplify(canvas, stage.unit / 150)
  const { rgb } = canvas
  for (let at = 0; at < rgb.length; at += 3) {
    const red = rgb[at] ?? 0
    const green = rgb[at + 1] ?? 0
    const blue = rgb[at + 2] ?? 0
    const light = clamp(0.299 * red + 0.587 * green + 0.114 * blue, 0.004, 1)
    const steps = 8
    const level = light * steps
    const base = Math.floor(level)
    const stepped = (base + smoothstep(0.42, 0.58, level - base)) / steps
    const scale = lerp(1, stepped / light, 0.9)
    rgb[at] = clamp(light * scale + (red - light) * scale * 1.12)
    rgb[at + 1] = clamp(light * scale + (green - light) * scale * 1.12)
    rgb[at + 2] = clamp(light * scale + (blue - light) * scale * 1.12)
  }
}

/** A screen print: seven inks chosen from the picture, a little out of register, on cream stock with a border. */
export const poster: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  simplify(canvas, unit / 190)
  simplify(canvas, unit / 240)
  const inks = palette(plate, 10).map((ink) => bold(ink))
  const rough = paperOf(plate, "rough", Math.max(1.6, unit * 0.004), 3)
  const worn = paperOf(plate, "worn", unit * 0.02, 4)
  const margin = unit * 0.045
  const rule = unit * 0.005
  const stock: Rgb = [0.955, 0.92, 0.845]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const pixel = at * 3
      const inside = insideFrame(width, height, x, y, margin)
      const grain = (rough[at] ?? 0.5) - 0.5
      const paper = 1 + grain * 0.05
      if (inside < 0) {
        const line = insideFrame(width, height, x, y, margin - rule * 3.2)
        const ruled = line > 0 && line < rule
        const ink = ruled ? (inks[0] ?? stock) : stock
        for (let channel = 0; channel < 3; channel++) rgb[pixel + channel] = (ink[channel] ?? 0) * paper
        continue
      }
      // A grain in the threshold keeps the edge between two inks from looking cut.
      const ink = nearest(
        inks,
        (rgb[pixel] ?? 0) + grain * 0.06,
        (rgb[pixel + 1] ?? 0) + grain * 0.06,
        (rgb[pixel + 2] ?? 0) + grain * 0.06
      )
      const bare = smoothstep(0.7, 0.78, (worn[at] ?? 0.5) * 0.7 + (rough[at] ?? 0.5) * 0.35) * 0.5
      for (let channel = 0; channel < 3; channel++)
        rgb[pixel + channel] = lerp(ink[channel] ?? 0, stock[channel] ?? 0, bare) * paper
    }
  }
}

const bold = (color: Rgb): Rgb => {
  const grey = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
  const spread = (channel: number): number => clamp(0.5 + (grey + (channel - grey) * 1.25 - 0.5) * 1.1)
  const warm = mix([spread(color[0]), spread(color[1]), spread(color[2])], [0.98, 0.93, 0.84], 0.06)
  return [warm[0], warm[1], warm[2] * 0.97]
}

const bayer = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5] as const

/** About 128 pixels along the shorter side, 28 colours, ordered dither, and a dark outline around the things. */
export const pixelArt: StylePass = (plate) => {
  const { canvas, stage, things } = plate
  const { height, rgb, width } = canvas
  const block = Math.max(2, Math.round(stage.unit / 128))
  const small = shrink(rgb, width, height, 3, block)
  const mask = shrink(things.values, width, height, 1, block)
  const colors = palette(plate, 28).map((color): Rgb => {
    const grey = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
    return [
      clamp(grey + (color[0] - grey) * 1.2),
      clamp(grey + (color[1] - grey) * 1.2),
      clamp(grey + (color[2] - grey) * 1.2)
    ]
  })
  const out = new Float32Array(small.values.length)
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      const at = y * small.width + x
      const dither = ((bayer[(y & 3) * 4 + (x & 3)] ?? 0) / 16 - 0.47) * 0.075
      const inside = mask.values[at] ?? 0
      const open = Math.min(
        mask.values[at - 1] ?? 1,
        mask.values[at + 1] ?? 1,
        mask.values[at - small.width] ?? 1,
        mask.values[at + small.width] ?? 1
      )
      const outline = inside > 0.5 && open < 0.35 ? 0.42 : 1
      const pixel = at * 3
      const color = nearest(
        colors,
        (small.values[pixel] ?? 0) * outline + dither,
        (small.values[pixel + 1] ?? 0) * outline + dither,
        (small.values[pixel + 2] ?? 0) * outline + dither
      )
      out[pixel] = color[0]
      out[pixel + 1] = color[1]
      out[pixel + 2] = color[2]
    }
  }
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / block) * small.width
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x / block)) * 3
      const to = (y * width + x) * 3
      rgb[to] = out[from] ?? 0
      rgb[to + 1] = out[from + 1] ?? 0
      rgb[to + 2] = out[from + 2] ?? 0
    }
  }
}
