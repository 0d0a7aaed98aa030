import { castOf } from "./Cast.ts"
import { type Drawing, loadIcons, prepareRasteriser, rasterise } from "./Icons.ts"
import { finish } from "./Finish.ts"
import { layOut, type Placement } from "./Layout.ts"
import { lightOf } from "./Light.ts"
import { paintOpenAir } from "./OpenAir.ts"
import { blend, type Canvas, makeCanvas, type Sprite } from "./Raster.ts"
import { relight } from "./Relight.ts"
import type { Scene } from "./Scene.ts"
import { makeScenery } from "./Scenery.ts"
import { castShadow, hoverShadow } from "./Shadow.ts"
import { makeStage } from "./Stage.ts"
import { makeGrain } from "./Texture.ts"

export const paint = async (scene: Scene): Promise<Canvas> => {
  await prepareRasteriser()
  const library = loadIcons()
  const { backdrop, height, seed, width } = scene
  const light = lightOf(backdrop.time.name, backdrop.weather.name)
  const stage = makeStage(width, height, "ground", light, seed)
  const canvas = makeCanvas(width, height)
  const grain = makeGrain(seed, width)
  const s = makeScenery(canvas, stage, light, scene, grain)
  paintOpenAir(s, {ground:"grass",metres:7,near:["tufts","flowers"],layers:[
    {kind:"mountains",distance:.85,height:190,color:"#7f8fa8",snow:.35},
    {kind:"hills",distance:.62,height:90,color:"#5f9a5c"},
    {kind:"trees",distance:.4,height:120,color:"#6aa84a",amount:16,drop:14}]})
  const placements = layOut(castOf(scene.subjects, library), { stage, water: null }, seed)
  const sprites = placements.map((at) => spriteOf(at.actor.drawing, at))
  placements.forEach((at, i) => { const sp = sprites[i]; if (sp) { if (at.footing === "ground") castShadow(canvas, sp, at, stage, light); else if (at.footing === "air") hoverShadow(canvas, at, stage, light) } })
  placements.forEach((at, i) => { const sp = sprites[i]; if (sp) { relight(sp, light, stage.side, {glow: at.actor.traits.glow, volume: 1}); blend(canvas, sp, Math.round(at.x - at.width/2), Math.round(at.y - at.height)) } })
  finish(canvas, { bloom: .6, vignette: .6, grain: .3 }, seed)
  return canvas
}

const spriteOf = (drawing: Drawing, at: Placement): Sprite => {
  const { box } = at.actor
  const w = Math.max(1, Math.round(at.width)), h = Math.max(1, Math.round(at.height))
  const body = at.mirrored ? `<g transform="translate(${2 * box.x + box.width} 0) scale(-1 1)">${drawing.body}</g>` : drawing.body
  return rasterise(body, box, w, h)
}
