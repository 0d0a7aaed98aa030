import { isGiven } from "./Lookup.ts"
import type { Scene, Subject } from "./Scene.ts"
import { plural } from "./Words.ts"

/** The canonical words that can be seen in the picture of a scene: things with their number first, then the rest. */
export const drawnOf = (scene: Scene): ReadonlyArray<string> => {
  const { backdrop, style, subjects, surface } = scene
  const words: Array<string | null | undefined> = []
  if (scene.card) words.push("abstract card")
  for (const subject of subjects) words.push(counted(subject))
  for (const { color, material, pose, size, text } of subjects) {
    words.push(size.word, color?.word, material?.word, pose?.word, text === null ? null : `"${text}"`)
  }
  // Without its background a picture shows the things alone, in the light in which they stood.
  if (scene.cutout === true) return [...new Set([...words, style.word].filter(isGiven))]
  words.push(surface?.material?.word, surface?.color?.word, surface?.word)
  words.push(backdrop.material?.word, backdrop.wall?.word, backdrop.color?.word, backdrop.place.word, ...backdrop.shown)
  words.push(backdrop.time.word, backdrop.weather.word, backdrop.season?.word, style.word)
  return [...new Set(words.filter(isGiven))]
}

const counted = ({ count, word }: Subject): string => (count === 1 ? word : `${count} ${plural(word)}`)
