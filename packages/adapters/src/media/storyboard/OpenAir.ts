import { skylineOf } from "./Buildings.ts"
import { fromHex, lerp, mix } from "./Color.ts"
import * as Land from "./Landforms.ts"
import { broadTree, bush, fir, flowers, isSnowy, leafColor, litter, tufts } from "./Plants.ts"
import type { Random } from "./Random.ts"
import type { Material } from "./Scene.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { paintLevel } from "./Surface.ts"
import type { Texture } from "./Texture.ts"
import { type GroundTexture, groundTextures, tinted } from "./TexturesGround.ts"
import { madeTextures } from "./TexturesMade.ts"
import { heightAt, type Point } from "./Vector.ts"

/** Something that stands in a landscape, drawn with numbers of its own. Lengths are thousandths of the shorter side. */
export type Element = (s: Scenery, random: Random) => string

/** An outdoor place as data: what stands behind, what lies underfoot, what grows at hand. */
export interface OpenPlace {
  readonly ground: GroundTexture
  /** How many metres the picture is wide at its bottom, if it is square. */
  readonly metres: number
  /** Behind the ground, from far to near; slightly out of focus. */
  readonly far: ReadonlyArray<Element>
  /** On the ground, sharp. */
  readonly near: ReadonlyArray<Element>
}

/** Sky, what is far, the ground, what is near. */
export const paintOpenAir = (s: Scenery, place: OpenPlace): void => {
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  s.draw(place.far.map((element, index) => element(s, s.random(`far ${index}`))).join(""), 1.6)
  paintGround(s, place)
  s.draw(place.near.map((element, index) => element(s, s.random(`near ${index}`))).join(""))
}

export const paintGround = (
  s: Scenery,
  place: Pick<OpenPlace, "ground" | "metres">,
  top = s.stage.horizon
): Texture => {
  const { horizon, unit } = s.stage
  const { color, material, place: named } = s.scene.backdrop
  const snowed = isSnowy(s) && coveredBySnow.has(place.ground)
  const autumn = s.scene.backdrop.season?.name === "autumn" && place.ground === "grass"
  const plain =
    material === null
      ? groundTextures[snowed ? "snow" : autumn ? "autumn-grass" : place.ground](s.grain)
      : textureOf(material.name, s)
  const texture =
    color !== null && named.word !== null ? tinted(plain, mix(plain.color, fromHex(color.name), 0.65)) : plain
  const metres = (place.metres * s.stage.width) / unit
  paintLevel(s.canvas, s.light, {
    texture,
    top,
    bottom: s.stage.height,
    horizon: horizon - unit * 0.004,
    metres,
    haze: 0.62
  })
  shadeGround(s, top)
  return texture
}

const coveredBySnow: ReadonlySet<GroundTexture> = new Set<GroundTexture>([
  "grass",
  "soil",
  "leaves",
  "crops",
  "rock",
  "paving",
  "sand"
])

/** The texture of any material of the vocabulary. */
export const textureOf = (material: Material, s: Scenery): Texture => {
  if (isMade(material)) return madeTextures[material](s.grain)
  return groundTextures[material](s.grain)
}

const isMade = (material: Material): material is keyof typeof madeTextures => material in madeTextures

/** Ground is brighter towards the light and darker at our feet, which frames the picture. */
const shadeGround = (s: Scenery, top: number): void => {
  const { height, sun, unit, width } = s.stage
  const { rgb } = s.canvas
  const { backlit, glow } = s.light
  for (let y = Math.max(0, Math.round(top)); y < height; y++) {
    const down = (y - top) / (height - top)
    const level = lerp(1.06, 0.82, down)
    const sheen = backlit * 0.5 * (1 - down) ** 2
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const dx = (x - sun.x) / unit
      const near = sheen / (1 + dx * dx * 6)
      rgb[at] = (rgb[at] ?? 0) * level * (1 + glow[0] * near)
      rgb[at + 1] = (rgb[at + 1] ?? 0) * level * (1 + glow[1] * near)
      rgb[at + 2] = (rgb[at + 2] ?? 0) * level * (1 + glow[2] * near)
    }
  }
}

export interface Reach {
  /** 0 at hand, 1 at the horizon. */
  readonly distance: number
  /** Height above its foot. */
  readonly height: number
  readonly color: string
  /** How far below the horizon its foot is. */
  readonly drop?: number
}

