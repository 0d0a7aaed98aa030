import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import * as Fal from "@image-skill/adapters/media/providers/Fal"
import { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { measure } from "@image-skill/core/media/Measure"
import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import { type EmulatedCall, type Fault, serve } from "@image-skill/testing/media/emulators/Emulator"
import type { FalEmulator } from "@image-skill/testing/media/emulators/FalEmulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { start } from "../../Child.ts"
import {
  accepted,
  answered,
  bytesOf,
  ended,
  inputsOf,
  outputsOf,
  providerOf,
  requestOf,
  rowOf,
  simple,
  world
} from "./FalWorld.ts"

const readJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

const bytes = (json: Schema.Json) => new TextEncoder().encode(JSON.stringify(json))

const submits = ({ calls }: FalEmulator): ReadonlyArray<EmulatedCall> =>
  calls.filter(({ method, path }) => method === "POST" && !path.startsWith("/storage"))

const editing = (width = 640) =>
  Effect.map(
    Effect.promise(() => inputsOf([{ width }])),
    (inputs) => requestOf(rowOf("fal.flux-pro-kontext"), { inputs })
  )

const shown = ({ message, reason }: MediaProviderError) => `${reason}: ${message}`

describe("what becomes of a submit", () => {
  const refusals: ReadonlyArray<readonly [number, MediaProviderError["reason"]]> = [
    [400, "rejected"],
    [403, "rejected"],
    [422, "rejected"],
    [429, "unavailable"],
    [500, "unavailable"],
    [502, "unknown"],
    [503, "unavailable"]
  ]
  it.effect.each(refusals)("a refusal with %d is %s, and nothing was taken", ([status, reason]) =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "refuse", status, retryAfterSeconds: 7 }, 1)
      const failure = yield* Effect.flip(provider.submit(simple))
      assert.strictEqual(failure.reason, reason, failure.message)
      assert.strictEqual(failure.retryAfterMillis, 7_000)
      assert.strictEqual(emulator.accepted(), 0)
      assert.lengthOf(submits(emulator), 1)
      assert.strictEqual((yield* outputsOf(provider, simple)).outputs.length, 1, "it can be asked again")
    })
  )

  it.effect("an answer that is lost after the request was taken is unknown, and nothing is sent twice", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "drop" })
      const failure = yield* Effect.flip(provider.submit(simple))
      assert.strictEqual(failure.reason, "unknown")
      assert.strictEqual(emulator.accepted(), 1)
      assert.lengthOf(submits(emulator), 1)
    })
  )

  it.effect("one that is not answered in a minute is unknown", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "slow", millis: 1_000_000 })
      const submitting = yield* Effect.forkChild(Effect.flip(provider.submit(simple)), { startImmediately: true })
      yield* Effect.promise(async () => {
        while (emulator.accepted() === 0) await new Promise((resolve) => void setImmediate(resolve))
      })
      yield* TestClock.adjust("61 seconds")
      const failure = yield* Fiber.join(submitting)
      assert.strictEqual(failure.reason, "unknown")
      assert.lengthOf(submits(emulator), 1)
    })
  )

  it.effect.each(["<html>", { request_id: "../../elsewhere" }, {}] as const)(
    "a success that nobody can make sense of is unknown: %j",
    (body) =>
      Effect.gen(function* () {
        const { calls, origin } = yield* serve(() => ({ status: 200, body }))
        const provider = yield* providerOf(origin, "a:key")
        assert.strictEqual((yield* Effect.flip(provider.submit(simple))).reason, "unknown")
        assert.lengthOf(calls, 1)
      })
  )

  it.live("one that is answered late is accepted all the same", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "slow", millis: 80 }, 1)
      assert.lengthOf((yield* outputsOf(provider, simple)).outputs, 1)
      assert.lengthOf(submits(emulator), 1)
    })
  )

  it.effect("nobody there is unavailable, and a key that is none is rejected", () =>
    Effect.gen(function* () {
      const { emulator } = yield* world
      const closed = yield* providerOf("http://127.0.0.1:1", emulator.apiKey)
      assert.strictEqual((yield* Effect.flip(closed.submit(simple))).reason, "unavailable")
      const key = "99999999-2222-4333-8444-555555555555:a0wrong0key"
      const stranger = yield* providerOf(emulator.origin, key)
      const failure = yield* Effect.flip(stranger.submit(simple))
      assert.strictEqual(failure.reason, "rejected")
      for (const part of key.split(":")) assert.notInclude(failure.message, part)
      assert.strictEqual(emulator.accepted(), 0)
    })
  )
})

