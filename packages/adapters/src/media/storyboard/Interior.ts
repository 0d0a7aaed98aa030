import type { Backdrop } from "./Backdrop.ts"
import { fromHex, lerp, mix, type Rgb } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { textureOf } from "./OpenAir.ts"
import { resize } from "./Raster.ts"
import type { Area } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { paintLevel, paintUpright, pool } from "./Surface.ts"
import type { Texture } from "./Texture.ts"
import { type GroundTexture, groundTextures, tinted } from "./TexturesGround.ts"
import { type MadeMaterial, madeTextures } from "./TexturesMade.ts"
import { n, path, rect } from "./Vector.ts"

export type Wall = `#${string}` | "brick" | "concrete" | "tile"

/** A room as data: a wall that faces us, a floor, and what is on both. */
export interface Room {
  /** Colours of paint, or textures; the seed chooses. */
  readonly walls: readonly [Wall, ...ReadonlyArray<Wall>]
  readonly floor: MadeMaterial | GroundTexture
  /** The skirting board; null for none. */
  readonly trim: string | null
  /** Where the window lets sunlight fall, as a fraction of the width; null without a window. */
  readonly sunlit: boolean
  /** What hangs on the wall and stands against it. `wall` ends where the floor or the table begins. */
  readonly dress: (s: Scenery, wall: Area) => string
  /** What stands on the floor, where there is one to be seen. */
  readonly furnish?: (s: Scenery, wall: Area) => string
}

/** The row where the wall ends: at the floor, or hidden behind the far edge of a table. */
const wallBase = (s: Scenery): number =>
  s.stage.kind === "top" ? s.stage.back : lerp(s.stage.horizon, s.stage.back, 0.62)

export const indoorsAs =
  (room: Room): Backdrop =>
  (s) => {
    const { stage } = s
    const base = wallBase(s)
    const wall: Area = { x: 0, y: 0, width: stage.width, height: base }
    paintWall(s, room, base)
    if (room.trim !== null && stage.kind === "floor") {
      const high = stage.unit * 0.035
      s.draw(
        rect(0, base - high, stage.width, high, s.tone(room.trim)) +
          rect(0, base - high, stage.width, high * 0.16, "#ffffff", 'opacity="0.35"')
      )
    }
    // A room behind a table is out of focus; one that is the scene itself is not.
    s.draw(room.dress(s, wall), stage.kind === "top" ? 4.2 : 0)
    const mirror = stage.kind === "floor" ? paintFloor(s, room, base) : { gloss: 0, roughness: 1, ripple: 0 }
    if (stage.kind === "floor") s.draw(room.furnish?.(s, wall) ?? "")
    if (room.sunlit) sunPatch(s, base)
    return { mirror, water: null }
  }

/** Paint or a texture, brighter towards the light and mottled a little, as walls are. */
const paintWall = (s: Scenery, room: Room, base: number): void => {
  const { canvas, light, scene, stage } = s
  const { rgb, width } = canvas
  const color = scene.backdrop.color === null ? null : fromHex(scene.backdrop.color.name)
  const bottom = Math.min(canvas.height, Math.ceil(base) + 1)
  const own = s.random("wall").pick(room.walls)
  const texture = wallTexture(s, own)
  const textured = texture !== null
  if (textured) {
    const painted = color === null ? texture : tinted(texture, color)
    paintUpright(canvas, light, painted, { top: 0, bottom }, (2.3 * width) / stage.unit)
  }
  const paint = color ?? fromHex(own)
  const lit = mix(light.key, light.ambient, 0.3)
  const mottle = noiseField(Math.ceil(width / 8), Math.ceil(bottom / 8), {
    seed: scene.seed,
    label: "wall",
    cellWidth: stage.unit / 24,
    cellHeight: stage.unit / 24,
    octaves: 3
  })
  const soft = resize(mottle.values, mottle.width, mottle.height, 1, width, bottom)
  for (let y = 0; y < bottom; y++) {
    const low = y / base
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const sideways = (stage.side > 0 ? x : width - x) / width
      const level = lerp(0.72, 1.08, sideways) * lerp(1.06, 0.86, low) * (0.97 + ((soft[at] ?? 0.5) - 0.5) * 0.12)
      const target = at * 3
      for (let channel = 0; channel < 3; channel++) {
        const plain = textured ? (rgb[target + channel] ?? 0) : (paint[channel] ?? 0) * (lit[channel] ?? 0)
        rgb[target + channel] = plain * level
      }
    }
  }
}

