import { Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { IllustrationFailed } from "./storyboard/StoryboardRenderer.ts"

/**
 * The storyboard illustrator and the pixel adjustments in a worker thread: loaded and started by the first picture,
 * stopped with the layer, so that a run which draws nothing pays nothing for it.
 */
export const layer: Layer.Layer<Renderer> = Layer.effect(
  Renderer,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const started = yield* Effect.cached(Scope.provide(start, scope))
    return Renderer.of({
      render: Effect.fn("WorkerRenderer.render")(function* ({ style, ...request }) {
        const { renderer, styleNamed } = yield* started
        const { bytes, drawn, notDrawn, pixels, scene } = yield* attempt((signal) =>
          renderer.illustrate({ ...request, style: styleNamed(style) }, signal)
        )
        return { bytes, drawn, notDrawn, scene: yield* toJson(scene), pixels }
      }),
      edit: Effect.fn("WorkerRenderer.edit")(function* (request) {
        const { renderer } = yield* started
        const { scene, ...edited } = yield* attempt((signal) => renderer.revise(request, signal))
        return { ...edited, scene: yield* toJson(scene) }
      }),
      adjust: Effect.fn("WorkerRenderer.adjust")(function* (request) {
        const { renderer } = yield* started
        return yield* attempt((signal) => renderer.adjust(request, signal))
      })
    })
  })
)

const attempt = <A>(work: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, RendererFailed> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => new RendererFailed({ reason: reasonOf(error), message: messageOf(error) })
  }).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(tooSlow()) }))

const start = Effect.gen(function* () {
  const { startStoryboardRenderer } = yield* Effect.promise(() => import("./storyboard/StoryboardRenderer.ts"))
  const { styles } = yield* Effect.promise(() => import("./storyboard/Scene.ts"))
  const renderer = yield* Effect.acquireRelease(Effect.sync(startStoryboardRenderer), (running) =>
    Effect.promise(() => running.close())
  )
  return { renderer, styleNamed: (name: string | null) => styles.find((style) => style === name) ?? null }
})

/** A scene is plain data; one that is not is a defect. */
const toJson = (scene: unknown) => Effect.orDie(Schema.decodeUnknownEffect(Schema.Json)(scene))

/** A picture takes about a second; a minute means that something is wrong. */
const patience = Duration.minutes(1)

/** Encoders other than the one for PNG, and all decoders, are native modules, which a machine may lack. */
const reasonOf = (error: unknown): RendererFailed["reason"] => {
  if (!isFailure(error)) return "crashed"
  if (error.reason === "encoder-missing") return "unsupported"
  return error.reason === "refused" ? "refused" : "crashed"
}

/** By its name, because its class is loaded only with the illustrator. */
const isFailure = (error: unknown): error is IllustrationFailed =>
  error instanceof Error && error.name === "IllustrationFailed"

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "the illustrator stopped")

const tooSlow = (): RendererFailed =>
  new RendererFailed({ reason: "timeout", message: "the illustrator took too long" })