describe("inputs", () => {
  it.effect.each([
    ["initiate", 500],
    ["initiate", 401],
    ["initiate", 422],
    ["put", 403],
    ["put", 503]
  ] as const)("when %s answers %d the request is unavailable, and is not sent", ([part, status]) =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const request = yield* editing()
      emulator.refuse(part, status)
      const failure = yield* Effect.flip(provider.submit(request))
      assert.strictEqual(failure.reason, "unavailable", failure.message)
      assert.lengthOf(submits(emulator), 0)
      assert.notInclude(failure.message, "://")
    })
  )

  it.effect("they leave with their type, for a day, and the place where they go never sees the key", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      yield* accepted(provider, yield* editing())
      const [initiate, put, submit] = emulator.calls
      assert.strictEqual(initiate?.path, "/storage/upload/initiate")
      assert.strictEqual(initiate?.headers.authorization, `Key ${emulator.apiKey}`)
      assert.strictEqual(initiate?.headers["x-fal-object-lifecycle"], `{"expiration_duration_seconds":86400}`)
      assert.deepStrictEqual([put?.method, put?.headers["content-type"]], ["PUT", "image/png"])
      assert.isUndefined(put?.headers.authorization)
      assert.strictEqual(submit?.path, "/fal-ai/flux-pro/kontext")
    })
  )

  it.effect("one that cannot be read any more stops the request", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const request = yield* editing()
      const missing = new ArtifactStoreFailed({ reason: "missing", message: "the bytes are not there" })
      const inputs = request.inputs.map((input) => ({ ...input, bytes: Effect.fail(missing) }))
      const failure = yield* Effect.flip(provider.submit({ ...request, inputs }))
      assert.deepStrictEqual([failure.reason, failure.message], ["rejected", "an input is gone; nothing was sent"])
      assert.lengthOf(emulator.calls, 0)
    })
  )
})

