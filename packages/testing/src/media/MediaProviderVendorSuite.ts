import { assert, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import type { GenerationRequest, MediaProvider, MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Fault, ProviderEmulator } from "./emulators/Emulator.ts"
import { allBytes, assertDiscreet, bytesOfRun, ended, resultOf, run } from "./MediaProviderRun.ts"

/** A provider behind a network. */
export interface Vendor<E> {
  readonly emulator: Effect.Effect<ProviderEmulator, never, Scope.Scope>
  /** The provider, made with the emulator's key or another one, for the emulator's origin or another one. */
  readonly connect: (at: {
    readonly origin: string
    readonly apiKey: string
  }) => Effect.Effect<MediaProvider, E, Scope.Scope>
  /** Whether its answer tells where the outputs are, instead of holding them. */
  readonly givesUrls: boolean
  /** Whether another key is refused at all: a server on this machine may ask for none. */
  readonly checksKey?: boolean
}

type Reason = MediaProviderError["reason"]

interface Case {
  readonly name: string
  readonly fault: Fault
  readonly reasons: ReadonlyArray<Reason>
  readonly accepted: 0 | 1
  readonly retryAfterMillis?: number
}

/** What the submit of a paid request says, whatever the vendor. */
const cases: ReadonlyArray<Case> = [
  { name: "400", fault: { _tag: "refuse", status: 400 }, reasons: ["rejected"], accepted: 0 },
  { name: "403", fault: { _tag: "refuse", status: 403 }, reasons: ["rejected"], accepted: 0 },
  { name: "422", fault: { _tag: "refuse", status: 422 }, reasons: ["rejected"], accepted: 0 },
  {
    name: "429 with a time",
    fault: { _tag: "refuse", status: 429, retryAfterSeconds: 7 },
    reasons: ["unavailable"],
    accepted: 0,
    retryAfterMillis: 7000
  },
  { name: "500 in its own words", fault: { _tag: "refuse", status: 500 }, reasons: ["unavailable"], accepted: 0 },
  { name: "503 in its own words", fault: { _tag: "refuse", status: 503 }, reasons: ["unavailable"], accepted: 0 },
  { name: "502", fault: { _tag: "refuse", status: 502 }, reasons: ["unknown"], accepted: 0 },
  { name: "504", fault: { _tag: "refuse", status: 504 }, reasons: ["unknown"], accepted: 0 },
  { name: "a connection that breaks", fault: { _tag: "drop" }, reasons: ["unknown"], accepted: 1 }
]

const secretPrompt = "a lighthouse called Quillfeather before the storm"

/** The faults of a network and of a vendor, each tried on a new emulator. */
export const vendorSuite = <E>(
  { checksKey = true, connect, emulator, givesUrls }: Vendor<E>,
  own: GenerationRequest
): void => {
  const request = { ...own, prompt: own.prompt === null ? null : secretPrompt }
  const discreet = (failure: MediaProviderError, apiKey: string) => {
    assert.isNotEmpty(failure.message.trim())
    assertDiscreet(failure.message, [apiKey, secretPrompt, "Quillfeather"])
  }
  const started = Effect.gen(function* () {
    const vendor = yield* emulator
    return { vendor, provider: yield* connect(vendor) }
  })

  it.effect("a plan asks nobody, and names no key", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      const plan = yield* Effect.fromResult(provider.plan(request))
      assert.lengthOf(vendor.calls, 0)
      assertDiscreet(JSON.stringify(plan), [vendor.apiKey])
    })
  )

  it.effect("neither a handle nor a kept answer holds the key; it was sent, and one request was accepted", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      const submitted = yield* provider.submit(request)
      if (submitted._tag === "Accepted") assert.notInclude(JSON.stringify(submitted.handle), vendor.apiKey)
      const end = yield* ended(provider, submitted)
      if (end._tag === "Answered") assert.notInclude(Buffer.from(end.answer).toString(), vendor.apiKey)
      yield* Effect.flatMap(resultOf(provider, end, request), allBytes)
      assert.strictEqual(vendor.accepted(), 1)
      if (checksKey) assert.isTrue(vendor.calls.some(({ headers }) => JSON.stringify(headers).includes(vendor.apiKey)))
    })
  )

  it.effect.each(cases)(
    "a submit that ends in $name is $reasons, and is not sent again",
    ({ accepted, fault, reasons, retryAfterMillis }) =>
      Effect.gen(function* () {
        const { provider, vendor } = yield* started
        vendor.fail(fault)
        const failure = yield* Effect.flip(provider.submit(request))
        assert.include(reasons, failure.reason, failure.message)
        assert.strictEqual(failure.provider, provider.id)
        assert.strictEqual(failure.retryAfterMillis, retryAfterMillis)
        discreet(failure, vendor.apiKey)
        assert.isAtMost(vendor.accepted(), accepted)
        if (fault._tag === "drop") assert.strictEqual(vendor.accepted(), 1)
      })
  )

  it.effect("what its content policy refuses is content_refused, in whatever words", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "content" })
      const failure = yield* Effect.flip(run(provider, request))
      assert.strictEqual(failure.reason, "content_refused", failure.message)
      discreet(failure, vendor.apiKey)
      assert.isAtMost(vendor.accepted(), 1)
    })
  )

  it.effect("a slow answer is an answer", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "slow", millis: 60 }, 1)
      assert.lengthOf(yield* bytesOfRun(provider, request), 1)
      assert.strictEqual(vendor.accepted(), 1)
    })
  )

  it.effect("what breaks off in the middle is no output; one that can be fetched again is", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "truncated" })
      const submitted = yield* Effect.result(provider.submit(request))
      if (Result.isFailure(submitted)) {
        assert.isFalse(givesUrls)
        assert.strictEqual(submitted.failure.reason, "unknown")
      } else {
        const end = yield* ended(provider, submitted.success)
        const result = yield* resultOf(provider, end, request)
        const failure = yield* Effect.flip(allBytes(result))
        assert.strictEqual(failure.reason, "unavailable", failure.message)
        discreet(failure, vendor.apiKey)
        vendor.fail(null)
        for (const bytes of yield* allBytes(result)) assert.isNotNull(measure(bytes))
      }
      assert.strictEqual(vendor.accepted(), 1)
    })
  )

  it.effect("what is not the media that it is said to be is handed on as it is, or refused", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "wrong_type" })
      const said = yield* Effect.match(bytesOfRun(provider, request), {
        onFailure: ({ reason }) => reason,
        onSuccess: (all) => (all.every((bytes) => measure(bytes) === null) ? "no media" : "media")
      })
      assert.include(["no media", "rejected", "unavailable"], said)
      assert.strictEqual(vendor.accepted(), 1)
    })
  )

  it.effect("an output that comes twice costs nothing more, and its doubles are the same bytes", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "duplicate" })
      const all = yield* bytesOfRun(provider, request)
      assert.isNotEmpty(all)
      for (const bytes of all) assert.deepStrictEqual(bytes, all[0])
      assert.strictEqual(vendor.accepted(), 1)
    })
  )

  const elsewhere = givesUrls ? ["http://127.0.0.1:1/secret", "file:///etc/passwd", "http://169.254.169.254/"] : []
  it.effect.each(elsewhere)("an output that redirects to %s is not fetched", (to) =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      vendor.fail({ _tag: "redirect", to })
      const failure = yield* Effect.flip(bytesOfRun(provider, request))
      assert.strictEqual(failure.reason, "rejected", failure.message)
      discreet(failure, vendor.apiKey)
    })
  )

  it.effect.each(checksKey ? ["sk-another-key-1234567890abcdef", "bad\nkey"] : [])(
    "another key is refused, accepted nowhere and shown nowhere: %o",
    (apiKey) =>
      Effect.gen(function* () {
        const vendor = yield* emulator
        const provider = yield* connect({ origin: vendor.origin, apiKey })
        const failure = yield* Effect.flip(provider.submit(request))
        assert.include(["rejected", "unavailable"], failure.reason, failure.message)
        assertDiscreet(failure.message, [apiKey, apiKey.slice(0, 12), vendor.apiKey])
        assert.strictEqual(vendor.accepted(), 0)
      })
  )

  it.effect("where nobody listens nothing was sent, so it may be tried again", () =>
    Effect.gen(function* () {
      const { apiKey } = yield* emulator
      const provider = yield* connect({ origin: "http://127.0.0.1:1", apiKey })
      const failure = yield* Effect.flip(provider.submit(request))
      assert.strictEqual(failure.reason, "unavailable", failure.message)
      discreet(failure, apiKey)
    })
  )

  it.effect("a poll, a cancel or a download that fails says nothing of the request", () =>
    Effect.gen(function* () {
      const { provider, vendor } = yield* started
      const submitted = yield* provider.submit(request)
      if (submitted._tag !== "Accepted") return assert.strictEqual(submitted._tag, "Answered")
      for (const status of [401, 429, 500, 502, 503]) {
        vendor.fail({ _tag: "refuse", status }, 1)
        const failure = yield* Effect.flip(provider.poll(submitted.handle))
        assert.strictEqual(failure.reason, "unavailable", `${status}: ${failure.message}`)
        discreet(failure, vendor.apiKey)
      }
      vendor.fail(null)
      const end = yield* ended(provider, submitted)
      assert.isNotEmpty(yield* Effect.flatMap(resultOf(provider, end, request), allBytes))
      assert.strictEqual(vendor.accepted(), 1)
    })
  )
}
