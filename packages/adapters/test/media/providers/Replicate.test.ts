import { assert, describe, it } from "@effect/vitest"
import * as Replicate from "@image-skill/adapters/media/providers/Replicate"
import { measure } from "@image-skill/core/media/Measure"
import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import { replicateModels } from "@image-skill/core/models/catalogue/ReplicateModels"
import type { Model } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import type { Fault } from "@image-skill/testing/media/emulators/Emulator"
import { mask } from "@image-skill/testing/media/emulators/Fixtures"
import * as ReplicateEmulator from "@image-skill/testing/media/emulators/ReplicateEmulator"
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

const world = worldOf(ReplicateEmulator.make, Replicate.make, "/v1")

const rowOf = (id: string): Model => {
  const row = replicateModels.find((model) => model.id === id)
  assert.isDefined(row, id)
  return row
}

const schnell = rowOf("replicate.flux-schnell")
const kontext = rowOf("replicate.flux-kontext-pro-edit")
const fill = rowOf("replicate.flux-fill-pro")
const simple = requestOf(schnell, { parameters: { megapixels: "0.25" } })

const answer = (output: string) =>
  new TextEncoder().encode(`{"id":"a","status":"succeeded","output":${output},"error":null}`)

interface Case {
  readonly id: string
  readonly upstream: string
  readonly ratio?: string
  readonly count?: number
  readonly parameters?: { readonly [name: string]: Schema.Json }
  readonly inputs?: ReadonlyArray<Given>
  /** Exactly what goes out as input; media by their place among the inputs. */
  readonly input: Schema.JsonObject
  readonly type: string
  readonly size: readonly [number, number]
}

const at = (media: number) => ({ media })

const cases: ReadonlyArray<Case> = [
  {
    id: "replicate.flux-schnell",
    upstream: "black-forest-labs/flux-schnell",
    ratio: "16:9",
    count: 4,
    parameters: { seed: 0, megapixels: "0.25", go_fast: false, output_format: "jpg", num_inference_steps: 1 },
    input: {
      prompt,
      aspect_ratio: "16:9",
      num_outputs: 4,
      seed: 0,
      megapixels: "0.25",
      go_fast: false,
      output_format: "jpg",
      num_inference_steps: 1
    },
    type: "image/jpeg",
    size: [688, 384]
  },
  {
    id: "replicate.flux-dev",
    upstream: "black-forest-labs/flux-dev",
    parameters: { guidance: 0, num_inference_steps: 50, output_quality: 100, megapixels: "0.25" },
    input: {
      prompt,
      aspect_ratio: "1:1",
      num_outputs: 1,
      guidance: 0,
      num_inference_steps: 50,
      output_quality: 100,
      megapixels: "0.25"
    },
    type: "image/webp",
    size: [512, 512]
  },
  {
    id: "replicate.flux-kontext-pro-edit",
    upstream: "black-forest-labs/flux-kontext-pro",
    ratio: "2:1",
    inputs: [{}],
    parameters: { safety_tolerance: 0, output_format: "jpg" },
    input: { prompt, aspect_ratio: "2:1", input_image: at(0), safety_tolerance: 0, output_format: "jpg" },
    type: "image/jpeg",
    size: [1456, 720]
  },
  {
    id: "replicate.flux-fill-pro",
    upstream: "black-forest-labs/flux-fill-pro",
    inputs: [{}, { role: "mask" }],
    parameters: { steps: 1, safety_tolerance: 6 },
    input: { prompt, image: at(0), mask: at(1), steps: 1, safety_tolerance: 6 },
    type: "image/jpeg",
    size: [1024, 1024]
  }
]

MediaProviderSuite.suite(
  "Replicate",
  Effect.map(world, ({ provider }) => provider),
  {
    model: schnell,
    request: { parameters: { megapixels: "0.25", seed: 0 } },
    vendor: {
      emulator: ReplicateEmulator.make,
      connect: ({ apiKey, origin }) => connect(Replicate.make, apiKey, `${origin}/v1`),
      givesUrls: true
    },
    live: {
      variable: "REPLICATE_API_TOKEN",
      make: Effect.suspend(() => connect(Replicate.make, process.env["REPLICATE_API_TOKEN"] ?? "", null))
    }
  }
)