/** What the prompt asks for, or what the room has; null for plain paint. */
const wallTexture = (s: Scenery, own: Wall): Texture | null => {
  const asked = s.scene.backdrop.wall
  if (asked !== null) return textureOf(asked.name, s)
  return own === "brick" || own === "concrete" || own === "tile" ? groundTextures[own](s.grain) : null
}

const paintFloor = (
  s: Scenery,
  room: Room,
  base: number
): { readonly gloss: number; readonly roughness: number; readonly ripple: number } => {
  const { canvas, light, scene, stage } = s
  const asked = scene.surface?.kind === "floor" || scene.surface?.kind === "ground" ? scene.surface : null
  const material = asked?.material ?? scene.backdrop.material
  const plain =
    material !== null
      ? textureOf(material.name, s)
      : isMade(room.floor)
        ? madeTextures[room.floor](s.grain)
        : groundTextures[room.floor](s.grain)
  const texture = asked?.color ? tinted(plain, fromHex(asked.color.name)) : plain
  const metres = (3.4 * stage.width) / stage.unit
  paintLevel(canvas, light, { texture, top: base, bottom: stage.height, horizon: stage.horizon, metres, haze: 0.25 })
  const { rgb, width } = canvas
  for (let y = Math.round(base); y < stage.height; y++) {
    const down = (y - base) / (stage.height - base)
    const level = lerp(0.8, 1, Math.min(1, down * 3)) * lerp(1.04, 0.84, down)
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      rgb[at] = (rgb[at] ?? 0) * level
      rgb[at + 1] = (rgb[at + 1] ?? 0) * level
      rgb[at + 2] = (rgb[at + 2] ?? 0) * level
    }
  }
  if (s.light.lamps > 0.3)
    pool(
      canvas,
      { x: stage.width / 2, y: stage.front, width: stage.unit * 0.7, height: stage.unit * 0.3 },
      [1.25, 1.2, 1.1],
      { top: base, bottom: stage.height }
    )
  return { gloss: texture.gloss * 0.8, roughness: Math.max(0.3, texture.roughness), ripple: 0 }
}

const isMade = (name: MadeMaterial | GroundTexture): name is MadeMaterial => name in madeTextures

/** Sunlight that falls through the panes of a window: four bright slanted fields on the wall and on the floor. */
const sunPatch = (s: Scenery, base: number): void => {
  const { outside, stage } = s
  const sun = outside.sunHeight > 0.04 && outside.shadow > 0.4 ? 1 : outside.moon ? 0.35 : 0
  if (sun === 0) return
  const { height, side, unit, width } = stage
  const low = 1 - Math.min(1, outside.sunHeight)
  const color: Rgb = mix(outside.glow, [1, 1, 1], 0.2)
  const gain: Rgb = [color[0] * 0.42 * sun, color[1] * 0.38 * sun, color[2] * 0.3 * sun]
  const x = width * (0.5 - side * 0.12)
  const top = lerp(base * 0.34, base * 0.5, 1 - low)
  const w = unit * 0.13
  const h = unit * 0.17
  const lean = -side * unit * 0.1
  let fields = ""
  for (const column of [0, 1]) {
    for (const row of [0, 1]) {
      const px = x + column * w * 1.12 - side * row * unit * 0.06
      const py = top + row * h * 1.1
      fields += path(`M${n(px)} ${n(py)}h${n(w)}l${n(lean * 0.5)} ${n(h)}h${n(-w)}Z`, "#ffffff")
    }
  }
  if (stage.kind === "floor") {
    const y = lerp(base, height, 0.22)
    for (const column of [0, 1]) {
      const px = width * (0.5 - side * 0.2) + column * unit * 0.2
      fields += path(
        `M${n(px)} ${n(y)}h${n(unit * 0.17)}l${n(lean * 2)} ${n(unit * 0.16)}h${n(-unit * 0.2)}Z`,
        "#ffffff"
      )
    }
  }
  s.shine(fields, gain, stage.kind === "top" ? 9 : 5)
}