const ridgeOf = (s: Scenery, reach: Reach): Land.Ridge => ({
  base: s.stage.horizon + ((reach.drop ?? 0) * s.stage.unit) / 1000,
  height: (reach.height * s.stage.unit) / 1000,
  distance: reach.distance
})

export const mountains =
  (reach: Reach & { readonly snow: number }): Element =>
  (s, random) =>
    s.wants("mountain")
      ? Land.mountains(s, random, ridgeOf(s, reach), reach.color, Math.max(reach.snow, isSnowy(s) ? 0.5 : 0))
      : ""

export const hills =
  (reach: Reach): Element =>
  (s, random) =>
    s.wants("hill") ? Land.hills(s, random, ridgeOf(s, reach), isSnowy(s) ? "#e3edf5" : reach.color).svg : ""

export const dunes =
  (reach: Reach): Element =>
  (s, random) =>
    Land.dunes(s, random, ridgeOf(s, reach), reach.color)

export const mesas =
  (reach: Reach): Element =>
  (s, random) =>
    Land.mesas(s, random, ridgeOf(s, reach), reach.color)

export const skyline =
  (reach: Reach & { readonly open?: boolean }): Element =>
  (s, random) =>
    s.wants("building")
      ? skylineOf(s, random, { ...ridgeOf(s, reach), color: reach.color, open: reach.open ?? false })
      : ""

/** Trees on a rolling strip of their own: groups and gaps, small ones first so that tall ones overlap them. */
export const trees =
  (reach: Reach & { readonly kind: "firs" | "broad" | "bushes" | "mixed"; readonly amount: number }): Element =>
  (s, random) => {
    if (!s.wants("tree")) return ""
    const { unit, width } = s.stage
    const ridge = ridgeOf(s, reach)
    const strip = Land.hills(s, random, { ...ridge, height: unit * 0.018 }, isSnowy(s) ? "#e6eef5" : reach.color)
    const amount = Math.round((reach.amount * width) / unit)
    const spots = Array.from({ length: amount }, (_, index): Point & { readonly size: number } => {
      const x = width * ((index + random()) / amount)
      return { x, y: heightAt(strip.line, x) + unit * 0.006, size: ridge.height * random.between(0.55, 1) }
    }).sort((a, b) => a.size - b.size)
    const plants = spots.map((spot) => {
      const conifer = reach.kind === "firs" || (reach.kind === "mixed" && random.chance(0.55))
      if (conifer) return fir(s, random, spot, spot.size, reach.distance, isSnowy(s) ? 0.95 : 0)
      if (reach.kind === "bushes") return bush(s, random, spot, spot.size, reach.distance, leafColor(s, random))
      return random.chance(0.7)
        ? broadTree(s, random, spot, spot.size, reach.distance, leafColor(s, random))
        : bush(s, random, spot, spot.size * 0.6, reach.distance, leafColor(s, random))
    })
    return strip.svg + plants.join("")
  }

/** What grows at our feet; under snow nothing does. */
export const growth =
  (kinds: { readonly grass?: number; readonly dry?: number; readonly flowers?: number }): Element =>
  (s, random) => {
    const { height, horizon, unit, width } = s.stage
    const rows = { top: horizon + (height - horizon) * 0.16, bottom: height * 1.02 }
    const crowd = (width * (height - horizon)) / (unit * unit)
    const season = s.scene.backdrop.season?.name
    if (isSnowy(s) || s.scene.backdrop.material !== null) return ""
    let svg = ""
    if (kinds.grass !== undefined)
      svg += tufts(
        s,
        random,
        rows,
        Math.round(kinds.grass * crowd),
        unit * 0.036,
        season === "autumn" ? ["#c9b45a", "#8a7a3a"] : ["#98c95a", "#3f7a30"]
      )
    if (kinds.dry !== undefined)
      svg += tufts(s, random, rows, Math.round(kinds.dry * crowd), unit * 0.04, ["#c9b46a", "#8a7a3e"])
    if (season === "autumn") svg += litter(s, random, rows, Math.round(420 * crowd), unit * 0.014)
    const bloom = (kinds.flowers ?? 0) * (season === "spring" ? 2.6 : season === "autumn" ? 0 : 1)
    if (bloom > 0 && s.wants("flower")) svg += flowers(s, random, rows, Math.round(bloom * crowd), unit * 0.022)
    return svg
  }
