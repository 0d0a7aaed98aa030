import { assert, describe, it } from "@effect/vitest"
import * as BlackForestLabs from "@image-skill/adapters/media/providers/BlackForestLabs"
import { measure } from "@image-skill/core/media/Measure"
import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import { bflModels } from "@image-skill/core/models/catalogue/BflModels"
import type { Model } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import * as BlackForestLabsEmulator from "@image-skill/testing/media/emulators/BlackForestLabsEmulator"
import { type Fault, serve } from "@image-skill/testing/media/emulators/Emulator"
import { mask } from "@image-skill/testing/media/emulators/Fixtures"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import {
  accepted,
  answered,
  base64Of,
  bytesOf,
  connect,
  ended,
  filled,
  type Given,
  inputsOf,
  madeBy,
  prompt,
  requestOf,
  seen,
  sentTo,
  until,
  worldOf
} from "./VendorWorld.ts"

const world = worldOf(BlackForestLabsEmulator.make, BlackForestLabs.make, "/v1")

const rowOf = (id: string): Model => {
  const row = bflModels.find((model) => model.id === id)
  assert.isDefined(row, id)
  return row
}

const pro = rowOf("bfl.flux-pro-1-1")
const kontextEdit = rowOf("bfl.flux-kontext-pro-edit")
const fill = rowOf("bfl.flux-pro-1-0-fill")
const simple = requestOf(pro, { parameters: { width: 256, height: 256, output_format: "png" } })

interface Case {
  readonly id: string
  readonly path: string
  readonly ratio?: string
  readonly parameters?: { readonly [name: string]: Schema.Json }
  readonly inputs?: ReadonlyArray<Given>
  /** Exactly what goes out; media by their place among the inputs. */
  readonly body: Schema.JsonObject
  readonly type: string
  readonly size: readonly [number, number]
  /** Millionths of a US dollar. */
  readonly cost: number
}

const at = (media: number) => ({ media })

const cases: ReadonlyArray<Case> = [
  {
    id: "bfl.flux-pro-1-1",
    path: "/flux-pro-1.1",
    ratio: "16:9",
    parameters: { seed: 0, prompt_upsampling: false, safety_tolerance: 6, output_format: "jpeg" },
    body: {
      prompt,
      width: 1312,
      height: 736,
      seed: 0,
      prompt_upsampling: false,
      safety_tolerance: 6,
      output_format: "jpeg"
    },
    type: "image/jpeg",
    size: [1312, 736],
    cost: 40_000
  },
  {
    id: "bfl.flux-pro-1-1-ultra",
    path: "/flux-pro-1.1-ultra",
    ratio: "21:9",
    parameters: { raw: true },
    body: { prompt, aspect_ratio: "21:9", raw: true },
    type: "image/jpeg",
    size: [1568, 672],
    cost: 60_000
  },
  {
    id: "bfl.flux-kontext-pro",
    path: "/flux-kontext-pro",
    parameters: { seed: 7 },
    body: { prompt, aspect_ratio: "1:1", seed: 7 },
    type: "image/jpeg",
    size: [1024, 1024],
    cost: 40_000
  },
  {
    id: "bfl.flux-kontext-pro-edit",
    path: "/flux-kontext-pro",
    inputs: [{}, {}, {}, {}],
    parameters: { prompt_upsampling: true },
    body: {
      prompt,
      input_image: at(0),
      input_image_2: at(1),
      input_image_3: at(2),
      input_image_4: at(3),
      prompt_upsampling: true
    },
    type: "image/jpeg",
    size: [1024, 768],
    cost: 40_000
  },
  {
    id: "bfl.flux-kontext-max",
    path: "/flux-kontext-max",
    ratio: "9:16",
    body: { prompt, aspect_ratio: "9:16" },
    type: "image/jpeg",
    size: [768, 1360],
    cost: 80_000
  },
  {
    id: "bfl.flux-kontext-max-edit",
    path: "/flux-kontext-max",
    ratio: "4:3",
    inputs: [{}],
    body: { prompt, aspect_ratio: "4:3", input_image: at(0) },
    type: "image/jpeg",
    size: [1184, 880],
    cost: 80_000
  },
  {
    id: "bfl.flux-pro-1-0-fill",
    path: "/flux-pro-1.0-fill",
    inputs: [{}, { role: "mask" }],
    parameters: { steps: 15, guidance: 1.5 },
    body: { prompt, image: at(0), mask: at(1), steps: 15, guidance: 1.5 },
    type: "image/jpeg",
    size: [1024, 768],
    cost: 50_000
  }
]

MediaProviderSuite.suite(
  "Black Forest Labs",
  Effect.map(world, ({ provider }) => provider),
  {
    model: pro,
    request: { parameters: { output_format: "png", seed: 0 }, size: { width: 256, height: 320 } },
    vendor: {
      emulator: BlackForestLabsEmulator.make,
      connect: ({ apiKey, origin }) => connect(BlackForestLabs.make, apiKey, `${origin}/v1`),
      givesUrls: true
    },
    live: {
      variable: "BFL_API_KEY",
      make: Effect.suspend(() => connect(BlackForestLabs.make, process.env["BFL_API_KEY"] ?? "", null))
    }
  }
)

