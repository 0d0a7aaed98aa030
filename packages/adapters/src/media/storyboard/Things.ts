import type { Ground } from "./Backdrop.ts"
import { clad } from "./Clad.ts"
import { fromHex, type Rgb } from "./Color.ts"
import { rasterise } from "./Icons.ts"
import type { Placement } from "./Placement.ts"
import { blend, makePlane, type Plane, type Sprite } from "./Raster.ts"
import { recolor } from "./Recolor.ts"
import { relight } from "./Relight.ts"
import type { Scenery } from "./Scenery.ts"
import { castShadow, hoverShadow, type Mirror, mirrorImage } from "./Shadow.ts"
import type { StyleSheet } from "./Styles.ts"
import { glow, pool } from "./Surface.ts"
import { n, path } from "./Vector.ts"

/**
 * Paints all things where the layout put them: first what they leave on the ground, then themselves from back to front.
 * Returns how much of each pixel belongs to a thing.
 */
export const paintThings = (
  s: Scenery,
  placements: ReadonlyArray<Placement>,
  ground: Ground,
  style: StyleSheet
): Plane => {
  const { canvas, light, stage } = s
  const covered = makePlane(canvas.width, canvas.height)
  const wardrobe = new Map<string, Sprite>()
  const dressed = placements.map((at) => {
    const sprite = dress(s, at, wardrobe, style)
    if (at.footing !== "water") return { at, sprite }
    const floating = sink(sprite, at.actor.traits.draught)
    return { at: { ...at, height: floating.height }, sprite: floating }
  })
  for (const { at, sprite } of dressed) {
    if (at.footing === "ground" || at.footing === "water") mirrorImage(canvas, sprite, at, mirrorFor(s, at, ground))
  }
  for (const { at, sprite } of dressed) {
    if (at.footing === "ground") castShadow(canvas, sprite, at, stage, light)
    else if (at.footing === "air") hoverShadow(canvas, at, stage, light)
  }
  s.draw(strings(s, placements))
  for (const { at, sprite } of dressed) {
    const left = Math.round(at.x - at.width / 2)
    const top = Math.round(at.y - at.height)
    shineAround(s, at)
    if (at.footing === "held" && at.actor.subject.relation?.kind === "on") restOn(s, at)
    blend(canvas, sprite, left, top)
    cover(covered, sprite, left, top)
    if (at.footing === "water") bowWave(s, at)
  }
  return covered
}

/** What flies and is held hangs on a string. */
const strings = (s: Scenery, placements: ReadonlyArray<Placement>): string =>
  placements
    .map((at) => {
      const { relation } = at.actor.subject
      if (relation?.kind !== "held-by" || at.actor.traits.habitat !== "air") return ""
      const holders = placements.filter((other) => other.actor.index === relation.to)
      const [holder] = holders.toSorted((a, b) => Math.abs(a.x - at.x) - Math.abs(b.x - at.x))
      if (holder === undefined) return ""
      const hand = {
        x: holder.x + Math.sign(at.x - holder.x) * holder.width * 0.42,
        y: holder.y - holder.height * 0.36
      }
      const end = { x: at.x, y: at.y - at.height * 0.12 }
      const sag = `${n((hand.x + end.x) / 2)} ${n(Math.max(hand.y, end.y) - Math.abs(hand.y - end.y) * 0.3)}`
      const color = s.tone("#5c5650")
      return path(
        `M${n(hand.x)} ${n(hand.y)}Q${sag} ${n(end.x)} ${n(end.y)}`,
        "none",
        `stroke="${color}" stroke-width="${n(Math.max(0.8, s.stage.unit * 0.0022))}"`
      )
    })
    .join("")

const mirrorFor = (s: Scenery, at: Placement, ground: Ground): Mirror => {
  const bottom = s.stage.kind === "top" ? s.stage.edge : s.stage.height
  if (at.footing === "water")
    return { gloss: 0.5, roughness: 0.4, ripple: s.stage.unit * 0.005, bottom: ground.water?.bottom ?? bottom }
  return { ...ground.mirror, bottom }
}

