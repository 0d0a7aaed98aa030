import { clamp, lerp, smoothstep } from "./Color.ts"
import { makeRandom } from "./Random.ts"
import { blur } from "./Raster.ts"
import { insideFrame, luminanceOf, paperOf, type Plate, simplify, type StylePass, wobble } from "./StyleTools.ts"

/** Styles of the brush: watercolour, oil, pastel. */

/**
 * Washes on paper: shapes are simplified and shaken, pigment gathers at their edges and settles in the tooth of the
 * paper, and a ragged margin stays unpainted.
 */
export const watercolor: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  simplify(canvas, unit / 210)
  wobble(plate, unit * 0.0055, unit * 0.03)
  const wet = rgb.slice()
  blur(wet, width, height, 3, unit * 0.008)
  const bloom = paperOf(plate, "bloom", unit * 0.16, 4)
  const tooth = paperOf(plate, "tooth", unit * 0.0075, 3)
  const ragged = paperOf(plate, "ragged", unit * 0.05, 5)
  const margin = unit * 0.03
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const pixel = at * 3
      const paper = 0.975 + ((tooth[at] ?? 0.5) - 0.5) * 0.1
      const edge = insideFrame(width, height, x, y, margin) + ((ragged[at] ?? 0.5) - 0.5) * unit * 0.085
      const painted = smoothstep(-unit * 0.004, unit * 0.006, edge)
      const tide = 1 + Math.exp(-((edge / (unit * 0.011)) ** 2)) * 0.4
      const flow = 0.76 + ((bloom[at] ?? 0.5) - 0.5) * 0.95
      const grain = 1 + (0.5 - (tooth[at] ?? 0.5)) * 0.75
      for (let channel = 0; channel < 3; channel++) {
        const here = clamp(rgb[pixel + channel] ?? 0, 0.015, 1)
        const around = clamp(wet[pixel + channel] ?? 0, 0.015, 1)
        // Pigment is what the paper lacks of white; where it is denser than around, a rim dries darker.
        const rim = Math.max(0, around - here) * 0.55
        const pigment = (-Math.log(here) * 0.82 + rim) * flow * grain * tide * painted
        rgb[pixel + channel] = paper * Math.exp(-pigment) * (channel === 2 ? 0.985 : 1)
      }
      vivid(rgb, pixel, 1.22)
    }
  }
}

/** Away from grey. */
const vivid = (rgb: Float32Array, at: number, amount: number): void => {
  const grey = 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0)
  for (let channel = 0; channel < 3; channel++)
    rgb[at + channel] = clamp(grey + ((rgb[at + channel] ?? 0) - grey) * amount)
}

/** Chalk on tinted paper: pale colours laid in slanting strokes that leave the hollows of the paper free. */
export const pastel: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { rgb } = canvas
  const { unit } = stage
  simplify(canvas, unit / 260)
  wobble(plate, unit * 0.004, unit * 0.012)
  const tooth = paperOf(plate, "tooth", Math.max(2, unit * 0.0042), 2)
  const strokes = slanted(plate, unit * 0.07, unit * 0.006)
  const paper = [0.93, 0.89, 0.82] as const
  for (let index = 0; index < tooth.length; index++) {
    const at = index * 3
    const stroke = strokes[index] ?? 0.5
    const chalk = clamp(1.02 + (stroke - 0.5) * 0.5 - smoothstep(0.56, 0.8, tooth[index] ?? 0.5) * 0.4, 0.3, 1)
    const grey = 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0)
    for (let channel = 0; channel < 3; channel++) {
      const color = rgb[at + channel] ?? 0
      const soft = lerp(grey, color, 0.95)
      const pale = 0.22 + 0.78 * Math.min(1, soft) ** 0.85 + (stroke - 0.5) * 0.09
      rgb[at + channel] = lerp(paper[channel] ?? 1, pale, chalk)
    }
  }
}

/** Noise stretched along a slant: the direction of a drawing hand. */
export const slanted = (plate: Plate, long: number, wide: number): Float32Array => {
  const { height, width } = plate.canvas
  const out = new Float32Array(width * height)
  const side = Math.ceil(Math.hypot(width, height))
  const rows = Math.ceil(side / wide) + 2
  const random = makeRandom(plate.scene.seed, `slant ${Math.round(long)}`)
  const columns = Math.ceil(side / long) + 3
  const lattice = new Float32Array(rows * columns)
  for (let index = 0; index < lattice.length; index++) lattice[index] = random()
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // 45 degrees: along the stroke and across it.
      const along = ((x - y) * Math.SQRT1_2 + side) / (2 * long)
      const across = ((x + y) * Math.SQRT1_2) / wide
      const row = Math.floor(across)
      const shift = (lattice[(row % rows) * columns] ?? 0) * 3
      const column = Math.floor(along + shift)
      const t = along + shift - column
      const smooth = t * t * (3 - 2 * t)
      const a = lattice[(row % rows) * columns + (column % columns)] ?? 0
      const b = lattice[(row % rows) * columns + ((column + 1) % columns)] ?? 0
      out[y * width + x] = a + (b - a) * smooth
    }
  }
  return out
}

/**
 * Oil: three coats of strokes, from a broad brush to a fine one, each laid along the shapes. Later coats only go where
 * the picture still differs. The ridges of the paint catch the light.
 */