describe("what becomes of an accepted request", () => {
  it.effect("its place in the queue is told, then its work, then its answer", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      yield* accepted(provider, simple)
      const handle = yield* accepted(provider, simple)
      const pending = { _tag: "Pending", retryAfterMillis: null } as const
      assert.deepStrictEqual(yield* provider.poll(handle), { ...pending, phase: "queued", position: 1 })
      assert.deepStrictEqual(yield* provider.poll(handle), { ...pending, phase: "running", position: null })
      const first = yield* answered(provider, handle)
      assert.deepStrictEqual(yield* answered(provider, handle), first, "it can be asked for again")
      assert.strictEqual(emulator.accepted(), 2)
    })
  )

  it.effect("a process that knows nothing but the handle goes on, and another reads the kept answer", () =>
    Effect.gen(function* () {
      const { another, emulator, provider } = yield* world
      const handle = readJson(JSON.stringify(yield* accepted(provider, simple)))
      const answer = yield* answered(yield* another, handle)
      const reader = yield* another
      const { outputs } = yield* reader.outputs(answer, simple)
      const [first] = yield* Effect.forEach(outputs, bytesOf)
      assert.deepStrictEqual(measure(first ?? new Uint8Array()), {
        mimeType: "image/jpeg",
        size: { width: 512, height: 512 }
      })
      assert.lengthOf(submits(emulator), 1)
    })
  )

  it.live("a process that is killed while it waits loses nothing: another goes on with its handle", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.hold("IN_PROGRESS")
      const child = yield* start("media/providers/FalProgram.ts", [emulator.origin, emulator.apiKey])
      const handle = yield* Effect.flatMap(child.next, Schema.decodeUnknownEffect(Schema.Json))
      yield* child.kill
      emulator.hold(null)
      const { outputs } = yield* provider.outputs(yield* answered(provider, handle), simple)
      const [made] = yield* Effect.forEach(outputs, bytesOf)
      assert.strictEqual(measure(made ?? new Uint8Array())?.mimeType, "image/jpeg")
      assert.lengthOf(submits(emulator), 1)
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("two polls at once see the same", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      const [one, two] = yield* Effect.all([provider.poll(handle), provider.poll(handle)], { concurrency: 2 })
      assert(one._tag === "Answered" && two._tag === "Answered")
      assert.deepStrictEqual(one.answer, two.answer)
    })
  )

  it.effect.each([400, 401, 403, 408, 422, 429, 500, 502, 503])(
    "one poll that is answered with %d says nothing about the request",
    (status) =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        const handle = yield* accepted(provider, simple)
        emulator.refuse("status", status)
        assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, "unavailable")
        emulator.finish()
        emulator.refuse("result", status, 1, "<html>from a gateway</html>")
        assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, "unavailable")
        assert.strictEqual((yield* provider.poll(handle))._tag, "Answered")
      })
  )

  it.effect("a result that is not ready after all is waited for", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      emulator.refuse("result", 400, 1, { detail: "Request is still in progress" })
      assert.strictEqual((yield* provider.poll(handle))._tag, "Pending")
      assert.strictEqual((yield* provider.poll(handle))._tag, "Answered")
    })
  )

  it.effect("what the provider has forgotten is gone, at the status and at the result", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      emulator.refuse("result", 410)
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Gone" })
      emulator.forget(emulator.requests()[0]?.id ?? "")
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Gone" })
      assert.strictEqual(yield* provider.cancel(handle), "too_late")
    })
  )

  it.effect("one that never gets done stays pending, and can be canceled", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "endless" }, 1)
      const handle = yield* accepted(provider, simple)
      assert.strictEqual((yield* ended(provider, handle))._tag, "Pending")
      assert.strictEqual(yield* provider.cancel(handle), "requested")
    })
  )

  it.effect("what the content policy refuses is told as that, without the prompt", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "content" }, 1)
      const handle = yield* accepted(provider, simple)
      const failure = yield* Effect.flip(ended(provider, handle))
      assert.strictEqual(failure.reason, "content_refused")
      assert.include(failure.message, "content_policy_violation")
      assert.notInclude(failure.message, "fox")
    })
  )

  it.effect("a model that ends it with an error rejects it, and says why in one word", () =>
    Effect.gen(function* () {
      const { provider } = yield* world
      const inputs = yield* Effect.promise(() => inputsOf([{ width: 200 }]))
      const small = requestOf(rowOf("fal.kling-image-o1"), { inputs })
      const handle = yield* accepted(provider, small)
      const failure = yield* Effect.flip(ended(provider, handle))
      assert.strictEqual(failure.reason, "rejected")
      assert.strictEqual(failure.message, "the provider ended the request without outputs (HTTP 422, image_too_small)")
    })
  )

  it.effect("an error that only the status tells of rejects it, and a cancellation is one", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      emulator.refuse("status", 200, 1, { status: "COMPLETED", error: "Worker crashed" })
      emulator.refuse("result", 500, 1, { detail: "Worker crashed" })
      assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, "rejected")
      emulator.refuse("status", 200, 1, { status: "COMPLETED", error_type: "client_cancelled" })
      emulator.refuse("result", 500, 1, { detail: "Request was cancelled" })
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Canceled" })
    })
  )

  it.effect("a status of later versions is waited out", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.refuse("status", 202, 1, { status: "SCHEDULED" })
      assert.strictEqual((yield* provider.poll(handle))._tag, "Pending")
      assert.strictEqual((yield* ended(provider, handle))._tag, "Answered")
    })
  )

  it.effect("what a refusal repeats of the request is not passed on", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      const input = { prompt: simple.prompt, image_url: "https://v3.fal.media/files/x?signature=abc" }
      const msg = `Cannot make '${simple.prompt}' of ${input.image_url}`
      emulator.refuse("result", 422, 1, { detail: [{ loc: ["body", "prompt"], msg, type: "value_error", input }] })
      const failure = yield* Effect.flip(provider.poll(handle))
      assert.strictEqual(failure.message, "the provider ended the request without outputs (HTTP 422, value_error)")
    })
  )

  it.effect.each([500, 503, 504])("a queue that gave up (%d) rejects it, too", (status) =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      emulator.finish()
      emulator.refuse("result", status, 1, { detail: "Runner disconnected", error_type: "runner_disconnected" })
      const failure = yield* Effect.flip(provider.poll(handle))
      assert.strictEqual(failure.reason, "rejected")
      assert.include(failure.message, "runner_disconnected")
    })
  )
})