/** Things of the same looks and size are drawn once, however many there are. */
const dress = (s: Scenery, at: Placement, wardrobe: Map<string, Sprite>, style: StyleSheet): Sprite => {
  const { box, drawing, index, subject, traits } = at.actor
  const width = Math.max(1, Math.round(at.width))
  const height = Math.max(1, Math.round(at.height))
  const key = `${index} ${width} ${height} ${at.mirrored}`
  const known = wardrobe.get(key)
  if (known !== undefined) return known
  const body = at.mirrored
    ? `<g transform="translate(${2 * box.x + box.width} 0) scale(-1 1)">${drawing.body}</g>`
    : drawing.body
  const sprite = rasterise(body, box, width, height)
  if (subject.material !== null) clad(s, sprite, subject.material.name, subject.icon ?? "", traits.metres)
  if (subject.color !== null) recolor(sprite, fromHex(subject.color.name))
  relight(sprite, s.light, s.stage.side, {
    glow: traits.glow * s.light.lamps,
    lit: traits.lit ? s.light.lamps : 0,
    volume: style.volume
  })
  wardrobe.set(key, sprite)
  return sprite
}

const cover = (plane: Plane, sprite: Sprite, left: number, top: number): void => {
  for (let y = Math.max(0, -top); y < Math.min(sprite.height, plane.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(sprite.width, plane.width - left); x++) {
      const alpha = sprite.rgba[(y * sprite.width + x) * 4 + 3] ?? 0
      const at = (y + top) * plane.width + x + left
      if (alpha > (plane.values[at] ?? 0)) plane.values[at] = alpha
    }
  }
}

/** The dark line where one thing stands on another. */
const restOn = (s: Scenery, at: Placement): void =>
  pool(
    s.canvas,
    { x: at.x, y: at.y - at.height * 0.01, width: at.width * 0.52, height: Math.max(2, at.height * 0.05) },
    [0.62, 0.62, 0.66]
  )

/** What shines by itself lights the air around it, more so in the dark. */
const shineAround = (s: Scenery, at: Placement): void => {
  const strength = at.actor.traits.glow * (0.12 + 0.5 * s.light.lamps)
  if (at.actor.traits.glow === 0) return
  const reach = Math.max(at.width, at.height)
  glow(
    s.canvas,
    { x: at.x, y: at.y - at.height / 2, width: reach * 1.25, height: reach * 1.15 },
    [1, 0.82, 0.5],
    strength
  )
}

/** Cuts off what is under water, along a line of small waves. */
const sink = (sprite: Sprite, draught: number): Sprite => {
  const { rgba, width } = sprite
  const height = Math.max(2, Math.round(sprite.height * (1 - draught)))
  const out = rgba.slice(0, width * height * 4)
  const wave = Math.max(1.5, sprite.height * 0.012)
  for (let y = Math.max(0, Math.floor(height - wave * 3)); y < height; y++) {
    for (let x = 0; x < width; x++) {
      const line = height - wave * (1 + Math.sin((x / width) * 31) * 0.5 + Math.sin((x / width) * 13 + 1.7) * 0.5)
      const above = Math.min(1, Math.max(0, line - y + 0.5))
      const at = (y * width + x) * 4
      for (let channel = 0; channel < 4; channel++) out[at + channel] = (out[at + channel] ?? 0) * above
    }
  }
  return { width, height, rgba: out }
}

/** Short bright strokes where the water breaks on what floats in it. */
const bowWave = (s: Scenery, at: Placement): void => {
  const { light } = s
  const color: Rgb = [light.cloudLit[0], light.cloudLit[1], light.cloudLit[2]]
  for (const [offset, size, strength] of [
    [0, 0.56, 0.3],
    [-0.3, 0.22, 0.4],
    [0.28, 0.26, 0.4]
  ] as const) {
    glow(
      s.canvas,
      { x: at.x + offset * at.width, y: at.y, width: at.width * size, height: Math.max(1.5, at.height * 0.016) },
      color,
      strength
    )
  }
}
