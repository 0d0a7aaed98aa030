import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Violation } from "@image-skill/core/credits/CheckCredits"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import { Ids } from "@image-skill/core/envelope/Ids"
import { books } from "@image-skill/core/payments/BrokenBooks"
import { type Books, checkLedger, type Truths } from "@image-skill/core/payments/CheckLedger"
import { grantsAreTrue, settledIsGranted } from "@image-skill/core/payments/CheckTruths"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store } from "@image-skill/core/store/Store"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { checkHistory } from "./CheckHistory.ts"
import * as Dice from "./Dice.ts"
import * as ProviderWorld from "./ProviderWorld.ts"
import { act, type Answered, checkAnswers, type Scene } from "./SimulatedAgents.ts"
import * as SimulatedProcess from "./SimulatedProcess.ts"

export interface SimulationOptions {
  readonly seed: number
  /** Rounds of things that happen at once; 40 when nothing is said. */
  readonly rounds?: number
  /** Told what the provider knows, so that other code can be wrong about it. */
  readonly mutation?: (truths: ProviderWorld.ProviderWorld["truths"]) => SimulatedProcess.Mutation
}

/** What happened, and the first thing that was wrong; nothing is, when the code is right. */
export interface SimulationReport {
  readonly seed: number
  readonly round: number
  readonly deeds: number
  readonly crashes: number
  readonly failures: number
  /** The books at the end, and what the provider says of each attempt. */
  readonly books: Books
  readonly truths: Truths
  readonly violations: ReadonlyArray<Violation>
}

/**
 * A deployment and a payment provider that live through a bad month, out of one seed: agents who quote, buy and spend at
 * once, money that comes and goes, hints that are lost, doubled, shuffled or lies, a provider and a store that fail, a
 * process that dies at any write, and a clock that jumps. The books are checked after every round by all invariants, and
 * in the end, when nothing fails any more, they have to agree with the provider to the cent.
 */
export const simulate = Effect.fnUntraced(function* ({ mutation = () => ({}), rounds = 40, seed }: SimulationOptions) {
  // The rows and nothing else: whoever runs this has a clock of their own.
  const rows = Context.pick(
    Store,
    LedgerStore,
    PaymentStore,
    SpendPolicies,
    ActivityLog,
    Ids
  )(yield* Effect.context<SimulatedProcess.Rows>())
  const dice = Dice.make(seed)
  const weather: ProviderWorld.Weather = { railTrouble: dice.pick(0, 8, 20), hintsLost: dice.pick(0, 30, 100) }
  const world = ProviderWorld.make(dice, weather)
  const clock = clockAt(firstDay)
  const process = SimulatedProcess.make(rows, world, mutation(world.truths))
  const state = { deeds: 0, round: 0, before: emptyBooks }

  const round = Effect.fnUntraced(function* (count: number) {
    const answers: Array<Answered> = []
    const scene: Scene = { dice, world, books: state.before, answered: (answer) => answers.push(answer) }
    state.deeds += count
    if (dice.chance(weather.railTrouble > 0 ? 30 : 15))
      process.faults.set(dice.below(14), dice.chance(55) ? "crash" : "fail")
    const deeds = Effect.forEach(Array.from({ length: count }), () => act(scene), { concurrency: "unbounded" })
    const meanwhile = Effect.forEach(Array.from({ length: dice.below(3) }), () =>
      Effect.andThen(ProviderWorld.waiting(dice.below(10)), world.happen)
    )
    yield* process.run(Effect.all([deeds, meanwhile], { concurrency: "unbounded" }))
    process.faults.set(-1, "none")
    return yield* judge(answers)
  })

  const judge = Effect.fnUntraced(function* (answers: ReadonlyArray<Answered>) {
    const after = yield* Effect.provide(books, rows)
    const found = [
      ...process.defects(),
      ...checkLedger(after),
      ...grantsAreTrue(after.payments, world.truths()),
      ...checkHistory(state.before, after),
      ...checkAnswers(answers, after)
    ]
    state.before = after
    return found
  })

  const live = Effect.gen(function* () {
    for (state.round = 1; state.round <= rounds; state.round += 1) {
      clock.move(jump(dice))
      yield* world.passTime
      yield* Effect.replicateEffect(world.happen, dice.below(5), { discard: true })
      const found = yield* round(dice.between(1, 5))
      if (found.length > 0) return found
    }
    weather.railTrouble = 0
    yield* world.settleDown
    return yield* settle
  })

  const sweeps = (pause: number, times: number) =>
    Effect.replicateEffect(
      Effect.andThen(
        Effect.sync(() => clock.move(pause)),
        process.run(Effect.flatMap(Fulfilment, ({ sweep }) => sweep(100)))
      ),
      times,
      { discard: true }
    )

  /** First without a single hint: sweeping alone finds all money (9). Then with the provider's list of events. */
  const settle = Effect.gen(function* () {
    yield* sweeps(11 * minute, 12)
    yield* sweeps(hour, 8)
    const swept = yield* judge([])
    const granted = settledIsGranted(state.before.payments, world.truths())
    if (swept.length + granted.length > 0) return [...swept, ...granted]
    yield* Effect.replicateEffect(process.run(Effect.flatMap(Fulfilment, ({ catchUp }) => catchUp)), 20, {
      discard: true
    })
    yield* sweeps(11 * minute, 4)
    const caughtUp = yield* judge([])
    return [...caughtUp, ...checkLedger(state.before, world.truths())]
  })

  const violations = yield* live.pipe(
    Effect.provideService(Clock.Clock, clock.service),
    Effect.catchCause((cause) => Effect.succeed([{ invariant: 0, message: Cause.pretty(cause) }]))
  )
  const report: SimulationReport = {
    seed,
    round: state.round,
    deeds: state.deeds,
    ...process.blows(),
    books: state.before,
    truths: world.truths(),
    violations
  }
  return report
})

