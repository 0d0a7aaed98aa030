import { compositions, darker } from "./CardShapes.ts"
import { fromHex, toHex } from "./Color.ts"
import { rasterise } from "./Icons.ts"
import { canLetter, lettering } from "./Lettering.ts"
import { makeRandom } from "./Random.ts"
import { blend, blur, type Canvas, type Plane, resize } from "./Raster.ts"
import type { Scene } from "./Scene.ts"
import { fade, n, rect } from "./Vector.ts"

type Palette = readonly [ground: string, first: string, second: string, third: string, ink: string]

const palettes: readonly [Palette, ...ReadonlyArray<Palette>] = [
  ["#f1e9dc", "#d9623f", "#2f5d73", "#e8b04a", "#26323a"],
  ["#e7ece9", "#3f7f78", "#e07a5f", "#f2cc8f", "#22343a"],
  ["#efe6ee", "#7a4f9a", "#e2708a", "#f3b562", "#2c2540"],
  ["#e4ebf3", "#2f5fa8", "#79a6d2", "#f0a04b", "#1d2b45"],
  ["#f3ece0", "#52734d", "#b5894a", "#d9c27a", "#2b3328"],
  ["#ece7e2", "#8c3b4a", "#c98b6b", "#5b7a8c", "#33262b"]
]

/**
 * What is shown when nothing of a prompt can be drawn: a quiet composition of circles and arcs, and the words
 * themselves where our alphabet has their letters. It does not pretend to be a picture of anything.
 */
export const paintCard = (canvas: Canvas, scene: Scene): Plane => {
  const { height, width } = canvas
  const random = makeRandom(scene.seed, `card ${scene.unknown.join(" ")}`)
  const chosen = random.pick(palettes)
  const color = scene.backdrop.color
  const [ground, first, second, third, ink] =
    color === null ? chosen : [chosen[0], toHex(fromHex(color.name)), chosen[2], chosen[3], chosen[4]]
  const unit = Math.min(width, height)
  const whole = { x: 0, y: 0, width, height }
  const backdrop = fade(ground, toHex(darker(ground)))
  blend(canvas, rasterise(backdrop.defs + rect(0, 0, width, height, backdrop.fill), whole, width, height), 0, 0)

  const r = unit * random.between(0.2, 0.24)
  const at = { x: width / 2, y: height * 0.43, r }
  const composition = random.pick(compositions)
  const layer = rasterise(
    composition(at, random, { ground, first, second, third, ink }, { width, unit }),
    whole,
    width,
    height
  )
  castBelow(canvas, layer.rgba, unit)
  blend(canvas, layer, 0, 0)
  const margin = unit * 0.05
  const below = at.y + r * 1.25
  const area = {
    x: width * 0.2,
    y: below,
    width: width * 0.6,
    height: Math.min(unit * 0.11, height - margin * 1.6 - below)
  }
  const text = lettering(caption(scene), area, ink) ?? ""
  const frame = `<rect x="${n(margin)}" y="${n(margin)}" width="${n(width - margin * 2)}" height="${n(height - margin * 2)}" fill="none" stroke="${ink}" stroke-width="${n(unit * 0.0025)}" opacity="0.5"/>`
  const print = rasterise(frame + text, whole, width, height)
  blend(canvas, print, 0, 0)
  const values = new Float32Array(width * height)
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.max(layer.rgba[index * 4 + 3] ?? 0, print.rgba[index * 4 + 3] ?? 0)
  }
  return { width, height, values }
}

/** As many of the words as fit on a card and have letters in our alphabet. */
const caption = (scene: Scene): string =>
  scene.unknown
    .filter((word) => canLetter(word))
    .reduce((text, word) => (text.length + word.length < 36 ? `${text} ${word}`.trim() : text), "")

/** Shapes lie on the paper like cut card. */
const castBelow = (canvas: Canvas, rgba: Float32Array, unit: number): void => {
  const { height, rgb, width } = canvas
  const halfWidth = Math.ceil(width / 4)
  const halfHeight = Math.ceil(height / 4)
  const alpha = new Float32Array(width * height)
  for (let index = 0; index < alpha.length; index++) alpha[index] = rgba[index * 4 + 3] ?? 0
  const small = resize(alpha, width, height, 1, halfWidth, halfHeight)
  blur(small, halfWidth, halfHeight, 1, unit * 0.005)
  const full = resize(small, halfWidth, halfHeight, 1, width, height)
  const drop = Math.round(unit * 0.012) * width
  for (let index = drop; index < full.length; index++) {
    const dark = 1 - (full[index - drop] ?? 0) * 0.26
    const at = index * 3
    rgb[at] = (rgb[at] ?? 0) * dark
    rgb[at + 1] = (rgb[at + 1] ?? 0) * dark
    rgb[at + 2] = (rgb[at + 2] ?? 0) * dark
  }
}
