import { Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Style, styles } from "./storyboard/Scene.ts"
import { startStoryboardRenderer } from "./storyboard/StoryboardRenderer.ts"

/** The storyboard illustrator in a worker thread: started by the first picture, stopped with the layer. */
export const layer: Layer.Layer<Renderer> = Layer.effect(
  Renderer,
  Effect.gen(function* () {
    const renderer = yield* Effect.acquireRelease(Effect.sync(startStoryboardRenderer), (started) =>
      Effect.promise(() => started.close())
    )
    return Renderer.of({
      render: ({ style, ...request }) =>
        Effect.tryPromise({
          try: (signal) => renderer.illustrate({ ...request, style: styleOf(style) }, signal),
          catch: (error) => new RendererFailed({ reason: "crashed", message: messageOf(error) })
        }).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(tooSlow()) }))
    })
  })
)

/** A picture takes about a second; a minute means that something is wrong. */
const patience = Duration.minutes(1)

const styleOf = (style: string | null): Style | null => styles.find((known) => known === style) ?? null

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "the illustrator stopped")

const tooSlow = (): RendererFailed =>
  new RendererFailed({ reason: "timeout", message: "the illustrator took too long" })
