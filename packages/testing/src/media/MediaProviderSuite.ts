import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import {
  type GenerationRequest,
  type MediaProvider,
  type MediaProviderError,
  MediaProviders
} from "@image-skill/core/media/MediaProvider"
import { ProviderStatus } from "@image-skill/core/models/Catalogue"
import type { Model, Size } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { hostilePrompts } from "./HostilePrompts.ts"
import { allBytes, bytesOf, bytesOfRun, ended, holds, kept, mediaIn, resultOf, run } from "./MediaProviderRun.ts"
import { type Vendor, vendorSuite } from "./MediaProviderVendorSuite.ts"

/** What differs from provider to provider. */
export interface Options<E> {
  /** One of its models. */
  readonly model: Model
  /** What is asked beside the prompt of the suite: native parameters, inputs, a ratio, exact pixels or null. */
  readonly request?: Partial<GenerationRequest>
  /** The provider in a state in which it fails so, for each way in which it can be made to fail. */
  readonly failing?: {
    readonly [R in MediaProviderError["reason"]]?: Effect.Effect<MediaProvider, E, Scope.Scope>
  }
  /** A provider behind a network, with its emulator: all faults are tried on it. */
  readonly vendor?: Vendor<E>
  /** One real request, made where this variable is set, which should be the cheapest there is. */
  readonly live?: {
    readonly variable: string
    readonly make: Effect.Effect<MediaProvider, E, Scope.Scope>
  }
}

const isJson = Schema.is(Schema.Json)

const exact: Size = { width: 256, height: 320 }