describe("cancel", () => {
  it.effect("before it began, it ends without outputs", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.hold("IN_QUEUE")
      const handle = yield* accepted(provider, simple)
      assert.strictEqual((yield* provider.poll(handle))._tag, "Pending")
      assert.strictEqual(yield* provider.cancel(handle), "requested")
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Canceled" })
      assert.strictEqual(yield* provider.cancel(handle), "too_late", "again is harmless")
    })
  )

  it.effect("while it works, only a poll tells whether it came in time", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.hold("IN_PROGRESS")
      const handle = yield* accepted(provider, simple)
      yield* provider.poll(handle)
      yield* provider.poll(handle)
      assert.strictEqual(yield* provider.cancel(handle), "requested")
      emulator.hold(null)
      assert.strictEqual((yield* ended(provider, handle))._tag, "Answered")
    })
  )

  it.effect("after it has ended it is too late, and a blip says nothing", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const handle = yield* accepted(provider, simple)
      yield* answered(provider, handle)
      for (const [status, body] of [
        [503, "busy"],
        [400, { detail: "no such thing" }]
      ] as const) {
        emulator.refuse("cancel", status, 1, body)
        assert.strictEqual((yield* Effect.flip(provider.cancel(handle))).reason, "unavailable")
      }
      emulator.refuse("cancel", 202, 1, "")
      assert.strictEqual(yield* provider.cancel(handle), "requested")
      assert.strictEqual(yield* provider.cancel(handle), "too_late")
      assert.strictEqual((yield* provider.poll(handle))._tag, "Answered")
    })
  )
})

describe("outputs", () => {
  const faulty = Effect.fnUntraced(function* (fault: Fault) {
    const { emulator, provider } = yield* world
    const answer = yield* answered(provider, yield* accepted(provider, simple))
    emulator.fail(fault, 1)
    const { outputs } = yield* provider.outputs(answer, simple)
    const [output] = outputs
    assert(output !== undefined)
    return output
  })

  it.effect("what breaks off is unavailable, and is whole when it is fetched again", () =>
    Effect.gen(function* () {
      const output = yield* faulty({ _tag: "truncated" })
      const failure = yield* Effect.flip(bytesOf(output))
      assert.strictEqual(failure.reason, "unavailable")
      assert.deepStrictEqual(measure(yield* bytesOf(output))?.size, { width: 512, height: 512 })
    })
  )

  it.effect("what is no media arrives as it is, to be told by its bytes", () =>
    Effect.gen(function* () {
      assert.isNull(measure(yield* bytesOf(yield* faulty({ _tag: "wrong_type" }))))
    })
  )

  it.effect("a redirect to this machine is not followed", () =>
    Effect.gen(function* () {
      const inside = yield* serve(() => ({ status: 200, body: "secret" }))
      const output = yield* faulty({ _tag: "redirect", to: `${inside.origin}/metadata` })
      const failure = yield* Effect.flip(bytesOf(output))
      assert.strictEqual(failure.reason, "rejected")
      assert.notInclude(failure.message, inside.origin)
      assert.lengthOf(inside.calls, 0)
    })
  )

  it.effect("one that is delivered twice is there twice, and was taken once", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "duplicate" }, 1)
      const { outputs } = yield* outputsOf(provider, simple)
      const [one, two] = yield* Effect.forEach(outputs, bytesOf)
      assert.deepStrictEqual([outputs.length, two], [2, one])
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("one address that stands there twice is one output, and marks of the safety checker are passed on", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const image = { url: `${emulator.origin}/files/one` }
      const request = { ...simple, outputCount: 2 }
      const read = yield* provider.outputs(bytes({ images: [image, image], has_nsfw_concepts: [true, true] }), request)
      assert.deepStrictEqual(
        read.outputs.map(({ facts }) => facts),
        [{ safety_checker: "flagged" }]
      )
      assert.lengthOf(read.warnings, 2)
    })
  )

  it.effect("an output within the answer itself is read from there", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const image = { url: "data:image/png;base64,iVBORw0KGgo=" }
      const { outputs } = yield* provider.outputs(bytes({ image }), simple)
      const [made] = yield* Effect.forEach(outputs, bytesOf)
      assert.deepStrictEqual(made, new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
      assert.lengthOf(emulator.calls, 0)
    })
  )

  it.effect("an answer without outputs gives none, and one that is no JSON is rejected", () =>
    Effect.gen(function* () {
      const { provider } = yield* world
      assert.lengthOf((yield* provider.outputs(bytes({ images: [] }), simple)).outputs, 0)
      const failure = yield* Effect.flip(provider.outputs(new TextEncoder().encode("<html>"), simple))
      assert.strictEqual(failure.reason, "rejected")
    })
  )
})

