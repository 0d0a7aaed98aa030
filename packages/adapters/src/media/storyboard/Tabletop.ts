import type { Ground } from "./Backdrop.ts"
import { clamp, fromHex, lerp, mix, type Rgb, scale, toHex } from "./Color.ts"
import { tone } from "./Light.ts"
import { textureOf } from "./OpenAir.ts"
import { blur, resize, shrink } from "./Raster.ts"
import type { Material, Surface, SurfaceKind } from "./Scene.ts"
import type { Scenery } from "./Scenery.ts"
import { paintLevel, pool } from "./Surface.ts"
import type { Texture } from "./Texture.ts"
import { tinted } from "./TexturesGround.ts"
import { n, path, rect } from "./Vector.ts"

/** What each kind of furniture is made of when the prompt does not say. */
const usual: Readonly<Record<SurfaceKind, Material>> = {
  counter: "marble",
  desk: "walnut",
  floor: "oak",
  ground: "stone",
  pedestal: "marble",
  shelf: "pine",
  table: "wood",
  workbench: "pine"
}

/** The texture of a surface: its material or the usual one, in its colour. */
const surfaceTexture = (s: Scenery, surface: Surface): Texture => {
  const plain = textureOf(surface.material?.name ?? usual[surface.kind], s)
  return surface.color === null ? plain : tinted(plain, fromHex(surface.color.name))
}

/** Paints the top in perspective, what it mirrors of the wall, its front edge, and what is below. */
export const paintTabletop = (s: Scenery, surface: Surface): Ground => {
  const { canvas, light, stage } = s
  const texture = surfaceTexture(s, surface)
  const { back, edge, horizon, unit, width } = stage
  const behind = mirrorOfWall(s, texture)
  const beside = surface.kind === "pedestal" ? canvas.rgb.slice() : null
  paintLevel(canvas, light, { texture, top: back, bottom: edge, horizon, metres: (1.5 * width) / unit, haze: 0.12 })
  layMirror(s, texture, behind)
  shadeTop(s, texture)
  paintFront(s, surface, texture)
  if (beside !== null) narrow(s, beside)
  s.draw(rect(0, back - unit * 0.02, width, unit * 0.02, "url(#seam)") + seam)
  return {
    mirror: { gloss: texture.gloss * (texture.metal ? 0.85 : 0.9), roughness: texture.roughness, ripple: 0 },
    water: null
  }
}

/** A soft dark line where the top meets the wall. */
const seam =
  '<defs><linearGradient id="seam" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.3"/></linearGradient></defs>'

/** The wall upside down, blurred as the polish of the top asks; at a quarter of the size. */
const mirrorOfWall = (s: Scenery, texture: Texture): Float32Array | null => {
  if (texture.gloss < 0.05) return null
  const { canvas, stage } = s
  const { width } = canvas
  const back = Math.round(stage.back)
  const rows = Math.round(stage.edge) - back
  const flipped = new Float32Array(rows * width * 3)
  for (let row = 0; row < rows; row++) {
    const source = Math.max(0, back - 1 - Math.round(row * 1.25))
    flipped.set(canvas.rgb.subarray(source * width * 3, (source + 1) * width * 3), row * width * 3)
  }
  const small = shrink(flipped, width, rows, 3, 4)
  blur(small.values, small.width, small.height, 3, 1 + texture.roughness * stage.unit * 0.022)
  return resize(small.values, small.width, small.height, 3, width, rows)
}

const layMirror = (s: Scenery, texture: Texture, behind: Float32Array | null): void => {
  if (behind === null) return
  const { canvas, stage } = s
  const { rgb, width } = canvas
  const back = Math.round(stage.back)
  const rows = behind.length / (width * 3)
  const tint: Rgb = texture.metal ? mix([1, 1, 1], scale(texture.color, 1.25), 0.75) : [1, 1, 1]
  for (let row = 0; row < rows; row++) {
    const near = row / rows
    // At a flat angle everything mirrors more.
    const amount = texture.gloss * lerp(1, 0.34, near ** 0.7)
    const start = (back + row) * width * 3
    for (let index = 0; index < width * 3; index += 3) {
      for (let channel = 0; channel < 3; channel++) {
        const own = rgb[start + index + channel] ?? 0
        const image = (behind[row * width * 3 + index + channel] ?? 0) * (tint[channel] ?? 1)
        // Metals are seen by what they mirror, so their own texture stays on top of the image.
        rgb[start + index + channel] = texture.metal
          ? own * (1 - amount + (amount * image) / 0.55)
          : own * (1 - amount) + (image * 0.7 + own * 0.3) * amount
      }
    }
  }
}

