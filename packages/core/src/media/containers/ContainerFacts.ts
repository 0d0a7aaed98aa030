import * as Effect from "effect/Effect"
import type { Size } from "../../models/Model.ts"
import { type Measured, measure } from "../Measure.ts"
import type { Evidence } from "../MediaInspector.ts"
import { contentCredentials } from "./ContentCredentials.ts"
import { filmFacts } from "./Film.ts"
import { gifBlocks } from "./GifBlocks.ts"
import { triangleCount } from "./Mesh.ts"
import { mostParts, type Part, pngChunks, riffChunks } from "./Parts.ts"
import { mp3Facts, wavFacts } from "./Sound.ts"
import { type Source, viewOf } from "./Source.ts"
import { uprightSize } from "./UprightSize.ts"

/** A JPEG may carry this much before its frame header. */
const headBytes = 262_144

/**
 * All that a file says without its pixels being decoded: reads headers and tables, and the samples of a WAV until the
 * first sound. Null when it is none of the types that `measure` knows.
 */
export const containerFacts = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const stated = measure(yield* source.read(0, headBytes))
  if (stated === null) return null
  const measured: Measured = { ...stated, size: yield* uprightSize(source, stated) }
  const facts: Evidence = {
    ...nothing,
    ...(yield* factsOf(source, measured)),
    mimeType: measured.mimeType,
    contentCredentials: yield* contentCredentials(source, measured.mimeType)
  }
  return facts
})

const nothing = {
  size: null,
  frames: null,
  durationSeconds: null,
  transparent: null,
  dominantColors: [],
  blank: null,
  silent: null,
  lookHash: null,
  triangles: null
} satisfies Partial<Evidence>

const factsOf = <E>(source: Source<E>, { mimeType, size }: Measured): Effect.Effect<Partial<Evidence>, E> => {
  switch (mimeType) {
    case "image/png":
      return Effect.map(pngFrames(source), (frames) => ({ size, frames }))
    case "image/webp":
      return Effect.map(webpFrames(source), (frames) => ({ size, frames }))
    case "image/gif":
      return Effect.map(gifBlocks(source), (blocks) => ({ size, frames: counted(blocks, "image") }))
    case "video/mp4":
      return Effect.map(filmFacts(source), (film) => filmEvidence(film, size))
    case "audio/wav":
      return Effect.map(wavFacts(source), soundEvidence)
    case "audio/mpeg":
      return Effect.map(mp3Facts(source), soundEvidence)
    case "model/gltf-binary":
      return Effect.map(triangleCount(source), (triangles) => ({ triangles }))
    case "image/avif":
      // A sequence has a track like a film; a still picture has none.
      return Effect.map(filmFacts(source), (film) =>
        film === null ? { size, frames: 1 } : { ...filmEvidence(film, size), size: size ?? film.size }
      )
    default:
      return Effect.succeed({ size, frames: 1 })
  }
}

/** Null where the walk over the parts was given up: there may be more. */
const counted = (parts: ReadonlyArray<Part>, wanted: string): number | null =>
  parts.length < mostParts ? parts.filter(({ type }) => type === wanted).length : null

type Film = Effect.Success<ReturnType<typeof filmFacts<never>>>

const filmEvidence = (film: Film, size: Size | null): Partial<Evidence> =>
  film === null ? { size } : { size: film.size, frames: film.frames, durationSeconds: film.durationSeconds }

type Sound = Effect.Success<ReturnType<typeof wavFacts<never>>>

const soundEvidence = (sound: Sound): Partial<Evidence> =>
  sound === null ? {} : { durationSeconds: sound.durationSeconds, silent: sound.silent }

/** An animated PNG states its number of pictures before the first one (PNG third edition, 11.3.6.1). */
const pngFrames = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const chunks = yield* pngChunks(source)
  const control = chunks.find(({ type }) => type === "acTL")
  if (control === undefined) return 1
  const bytes = yield* source.read(control.dataStart, control.dataStart + 4)
  const announced = bytes.length === 4 ? viewOf(bytes).getUint32(0) : 0
  const held = counted(chunks, "fcTL")
  // Each has a chunk of its own, and no more are believed; where there is none, the still picture is left.
  return held === null ? null : Math.max(1, Math.min(announced, held))
})

/** An animated WebP has a chunk for each picture. */
const webpFrames = <E>(source: Source<E>): Effect.Effect<number | null, E> =>
  Effect.map(riffChunks(source), (chunks) => {
    const pictures = counted(chunks, "ANMF")
    return pictures === 0 ? 1 : pictures
  })
