import { fromHex, lerp, mix, scale } from "./Color.ts"
import { dunes, hills, mesas, mountains, type Ridge } from "./Landforms.ts"
import { broadTree, bush, fir, flowers, tufts } from "./Plants.ts"
import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { paintLevel } from "./Surface.ts"
import { type GroundTexture, groundTextures, tinted } from "./TexturesGround.ts"
import { heightAt, type Point } from "./Vector.ts"

/** An outdoor place as data: what stands behind, what lies underfoot, what grows at hand. */
export interface OpenPlace {
  readonly ground: GroundTexture
  /** How many metres the picture is wide at its bottom. */
  readonly metres: number
  /** From far to near. */
  readonly layers: ReadonlyArray<Layer>
  readonly near: ReadonlyArray<"tufts" | "flowers" | "dry tufts">
}

export interface Layer {
  readonly kind: "mountains" | "hills" | "dunes" | "mesas" | "firs" | "trees" | "bushes"
  /** 0 at hand, 1 at the horizon. */
  readonly distance: number
  /** Height above the horizon in thousandths of the shorter side. */
  readonly height: number
  readonly color: string
  /** Rows below the horizon at which it stands, in thousandths of the shorter side. */
  readonly drop?: number
  readonly snow?: number
  /** Trees for each 1000 units of width. */
  readonly amount?: number
}

/** Sky, layers, ground and what grows on it. */
export const paintOpenAir = (s: Scenery, place: OpenPlace): void => {
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  const far = place.layers.filter((layer) => layer.distance > 0.5)
  const near = place.layers.filter((layer) => layer.distance <= 0.5)
  s.draw(far.map((layer, index) => drawLayer(s, layer, s.random(`far ${index}`))).join(""), 1.6)
  paintGround(s, place)
  s.draw(near.map((layer, index) => drawLayer(s, layer, s.random(`near ${index}`))).join(""))
  s.draw(growth(s, place, s.random("growth")))
}

export const paintGround = (s: Scenery, place: Pick<OpenPlace, "ground" | "metres">): void => {
  const { horizon, unit } = s.stage
  const color = s.scene.backdrop.color
  const plain = groundTextures[place.ground](s.grain)
  const texture =
    color !== null && s.scene.backdrop.place.word !== null ? tinted(plain, mix(plain.color, fromHex(color.name), 0.65)) : plain
  const metres = (place.metres * s.stage.width) / unit
  paintLevel(s.canvas, s.light, { texture, top: horizon, bottom: s.stage.height, horizon: horizon - unit * 0.004, metres, haze: 0.8 })
  shadeGround(s)
}

/** Ground is brighter towards the light and darker at our feet, which frames the picture. */
const shadeGround = (s: Scenery): void => {
  const { height, horizon, sun, unit, width } = s.stage
  const { rgb } = s.canvas
  const { backlit, glow } = s.light
  for (let y = Math.max(0, Math.round(horizon)); y < height; y++) {
    const down = (y - horizon) / (height - horizon)
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

const drawLayer = (s: Scenery, layer: Layer, random: Random): string => {
  const { horizon, unit } = s.stage
  const ridge: Ridge = {
    base: horizon + ((layer.drop ?? 0) * unit) / 1000,
    height: (layer.height * unit) / 1000,
    distance: layer.distance
  }
  switch (layer.kind) {
    case "mountains":
      return s.wants("mountain") ? mountains(s, random, ridge, layer.color, layer.snow ?? 0) : ""
    case "hills":
      return s.wants("hill") ? hills(s, random, ridge, layer.color).svg : ""
    case "dunes":
      return dunes(s, random, ridge, layer.color)
    case "mesas":
      return mesas(s, random, ridge, layer.color)
    case "firs":
    case "trees":
    case "bushes":
      return s.wants("tree") ? trees(s, random, ridge, layer) : ""
  }
}

/** Trees on a rolling strip of their own: dense groups and gaps, small ones first so that tall ones overlap them. */
const trees = (s: Scenery, random: Random, ridge: Ridge, layer: Layer): string => {
  const { unit, width } = s.stage
  const strip = hills(s, random, { ...ridge, height: unit * 0.018 }, layer.color)
  const amount = Math.round(((layer.amount ?? 14) * width) / 1000 * (1000 / unit))
  const spots = Array.from({ length: amount }, (_, index): Point & { readonly size: number } => {
    const x = width * ((index + random()) / amount)
    return { x, y: heightAt(strip.line, x) + unit * 0.006, size: ridge.height * random.between(0.55, 1) }
  }).sort((a, b) => a.size - b.size)
  const snow = layer.snow ?? 0
  const plants = spots.map((spot) => {
    if (layer.kind === "firs") return fir(s, random, spot, spot.size, layer.distance, snow)
    if (layer.kind === "bushes") return bush(s, random, spot, spot.size, layer.distance)
    return random.chance(0.7)
      ? broadTree(s, random, spot, spot.size, layer.distance, random.pick(["#6fae45", "#5d9c48", "#86b54a"]))
      : bush(s, random, spot, spot.size * 0.6, layer.distance)
  })
  return strip.svg + plants.join("")
}

const growth = (s: Scenery, place: OpenPlace, random: Random): string => {
  const { height, horizon, unit, width } = s.stage
  const rows = { top: horizon + (height - horizon) * 0.16, bottom: height * 1.02 }
  const crowd = (width * (height - horizon)) / (unit * unit)
  return place.near
    .map((kind) => {
      switch (kind) {
        case "tufts":
          return tufts(s, random, rows, Math.round(230 * crowd), unit * 0.036, ["#98c95a", "#3f7a30"])
        case "dry tufts":
          return tufts(s, random, rows, Math.round(36 * crowd), unit * 0.04, ["#c9b46a", "#8a7a3e"])
        case "flowers":
          return s.wants("flower") ? flowers(s, random, rows, Math.round(60 * crowd), unit * 0.022) : ""
      }
    })
    .join("")
}

/** A colour between the light's haze and white: mist, spray, steam. */
export const mist = (s: Scenery, amount: number): readonly [number, number, number] => mix(s.light.haze, scale([1, 1, 1], 0.95), amount)
