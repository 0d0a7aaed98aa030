import { assert, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import { type Rendered, Renderer, type RenderRequest } from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { hostilePrompts } from "./HostilePrompts.ts"

/** What differs from renderer to renderer. */
export interface Options {
  /** The formats that it can make on this machine. */
  readonly formats: ReadonlyArray<RenderRequest["format"]>
  /** Two of its styles. */
  readonly styles: readonly [string, string]
}

const fox: RenderRequest = {
  prompt: "a red fox in the snow",
  width: 256,
  height: 256,
  seed: 7,
  style: null,
  format: "png"
}

const render = (change: Partial<RenderRequest> = {}) =>
  Effect.flatMap(Renderer, (renderer) => renderer.render({ ...fox, ...change }))

const isJson = Schema.is(Schema.Json)

const isSame = (one: Rendered, other: Rendered): boolean => Buffer.from(one.bytes).equals(other.bytes)

/** The contract every `Renderer` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<Renderer, E>, { formats, styles }: Options): void =>
  it.layer(layer)(`Renderer (${name})`, (it) => {
    it.effect.each([
      { width: 256, height: 256 },
      { width: 257, height: 300 },
      { width: 640, height: 360 },
      { width: 256, height: 2048 }
    ])("a picture of $width by $height has exactly these pixels", (size) =>
      Effect.gen(function* () {
        const { bytes } = yield* render(size)
        assert.deepStrictEqual(measure(bytes), { mimeType: "image/png", size })
      })
    )

    it.effect.each(["png", "jpeg", "webp"] as const)("a picture is a %s, or it is said that there is none", (format) =>
      Effect.gen(function* () {
        const size = { width: 320, height: 256 }
        if (formats.includes(format)) {
          const { bytes } = yield* render({ ...size, format })
          assert.deepStrictEqual(measure(bytes), { mimeType: `image/${format}`, size })
        } else {
          const { message, reason } = yield* Effect.flip(render({ ...size, format }))
          assert.strictEqual(reason, "unsupported")
          assert.isNotEmpty(message)
        }
      })
    )

    it.effect("the same request is the same picture, with the same words and the same scene", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* render(), yield* render())
      })
    )

    it.effect("another prompt, seed or style is another picture", () =>
      Effect.gen(function* () {
        const [one, other] = styles
        const pictures = yield* Effect.all([
          render({ style: one }),
          render({ style: other }),
          render({ style: one, seed: 0 }),
          render({ style: one, seed: 4_294_967_295 }),
          render({ style: one, prompt: "two bicycles on a beach" })
        ])
        const digests = new Set(pictures.map(({ bytes }) => Buffer.from(bytes).toString("base64")))
        assert.strictEqual(digests.size, pictures.length)
      })
    )

    it.effect("it says what is in the picture, and nothing both ways", () =>
      Effect.gen(function* () {
        const { drawn, notDrawn } = yield* render()
        assert.isNotEmpty(drawn)
        for (const word of [...drawn, ...notDrawn]) assert.isNotEmpty(word.trim())
        assert.deepStrictEqual(
          drawn.filter((word) => notDrawn.includes(word)),
          []
        )
      })
    )

    it.effect("a scene is plain JSON", () =>
      Effect.gen(function* () {
        const { scene } = yield* render()
        assert.isNotNull(scene)
        assert.isTrue(isJson(scene))
      })
    )

    it.effect("whatever a prompt says, there is a picture", () =>
      Effect.gen(function* () {
        for (const prompt of hostilePrompts) {
          const { bytes, scene } = yield* render({ prompt })
          assert.deepStrictEqual(measure(bytes)?.size, { width: 256, height: 256 }, prompt.slice(0, 40))
          assert.isTrue(isJson(scene))
        }
      })
    )

    it.effect("pictures that are asked for at once are not mixed up", () =>
      Effect.gen(function* () {
        const seeds = [1, 2, 3, 4]
        const together = yield* Effect.forEach(seeds, (seed) => render({ seed }), { concurrency: "unbounded" })
        const alone = yield* Effect.forEach(seeds, (seed) => render({ seed }))
        assert.isTrue(together.every((picture, index) => alone[index] !== undefined && isSame(picture, alone[index])))
      })
    )

    it.effect("what the caller does with the bytes changes no later picture", () =>
      Effect.gen(function* () {
        const first = yield* render()
        const kept = Buffer.from(first.bytes)
        first.bytes.fill(0)
        assert.isTrue(kept.equals((yield* render()).bytes))
      })
    )

    it.effect("the very first one that is given up leaves the next ones be", () =>
      Effect.gen(function* () {
        const first = yield* Effect.forkChild(render(), { startImmediately: true })
        yield* Fiber.interrupt(first)
        assert.isNotNull(measure((yield* render()).bytes))
      }).pipe(Effect.provide(Layer.fresh(layer)))
    )

    it.effect("one that is given up leaves the others be", () =>
      Effect.gen(function* () {
        const given = yield* Effect.forkChild(render({ width: 2048, height: 2048 }), { startImmediately: true })
        const other = yield* Effect.forkChild(render({ seed: 1 }), { startImmediately: true })
        yield* Fiber.interrupt(given)
        assert.isTrue(isSame(yield* Fiber.join(other), yield* render({ seed: 1 })))
      })
    )
  })
