import { clamp, lerp, smoothstep } from "./Color.ts"
import { rasterise } from "./Icons.ts"
import { blend, blur } from "./Raster.ts"
import { slanted } from "./StylesPaint.ts"
import {
  insideFrame,
  linesOf,
  luminanceOf,
  paperOf,
  type Plate,
  simplify,
  type StylePass,
  wobble
} from "./StyleTools.ts"
import { line, n, path, rect } from "./Vector.ts"

/** Styles of the line: pencil, charcoal, blueprint, comic. */

/** Pencil on paper: outlines drawn twice, and hatching in three directions that thickens with the dark. */
export const sketch: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { rgb } = canvas
  const { unit } = stage
  wobble(plate, unit * 0.003, unit * 0.02)
  const bright = luminanceOf(canvas)
  blur(bright, canvas.width, canvas.height, 1, unit / 300)
  const lines = linesOf(plate, unit / 640, 1.1)
  const hatch = slanted(plate, unit * 0.11, Math.max(1.6, unit * 0.0034))
  const cross = hatching(plate, Math.max(2.2, unit * 0.0052), -0.5)
  const dense = hatching(plate, Math.max(2, unit * 0.0044), 1.1)
  const tooth = paperOf(plate, "tooth", Math.max(1.4, unit * 0.0026), 2)
  for (let index = 0; index < bright.length; index++) {
    const light = clamp(bright[index] ?? 0)
    const thing = plate.things.values[index] ?? 0
    // What is behind the things is only hinted at.
    const tone = lerp((1 - light) * 0.5, (1 - light) ** 0.85, thing)
    const grain = tooth[index] ?? 0.5
    const shade =
      smoothstep(0.16, 0.5, tone) * smoothstep(0.36, 0.62, hatch[index] ?? 0) * 0.34 +
      smoothstep(0.36, 0.66, tone) * (cross[index] ?? 0) * 0.42 +
      smoothstep(0.56, 0.82, tone) * (dense[index] ?? 0) * 0.42 +
      tone * tone * 0.22
    const outline = (lines[index] ?? 0) * lerp(0.5, 1, thing)
    const graphite = clamp((shade + outline * 0.85) * (0.62 + grain * 0.76))
    const paper = 0.965 + (grain - 0.5) * 0.05
    const at = index * 3
    rgb[at] = paper - graphite * 0.8
    rgb[at + 1] = paper * 0.985 - graphite * 0.79
    rgb[at + 2] = paper * 0.955 - graphite * 0.74
  }
}

/** Parallel strokes at a slope, broken by noise; 1 on a stroke. */
const hatching = (plate: Plate, gap: number, slope: number): Float32Array => {
  const { height, width } = plate.canvas
  const out = new Float32Array(width * height)
  const broken = paperOf(plate, `hatch ${slope}`, gap * 9, 2)
  const length = Math.hypot(1, slope)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const across = (y - x * slope) / length + ((broken[at] ?? 0.5) - 0.5) * gap * 1.6
      const phase = across / gap - Math.floor(across / gap)
      out[at] = smoothstep(0.34, 0.08, Math.abs(phase - 0.5)) * smoothstep(0.3, 0.5, broken[at] ?? 0)
    }
  }
  return out
}