export const oil: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { unit } = stage
  const source = rgb.slice()
  blur(source, width, height, 3, unit / 420)
  const flow = directions(plate)
  const relief = new Float32Array(width * height)
  const random = makeRandom(plate.scene.seed, "brush")
  const bristles = new Float32Array(1024)
  for (let index = 0; index < bristles.length; index++) bristles[index] = random()
  blur(source, width, height, 3, 1)
  const coats = [
    { width: unit / 26, threshold: -1 },
    { width: unit / 52, threshold: 0.035 },
    { width: unit / 112, threshold: 0.05 }
  ]
  for (const coat of coats) {
    const step = coat.width * 0.62
    for (let gy = 0; gy < height + step; gy += step) {
      for (let gx = 0; gx < width + step; gx += step) {
        const x = Math.min(width - 1, Math.max(0, Math.round(gx + (random() - 0.5) * step)))
        const y = Math.min(height - 1, Math.max(0, Math.round(gy + (random() - 0.5) * step)))
        const at = (y * width + x) * 3
        const color: [number, number, number] = [source[at] ?? 0, source[at + 1] ?? 0, source[at + 2] ?? 0]
        const missing =
          Math.abs((rgb[at] ?? 0) - color[0]) +
          Math.abs((rgb[at + 1] ?? 0) - color[1]) +
          Math.abs((rgb[at + 2] ?? 0) - color[2])
        const shake = (random() - 0.5) * 0.09
        const phase = Math.floor(random() * 900)
        if (missing / 3 < coat.threshold) continue
        const angle = (flow[y * width + x] ?? 0) + (random() - 0.5) * 0.5
        stroke(plate, relief, bristles, {
          x,
          y,
          angle,
          long: coat.width * 1.9,
          wide: coat.width * 0.52,
          color,
          shake,
          phase
        })
      }
    }
  }
  light(rgb, relief, width, height)
}

interface Stroke {
  readonly x: number
  readonly y: number
  readonly angle: number
  readonly long: number
  readonly wide: number
  readonly color: readonly [number, number, number]
  readonly shake: number
  readonly phase: number
}

const stroke = (plate: Plate, relief: Float32Array, bristles: Float32Array, brush: Stroke): void => {
  const { height, rgb, width } = plate.canvas
  const cos = Math.cos(brush.angle)
  const sin = Math.sin(brush.angle)
  const reachX = Math.abs(cos) * brush.long + Math.abs(sin) * brush.wide
  const reachY = Math.abs(sin) * brush.long + Math.abs(cos) * brush.wide
  const top = Math.max(0, Math.floor(brush.y - reachY))
  const bottom = Math.min(height - 1, Math.ceil(brush.y + reachY))
  const left = Math.max(0, Math.floor(brush.x - reachX))
  const right = Math.min(width - 1, Math.ceil(brush.x + reachX))
  const [red, green, blue] = brush.color
  for (let y = top; y <= bottom; y++) {
    const dy = y - brush.y
    for (let x = left; x <= right; x++) {
      const dx = x - brush.x
      const along = (dx * cos + dy * sin) / brush.long
      const across = (dy * cos - dx * sin) / brush.wide
      const outside = along * along * along * along + across * across
      if (outside >= 1) continue
      const bristle = bristles[(brush.phase + Math.floor((across + 1) * 9)) & 1023] ?? 0.5
      const cover = clamp((1 - outside) * 2.6) * (0.72 + bristle * 0.28)
      const tint = 1 + brush.shake + (bristle - 0.5) * 0.1
      const at = y * width + x
      const pixel = at * 3
      rgb[pixel] = (rgb[pixel] ?? 0) * (1 - cover) + red * tint * cover
      rgb[pixel + 1] = (rgb[pixel + 1] ?? 0) * (1 - cover) + green * tint * cover
      rgb[pixel + 2] = (rgb[pixel + 2] ?? 0) * (1 - cover) + blue * tint * cover
      relief[at] = (relief[at] ?? 0) * (1 - cover) + (0.35 + bristle * 0.65 + (1 - across * across) * 0.25) * cover
    }
  }
}

/** The direction along which the brightness changes least, smoothed widely: brushes follow form. */
const directions = (plate: Plate): Float32Array => {
  const { height, width } = plate.canvas
  const bright = luminanceOf(plate.canvas)
  blur(bright, width, height, 1, plate.stage.unit / 240)
  const xx = new Float32Array(bright.length)
  const yy = new Float32Array(bright.length)
  const xy = new Float32Array(bright.length)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const gx = (bright[at + 1] ?? 0) - (bright[at - 1] ?? 0)
      const gy = (bright[at + width] ?? 0) - (bright[at - width] ?? 0)
      xx[at] = gx * gx
      yy[at] = gy * gy
      xy[at] = gx * gy
    }
  }
  const reach = plate.stage.unit / 60
  blur(xx, width, height, 1, reach)
  blur(yy, width, height, 1, reach)
  blur(xy, width, height, 1, reach)
  const out = new Float32Array(bright.length)
  for (let index = 0; index < out.length; index++) {
    // Across the gradient; where there is none, level strokes with a slight slant.
    const strength = (xx[index] ?? 0) + (yy[index] ?? 0)
    out[index] =
      strength < 2e-6 ? 0.25 : 0.5 * Math.atan2(2 * (xy[index] ?? 0), (xx[index] ?? 0) - (yy[index] ?? 0)) + Math.PI / 2
  }
  return out
}

/** Lights a height map from the upper left. */
const light = (rgb: Float32Array, relief: Float32Array, width: number, height: number): void => {
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const slope =
        (relief[at - 1] ?? 0) - (relief[at + 1] ?? 0) + (relief[at - width] ?? 0) - (relief[at + width] ?? 0)
      const level = 1 - slope * 0.17
      const gloss = slope < -0.55 ? (-slope - 0.55) * 0.1 : 0
      const pixel = at * 3
      rgb[pixel] = (rgb[pixel] ?? 0) * level + gloss
      rgb[pixel + 1] = (rgb[pixel + 1] ?? 0) * level + gloss
      rgb[pixel + 2] = (rgb[pixel + 2] ?? 0) * level + gloss
    }
  }
}
