import { drawnOf } from "@image-skill/adapters/media/storyboard/Drawn"
import { paint } from "@image-skill/adapters/media/storyboard/Paint"
import { parseScene, type SceneRequest } from "@image-skill/adapters/media/storyboard/Prompt"
import type { Canvas } from "@image-skill/adapters/media/storyboard/Raster"

/** A small picture is enough to see whether a word changes it. */
export const requestFor = (prompt: string, more: Partial<SceneRequest> = {}): SceneRequest => ({
  prompt,
  width: 256,
  height: 256,
  seed: 7,
  style: null,
  ...more
})

/** What a prompt was understood as. */
export const read = (prompt: string) => {
  const scene = parseScene(requestFor(prompt))
  return { scene, drawn: drawnOf(scene), notDrawn: scene.unknown, place: scene.backdrop.place.name }
}

const gallery = new Map<string, Canvas>()

/** The pixels of a prompt, all with the same chance; each prompt is painted once in a test run. */
export const picture = async (prompt: string): Promise<Canvas> => {
  const known = gallery.get(prompt)
  if (known !== undefined) return known
  // Otherwise another cloud would pass for a word that shows.
  const { canvas } = await paint({ ...parseScene(requestFor(prompt)), seed: 7 })
  gallery.set(prompt, canvas)
  return canvas
}

/** The mean difference of two pictures in levels of 0 to 255, over the pixels where they differ visibly, and how many those are. */
export const difference = (a: Canvas, b: Canvas): { readonly mean: number; readonly share: number } => {
  let sum = 0
  let changed = 0
  const pixels = a.rgb.length / 3
  for (let pixel = 0; pixel < pixels; pixel++) {
    let most = 0
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel
      most = Math.max(most, Math.abs((a.rgb[at] ?? 0) - (b.rgb[at] ?? 0)) * 255)
    }
    // Below this a difference could be grain.
    if (most < 10) continue
    changed += 1
    sum += most
  }
  return { mean: changed === 0 ? 0 : sum / changed, share: changed / pixels }
}
