import type { Ground } from "./Backdrop.ts"
import { paintCard } from "./Card.ts"
import { type Actor, castOf } from "./Cast.ts"
import { cutOut } from "./Cutout.ts"
import { finish } from "./Finish.ts"
import { loadIcons, prepareRasteriser } from "./Icons.ts"
import { layOut } from "./Layout.ts"
import { lightOf } from "./Light.ts"
import { placeLight } from "./PlaceLight.ts"
import { placeEntries } from "./Places.ts"
import { type Canvas, makeCanvas, type Plane } from "./Raster.ts"
import { restage } from "./Restage.ts"
import type { Scene, Staging } from "./Scene.ts"
import { makeScenery } from "./Scenery.ts"
import { makeStage, type StageKind } from "./Stage.ts"
import { styleSheets } from "./Styles.ts"
import type { Plate } from "./StyleTools.ts"
import { paintTabletop } from "./Tabletop.ts"
import { makeGrain } from "./Texture.ts"
import { paintThings } from "./Things.ts"
import { weatherBefore, weatherBehind } from "./Weather.ts"

/** A picture, and what an edit has to know of it. */
export interface Painted {
  readonly canvas: Canvas
  /** How much of each pixel is seen; null for a whole picture. */
  readonly alpha: Plane | null
  /** Where everything stands; null for a card, on which nothing does. */
  readonly staging: Staging | null
}

/** Paints a scene. The same scene gives the same pixels, whatever was painted before. */
export const paint = async (scene: Scene): Promise<Painted> => {
  await prepareRasteriser()
  const canvas = makeCanvas(scene.width, scene.height)
  const style = styleSheets[scene.style.name]
  const { plate, staging } = scene.card ? cardPlate(canvas, scene) : scenePlate(canvas, scene)
  finish(canvas, style.finish, scene.seed)
  style.pass?.(plate)
  return { canvas, alpha: scene.cutout === true ? cutOut(plate) : null, staging }
}

interface Staged {
  readonly plate: Plate
  readonly staging: Staging | null
}

const cardPlate = (canvas: Canvas, scene: Scene): Staged => {
  const stage = makeStage(canvas.width, canvas.height, "free", lightOf("day", "fair"), scene.seed)
  return { plate: { canvas, scene, stage, things: paintCard(canvas, scene), frames: [] }, staging: null }
}

const scenePlate = (canvas: Canvas, scene: Scene): Staged => {
  const { backdrop, height, seed, surface, width } = scene
  const entry = placeEntries[backdrop.place.name]
  const furniture = surface !== null && surface.kind !== "floor" && surface.kind !== "ground" ? surface : null
  const kind: StageKind =
    furniture === null ? (surface !== null && entry.kind === "free" ? "ground" : entry.kind) : "top"
  const { light, outside } = placeLight(scene, lightOf(backdrop.time.name, backdrop.weather.name))
  const cast = castOf(scene.subjects, loadIcons())
  const empty = scene.staging?.ground === kind ? scene.staging.empty : cast.length === 0
  const stage = makeStage(width, height, kind, outside, seed, empty)
  const s = makeScenery(canvas, stage, light, outside, scene, makeGrain(seed, width))

  const ashore = cast.some((actor) => !afloat(actor) && !aboard(actor, cast))
  const standing = ashore || scene.staging?.standing === true
  const open: Ground = entry.paint(s, { standing })
  const sky = !entry.indoors && backdrop.place.name !== "underwater" && backdrop.place.name !== "space"
  if (sky) weatherBehind(s)
  const ground = furniture === null ? open : paintTabletop(s, furniture)
  const setting = { stage, water: ground.water, seamless: backdrop.place.name === "studio" && furniture === null }
  const kept = scene.staging?.standing === standing || ground.water === null ? scene.staging : undefined
  const placements = (kept && restage(cast, setting, kept, seed)) ?? layOut(cast, setting, seed)
  const things = paintThings(s, placements, ground, styleSheets[scene.style.name])
  if (scene.cutout !== true) {
    ground.foreground?.()
    if (sky) weatherBefore(s)
  }

  const frames = placements
    .toSorted((a, b) => a.actor.index - b.actor.index)
    .map((at) => ({ x: at.x - at.width / 2, y: at.y - at.height, width: at.width, height: at.height }))
  const staging: Staging = {
    ground: kind,
    water: ground.water !== null,
    empty,
    standing,
    drawings: scene.staging?.drawings ?? cast.map(({ subject }) => subject.icon ?? ""),
    spots: placements.map(({ actor, ...spot }) => ({ subject: actor.index, ...spot }))
  }
  return { plate: { canvas, scene, stage, things, frames }, staging }
}

/** Whoever is in a boat stands on no land. */
const aboard = (actor: Actor, cast: ReadonlyArray<Actor>): boolean => {
  const relation = actor.subject.relation
  const other = cast.find(({ index }) => index === relation?.to)
  return other !== undefined && relation?.kind !== "beside" && afloat(other)
}

/** Things that need no land: they swim or fly. */
const afloat = (actor: Actor): boolean => ["water", "underwater", "air"].includes(actor.traits.habitat)
