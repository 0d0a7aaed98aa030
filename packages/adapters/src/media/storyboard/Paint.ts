import type { Ground } from "./Backdrop.ts"
import { type Actor, castOf } from "./Cast.ts"
import { finish } from "./Finish.ts"
import { loadIcons, prepareRasteriser, rasterise } from "./Icons.ts"
import { layOut, type Placement } from "./Layout.ts"
import { indoors, type Light, lightOf } from "./Light.ts"
import { placeEntries } from "./Places.ts"
import { blend, type Canvas, makeCanvas, type Sprite } from "./Raster.ts"
import { relight } from "./Relight.ts"
import type { Scene, TimeOfDay } from "./Scene.ts"
import { makeScenery, type Scenery } from "./Scenery.ts"
import { castShadow, hoverShadow, mirrorImage } from "./Shadow.ts"
import { makeStage, type Stage, type StageKind } from "./Stage.ts"
import { paintTabletop } from "./Tabletop.ts"
import { makeGrain } from "./Texture.ts"

export const paint = async (scene: Scene): Promise<Canvas> => {
  await prepareRasteriser()
  const { backdrop, height, seed, surface, width } = scene
  const entry = placeEntries[backdrop.place.name]
  const onTop = surface !== null && surface.kind !== "floor" && surface.kind !== "ground"
  const kind: StageKind = onTop ? "top" : entry.kind
  const outside = lightOf(backdrop.time.name, backdrop.weather.name)
  const light = lightFor(scene, entry.indoors, outside)
  const stage = makeStage(width, height, kind, outside, seed)
  const canvas = makeCanvas(width, height)
  const s = makeScenery(canvas, stage, light, outside, scene, makeGrain(seed, width))
  const cast = castOf(scene.subjects, loadIcons())
  const behind = entry.paint(s, { standing: cast.some((actor) => !swims(actor)) })
  const ground = onTop ? paintTabletop(s, surface) : behind
  const placements = layOut(cast, { stage, water: ground.water }, seed)
  paintThings(s, placements, ground)
  ground.foreground?.()
  finish(canvas, { bloom: 0.6, vignette: 0.6, grain: 0.3 }, seed)
  return canvas
}

const swims = (actor: Actor): boolean => ["water", "underwater", "air"].includes(actor.traits.habitat)

const lightFor = (scene: Scene, indoor: boolean, outside: Light): Light => {
  const time: TimeOfDay = scene.backdrop.time.name
  void time
  return indoor ? indoors(outside) : outside
}

const paintThings = (s: Scenery, placements: ReadonlyArray<Placement>, ground: Ground): void => {
  const { canvas, light, stage } = s
  const sprites = placements.map(spriteOf)
  placements.forEach((at, i) => {
    const sprite = sprites[i]
    if (!sprite) return
    if (at.footing === "ground") castShadow(canvas, sprite, at, stage, light)
    else if (at.footing === "air") hoverShadow(canvas, at, stage, light)
  })
  placements.forEach((at, i) => {
    const sprite = sprites[i]
    if (!sprite) return
    relight(sprite, light, stage.side, { glow: at.actor.traits.glow, volume: 1 })
    const bottom = stage.kind === "top" ? stage.edge : stage.height
    if (at.footing === "ground" || at.footing === "water") mirrorImage(canvas, sprite, at, { ...ground.mirror, ...(at.footing === "water" ? { gloss: 0.5, roughness: 0.4, ripple: stage.unit * 0.005 } : {}), bottom })
  })
  placements.forEach((at, i) => {
    const sprite = sprites[i]
    if (sprite) blend(canvas, sprite, Math.round(at.x - at.width / 2), Math.round(at.y - at.height))
  })
}

const spriteOf = (at: Placement): Sprite => {
  const { box, drawing } = at.actor
  const w = Math.max(1, Math.round(at.width))
  const h = Math.max(1, Math.round(at.height))
  const body = at.mirrored ? `<g transform="translate(${2 * box.x + box.width} 0) scale(-1 1)">${drawing.body}</g>` : drawing.body
  return rasterise(body, box, w, h)
}

export const kindOfStage = (stage: Stage): StageKind => stage.kind
