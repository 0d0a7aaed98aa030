import { phrasesOf } from "./Phrases.ts"
import { readPhrases } from "./Reader.ts"
import type { Scene, Style } from "./Scene.ts"
import { settle } from "./Settle.ts"
import { tokenise } from "./Words.ts"

/** What of a request decides the scene; the format of the file does not. */
export interface SceneRequest {
  readonly prompt: string
  readonly width: number
  readonly height: number
  readonly seed: number
  readonly style: Style | null
}

/** Understands a prompt. Pure: the same request gives the same scene. */
export const parseScene = (request: SceneRequest): Scene =>
  settle(readPhrases(phrasesOf(tokenise(request.prompt))), request)