describe("the key", () => {
  it.effect("stands in no plan, handle or failure", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const request = yield* editing()
      const handle = yield* accepted(provider, request)
      emulator.fail({ _tag: "refuse", status: 500 }, 1)
      const failure = shown(yield* Effect.flip(provider.submit(request)))
      const everything = JSON.stringify([provider.plan(request), handle, failure])
      for (const part of emulator.apiKey.split(":")) assert.notInclude(everything, part)
    })
  )

  it.effect.each(["status_url", "response_url", "cancel_url"])(
    "goes nowhere else because a handle says so in %s",
    (field) =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        const elsewhere = yield* serve(() => ({ status: 200, body: { status: "COMPLETED" } }))
        const handle = yield* accepted(provider, simple)
        emulator.finish()
        assert(typeof handle === "object" && handle !== null && !Array.isArray(handle))
        const lost = []
        for (const url of [
          `${elsewhere.origin}/x`,
          elsewhere.origin.replace("127.0.0.1", `${new URL(emulator.origin).host}@127.0.0.1`),
          emulator.origin.replace("//", "//somebody@"),
          "https://queue.fal.run.evil.example/x",
          "http://queue.fal.run/x",
          "https://queue.fal.run:8443/x",
          "file:///etc/passwd",
          "nonsense"
        ]) {
          const tampered = Object.fromEntries([...Object.entries(handle), [field, url]])
          const asking: Effect.Effect<void, MediaProviderError> =
            field === "cancel_url" ? Effect.asVoid(provider.cancel(tampered)) : Effect.asVoid(provider.poll(tampered))
          lost.push(yield* Effect.flip(asking))
        }
        // Said before anything is resolved or connected to.
        assert.deepStrictEqual(
          [...new Set(lost.map(shown))],
          ["unavailable: the request was sent to another address than the one that is configured"]
        )
        assert.lengthOf(elsewhere.calls, 0)
        assert.strictEqual((yield* Effect.flip(provider.poll({ request_id: 1 }))).reason, "unavailable")
      })
  )

  it.effect("without a base URL it goes to fal's queue and storage, and never to the synchronous host", () =>
    Effect.gen(function* () {
      const { emulator } = yield* world
      const asked: Array<string> = []
      const hosts = /^https:\/\/(?:queue\.fal\.run|rest\.fal\.ai)(?=\/)/u
      const client = HttpClient.mapRequest((request) => {
        asked.push(request.url)
        return HttpClientRequest.setUrl(request, request.url.replace(hosts, emulator.origin))
      })
      const network = Layer.mergeAll(
        Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, client)).pipe(
          Layer.provide(NodeHttpClient.layerNodeHttp)
        ),
        NodeRemoteFetch.layer
      )
      const provider = yield* Effect.flatMap(Layer.build(network), (context) =>
        Effect.provideContext(Fal.make({ apiKey: Redacted.make(emulator.apiKey), baseUrl: null }), context)
      )
      // The addresses that it gives are not fal's own, so the documented ones take their place.
      yield* answered(provider, yield* accepted(provider, simple))
      const id = emulator.requests()[0]?.id ?? ""
      assert.deepStrictEqual(
        [...new Set(asked)],
        [
          "https://queue.fal.run/fal-ai/flux/dev",
          `https://queue.fal.run/fal-ai/flux/requests/${id}/status`,
          `https://queue.fal.run/fal-ai/flux/requests/${id}`
        ]
      )
      const failure = yield* Effect.flip(provider.submit(yield* editing()))
      assert.strictEqual(failure.reason, "unavailable", "a place that is not encrypted gets no input")
      assert.strictEqual(asked.at(-1), "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3")
    })
  )
})