/** The contract every `MediaProvider` meets. `make` makes one that works. */
export const suite = <E>(
  name: string,
  make: Effect.Effect<MediaProvider, E, Scope.Scope>,
  { failing = {}, live, model, request: own = {}, vendor }: Options<E>
): void => {
  const request: GenerationRequest = {
    key: "job_suite",
    model,
    prompt: model.prompt === "required" ? "a red fox in the snow" : null,
    parameters: {},
    aspectRatio: model.aspectRatios.default ?? "1:1",
    outputCount: 1,
    size: vendor === undefined ? exact : null,
    inputs: [],
    ...own
  }
  /** Two instances of one service, as two processes have them. */
  const both =
    vendor === undefined
      ? Effect.all([make, make])
      : Effect.flatMap(vendor.emulator, (at) => Effect.all([vendor.connect(at), vendor.connect(at)]))
  const isPromised = (bytes: Uint8Array) => {
    const measured = measure(bytes)
    assert.include(model.output.mimeTypes, measured?.mimeType)
    if (request.size !== null) assert.deepStrictEqual(measured?.size, request.size)
  }

  describe(`MediaProvider (${name})`, () => {
    it.effect("it is the one that its models name, can run, and the registry finds it and nobody else", () =>
      Effect.gen(function* () {
        const provider = yield* make
        assert.strictEqual(provider.id, model.provider)
        assert.deepStrictEqual(provider.availability, { _tag: "Available" })
        yield* Effect.gen(function* () {
          const { find } = yield* MediaProviders
          const status = yield* ProviderStatus
          assert.strictEqual(find(provider.id), provider)
          assert.isUndefined(find("nobody"))
          assert.deepStrictEqual(status.of(provider.id), provider.availability)
          assert.strictEqual(status.of("nobody")._tag, "Unavailable")
        }).pipe(Effect.provide(MediaProviders.layerOf([provider])))
      })
    )

    it.effect("its plan names the prompt, every native parameter as it was given and every input once", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const plan = yield* Effect.fromResult(provider.plan(request))
        assert.deepStrictEqual(plan, yield* Effect.fromResult(provider.plan(request)))
        assert.isTrue(isJson(plan.body))
        assert.match(plan.path, vendor === undefined ? /./u : /^\/./u)
        for (const [parameter, value] of Object.entries(request.parameters))
          assert.isTrue(holds(plan.body, parameter, value), `${parameter} is not in ${JSON.stringify(plan.body)}`)
        if (request.prompt !== null) assert.include(JSON.stringify(plan.body), JSON.stringify(request.prompt))
        assert.deepStrictEqual(
          mediaIn(plan.body),
          request.inputs.map((_, index) => index)
        )
      })
    )

    it.effect.each([...new Set([1, 2, Math.min(model.maxOutputs, 4)])].filter((count) => count <= model.maxOutputs))(
      "as many outputs as were asked for (%d), all different, of a type and the size that were promised",
      (outputCount) =>
        Effect.gen(function* () {
          const provider = yield* make
          const all = yield* bytesOfRun(provider, { ...request, outputCount })
          assert.lengthOf(all, outputCount)
          for (const bytes of all) isPromised(bytes)
          assert.strictEqual(new Set(all.map((bytes) => Buffer.from(bytes).toString("base64"))).size, outputCount)
        })
    )

    it.effect("what it says beside the outputs is plain JSON, its warnings are sentences, its bill is a number", () =>
      Effect.gen(function* () {
        const { outputs, provenance, reportedMicroUsd, warnings } = yield* run(yield* make, request)
        for (const { facts } of outputs) assert.isTrue(isJson(facts))
        assert.isTrue(isJson(provenance))
        for (const warning of warnings) assert.isNotEmpty(warning.trim())
        assert.isTrue(reportedMicroUsd === null || (Number.isSafeInteger(reportedMicroUsd) && reportedMicroUsd >= 0))
      })
    )

    it.effect("a kept answer gives the same outputs again, here and in another instance, however often", () =>
      Effect.gen(function* () {
        const [provider, other] = yield* both
        const end = yield* ended(provider, yield* provider.submit(request))
        const result = yield* resultOf(provider, end, request)
        const first = yield* allBytes(result)
        assert.deepStrictEqual(yield* allBytes(result), first)
        assert.deepStrictEqual(yield* allBytes(yield* resultOf(provider, end, request)), first)
        if (end._tag === "Made") return assert.isTrue(provider.repeatable)
        const copied = { ...end, answer: end.answer.slice() }
        const again = yield* resultOf(other, copied, request)
        assert.deepStrictEqual(yield* allBytes(again), first)
        assert.deepStrictEqual(again.reportedMicroUsd, result.reportedMicroUsd)
      })
    )

    it.effect("a handle is plain JSON that another instance goes on with; its end can be asked for again", () =>
      Effect.gen(function* () {
        const [provider, other] = yield* both
        const submitted = yield* provider.submit(request)
        if (submitted._tag !== "Accepted") return assert.include(["Answered", "Made"], submitted._tag)
        assert.isTrue(isJson(submitted.handle))
        assert.deepStrictEqual(kept(submitted.handle), submitted.handle)
        yield* Effect.all([provider.poll(submitted.handle), other.poll(submitted.handle)], { concurrency: 2 })
        const first = yield* ended(other, submitted)
        const second = yield* ended(provider, submitted)
        assert.deepStrictEqual(
          yield* Effect.flatMap(resultOf(other, second, request), allBytes),
          yield* Effect.flatMap(resultOf(provider, first, request), allBytes)
        )
        for (const instance of [provider, other, provider])
          assert.include(["too_late", "not_supported"], yield* instance.cancel(kept(submitted.handle)))
        assert.strictEqual((yield* other.poll(submitted.handle))._tag, "Answered")
      })
    )

    it.effect("a wish to cancel can be repeated, and ends in a cancellation or in the outputs", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const submitted = yield* provider.submit(request)
        if (submitted._tag !== "Accepted") return assert.include(["Answered", "Made"], submitted._tag)
        const wishes = [yield* provider.cancel(submitted.handle), yield* provider.cancel(submitted.handle)]
        for (const wish of wishes) assert.include(["requested", "too_late", "not_supported"], wish)
        const how = yield* Effect.match(ended(provider, submitted), {
          onFailure: ({ message }) => message,
          onSuccess: ({ _tag }) => _tag
        })
        assert.include(wishes[0] === "not_supported" ? ["Answered"] : ["Answered", "Canceled"], how)
      })
    )

    it.effect("one that may be asked again gives the very same again, under any key", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const first = yield* bytesOfRun(provider, request)
        const second = yield* bytesOfRun(provider, { ...request, key: "job_other" })
        if (provider.repeatable) assert.deepStrictEqual(second, first)
        else assert.lengthOf(second, 1)
      })
    )

    it.effect("whatever a prompt says, it stands in the plan as it is, and there is an output or a refusal", () =>
      Effect.gen(function* () {
        const provider = yield* make
        for (const prompt of [...hostilePrompts, null]) {
          const hostile = { ...request, prompt }
          const planned = provider.plan(hostile)
          if (Result.isSuccess(planned) && prompt !== null)
            assert.include(JSON.stringify(planned.success.body), JSON.stringify(prompt))
          // The network of a vendor is the same for each of them.
          if (vendor !== undefined && prompt !== null && prompt.length > 100) continue
          const said = yield* Effect.match(bytesOfRun(provider, hostile), {
            onFailure: (failure) => failure.reason,
            onSuccess: (all) => (all.every((bytes) => measure(bytes) !== null) ? "made" : "no output")
          })
          assert.include(["made", "content_refused", "rejected"], said, prompt?.slice(0, 40))
          if (Result.isFailure(planned)) assert.strictEqual(said, planned.failure.reason)
        }
      })
    )

    it.effect("requests at once are not mixed up, and one that is given up leaves the others be", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const given = yield* Effect.forkChild(run(provider, request), { startImmediately: true })
        const sizes = [256, 320, 384].map((width) => (request.size === null ? null : { width, height: 256 }))
        const others = yield* Effect.forEach(sizes, (size) =>
          Effect.forkChild(run(provider, { ...request, size }), { startImmediately: true })
        )
        yield* Fiber.interrupt(given)
        const results = yield* Effect.forEach(others, Fiber.join)
        for (const [index, { outputs }] of results.entries()) {
          const measured = yield* Effect.forEach(outputs, (output) => Effect.map(bytesOf(output), measure))
          const size = sizes[index] ?? null
          if (size === null) assert.isNotNull(measured[0])
          else assert.deepStrictEqual(measured[0]?.size, size)
        }
      })
    )

    const reasons = ["content_refused", "rejected", "unavailable", "unknown"] as const
    const states = reasons.flatMap((reason) => {
      const state = failing[reason]
      return state === undefined ? [] : [{ reason, state }]
    })
    it.effect.each(states)("a failure is said in the words that all share: $reason", ({ reason, state }) =>
      Effect.gen(function* () {
        const provider = yield* state
        const failure = yield* Effect.flip(provider.submit(request))
        assert.deepStrictEqual(
          [failure._tag, failure.provider, failure.reason],
          ["MediaProviderError", provider.id, reason]
        )
        assert.isNotEmpty(failure.message.trim())
      })
    )

    if (vendor !== undefined) vendorSuite(vendor, request)
    if (live !== undefined) liveTest(live, request, isPromised)
  })
}

const liveTest = <E>(
  { make, variable }: NonNullable<Options<E>["live"]>,
  request: GenerationRequest,
  isPromised: (bytes: Uint8Array) => void
): void =>
  // It costs money, so it is made only where a real key is there; everywhere else the report says that it was not.
  it.live.skipIf((process.env[variable] ?? "") === "")(
    `the real service makes one output (with ${variable})`,
    () =>
      Effect.gen(function* () {
        const all = yield* bytesOfRun(yield* make, request)
        assert.isNotEmpty(all)
        for (const bytes of all) isPromised(bytes)
      }),
    600_000
  )