/** The pool of the lamp, the sheen towards the window, and the darkness at both sides. */
const shadeTop = (s: Scenery, texture: Texture): void => {
  const { canvas, light, stage } = s
  const { back, edge, front, side, unit, width } = stage
  const rows = { top: Math.round(back), bottom: Math.round(edge) }
  const strong = 0.22 + texture.gloss * 0.4
  pool(
    canvas,
    { x: width * (0.5 + side * 0.05), y: lerp(back, front, 0.75), width: width * 0.62, height: unit * 0.34 },
    [1 + strong, 1 + strong * 0.97, 1 + strong * 0.9],
    rows
  )
  const { rgb } = canvas
  for (let y = rows.top; y < rows.bottom; y++) {
    const near = (y - back) / (edge - back)
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const sideways = (side > 0 ? x : width - x) / width
      const sheen = texture.gloss * 0.34 * Math.exp(-((sideways - 0.86) ** 2) * 16) * (1 - near * 0.7)
      const level = lerp(0.84, 1.04, sideways) * lerp(0.86, 1.02, clamp(near * 3))
      rgb[at] = (rgb[at] ?? 0) * level + sheen * light.key[0]
      rgb[at + 1] = (rgb[at + 1] ?? 0) * level + sheen * light.key[1]
      rgb[at + 2] = (rgb[at + 2] ?? 0) * level + sheen * light.key[2]
    }
  }
}

/** The edge that faces us, and drawers, doors or the dark below it. */
const paintFront = (s: Scenery, surface: Surface, texture: Texture): void => {
  const { light, stage } = s
  const { edge, height, unit, width } = stage
  const thick = unit * (surface.kind === "shelf" ? 0.03 : surface.kind === "counter" ? 0.034 : 0.042)
  paintEdge(s, texture, edge, thick)
  const top = Math.round(edge + thick)
  const body = tone(light, texture.metal ? scale(texture.color, 0.62) : mix(texture.color, [0.2, 0.14, 0.1], 0.45), 0)
  const hex = (by: number): string => toHex([body[0] * by, body[1] * by, body[2] * by])
  if (top >= height) return
  const below = height - top
  let svg = rect(0, top, width, below, hex(surface.kind === "table" || surface.kind === "shelf" ? 0.42 : 0.78))
  if (surface.kind === "workbench" || surface.kind === "desk") svg += drawers(s, top, below, hex)
  if (surface.kind === "counter") svg += doors(s, top, below, hex)
  if (surface.kind === "table") svg += rect(0, top, width, unit * 0.05, hex(0.7)) + legs(s, top, below, hex)
  svg += rect(0, top, width, unit * 0.035, "url(#under)") + under
  s.draw(svg)
}

const under =
  '<defs><linearGradient id="under" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#000" stop-opacity="0.55"/><stop offset="1" stop-color="#000" stop-opacity="0"/></linearGradient></defs>'

/** The same material seen from the front: darker, with a bright line along its upper rim. */
const paintEdge = (s: Scenery, texture: Texture, edge: number, thick: number): void => {
  const { canvas, light, stage } = s
  const { rgb, width } = canvas
  const out = new Float32Array(width * 3)
  const white = tone(light, [1, 1, 1], 0)
  const pixel = 1.5 / stage.unit
  const from = Math.round(edge)
  const to = Math.min(canvas.height, Math.round(edge + thick))
  for (let y = from; y < to; y++) {
    texture.row(out, width, 0, pixel, 100 + (y - from) * pixel, pixel)
    const down = (y - from) / Math.max(1, to - from)
    const rim = down < 0.14 ? 1.55 - down * 3 : lerp(0.86, 0.56, down)
    for (let index = 0; index < width * 3; index += 3) {
      const at = y * width * 3 + index
      rgb[at] = (out[index] ?? 0) * white[0] * rim
      rgb[at + 1] = (out[index + 1] ?? 0) * white[1] * rim
      rgb[at + 2] = (out[index + 2] ?? 0) * white[2] * rim
    }
  }
}