/** Charcoal on grey paper: broad smeared darks, a coarse grain, and white chalk in the lights. */
export const charcoal: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  simplify(canvas, unit / 200)
  wobble(plate, unit * 0.005, unit * 0.016)
  const bright = luminanceOf(canvas)
  const smear = bright.slice()
  blur(smear, width, height, 1, unit * 0.012)
  const lines = linesOf(plate, unit / 330, 1.25)
  const tooth = paperOf(plate, "tooth", Math.max(1.6, unit * 0.0036), 3)
  const strokes = slanted(plate, unit * 0.09, unit * 0.012)
  for (let index = 0; index < bright.length; index++) {
    const light = clamp(lerp(bright[index] ?? 0, smear[index] ?? 0, 0.45))
    const thing = plate.things.values[index] ?? 0
    const grain = (tooth[index] ?? 0.5) - 0.5
    const stroke = (strokes[index] ?? 0.5) - 0.5
    const dark = clamp(
      (lerp(0.5, 0.7, thing) - light) * lerp(1.4, 2, thing) + stroke * 0.22 + grain * 1.2 * (0.2 + (1 - light))
    )
    const chalk = smoothstep(0.74, 0.98, light + stroke * 0.12 - grain * 0.9) * 0.62
    const coal = clamp(Math.max(dark * 0.92, (lines[index] ?? 0) * (0.72 + grain)))
    const paper = 0.7 + grain * 0.1
    const level = paper * (1 - coal) + 0.07 * coal
    const at = index * 3
    rgb[at] = lerp(level * 1.02, 0.97, chalk)
    rgb[at + 1] = lerp(level * 0.985, 0.96, chalk)
    rgb[at + 2] = lerp(level * 0.93, 0.93, chalk)
  }
}

/** White lines on blue, a grid, and the measures of the hero. */
export const blueprint: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  const bright = luminanceOf(canvas)
  const lines = linesOf(plate, unit / 560, 1.25)
  const fold = paperOf(plate, "fold", unit * 0.35, 4)
  const tooth = paperOf(plate, "tooth", Math.max(1.4, unit * 0.003), 2)
  const minor = unit / 40
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const thing = plate.things.values[at] ?? 0
      const grid = gridAt(x, minor) + gridAt(y, minor)
      const major = gridAt(x, minor * 5) + gridAt(y, minor * 5)
      const line2 = (lines[at] ?? 0) * lerp(0.42, 1, thing)
      const tint = clamp(bright[at] ?? 0) * thing * 0.16
      const chalk = clamp(
        line2 * (0.86 + ((tooth[at] ?? 0.5) - 0.5) * 0.7) + tint + (grid * 0.05 + major * 0.08) * (1 - thing * 0.8)
      )
      const blue = 0.9 + ((fold[at] ?? 0.5) - 0.5) * 0.34 + ((tooth[at] ?? 0.5) - 0.5) * 0.08
      const pixel = at * 3
      rgb[pixel] = lerp(0.055 * blue, 0.93, chalk)
      rgb[pixel + 1] = lerp(0.2 * blue, 0.96, chalk)
      rgb[pixel + 2] = lerp(0.46 * blue, 1, chalk)
    }
  }
  blend(canvas, rasterise(measures(plate), { x: 0, y: 0, width, height }, width, height), 0, 0)
}

const gridAt = (position: number, step: number): number => (position % step < 1 ? 1 : 0)