describe("MediaProvider (Black Forest Labs)", () => {
  it("every row has a case, and sizes that the provider takes", () => {
    assert.deepStrictEqual(
      bflModels.map(({ id }) => id),
      cases.map(({ id }) => id)
    )
    const edges = Object.values(pro.sizes ?? {}).flatMap(({ height, width }) => [width, height])
    assert.deepStrictEqual(Object.keys(pro.sizes ?? {}), pro.aspectRatios.values)
    assert.isTrue(edges.every((edge) => edge % 32 === 0 && edge >= 256 && edge <= 1440))
  })

  for (const { body, cost, id, inputs: given = [], parameters = {}, path, ratio, size, type } of cases) {
    it.effect(`${id} sends exactly its native request and gives the picture`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        const model = rowOf(id)
        assert.deepStrictEqual(problems(model, parameters), [])
        const inputs = yield* inputsOf(given)
        const request = requestOf(model, { inputs, parameters, ...(ratio === undefined ? {} : { aspectRatio: ratio }) })
        assert.deepStrictEqual(provider.plan(request), Result.succeed({ path, body }))
        const { made, result } = yield* madeBy(provider, request)
        assert.deepStrictEqual(sentTo(emulator, `/v1${path}`), filled(body, yield* base64Of(inputs)))
        const [width, height] = size
        assert.deepStrictEqual(made.map(measure), [{ mimeType: type, size: { width, height } }])
        assert.include(model.output.mimeTypes, type)
        assert.strictEqual(result.reportedMicroUsd, cost)
        assert.deepStrictEqual(result.outputs[0]?.facts, { seed: parameters["seed"] ?? 1 })
        assert.strictEqual(emulator.accepted(), 1)
      })
    )
  }

  it.effect("a mask that lets through what may change is white there, one without transparency is sent as it is", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [image, cover] = yield* inputsOf([{}, { role: "mask" }])
      assert(image !== undefined && cover !== undefined)
      const clear = yield* Effect.promise(() => mask())
      for (const bytes of [clear, yield* cover.bytes]) {
        yield* accepted(provider, requestOf(fill, { inputs: [image, { ...cover, bytes: Effect.succeed(bytes) }] }))
        const sent = yield* Schema.decodeUnknownEffect(Schema.Struct({ mask: Schema.String }))(
          sentTo(emulator, "/v1/flux-pro-1.0-fill")
        )
        assert.deepStrictEqual(yield* seen(sent.mask), { hasAlpha: false, white: 0.25 })
      }
      const broken = { ...cover, bytes: Effect.succeed(new Uint8Array([1, 2, 3])) }
      const error = yield* Effect.flip(provider.submit(requestOf(fill, { inputs: [image, broken] })))
      assert.deepStrictEqual([error.reason, emulator.accepted()], ["rejected", 2])
    })
  )

  it.effect("what a model cannot take is refused before anything is sent", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [image, cover] = yield* inputsOf([{}, { role: "mask" }])
      assert(image !== undefined && cover !== undefined)
      const refused = [
        requestOf({ ...pro, upstream: null }),
        requestOf(pro, { prompt: null }),
        requestOf(pro, { outputCount: 2 }),
        requestOf(pro, { inputs: [image] }),
        requestOf(pro, { parameters: { width: 1000, height: 1024 } }),
        requestOf(pro, { parameters: { width: 800 }, aspectRatio: "16:9" }),
        requestOf(kontextEdit),
        requestOf(kontextEdit, { inputs: [image, cover] }),
        requestOf(kontextEdit, { inputs: [image, image, image, image, image] }),
        requestOf(kontextEdit, { inputs: [image], parameters: { input_image: "AAAA" } }),
        requestOf(fill, { inputs: [image] })
      ]
      for (const [place, request] of refused.entries()) {
        assert.isTrue(Result.isFailure(provider.plan(request)), `${place}`)
        assert.strictEqual((yield* Effect.flip(provider.submit(request))).reason, "rejected", `${place}`)
      }
      assert.lengthOf(emulator.calls, 0)
    })
  )

  it.effect("an account without credit is no refusal of the request", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "refuse", status: 402 })
      assert.strictEqual((yield* Effect.flip(provider.submit(simple))).reason, "unavailable")
      assert.deepStrictEqual([emulator.accepted(), emulator.calls.length], [0, 1])
    })
  )

  it.effect("an answer that comes too late is unknown, and the request is not sent again", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "slow", millis: 60_000 })
      const waiting = yield* Effect.forkChild(Effect.flip(provider.submit(simple)))
      yield* until(() => emulator.accepted() === 1)
      yield* TestClock.adjust(Duration.minutes(2))
      assert.deepStrictEqual([(yield* Fiber.join(waiting)).reason, emulator.calls.length], ["unknown", 1])
    })
  )

  it.effect("its filters end a request in their own words, before the work and after it", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "content" })
      const inputs = yield* inputsOf([{}])
      for (const request of [simple, requestOf(kontextEdit, { inputs })]) {
        const error = yield* Effect.flip(ended(provider, yield* accepted(provider, request)))
        assert.strictEqual(error.reason, "content_refused")
        assert.match(error.message, /\((?:Request|Content) Moderated\)$/u)
      }
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("what never gets done stays pending, and cannot be canceled", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "endless" })
      const handle = yield* accepted(provider, simple)
      assert.deepInclude(yield* ended(provider, handle), { _tag: "Pending", phase: "running" })
      assert.strictEqual(yield* provider.cancel(handle), "not_supported")
    })
  )

  it.effect("another process goes on with the handle alone, however often it asks", () =>
    Effect.gen(function* () {
      const { another, emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      const kept = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))(JSON.stringify(handle))
      assert.notInclude(JSON.stringify(handle), emulator.apiKey)
      const later = yield* another
      const polled = yield* ended(later, kept)
      assert(polled._tag === "Answered")
      assert.deepStrictEqual(yield* later.poll(kept), polled)
      const { outputs, reportedMicroUsd } = yield* (yield* another).outputs(polled.answer, simple)
      assert.strictEqual(reportedMicroUsd, 40_000)
      const [output] = outputs
      assert.isDefined(output)
      assert.deepStrictEqual(yield* bytesOf(output), yield* bytesOf(output))
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("what the provider has forgotten is gone, and a handle of somebody else is none", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.forget()
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Gone" })
      assert.strictEqual((yield* Effect.flip(provider.poll({ request_id: 1 }))).reason, "rejected")
    })
  )

  it.effect("the key goes to no address but the configured one and the vendor's own", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const trap = yield* serve(() => ({ status: 200, body: { status: "Error" } }))
      const handle = yield* accepted(provider, simple)
      const own = yield* Schema.decodeUnknownEffect(Schema.JsonObject)(handle)
      const strange = [
        `${trap.origin}/v1/get_result?id=1`,
        "https://api.bfl.ai.example.com/v1/get_result?id=1",
        "https://notbfl.ai/v1/get_result?id=1",
        "http://api.bfl.ai/v1/get_result?id=1",
        `${emulator.origin.replace("http://", "http://api.bfl.ai@")}/v1/get_result?id=1`,
        "file:///etc/passwd",
        "no URL"
      ]
      for (const url of strange) {
        const polled = yield* provider.poll({ ...own, polling_url: url })
        assert.include(["Pending", "Answered"], polled._tag, url)
      }
      assert.lengthOf(trap.calls, 0)
      assert.lengthOf(
        emulator.calls.filter(({ path }) => path === "/v1/get_result"),
        strange.length
      )
    })
  )

  const broken: ReadonlyArray<readonly [Fault, MediaProviderError["reason"]]> = [
    [{ _tag: "truncated" }, "unavailable"],
    [{ _tag: "redirect", to: "http://127.0.0.1:1/private" }, "rejected"]
  ]
  for (const [fault, reason] of broken) {
    it.effect(
      `an output that is not delivered whole (${fault._tag}) is ${reason}, comes at the next fetch, and costs nothing anew`,
      () =>
        Effect.gen(function* () {
          const { emulator, provider } = yield* world
          const { outputs } = yield* provider.outputs(yield* answered(provider, simple), simple)
          const [output] = outputs
          assert.isDefined(output)
          emulator.fail(fault, 1)
          const error = yield* Effect.flip(bytesOf(output))
          assert.strictEqual(error.reason, reason)
          assert.notInclude(error.message, "sig=")
          const whole = { mimeType: "image/png", size: { width: 256, height: 256 } }
          assert.deepStrictEqual(measure(yield* bytesOf(output)), whole)
          assert.strictEqual(emulator.accepted(), 1)
        })
    )
  }

  it.effect("an output of another type is given as it is, and one whose link has ended is not", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const { outputs } = yield* provider.outputs(yield* answered(provider, simple), simple)
      const [output] = outputs
      assert.isDefined(output)
      emulator.fail({ _tag: "wrong_type" }, 1)
      assert.isNull(measure(yield* bytesOf(output)))
      assert.isUndefined(emulator.calls.find(({ path }) => path.startsWith("/delivery/"))?.headers["x-key"])
      emulator.expire()
      assert.strictEqual((yield* Effect.flip(bytesOf(output))).reason, "unavailable")
    })
  )

  it.effect("a key that is refused says nothing about work that was taken", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      const stranger = yield* connect(BlackForestLabs.make, "bfl-somebody", `${emulator.origin}/v1`)
      assert.strictEqual((yield* Effect.flip(stranger.poll(handle))).reason, "unavailable")
      assert.strictEqual((yield* Effect.flip(stranger.submit(simple))).reason, "rejected")
    })
  )
})