const drawers = (s: Scenery, top: number, below: number, hex: (by: number) => string): string => {
  const { unit, width } = s.stage
  const amount = Math.max(2, Math.round((width / unit) * 3))
  const w = width / amount
  let svg = ""
  for (let index = 0; index < amount; index++) {
    const x = index * w
    svg +=
      rect(x + unit * 0.006, top + unit * 0.008, w - unit * 0.012, Math.min(below, unit * 0.3), hex(0.92)) +
      rect(x + unit * 0.006, top + unit * 0.008, w - unit * 0.012, unit * 0.004, hex(1.25))
    const hx = x + w * 0.3
    const hy = top + Math.min(below * 0.42, unit * 0.06)
    svg +=
      rect(
        hx - unit * 0.006,
        hy - unit * 0.006,
        w * 0.4 + unit * 0.012,
        unit * 0.034,
        "#000000",
        'opacity="0.32" rx="6"'
      ) +
      path(`M${n(hx)} ${n(hy + unit * 0.006)}h${n(w * 0.4)}v${n(unit * 0.014)}h${n(-w * 0.4)}Z`, s.tone("#c3c8cc")) +
      path(
        `M${n(hx)} ${n(hy + unit * 0.006)}h${n(w * 0.4)}v${n(unit * 0.004)}h${n(-w * 0.4)}Z`,
        "#ffffff",
        'opacity="0.7"'
      )
  }
  return svg
}

const doors = (s: Scenery, top: number, below: number, hex: (by: number) => string): string => {
  const { unit, width } = s.stage
  const amount = Math.max(2, Math.round((width / unit) * 3.4))
  const w = width / amount
  const paint = s.tone("#5f7f86")
  let svg = rect(0, top, width, below, paint)
  for (let index = 0; index < amount; index++) {
    const x = index * w
    svg +=
      rect(x, top, unit * 0.004, below, hex(0.3), 'opacity="0.6"') +
      rect(x + w * 0.1, top + unit * 0.025, w * 0.8, below, "#000000", 'opacity="0.1"') +
      rect(x + w * 0.12, top + unit * 0.03, w * 0.78, below, paint)
    svg += rect(x + w * (index % 2 === 0 ? 0.86 : 0.1), top + unit * 0.05, unit * 0.012, unit * 0.05, s.tone("#d9b565"))
  }
  return svg
}

const legs = (s: Scenery, top: number, below: number, hex: (by: number) => string): string => {
  const { unit, width } = s.stage
  const w = unit * 0.075
  return (
    rect(width * 0.08, top, w, below, hex(0.85)) +
    rect(width * 0.08, top, w * 0.25, below, hex(1.1)) +
    rect(width * 0.92 - w, top, w, below, hex(0.85)) +
    rect(width * 0.92 - w, top, w * 0.25, below, hex(1.1))
  )
}

/** A plinth is narrower than the picture: beside it the wall comes back. */
const narrow = (s: Scenery, wall: Float32Array): void => {
  const { canvas, stage } = s
  const { rgb, width } = canvas
  const near = stage.unit * 0.4
  for (let y = Math.round(stage.back) - 1; y < canvas.height; y++) {
    const t = clamp((y - stage.back) / (stage.edge - stage.back))
    const half = y < stage.edge ? lerp(near * 0.82, near, t) : near
    const row = Math.min(y, Math.round(stage.back) - 2)
    for (let x = 0; x < width; x++) {
      const outside = clamp(Math.abs(x + 0.5 - width / 2) - half)
      if (outside <= 0) continue
      const at = (y * width + x) * 3
      const source = (row * width + x) * 3
      // The wall goes on below the row where it was painted, growing darker.
      const fade = lerp(1, 0.72, clamp((y - stage.back) / (canvas.height - stage.back)))
      for (let channel = 0; channel < 3; channel++) {
        rgb[at + channel] = (rgb[at + channel] ?? 0) * (1 - outside) + (wall[source + channel] ?? 0) * fade * outside
      }
    }
  }
}