/** Extension lines with ticks around the hero, crop marks, and an empty title block. */
const measures = (plate: Plate): string => {
  const { height, unit, width } = plate.stage
  const pen = Math.max(1, unit * 0.0018)
  const margin = unit * 0.028
  const white = "#e8f2ff"
  const stroke = (d: string, opacity = 0.8): string =>
    path(d, "none", `stroke="${white}" stroke-width="${n(pen)}" opacity="${opacity}"`)
  let svg = `<rect x="${n(margin)}" y="${n(margin)}" width="${n(width - margin * 2)}" height="${n(height - margin * 2)}" fill="none" stroke="${white}" stroke-width="${n(pen * 1.6)}" opacity="0.85"/>`
  const block = { width: unit * 0.24, height: unit * 0.075 }
  const bx = width - margin - block.width
  const by = height - margin - block.height
  svg +=
    rect(bx, by, block.width, block.height, "#12407c", 'opacity="0.85"') +
    stroke(
      `M${n(bx)} ${n(by)}h${n(block.width)}M${n(bx)} ${n(by)}v${n(block.height)}M${n(bx)} ${n(by + block.height / 2)}h${n(block.width)}M${n(bx + block.width * 0.6)} ${n(by)}v${n(block.height)}`
    )
  const hero = plate.frames[0]
  if (hero === undefined) return svg
  const gap = unit * 0.022
  const tick = unit * 0.008
  const below = Math.min(height - margin - unit * 0.02, hero.y + hero.height + gap * 1.4)
  const beside = Math.max(margin + unit * 0.02, hero.x - gap * 1.4)
  const arrows = (x1: number, y1: number, x2: number, y2: number): string => {
    const level = y1 === y2
    const head = (x: number, y: number, sign: number): string =>
      level
        ? `M${n(x + sign * tick)} ${n(y - tick * 0.5)}L${n(x)} ${n(y)}L${n(x + sign * tick)} ${n(y + tick * 0.5)}`
        : `M${n(x - tick * 0.5)} ${n(y + sign * tick)}L${n(x)} ${n(y)}L${n(x + tick * 0.5)} ${n(y + sign * tick)}`
    return stroke(head(x1, y1, 1) + head(x2, y2, -1)) + line(x1, y1, x2, y2, white, pen, 'opacity="0.8"')
  }
  svg += arrows(hero.x, below, hero.x + hero.width, below) + arrows(beside, hero.y, beside, hero.y + hero.height)
  svg += stroke(
    `M${n(hero.x)} ${n(hero.y + hero.height + gap * 0.3)}V${n(below + tick)}M${n(hero.x + hero.width)} ${n(hero.y + hero.height + gap * 0.3)}V${n(below + tick)}M${n(hero.x - gap * 0.3)} ${n(hero.y)}H${n(beside - tick)}M${n(hero.x - gap * 0.3)} ${n(hero.y + hero.height)}H${n(beside - tick)}`,
    0.55
  )
  const cx = hero.x + hero.width / 2
  const cy = hero.y + hero.height / 2
  svg += `<path d="M${n(cx)} ${n(hero.y - gap)}V${n(hero.y + hero.height + gap * 0.6)}M${n(hero.x - gap * 0.6)} ${n(cy)}H${n(hero.x + hero.width + gap)}" fill="none" stroke="${white}" stroke-width="${n(pen * 0.8)}" stroke-dasharray="${n(unit * 0.02)} ${n(unit * 0.006)} ${n(unit * 0.004)} ${n(unit * 0.006)}" opacity="0.45"/>`
  return svg
}

/** Ink and print: flat colours in few steps, black outlines, dots in the shadows, a white gutter with a black frame. */
export const comic: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  const lines = linesOf(plate, unit / 330, 1.35)
  simplify(canvas, unit / 150)
  simplify(canvas, unit / 200)
  const dot = unit / 95
  const gutter = unit * 0.022
  const frame = unit * 0.006
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const pixel = at * 3
      const inside = insideFrame(width, height, x, y, gutter)
      if (inside < 0) {
        rgb[pixel] = 0.985
        rgb[pixel + 1] = 0.975
        rgb[pixel + 2] = 0.95
        continue
      }
      const red = rgb[pixel] ?? 0
      const green = rgb[pixel + 1] ?? 0
      const blue = rgb[pixel + 2] ?? 0
      const light = clamp(0.299 * red + 0.587 * green + 0.114 * blue, 0.001, 1)
      const step = clamp(Math.round(light * 4.6) / 4.6, 0.05, 1)
      // Dots grow with the dark between two steps, on a grid turned by 45 degrees.
      const u = (x + y) / dot / Math.SQRT2
      const v = (x - y) / dot / Math.SQRT2
      const du = u - Math.floor(u) - 0.5
      const dv = v - Math.floor(v) - 0.5
      const size = clamp((0.6 - light) * 0.9)
      const printed = size > 0.02 && du * du + dv * dv < size * size * 0.5 ? 0.62 : 1
      const thing = plate.things.values[at] ?? 0
      const ink = inside < frame ? 1 : smoothstep(0.28, 0.62, (lines[at] ?? 0) * lerp(0.8, 1.15, thing))
      const scale = (step / light) * printed
      const boost = 1.32
      rgb[pixel] = clamp(light * scale + (red - light) * scale * boost) * (1 - ink) + 0.03 * ink
      rgb[pixel + 1] = clamp(light * scale + (green - light) * scale * boost) * (1 - ink) + 0.03 * ink
      rgb[pixel + 2] = clamp(light * scale + (blue - light) * scale * boost) * (1 - ink) + 0.05 * ink
    }
  }
}
