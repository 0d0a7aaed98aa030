import type { Ground } from "./Backdrop.ts"
import { paintCard } from "./Card.ts"
import { type Actor, castOf } from "./Cast.ts"
import { finish } from "./Finish.ts"
import { loadIcons, prepareRasteriser } from "./Icons.ts"
import { layOut } from "./Layout.ts"
import { lightOf } from "./Light.ts"
import { placeLight } from "./PlaceLight.ts"
import { placeEntries } from "./Places.ts"
import { type Canvas, makeCanvas } from "./Raster.ts"
import type { Scene } from "./Scene.ts"
import { makeScenery } from "./Scenery.ts"
import { makeStage, type StageKind } from "./Stage.ts"
import { styleSheets } from "./Styles.ts"
import type { Plate } from "./StyleTools.ts"
import { paintTabletop } from "./Tabletop.ts"
import { makeGrain } from "./Texture.ts"
import { paintThings } from "./Things.ts"
import { weatherBefore, weatherBehind } from "./Weather.ts"

/** Paints a scene. The same scene gives the same pixels, whatever was painted before. */
export const paint = async (scene: Scene): Promise<Canvas> => {
  await prepareRasteriser()
  const canvas = makeCanvas(scene.width, scene.height)
  const style = styleSheets[scene.style.name]
  const plate = scene.card ? cardPlate(canvas, scene) : scenePlate(canvas, scene)
  finish(canvas, style.finish, scene.seed)
  style.pass?.(plate)
  return canvas
}

const cardPlate = (canvas: Canvas, scene: Scene): Plate => {
  const stage = makeStage(canvas.width, canvas.height, "free", lightOf("day", "fair"), scene.seed)
  return { canvas, scene, stage, things: paintCard(canvas, scene), frames: [] }
}

const scenePlate = (canvas: Canvas, scene: Scene): Plate => {
  const { backdrop, height, seed, surface, width } = scene
  const entry = placeEntries[backdrop.place.name]
  const furniture = surface !== null && surface.kind !== "floor" && surface.kind !== "ground" ? surface : null
  const kind: StageKind =
    furniture === null ? (surface !== null && entry.kind === "free" ? "ground" : entry.kind) : "top"
  const { light, outside } = placeLight(scene, lightOf(backdrop.time.name, backdrop.weather.name))
  const cast = castOf(scene.subjects, loadIcons())
  const stage = makeStage(width, height, kind, outside, seed, cast.length === 0)
  const s = makeScenery(canvas, stage, light, outside, scene, makeGrain(seed, width))

  const open: Ground = entry.paint(s, { standing: cast.some((actor) => !afloat(actor) && !aboard(actor, cast)) })
  if (!entry.indoors && backdrop.place.name !== "underwater" && backdrop.place.name !== "space") weatherBehind(s)
  const ground = furniture === null ? open : paintTabletop(s, furniture)
  const placements = layOut(
    cast,
    { stage, water: ground.water, seamless: backdrop.place.name === "studio" && furniture === null },
    seed
  )
  const things = paintThings(s, placements, ground, styleSheets[scene.style.name])
  ground.foreground?.()
  if (!entry.indoors && backdrop.place.name !== "underwater" && backdrop.place.name !== "space") weatherBefore(s)

  const frames = placements
    .toSorted((a, b) => a.actor.index - b.actor.index)
    .map((at) => ({ x: at.x - at.width / 2, y: at.y - at.height, width: at.width, height: at.height }))
  return { canvas, scene, stage, things, frames }
}

/** Whoever is in a boat stands on no land. */
const aboard = (actor: Actor, cast: ReadonlyArray<Actor>): boolean => {
  const relation = actor.subject.relation
  const other = cast.find(({ index }) => index === relation?.to)
  return other !== undefined && relation?.kind !== "beside" && afloat(other)
}

/** Things that need no land: they swim or fly. */
const afloat = (actor: Actor): boolean => ["water", "underwater", "air"].includes(actor.traits.habitat)