/**
 * The seeds of a test run: so many, or `IMAGE_SKILL_SIMULATION_SEEDS` of them, or only the one that
 * `IMAGE_SKILL_SIMULATION_SEED` names.
 */
export const seedsOf = Effect.fnUntraced(function* (ordinarily: number) {
  const one = yield* Config.option(Config.Int("IMAGE_SKILL_SIMULATION_SEED"))
  if (Option.isSome(one)) return [one.value]
  const count = yield* Config.withDefault(Config.Int("IMAGE_SKILL_SIMULATION_SEEDS"), ordinarily)
  return Array.from({ length: count }, (_, index) => index + 1)
})

/** What plays one seed again. */
export const replayCommand = (seed: number): string =>
  `IMAGE_SKILL_SIMULATION_SEED=${seed} npx vitest run --project testing --project adapters PaymentSimulation`

const emptyBooks: Books = {
  ledger: { accounts: [], journals: [], postings: [], holds: [], debts: [] },
  payments: { quotes: [], attempts: [], receipts: [], reversals: [], events: [] },
  events: []
}

const minute = 60_000
const hour = 60 * minute

/** Mostly minutes, now and then hours or a day, and sometimes a little back. */
const jump = (dice: Dice.Dice): number => {
  const roll = dice.below(100)
  if (roll < 82) return dice.between(100, 3 * minute)
  if (roll < 91) return dice.between(5 * minute, 70 * minute)
  return roll < 93 ? dice.between(2 * hour, 30 * hour) : -dice.between(100, 90_000)
}

/** 2026-01-02T03:04:05.678Z */
const firstDay = 1_767_323_045_678

/** A clock that goes where it is told. Nobody sleeps by it. */
const clockAt = (start: number) => {
  let now = start
  const millis = () => now
  const nanos = () => BigInt(now) * 1_000_000n
  const service: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: () => Effect.yieldNow
  }
  return { service, move: (by: number) => void (now += by) }
}
