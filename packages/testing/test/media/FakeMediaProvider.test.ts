import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import { allBytes, bytesOfRun, ended, inputOf } from "@image-skill/testing/media/MediaProviderRun"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"

const { fail, fakePainter, fakeRetoucher, make, queue } = FakeMediaProvider

MediaProviderSuite.suite(
  "fake, by queue",
  make(() => queue(3)),
  { model: fakePainter, request: { parameters: { seed: 7 } } }
)

const picture = solidPng(64, 64, 1, 2, 3)
const inputs = [inputOf(picture), inputOf(picture, "mask"), inputOf(picture, "reference_image")]
MediaProviderSuite.suite("fake, edits", make(), { model: fakeRetoucher, request: { inputs } })

const request: GenerationRequest = {
  key: "job_fake",
  model: fakePainter,
  prompt: "a fox",
  parameters: {},
  aspectRatio: "1:1",
  outputCount: 2,
  size: { width: 64, height: 64 },
  inputs: []
}

const submitted = (behaviour: FakeMediaProvider.Behaviour) =>
  Effect.gen(function* () {
    const provider = yield* make(() => behaviour)
    const { handle } = yield* Effect.filterOrElse(
      provider.submit(request),
      (taken) => taken._tag === "Accepted",
      ({ _tag }) => Effect.die(_tag)
    )
    return { handle, provider }
  })

describe("FakeMediaProvider", () => {
  it.effect("a queue says so many times that it works, with its place and when to come back, and then answers", () =>
    Effect.gen(function* () {
      const { handle, provider } = yield* submitted(queue(2, { retryAfterMillis: 900, delivered: 1 }))
      const pending = { _tag: "Pending", retryAfterMillis: 900 } as const
      assert.deepStrictEqual(yield* provider.poll(handle), { ...pending, phase: "queued", position: 2 })
      assert.deepStrictEqual(yield* provider.poll(handle), { ...pending, phase: "running", position: null })
      const end = yield* provider.poll(handle)
      assert.deepStrictEqual(yield* provider.poll(handle), end)
      const answer = end._tag === "Answered" ? end.answer : assert.fail(end._tag)
      assert.lengthOf(yield* Effect.flatMap(provider.outputs(answer, request), allBytes), 1)
      assert.strictEqual(yield* provider.polls, 4)
    })
  )

  it.effect.each(["Canceled", "Gone"] as const)("a queue may end as %s", (ends) =>
    Effect.gen(function* () {
      const { handle, provider } = yield* submitted(queue(0, { ends }))
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: ends })
    })
  )

  it.effect.each(["rejected", "content_refused"] as const)("a queue may end as %s", (ends) =>
    Effect.gen(function* () {
      const { handle, provider } = yield* submitted(queue(0, { ends }))
      assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, ends)
    })
  )

  it.effect("what is canceled in time ends so; what had ended stays answered", () =>
    Effect.gen(function* () {
      const { handle, provider } = yield* submitted(queue(2))
      assert.strictEqual(yield* provider.cancel(handle), "requested")
      assert.deepStrictEqual(yield* provider.poll(handle), { _tag: "Canceled" })
      assert.strictEqual(yield* provider.cancels, 1)
      const late = yield* submitted(queue(0))
      assert.strictEqual((yield* late.provider.poll(late.handle))._tag, "Answered")
      assert.strictEqual(yield* late.provider.cancel(late.handle), "too_late")
      assert.strictEqual((yield* late.provider.poll(late.handle))._tag, "Answered")
    })
  )

  it.effect("calls are all that was asked, accepted what it took: also what was lost", () =>
    Effect.gen(function* () {
      const script = [
        fail("unavailable"),
        fail("rejected"),
        fail("content_refused"),
        fail("unknown"),
        { _tag: "Lost" } as const
      ]
      const provider = yield* make((_, call) => script[call] ?? FakeMediaProvider.succeed)
      const reasons: Array<string> = []
      for (const key of ["a", "b", "c", "d", "e"])
        reasons.push((yield* Effect.flip(provider.submit({ ...request, key }))).reason)
      yield* provider.submit({ ...request, key: "f" })
      assert.deepStrictEqual(reasons, ["unavailable", "rejected", "content_refused", "unknown", "unknown"])
      assert.deepStrictEqual(yield* provider.calls, ["a", "b", "c", "d", "e", "f"])
      assert.deepStrictEqual(yield* provider.accepted, ["d", "e", "f"])
    })
  )

  it.effect.each([0, 1, 3])("it delivers %d of 2", (delivered) =>
    Effect.gen(function* () {
      const provider = yield* make(() => ({ _tag: "Succeed", delivered, reportedMicroUsd: 7 }))
      assert.lengthOf(yield* bytesOfRun(provider, request), delivered)
    })
  )

  it.effect("garbage is no picture", () =>
    Effect.gen(function* () {
      const provider = yield* make(() => ({ _tag: "Garbage" }))
      assert.deepStrictEqual((yield* bytesOfRun(provider, request)).map(measure), [null])
    })
  )

  it.effect("a foreign handle and a foreign answer are rejected", () =>
    Effect.gen(function* () {
      const provider = yield* make()
      const foreign = [
        Effect.asVoid(provider.poll({ id: 1 })),
        Effect.asVoid(provider.cancel(null)),
        Effect.asVoid(provider.outputs(new Uint8Array([1]), request))
      ]
      for (const effect of foreign) assert.strictEqual((yield* Effect.flip(effect)).reason, "rejected")
      assert.strictEqual((yield* ended(provider, { _tag: "Answered", answer: new Uint8Array() }))._tag, "Answered")
    })
  )
})
