import { clamp, fromHex, lerp, mix, smoothstep } from "./Color.ts"
import { makeRandom } from "./Random.ts"
import { blur, resize, shrink } from "./Raster.ts"
import { linesOf, luminanceOf, paperOf, type Plate, type StylePass } from "./StyleTools.ts"

/** Styles of film and light: noir, vintage, neon. */

/** Black and white, hard light through blinds, deep blacks, film grain. */
export const noir: StylePass = (plate) => {
  const { canvas, stage, things } = plate
  const { height, rgb, width } = canvas
  const { side, unit } = stage
  const bright = luminanceOf(canvas)
  const soft = bright.slice()
  blur(soft, width, height, 1, unit * 0.03)
  const random = makeRandom(plate.scene.seed, "film")
  const slat = unit * 0.062
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const local = clamp((bright[at] ?? 0) + ((bright[at] ?? 0) - (soft[at] ?? 0)) * 0.45)
      const curve = smoothstep(0.08, 0.92, local)
      const band = (y + x * side * 0.34) / slat
      const phase = Math.abs(band - Math.floor(band) - 0.5) * 2
      const blind = smoothstep(0.3, 0.5, phase)
      const dx = (x / width - 0.5 - side * 0.14) * 2
      const dy = (y / height - 0.44) * 2
      const spot = Math.exp(-(dx * dx * 0.95 + dy * dy * 0.8))
      const thing = things.values[at] ?? 0
      const level = lerp(0.3, 1.16, spot) * lerp(lerp(0.42, 0.74, thing), 1, blind)
      const value = clamp(curve * level + (random() - 0.5) * 0.085)
      const pixel = at * 3
      rgb[pixel] = value
      rgb[pixel + 1] = value
      rgb[pixel + 2] = value * 1.012
    }
  }
}

/** A print from a drawer: faded blacks, yellowed whites, a light leak, scratches, a white border with round corners. */
export const vintage: StylePass = (plate) => {
  const { canvas, stage } = plate
  const { height, rgb, width } = canvas
  const { side, unit } = stage
  const random = makeRandom(plate.scene.seed, "film")
  const stains = paperOf(plate, "stains", unit * 0.22, 4)
  const margin = unit * 0.04
  const corner = unit * 0.018
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const pixel = at * 3
      const red = clamp(rgb[pixel] ?? 0)
      const green = clamp(rgb[pixel + 1] ?? 0)
      const blue = clamp(rgb[pixel + 2] ?? 0)
      const grey = 0.3 * red + 0.59 * green + 0.11 * blue
      const grain = (random() - 0.5) * 0.06
      const dx = x / width - 0.5
      const dy = y / height - 0.5
      const dim = 1 - (dx * dx + dy * dy) * 0.75
      const leak = Math.exp(-(((x / width - (side > 0 ? 1.02 : -0.02)) * 3.4) ** 2)) * 0.3
      const stain = 1 + ((stains[at] ?? 0.5) - 0.5) * 0.12
      const tone = (channel: number, share: number): number => lerp(grey, channel, share)
      rgb[pixel] = (0.13 + 0.83 * tone(red, 0.5) ** 0.92) * dim * stain + grain + leak
      rgb[pixel + 1] = (0.095 + 0.76 * tone(green, 0.5)) * dim * stain + grain + leak * 0.5
      rgb[pixel + 2] = (0.09 + 0.55 * tone(blue, 0.42)) * dim * stain + grain + leak * 0.2
      const inside = roundedFrame(width, height, x, y, margin, corner)
      if (inside < 1) {
        const paper = (0.95 + ((stains[at] ?? 0.5) - 0.5) * 0.09 + grain * 0.4) * (1 - inside)
        rgb[pixel] = (rgb[pixel] ?? 0) * inside + paper
        rgb[pixel + 1] = (rgb[pixel + 1] ?? 0) * inside + paper * 0.965
        rgb[pixel + 2] = (rgb[pixel + 2] ?? 0) * inside + paper * 0.88
      }
    }
  }
  scratches(plate)
}

