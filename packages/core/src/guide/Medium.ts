import type { GuideWish } from "./GuideFacts.ts"

export type Medium = "image" | "video" | "audio" | "3d"

/** What kind of media is wished, and whether the caller said so in as many words or it was read out of a sentence. */
export interface WishedMedium {
  readonly medium: Medium
  readonly explicit: boolean
}

/**
 * By the intent where it is the name of a medium, else by the words of intent and prompt (contract/after-0.1.24.md 5);
 * what names no other medium is a picture.
 */
export const mediumOf = ({ intent, prompt }: Pick<GuideWish, "intent" | "prompt">): WishedMedium => {
  const named = intent?.trim().toLowerCase() ?? ""
  const explicit = Object.hasOwn(intents, named) ? intents[named] : undefined
  if (explicit !== undefined) return { medium: explicit, explicit: true }
  const text = `${named} ${prompt.toLowerCase()}`
  return { medium: wordings.find(({ pattern }) => pattern.test(text))?.medium ?? "image", explicit: false }
}

/** Intents that modality-first aliases add, and the names of the media themselves. */
const intents: { readonly [intent: string]: Medium } = {
  image: "image",
  video: "video",
  audio: "audio",
  "3d": "3d",
  "image-to-3d": "3d",
  "three-d": "3d"
}

/** In this order: a music video is a video, and so is an animated 3d model. */
const wordings: ReadonlyArray<{ readonly medium: Medium; readonly pattern: RegExp }> = [
  {
    medium: "video",
    pattern: /\b(?:videos?|clips?|footage|animations?|animated|mp4|b-roll|time-?lapse)\b/u
  },
  { medium: "audio", pattern: /\b(?:audio|sounds?|music|soundtracks?|wav|text-to-audio)\b/u },
  { medium: "3d", pattern: /\b(?:glb|gltf|mesh|image-to-3d|3d\b.{0,80}?\b(?:models?|assets?|mesh|objects?))\b/u }
]
