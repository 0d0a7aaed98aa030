import { type GenerationRequest, type MediaProvider, MediaProviderError } from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FakeMediaProvider from "../media/FakeMediaProvider.ts"
import type { Dice } from "../payments/Dice.ts"
import type { Faults } from "../payments/FaultyStores.ts"

/** How often providers do something else than what is asked for, and how often nobody hears of it, in percent. */
export interface MediaWeather {
  mediaTrouble: number
  answersLost: number
}

/** A request that a provider took, and what it comes to: `media` is billed, `nothing` is not. */
export interface Accepted {
  readonly jobId: string
  readonly comesTo: "media" | "nothing"
}

/** Providers that outlive every process: what they took stays taken. */
export interface MediaWorld {
  readonly models: ReadonlyArray<Model>
  readonly accepted: () => ReadonlyArray<Accepted>
  /** How many requests came, taken or not. */
  readonly calls: () => number
  /** As a process reaches them, which may die before and after each call. */
  readonly providersFor: (faults: Faults) => ReadonlyArray<MediaProvider>
  /** Every request as it came, but for its media. */
  readonly requests: () => ReadonlyArray<Pick<GenerationRequest, "key" | "parameters" | "prompt">>
}

const queuePainter: Model = {
  ...FakeMediaProvider.fakePainter,
  id: "queue.painter",
  displayName: "Queue painter",
  provider: "queue"
}

export const make = (dice: Dice, weather: MediaWeather): MediaWorld => {
  const accepted: Array<Accepted> = []
  const requests: Array<GenerationRequest> = []

  const took = (request: GenerationRequest, behaviour: FakeMediaProvider.Behaviour): FakeMediaProvider.Behaviour => {
    requests.push(request)
    if (behaviour._tag === "Fail" && behaviour.reason !== "unknown") return behaviour
    accepted.push({ jobId: request.key, comesTo: makesMedia(behaviour) ? "media" : "nothing" })
    return behaviour
  }

  const build = (id: string, script: (request: GenerationRequest) => FakeMediaProvider.Behaviour) =>
    Effect.runSync(FakeMediaProvider.make((request) => took(request, script(request)), { id }))

  const painter = build("fake", ({ outputCount }) =>
    dice.chance(weather.mediaTrouble) ? trouble(dice) : delivering(dice, weather, outputCount)
  )
  const queue = build("queue", ({ outputCount }) => queued(dice, weather, outputCount))

  const reached = (provider: MediaProvider, faults: Faults): MediaProvider => {
    const died = Effect.suspend(() => (faults.next() === "crash" ? faults.crash : Effect.void))
    const pause = Effect.suspend(() =>
      weather.mediaTrouble === 0 || dice.chance(40)
        ? Effect.void
        : Effect.sleep(Duration.millis(dice.between(1, dice.chance(90) ? 4_000 : 200_000)))
    )
    const lost = Effect.suspend(() =>
      dice.chance(weather.answersLost)
        ? Effect.fail(new MediaProviderError({ provider: provider.id, reason: "unknown", message: "no answer came" }))
        : Effect.void
    )
    const down = Effect.suspend(() =>
      dice.chance(weather.answersLost / 2)
        ? Effect.fail(new MediaProviderError({ provider: provider.id, reason: "unavailable", message: "not reached" }))
        : Effect.void
    )
    const asked = <A>(call: Effect.Effect<A, MediaProviderError>): Effect.Effect<A, MediaProviderError> =>
      Effect.gen(function* () {
        yield* died
        yield* down
        const answer = yield* call
        yield* pause
        yield* died
        yield* lost
        return answer
      })
    return {
      ...provider,
      submit: (request) => asked(provider.submit(request)),
      poll: (handle) => asked(provider.poll(handle)),
      cancel: (handle) => asked(provider.cancel(handle)),
      outputs: (answer, request) =>
        Effect.map(Effect.andThen(down, provider.outputs(answer, request)), (result) => ({
          ...result,
          outputs: result.outputs.map((output) => ({
            ...output,
            body: Stream.concat(Stream.drain(Stream.fromEffect(down)), output.body)
          }))
        }))
    }
  }

  return {
    models: [
      FakeMediaProvider.fakePainter,
      FakeMediaProvider.fakeMystery,
      FakeMediaProvider.fakeRetoucher,
      queuePainter
    ],
    accepted: () => accepted,
    calls: () => requests.length,
    requests: () => requests,
    providersFor: (faults) => [reached(painter, faults), reached(queue, faults)]
  }
}

const makesMedia = (behaviour: FakeMediaProvider.Behaviour): boolean => {
  switch (behaviour._tag) {
    case "Succeed":
      return behaviour.delivered !== 0
    case "Queue":
      return (behaviour.ends ?? "Answered") === "Answered" && behaviour.delivered !== 0
    case "WaitFor":
      return true
    case "Fail":
    case "Lost":
      return behaviour._tag === "Lost"
    case "Garbage":
      return false
  }
}

const trouble = (dice: Dice): FakeMediaProvider.Behaviour =>
  dice.pick<FakeMediaProvider.Behaviour>(
    FakeMediaProvider.fail("unavailable"),
    FakeMediaProvider.fail("unavailable"),
    FakeMediaProvider.fail("content_refused"),
    FakeMediaProvider.fail("rejected"),
    { _tag: "Lost" },
    { _tag: "Lost" },
    { _tag: "Garbage" }
  )

/** Mostly as many as asked for; in bad weather fewer or more, and with another bill than expected. */
const delivering = (dice: Dice, { mediaTrouble }: MediaWeather, asked: number): FakeMediaProvider.Behaviour => ({
  _tag: "Succeed",
  ...(dice.chance(mediaTrouble) ? { delivered: dice.below(asked + 2) } : {}),
  ...(dice.chance(mediaTrouble) ? { reportedMicroUsd: dice.below(400_000) } : {})
})

const queued = (dice: Dice, { mediaTrouble }: MediaWeather, asked: number): FakeMediaProvider.Behaviour => {
  if (dice.chance(mediaTrouble / 2)) return trouble(dice)
  const isOdd = dice.chance(mediaTrouble)
  return FakeMediaProvider.queue(mediaTrouble > 0 && dice.chance(6) ? 1_000 : dice.below(5), {
    ...(isOdd ? { ends: dice.pick("Answered", "Canceled", "Gone", "rejected", "content_refused") } : {}),
    ...(dice.chance(mediaTrouble) ? { delivered: dice.below(asked + 2) } : {}),
    ...(dice.chance(20) ? { retryAfterMillis: dice.between(1_000, 40_000) } : {})
  })
}
