import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { containerFacts } from "@image-skill/core/media/containers/ContainerFacts"
import { sourceOf } from "@image-skill/core/media/containers/Source"
import {
  type Evidence,
  InspectionFailed,
  MediaInspector,
  type StoredMedia
} from "@image-skill/core/media/MediaInspector"
import { pixelFacts } from "@image-skill/core/media/PixelFacts"
import type { Size } from "@image-skill/core/models/Model"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type InspectorResult, type InspectorTask, mostPixels, type Picture } from "./internal/InspectorTask.ts"

export interface Options {
  /** How long one task may run before its thread is stopped. */
  readonly timeLimit?: Duration.Duration
  /** The program of the thread; left out but in tests. */
  readonly worker?: URL
}

/**
 * Headers are read here, since that costs little; pixels are decoded in a worker thread that is started by the first
 * picture, kept warm, stopped with the layer and started anew after a crash. One picture is decoded at a time, which
 * bounds memory. Where the optional package `sharp` is missing, evidence lacks what only pixels tell, and thumbnails
 * and comparisons are `unsupported`.
 */
export const layerOf = ({
  timeLimit = Duration.seconds(30),
  worker
}: Options): Layer.Layer<MediaInspector, never, ArtifactStore> =>
  Layer.effect(
    MediaInspector,
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const scope = yield* Effect.scope
      const one = yield* Semaphore.make(1)
      const started = yield* Effect.cached(Scope.provide(start(worker), scope))

      const run = <Kind extends InspectorTask["kind"]>(task: InspectorTask & { readonly kind: Kind }) =>
        Effect.gen(function* () {
          const thread = yield* started
          const result = yield* Effect.tryPromise({
            try: (signal) => thread.run(task, signal),
            catch: () => new InspectionFailed({ reason: "crashed", message: "the decoder stopped at this picture" })
          }).pipe(Effect.timeoutOrElse({ duration: timeLimit, orElse: () => Effect.fail(tooSlow()) }))
          if (isOf(task.kind, result)) return result
          return yield* result.kind === "refused"
            ? new InspectionFailed({ reason: result.reason, message: result.message })
            : new InspectionFailed({ reason: "crashed", message: "the decoder answered something else" })
        }).pipe(one.withPermits(1))

      const factsOf = Effect.fnUntraced(function* ({ bytes, sha256 }: StoredMedia) {
        const readAt = (from: number, to: number) => artifacts.get(sha256, { start: from, end: to - 1 })
        // A store that is not on this machine answers each read after a while, so fewer and larger ones are better.
        const windowBytes = artifacts.locate(sha256) === null ? 1_048_576 : 65_536
        const facts = yield* Effect.mapError(containerFacts(sourceOf(readAt, bytes, windowBytes)), notStored)
        if (facts === null) return yield* unreadable("its first bytes are of no known type")
        return facts
      })

      /** What may be decoded: a picture by its own bytes, of a size that is safe. */
      const pictureOf = Effect.fnUntraced(function* (media: StoredMedia, { mimeType, size }: Evidence) {
        if (!decodable.has(mimeType)) return yield* unsupported("only pictures can be decoded")
        if (size !== null && isTooLarge(size))
          return yield* tooLarge(`its ${size.width} by ${size.height} pixels are more than are safe to decode`)
        const path = artifacts.locate(media.sha256)
        if (path !== null) return { path } satisfies Picture
        if (media.bytes > mostCopiedBytes) return yield* tooLarge(`its ${media.bytes} bytes are more than are decoded`)
        return { bytes: yield* Effect.mapError(artifacts.get(media.sha256), notStored) } satisfies Picture
      })

      const inspect = Effect.fn("WorkerInspector.inspect")(function* (media: StoredMedia) {
        const facts = yield* factsOf(media)
        if (!decodable.has(facts.mimeType)) return facts
        const picture = yield* pictureOf(media, facts)
        return yield* run({ kind: "look", picture }).pipe(
          Effect.map(({ transparent, ...raster }): Evidence => ({ ...facts, ...pixelFacts(raster), transparent })),
          Effect.catchIf(
            ({ reason }) => reason === "unsupported",
            () => Effect.succeed(facts)
          )
        )
      })

      const thumbnail = Effect.fn("WorkerInspector.thumbnail")(function* (media: StoredMedia, maxEdge: number) {
        const picture = yield* pictureOf(media, yield* factsOf(media))
        const edge = Math.min(1_024, Math.max(16, Math.floor(maxEdge)))
        const { bytes, height, width } = yield* run({ kind: "thumbnail", picture, maxEdge: edge })
        return { bytes, mimeType: "image/webp" as const, size: { width, height } }
      })

      const changedOutside: MediaInspector["Service"]["changedOutside"] = Effect.fn("WorkerInspector.changedOutside")(
        function* ({ input, mask, output }) {
          const facts = yield* Effect.all([factsOf(input), factsOf(mask), factsOf(output)])
          const [before, lets, after] = yield* Effect.all([
            pictureOf(input, facts[0]),
            pictureOf(mask, facts[1]),
            pictureOf(output, facts[2])
          ])
          const isLossy = [facts[0], facts[2]].some(({ mimeType }) => lossy.has(mimeType))
          const nearness = isLossy ? lossyNearness : exactNearness
          const compared = yield* run({ kind: "compare", input: before, mask: lets, output: after, ...nearness })
          return compared.changedOutside
        }
      )

      return MediaInspector.of({ inspect, thumbnail, changedOutside })
    })
  )

export const layer: Layer.Layer<MediaInspector, never, ArtifactStore> = layerOf({})

/** Of 255 a channel: less is not seen, and comes from rounding. */
const exactNearness = { tolerance: 8, radius: 0 }
/** Compression that loses detail moves single pixels this far without anybody having edited them, and smears edges. */
const lossyNearness = { tolerance: 24, radius: 2 }
const lossy: ReadonlySet<string> = new Set(["image/jpeg", "image/webp", "image/avif"])

const decodable: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"])
/** A picture is copied to the thread only from a store whose files the thread cannot open itself. */
const mostCopiedBytes = 134_217_728

const isTooLarge = ({ height, width }: Size): boolean => width * height > mostPixels

const start = (worker: URL | undefined) =>
  Effect.gen(function* () {
    const { startInspectorThread } = yield* Effect.promise(() => import("./internal/InspectorThread.ts"))
    return yield* Effect.acquireRelease(
      Effect.sync(() => startInspectorThread(worker)),
      (thread) => Effect.promise(() => thread.close())
    )
  })

const isOf = <Kind extends InspectorTask["kind"]>(
  kind: Kind,
  result: InspectorResult
): result is InspectorResult & { readonly kind: Kind } => result.kind === kind

const notStored = ({ reason }: ArtifactStoreFailed) =>
  new InspectionFailed({ reason: "storage", message: `the stored bytes could not be read (${reason})` })

const failed = (reason: InspectionFailed["reason"]) => (message: string) => new InspectionFailed({ reason, message })
const unreadable = failed("unreadable")
const unsupported = failed("unsupported")
const tooLarge = failed("too_large")
const tooSlow = () => failed("timeout")("the picture took too long to decode")