describe("MediaProvider (Replicate)", () => {
  it("every row has a case", () => {
    assert.deepStrictEqual(
      replicateModels.map(({ id }) => id),
      cases.map(({ id }) => id)
    )
  })

  for (const { count = 1, id, input, inputs: given = [], parameters = {}, ratio, size, type, upstream } of cases) {
    it.effect(`${id} sends exactly its native request and gives the pictures`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        const model = rowOf(id)
        assert.deepStrictEqual(problems(model, parameters), [])
        const inputs = yield* inputsOf(given)
        const own = { inputs, outputCount: count, parameters }
        const request = requestOf(model, ratio === undefined ? own : { ...own, aspectRatio: ratio })
        const path = `/models/${upstream}/predictions`
        assert.deepStrictEqual(provider.plan(request), Result.succeed({ path, body: { input } }))
        const { made, result } = yield* madeBy(provider, request)
        const urls = (yield* base64Of(inputs)).map((text) => `data:image/png;base64,${text}`)
        assert.deepStrictEqual(sentTo(emulator, `/v1${path}`), filled({ input }, urls))
        const [width, height] = size
        const expected = { mimeType: type, size: { width, height } }
        assert.deepStrictEqual(
          made.map(measure),
          made.map(() => expected)
        )
        assert.strictEqual(new Set(made.map((bytes) => Buffer.from(bytes).toString("base64"))).size, count)
        assert.include(model.output.mimeTypes, type)
        assert.deepInclude(result.provenance, { predict_seconds: 1.5 })
        assert.isNull(result.reportedMicroUsd)
        assert.strictEqual(emulator.accepted(), 1)
      })
    )
  }

  it.effect("a large input goes into a file first, under its own type and whole", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [small] = yield* inputsOf([{}])
      assert.isDefined(small)
      const bytes = new Uint8Array(256 * 1024 + 1).map((_, index) => index % 251)
      const inputs = [{ ...small, bytes: Effect.succeed(bytes), contentLength: bytes.length }]
      yield* accepted(provider, requestOf(kontext, { inputs }))
      const [[url, file] = ["", undefined], ...others] = emulator.files()
      assert.deepStrictEqual([file?.type, file?.name, others.length], ["image/png", "input-0.png", 0])
      assert.deepStrictEqual(file?.bytes, bytes)
      assert.deepStrictEqual(sentTo(emulator, "/v1/models/black-forest-labs/flux-kontext-pro/predictions"), {
        input: { prompt, input_image: url }
      })
      emulator.fail({ _tag: "refuse", status: 400 }, 1)
      const error = yield* Effect.flip(provider.submit(requestOf(kontext, { inputs })))
      assert.deepStrictEqual([error.reason, emulator.accepted()], ["unavailable", 1])
    })
  )

  it.effect("a mask that lets through what may change is white there, one without transparency is sent as it is", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [image, cover] = yield* inputsOf([{}, { role: "mask" }])
      assert(image !== undefined && cover !== undefined)
      const clear = yield* Effect.promise(() => mask())
      for (const bytes of [clear, yield* cover.bytes]) {
        yield* accepted(provider, requestOf(fill, { inputs: [image, { ...cover, bytes: Effect.succeed(bytes) }] }))
        const sent = yield* Schema.decodeUnknownEffect(
          Schema.Struct({ input: Schema.Struct({ mask: Schema.String }) })
        )(sentTo(emulator, "/v1/models/black-forest-labs/flux-fill-pro/predictions"))
        assert.deepStrictEqual(yield* seen(sent.input.mask.replace("data:image/png;base64,", "")), {
          hasAlpha: false,
          white: 0.25
        })
      }
      const broken = { ...cover, bytes: Effect.succeed(new Uint8Array([1, 2, 3])) }
      const error = yield* Effect.flip(provider.submit(requestOf(fill, { inputs: [image, broken] })))
      assert.deepStrictEqual([error.reason, emulator.accepted()], ["rejected", 2])
    })
  )

  it.effect("what a model cannot take is refused before anything is sent", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [small, cover] = yield* inputsOf([{}, { role: "mask" }])
      assert(small !== undefined && cover !== undefined)
      // It would have to be uploaded.
      const image = { ...small, bytes: Effect.succeed(new Uint8Array(300 * 1024)) }
      const refused = [
        requestOf({ ...schnell, upstream: null }),
        requestOf(schnell, { prompt: null }),
        requestOf(schnell, { outputCount: 5 }),
        requestOf(schnell, { inputs: [image] }),
        requestOf(schnell, { parameters: { num_outputs: 2 } }),
        requestOf(kontext),
        requestOf(kontext, { inputs: [image, image] }),
        requestOf(kontext, { inputs: [image, cover] }),
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

  it.effect(
    "its filters end a prediction in their own words, which are not passed on, and any other failure is a rejection",
    () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        emulator.fail({ _tag: "content" }, 1)
        const refused = yield* Effect.flip(ended(provider, yield* accepted(provider, simple)))
        assert.strictEqual(refused.reason, "content_refused")
        assert.strictEqual(refused.message, "the content policy of the provider refused the request")
        assert.strictEqual(emulator.accepted(), 0)
        const sentences: ReadonlyArray<readonly [error: string | null, reason: string]> = [
          [
            "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
            "content_refused"
          ],
          ["CUDA out of memory", "rejected"],
          [`no picture of ${prompt} fits`, "rejected"],
          [null, "rejected"]
        ]
        for (const [error, reason] of sentences) {
          emulator.endAs("failed", error)
          const failure = yield* Effect.flip(ended(provider, yield* accepted(provider, simple)))
          assert.strictEqual(failure.reason, reason, `${error}`)
          assert.match(failure.message, /^the (?:content policy of the )?provider [a-z ]+(?: \(E005\))?$/u)
        }
      })
  )

  it.effect("what never gets done stays pending until it is canceled, and what has ended is not canceled", () =>
    Effect.gen(function* () {
      const { another, emulator, provider } = yield* world
      emulator.fail({ _tag: "endless" }, 1)
      const endless = yield* accepted(provider, simple)
      assert.deepInclude(yield* ended(provider, endless), { _tag: "Pending", phase: "running" })
      assert.strictEqual(yield* (yield* another).cancel(endless), "requested")
      assert.strictEqual(yield* provider.cancel(endless), "requested")
      assert.deepStrictEqual(yield* provider.poll(endless), { _tag: "Canceled" })
      const done = yield* accepted(provider, simple)
      assert.deepInclude(yield* ended(provider, done), { _tag: "Answered" })
      assert.strictEqual(yield* provider.cancel(done), "too_late")
      assert.deepInclude(yield* provider.poll(done), { _tag: "Answered" })
      emulator.forget()
      assert.strictEqual(yield* provider.cancel(done), "too_late")
      assert.deepStrictEqual(yield* provider.poll(done), { _tag: "Gone" })
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
      const { outputs } = yield* (yield* another).outputs(polled.answer, simple)
      const [output] = outputs
      assert.isDefined(output)
      assert.deepStrictEqual(yield* bytesOf(output), yield* bytesOf(output))
      assert.strictEqual(emulator.accepted(), 1)
      const foreign = yield* Effect.flip(later.poll({ request_id: 1 }))
      assert.strictEqual(foreign.reason, "rejected")
    })
  )

  it.effect("an id that leads elsewhere stays an id", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      assert.deepStrictEqual(yield* provider.poll({ id: "../files/file0001" }), { _tag: "Gone" })
      assert.strictEqual(emulator.calls.at(-1)?.path, "/v1/predictions/..%2Ffiles%2Ffile0001")
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
          assert.strictEqual((yield* Effect.flip(bytesOf(output))).reason, reason)
          assert.deepStrictEqual(measure(yield* bytesOf(output))?.size, { width: 512, height: 512 })
          assert.strictEqual(emulator.accepted(), 1)
        })
    )
  }

  it.effect("outputs are given as they come: twice, of another type, or within the answer itself", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "duplicate" }, 1)
      const twice = yield* madeBy(provider, simple)
      assert.lengthOf(twice.made, 2)
      assert.deepStrictEqual(twice.made[0], twice.made[1])
      emulator.fail({ _tag: "wrong_type" }, 1)
      const { made } = yield* madeBy(provider, simple)
      assert.deepStrictEqual(made.map(measure), [null])
      assert.isUndefined(emulator.calls.find(({ path }) => path.startsWith("/delivery/"))?.headers.authorization)
      const within = yield* provider.outputs(answer(`"data:image/png;base64,AQID"`), simple)
      const [inside] = within.outputs
      assert.isDefined(inside)
      assert.deepStrictEqual(yield* bytesOf(inside), new Uint8Array([1, 2, 3]))
      for (const output of ["null", "[]", `""`, "{}"])
        assert.strictEqual((yield* Effect.flip(provider.outputs(answer(output), simple))).reason, "rejected", output)
    })
  )
})