/** 1 inside a frame with round corners, 0 outside, with one pixel between. */
const roundedFrame = (width: number, height: number, x: number, y: number, margin: number, radius: number): number => {
  const dx = Math.max(0, margin + radius - x, x - (width - 1 - margin - radius))
  const dy = Math.max(0, margin + radius - y, y - (height - 1 - margin - radius))
  return clamp(radius + 0.5 - Math.hypot(dx, dy))
}

const scratches = (plate: Plate): void => {
  const { height, rgb, width } = plate.canvas
  const random = makeRandom(plate.scene.seed, "scratches")
  for (let scratch = 0; scratch < 7; scratch++) {
    let x = random() * width
    const from = random() * height * 0.6
    const to = from + random.between(0.1, 0.4) * height
    const bright = random.chance(0.6) ? 0.16 : -0.1
    for (let y = Math.floor(from); y < Math.min(height, to); y++) {
      x += (random() - 0.5) * 0.6
      const at = (y * width + Math.floor(clamp(x, 0, width - 1))) * 3
      for (let channel = 0; channel < 3; channel++) rgb[at + channel] = clamp((rgb[at + channel] ?? 0) + bright)
    }
  }
}

/** Night lit by tubes: everything dark, and every edge a glowing line whose colour turns across the picture. */
export const neon: StylePass = (plate) => {
  const { canvas, stage, things } = plate
  const { height, rgb, width } = canvas
  const { side, unit } = stage
  const lines = linesOf(plate, unit / 420, 1.3)
  const glow = new Float32Array(rgb.length)
  const pink = fromHex("#ff2f9e")
  const cyan = fromHex("#22e1ff")
  const violet = fromHex("#8a3dff")
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const pixel = at * 3
      const thing = things.values[at] ?? 0
      const red = clamp(rgb[pixel] ?? 0)
      const green = clamp(rgb[pixel + 1] ?? 0)
      const blue = clamp(rgb[pixel + 2] ?? 0)
      const light = 0.299 * red + 0.587 * green + 0.114 * blue
      const turn = clamp(0.5 + ((x / width - 0.5) * side + (y / height - 0.5) * 0.5) * 1.1)
      const tube = thing > 0.5 ? mix(cyan, pink, turn) : mix(violet, pink, 1 - turn)
      const wash = thing > 0.5 ? mix(pink, cyan, turn) : mix(violet, cyan, turn * 0.6)
      const line = (lines[at] ?? 0) * lerp(0.85, 1, thing)
      const dark = lerp(0.24, 0.46, thing)
      rgb[pixel] = light * dark * lerp(0.45, wash[0], 0.6) + red * dark * 0.5 + 0.012
      rgb[pixel + 1] = light * dark * lerp(0.4, wash[1], 0.6) + green * dark * 0.42 + 0.008
      rgb[pixel + 2] = light * dark * lerp(0.8, wash[2], 0.6) + blue * dark * 0.6 + 0.04
      // What was bright before, such as windows and lamps, shines on its own.
      const lamp = smoothstep(0.82, 1.02, light) * (thing > 0.5 ? 0.25 : 0.55)
      for (let channel = 0; channel < 3; channel++)
        glow[pixel + channel] = (tube[channel] ?? 0) * line + (rgb[pixel + channel] ?? 0) * lamp
    }
  }
  const small = shrink(glow, width, height, 3, 2)
  const wide = small.values.slice()
  blur(small.values, small.width, small.height, 3, unit * 0.004)
  blur(wide, small.width, small.height, 3, unit * 0.018)
  const near = resize(small.values, small.width, small.height, 3, width, height)
  const far = resize(wide, small.width, small.height, 3, width, height)
  for (let index = 0; index < rgb.length; index++) {
    const core = glow[index] ?? 0
    rgb[index] = clamp((rgb[index] ?? 0) + core * 0.95 + (near[index] ?? 0) * 1.1 + (far[index] ?? 0) * 1.7)
  }
  // The middle of a tube is almost white.
  for (let index = 0; index < lines.length; index++) {
    const hot = smoothstep(0.55, 1, lines[index] ?? 0) * lerp(0.25, 0.6, things.values[index] ?? 0)
    for (let channel = 0; channel < 3; channel++) rgb[index * 3 + channel] = lerp(rgb[index * 3 + channel] ?? 0, 1, hot)
  }
}
