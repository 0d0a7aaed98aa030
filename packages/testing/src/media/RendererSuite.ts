import { assert, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import {
  type Adjustment,
  type AdjustRequest,
  type PictureFormat,
  type Rendered,
  Renderer,
  type RenderRequest,
  type SceneEdit
} from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { hostilePrompts } from "./HostilePrompts.ts"

/** What differs from renderer to renderer. */
export interface Options {
  /** The formats that it can make on this machine. */
  readonly formats: ReadonlyArray<PictureFormat>
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

const edit = (change: Pick<SceneEdit, "scene"> & Partial<SceneEdit>) =>
  Effect.flatMap(Renderer, (renderer) =>
    renderer.edit({ instruction: "make it night", format: "png", formatAsked: false, ...change })
  )

/** Changes nothing by itself. */
const untouched: Adjustment = {
  crop: null,
  rotate: null,
  flip: false,
  flop: false,
  resize: null,
  recolor: null,
  brightness: null,
  saturation: null,
  hue: null,
  contrast: null,
  greyscale: false,
  tint: null,
  blur: null,
  sharpen: null,
  background: null
}

const adjust = (bytes: Uint8Array, adjustment: Partial<Adjustment>, more: Partial<AdjustRequest> = {}) =>
  Effect.flatMap(Renderer, (renderer) =>
    renderer.adjust({
      bytes,
      mask: null,
      adjustment: { ...untouched, ...adjustment },
      format: "png",
      quality: 90,
      ...more
    })
  )

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

    editTests(it)
    adjustTests(it)

    it.effect("one that is given up leaves the others be", () =>
      Effect.gen(function* () {
        const given = yield* Effect.forkChild(render({ width: 2048, height: 2048 }), { startImmediately: true })
        const other = yield* Effect.forkChild(render({ seed: 1 }), { startImmediately: true })
        yield* Fiber.interrupt(given)
        assert.isTrue(isSame(yield* Fiber.join(other), yield* render({ seed: 1 })))
      })
    )
  })

type Tests = Parameters<Parameters<ReturnType<typeof it.layer<Renderer, unknown>>>[1]>[0]

const editTests = (it: Tests): void => {
  it.effect(
    "an edited picture has the size of the one before, another look, and a scene that can be edited again",
    () =>
      Effect.gen(function* () {
        const before = yield* render()
        const after = yield* edit({ scene: before.scene })
        const again = yield* edit({ scene: after.scene, instruction: "add a cat" })
        for (const { bytes, changedArea, changedShare, changes, drawn, scene } of [after, again]) {
          assert.deepStrictEqual(measure(bytes), { mimeType: "image/png", size: { width: 256, height: 256 } })
          assert.isNotEmpty(changes)
          assert.isNotEmpty(drawn)
          assert.isTrue(isJson(scene))
          assert.isTrue(changedShare > 0 && changedShare <= 1)
          const { height, left, top, width } = changedArea
          assert.isTrue(left >= 0 && top >= 0 && left + width <= 256 && top + height <= 256 && width * height > 0)
        }
        const looks = [before, after, again].map(({ bytes }) => Buffer.from(bytes).toString("base64"))
        assert.strictEqual(new Set(looks).size, 3)
      })
  )

  it.effect("the same edit of the same scene is the same picture", () =>
    Effect.gen(function* () {
      const { scene } = yield* render()
      assert.deepStrictEqual(yield* edit({ scene }), yield* edit({ scene }))
    })
  )

  it.effect("an edit that asks for nothing, or of something that is no scene, is refused with a sentence", () =>
    Effect.gen(function* () {
      const { scene } = yield* render()
      for (const request of [{ scene, instruction: "" }, { scene: { words: [] } }, { scene: null }]) {
        const { message, reason } = yield* Effect.flip(edit(request))
        assert.strictEqual(reason, "refused")
        assert.isNotEmpty(message.trim())
      }
    })
  )
}

const adjustTests = (it: Tests): void => {
  it.effect("an adjusted picture has exactly the size that was asked for, and other bytes", () =>
    Effect.gen(function* () {
      const { bytes } = yield* render()
      const smaller = yield* adjust(bytes, { resize: { width: 100, height: 80, fit: "cover" } })
      assert.deepStrictEqual(smaller.size, { width: 100, height: 80 })
      assert.deepStrictEqual(measure(smaller.bytes), { mimeType: "image/png", size: smaller.size })
      assert.deepStrictEqual([smaller.applied, smaller.maskShare], [["resize"], null])
      const grey = yield* adjust(bytes, { greyscale: true })
      assert.isFalse(Buffer.from(grey.bytes).equals(bytes))
    })
  )

  it.effect("the same adjustment is the same picture, and leaves the bytes of the caller be", () =>
    Effect.gen(function* () {
      const { bytes } = yield* render()
      const before = Buffer.from(bytes)
      assert.deepStrictEqual(yield* adjust(bytes, { blur: 3 }), yield* adjust(bytes, { blur: 3 }))
      assert.isTrue(before.equals(bytes))
    })
  )

  it.effect("what is no picture is refused with a sentence", () =>
    Effect.gen(function* () {
      const { message, reason } = yield* Effect.flip(adjust(new TextEncoder().encode("no picture"), { blur: 3 }))
      assert.strictEqual(reason, "refused")
      assert.isNotEmpty(message.trim())
    })
  )
}
