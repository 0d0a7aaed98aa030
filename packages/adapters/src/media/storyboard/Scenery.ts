import { fromHex, type Rgb, toHex } from "./Color.ts"
import { rasterise, rasteriseBytes } from "./Icons.ts"
import { type Light, tone } from "./Light.ts"
import { makeRandom, type Random } from "./Random.ts"
import { blendBytes, blendEnlarged, blur, type Canvas, resize } from "./Raster.ts"
import type { Scene } from "./Scene.ts"
import type { Stage } from "./Stage.ts"
import type { Grain } from "./Texture.ts"

/** What a painter of backdrops works with: the canvas, the light on it, and ways to draw. */
export interface Scenery {
  readonly canvas: Canvas
  readonly stage: Stage
  readonly light: Light
  /** The light of the open air, which a room sees through its windows. */
  readonly outside: Light
  readonly scene: Scene
  readonly grain: Grain
  /** Numbers for one part of the picture; the same part always gets the same. */
  random(part: string): Random
  /** How a daylight colour looks here: in this light, and that far away (0 at hand, 1 at the horizon). */
  tone(hex: string, distance?: number): string
  /** The same for something that shines by itself when lamps are lit: a window, a sign. */
  lamp(off: string, on: string, distance?: number): string
  /** Draws SVG in pixels of the picture. `softness` is a blur in thousandths of the shorter side. */
  draw(svg: string, softness?: number): void
  /** Brightens the picture where the SVG is white; `softness` as above. */
  shine(svg: string, gain: Rgb, softness: number): void
  /** Whether the prompt has not forbidden this dressing. */
  wants(dressing: string): boolean
}

export const makeScenery = (
  canvas: Canvas,
  stage: Stage,
  light: Light,
  outside: Light,
  scene: Scene,
  grain: Grain
): Scenery => ({
  canvas,
  stage,
  light,
  outside,
  scene,
  grain,
  random: (part) => makeRandom(scene.seed, part),
  tone: (hex, distance = 0) => toHex(tone(light, fromHex(hex), distance)),
  lamp: (off, on, distance = 0) => {
    const dark = tone(light, fromHex(off), distance)
    const lit: Rgb = fromHex(on)
    const amount = light.lamps * (1 - distance * 0.35)
    return toHex([
      dark[0] + (lit[0] - dark[0]) * amount,
      dark[1] + (lit[1] - dark[1]) * amount,
      dark[2] + (lit[2] - dark[2]) * amount
    ])
  },
  draw: (svg, softness = 0) => {
    if (svg === "") return
    const { height, width } = canvas
    const whole = { x: 0, y: 0, width, height }
    const radius = (softness * stage.unit) / 1000
    // What is blurred by more than a pixel or two loses nothing by being drawn at half the size first.
    if (radius < 1.5) {
      blendBytes(canvas, rasteriseBytes(svg, whole, width, height))
      return
    }
    const half = rasterise(svg, whole, Math.ceil(width / 2), Math.ceil(height / 2))
    blur(half.rgba, half.width, half.height, 4, radius / 2)
    blendEnlarged(canvas, half)
  },
  shine: (svg, gain, softness) => {
    const { height, rgb, width } = canvas
    const step = 4
    const small = { width: Math.ceil(width / step), height: Math.ceil(height / step) }
    const drawn = rasterise(svg, { x: 0, y: 0, width, height }, small.width, small.height)
    const mask = new Float32Array(small.width * small.height)
    for (let index = 0; index < mask.length; index++) mask[index] = drawn.rgba[index * 4 + 3] ?? 0
    blur(mask, small.width, small.height, 1, (softness * stage.unit) / 1000 / step)
    const full = resize(mask, small.width, small.height, 1, width, height)
    for (let index = 0; index < full.length; index++) {
      const amount = full[index] ?? 0
      if (amount < 0.004) continue
      const at = index * 3
      rgb[at] = (rgb[at] ?? 0) * (1 + gain[0] * amount)
      rgb[at + 1] = (rgb[at + 1] ?? 0) * (1 + gain[1] * amount)
      rgb[at + 2] = (rgb[at + 2] ?? 0) * (1 + gain[2] * amount)
    }
  },
  // What the prompt asks for as a thing is not painted a second time.
  wants: (dressing) => {
    const drawings = scene.staging?.drawings ?? scene.subjects.map(({ icon }) => icon)
    return !scene.excluded.includes(dressing) && !drawings.includes(dressing)
  }
})
