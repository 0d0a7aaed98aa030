import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import { make } from "@image-skill/testing/media/emulators/ReplicateEmulator"
import * as Effect from "effect/Effect"
import Replicate, { type Prediction } from "replicate"
import { failed } from "./Failed.ts"

const schnell = "black-forest-labs/flux-schnell"
const kontext = "black-forest-labs/flux-kontext-pro"

const sdk = Effect.map(make, (emulator) => ({
  emulator,
  client: new Replicate({ auth: emulator.apiKey, baseUrl: `${emulator.origin}/v1`, useFileOutput: false })
}))

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && "response" in error && error.response instanceof Response
    ? error.response.status
    : undefined

const ended = async (client: Replicate, begun: Prediction): Promise<Prediction> => client.wait(begun, { interval: 1 })

const bytesAt = async (url: unknown): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(String(url))).arrayBuffer())

/** Replicate's own SDK, unmodified, is the judge. */
describe("ReplicateEmulator", () => {
  it.effect("a prediction of an official model starts, runs and succeeds with a list of outputs", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const input = { prompt: "a fox", num_outputs: 2, aspect_ratio: "16:9", megapixels: "0.25", output_format: "jpg" }
      const begun = yield* Effect.promise(() => client.predictions.create({ model: schnell, input }))
      assert.deepInclude(begun, { status: "starting", model: schnell, output: null })
      const running = yield* Effect.promise(() => client.predictions.get(begun.id))
      assert.strictEqual(running.status, "processing")
      const done = yield* Effect.promise(() => ended(client, running))
      assert.deepInclude(done.metrics, { predict_time: 1.5 })
      assert.deepStrictEqual<unknown>(done.input, input)
      const made = yield* Effect.promise(() => Promise.all((done.output as ReadonlyArray<string>).map(bytesAt)))
      assert.deepStrictEqual(
        made.map(measure),
        [0, 1].map(() => ({ mimeType: "image/jpeg", size: { width: 688, height: 384 } }))
      )
      assert.notDeepEqual(made[0], made[1])
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("it waits where that is preferred, and gives one output where the model gives one", () =>
    Effect.gen(function* () {
      const { client } = yield* sdk
      const bytes = yield* Effect.promise(() => picture())
      const output = yield* Effect.promise(() =>
        client.run(kontext, {
          input: {
            prompt: "make it snow",
            output_format: "jpg",
            input_image: new Blob([new Uint8Array(bytes)], { type: "image/png" })
          },
          wait: { mode: "block", timeout: 5 }
        })
      )
      assert.strictEqual(measure(yield* Effect.promise(() => bytesAt(output)))?.mimeType, "image/jpeg")
    })
  )

  it.effect("a version stands for its model, and files are kept until they are deleted", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const { version } = yield* Effect.promise(() =>
        client.predictions.create({ model: schnell, input: { prompt: "a fox" } })
      )
      const again = yield* Effect.promise(() => client.predictions.create({ version, input: { prompt: "an owl" } }))
      assert.deepStrictEqual([again.model, again.version], [schnell, version])
      const bytes = yield* Effect.promise(() => picture())
      const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" })
      const file = yield* Effect.promise(() => client.files.create(blob))
      assert.deepInclude(file, { content_type: "image/png", size: bytes.length })
      assert.deepStrictEqual(emulator.files().get(file.urls.get)?.bytes, bytes)
      assert.isTrue(yield* Effect.promise(() => client.files.delete(file.id)))
      assert.strictEqual(statusOf(yield* failed(() => client.files.get(file.id))), 404)
    })
  )

  it.effect("a prediction is canceled while it runs, and no more when it has ended", () =>
    Effect.gen(function* () {
      const { client } = yield* sdk
      const begin = () => client.predictions.create({ model: schnell, input: { prompt: "a fox" } })
      const first = yield* Effect.promise(begin)
      assert.strictEqual((yield* Effect.promise(() => client.predictions.cancel(first.id))).status, "canceled")
      assert.strictEqual((yield* Effect.promise(() => client.predictions.get(first.id))).status, "canceled")
      const second = yield* Effect.promise(async () => ended(client, await begin()))
      assert.strictEqual((yield* Effect.promise(() => client.predictions.cancel(second.id))).status, "succeeded")
    })
  )

  it.effect("another token, strange inputs and its filters are refused in Replicate's words", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const stranger = new Replicate({ auth: "r8_somebody", baseUrl: `${emulator.origin}/v1` })
      const begin = (input: object, model = schnell) => client.predictions.create({ model, input })
      const cases: ReadonlyArray<readonly [() => Promise<unknown>, number, RegExp]> = [
        [
          () => stranger.predictions.create({ model: schnell, input: { prompt: "a fox" } }),
          401,
          /authentication token/u
        ],
        [() => begin({}), 422, /input\.prompt: is required/u],
        [() => begin({ prompt: "a fox", num_outputs: 5 }), 422, /Must be between 1 and 4/u],
        [() => begin({ prompt: "a fox", colour: "red" }), 422, /input\.colour: Additional property/u],
        [() => begin({ prompt: "a fox", input_image: "http://127.0.0.1/x" }, kontext), 422, /format 'uri'/u],
        [() => begin({ prompt: "a fox" }, "nobody/nothing"), 404, /could not be found/u]
      ]
      for (const [ask, status, words] of cases) {
        const error = yield* failed(ask)
        assert.strictEqual(statusOf(error), status)
        assert.match(String(error), words)
      }
      emulator.fail({ _tag: "content" }, 1)
      const refused = yield* failed(async () => ended(client, await begin({ prompt: "something vile" })))
      assert.match(String(refused), /Prediction failed: NSFW/u)
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("every fault strikes as it says", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const begin = () => client.predictions.create({ model: schnell, input: { prompt: "a fox", megapixels: "0.25" } })
      emulator.fail({ _tag: "refuse", status: 503, retryAfterSeconds: 7 }, 1)
      assert.strictEqual(statusOf(yield* failed(begin)), 503)
      assert.strictEqual(emulator.accepted(), 0)
      const raw = () =>
        fetch(`${emulator.origin}/v1/models/${schnell}/predictions`, {
          method: "POST",
          headers: { authorization: `Bearer ${emulator.apiKey}` },
          body: JSON.stringify({ input: { prompt: "a fox" } })
        })
      emulator.fail({ _tag: "drop" }, 1)
      yield* failed(raw)
      assert.strictEqual(emulator.accepted(), 1)
      emulator.fail({ _tag: "slow", millis: 60 }, 1)
      const at = performance.now()
      yield* Effect.promise(raw)
      assert.isAtLeast(performance.now() - at, 55)
      emulator.fail({ _tag: "endless" }, 1)
      const { id } = yield* Effect.promise(begin)
      for (let poll = 0; poll < 5; poll++)
        assert.strictEqual((yield* Effect.promise(() => client.predictions.get(id))).status, "processing")
      emulator.fail({ _tag: "duplicate" }, 1)
      const doubled = yield* Effect.promise(async () => ended(client, await begin()))
      const [url, same] = doubled.output as ReadonlyArray<string>
      assert.strictEqual(url, same)
      emulator.fail({ _tag: "wrong_type" }, 1)
      assert.isNull(measure(yield* Effect.promise(() => bytesAt(url))))
      emulator.fail({ _tag: "truncated" }, 1)
      yield* failed(() => bytesAt(url))
      emulator.fail({ _tag: "redirect", to: "http://169.254.169.254/" }, 1)
      const moved = yield* Effect.promise(() => fetch(url ?? "", { redirect: "manual" }))
      assert.deepStrictEqual([moved.status, moved.headers.get("location")], [302, "http://169.254.169.254/"])
      assert.strictEqual(measure(yield* Effect.promise(() => bytesAt(url)))?.mimeType, "image/webp")
    })
  )
})
