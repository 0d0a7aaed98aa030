import { Ids } from "@image-skill/core/envelope/Ids"
import type { TelemetryRecord } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dice from "../payments/Dice.ts"
import * as ProviderWorld from "../payments/ProviderWorld.ts"
import * as Agents from "./Agents.ts"
import * as CheckAnswers from "./CheckAnswers.ts"
import * as Database from "./Database.ts"
import * as Durable from "./Durable.ts"
import * as FaultyDisks from "./FaultyDisks.ts"
import * as IssuedIds from "./IssuedIds.ts"
import * as Kept from "./Kept.ts"
import * as MediaWorld from "./MediaWorld.ts"
import type { Mutation } from "./Mutation.ts"
import * as Network from "./Network.ts"
import * as Secrets from "./Secrets.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { observer } from "./State.ts"
import * as Timeline from "./Timeline.ts"
import * as Trace from "./Trace.ts"

/** How bad things are; all in percent. Changed while a simulation runs. */
export interface Weather extends ProviderWorld.Weather, MediaWorld.MediaWeather, FaultyDisks.Disks, Network.Roads {}

export const calm: Weather = {
  railTrouble: 0,
  hintsLost: 0,
  mediaTrouble: 0,
  answersLost: 0,
  artifactsFull: 0,
  spoolFull: 0,
  unreadable: 0,
  networkTrouble: 0
}

/** Everything of one simulation, out of one seed. */
export const make = (seed: number, mutation: Mutation) => {
  const dice = Dice.make(seed)
  const weather: Weather = { ...calm, hintsLost: dice.pick(0, 30, 100) }
  const timeline = Timeline.make(dice, firstDay)
  const trace = Trace.make(timeline.elapsed)
  const outside: Timeline.Owner = { isAlive: true }
  const secrets = Secrets.make(Dice.make(seed + 1_000_003))
  const issued = IssuedIds.make()
  const database = Database.make()
  const telemetry: Array<TelemetryRecord> = []
  const violations: Array<CheckAnswers.Violation> = []
  const broken = (message: string): void =>
    void violations.push({ invariant: "nothing unforeseen happens", message: message.slice(0, 2_000) })

  /** Runs to its end what nothing can delay. */
  const now = <A, E>(effect: Effect.Effect<A, E>): A =>
    Effect.runSync(Effect.orDie(Effect.provideContext(effect, timeline.contextOf(outside, broken))))

  const durable = now(Effect.scoped(Layer.build(Durable.layer(database, issued, secrets))))
  const media = MediaWorld.make(dice, weather)
  const payments = ProviderWorld.make(dice, weather)
  const seen = observer(database, durable, issued)
  const answers = CheckAnswers.make(seen, secrets)

  const process = ServiceProcess.make({
    timeline,
    durable,
    disks: (faults) => FaultyDisks.layer(dice, weather, faults),
    media,
    payments,
    telemetry: { record: (record) => Effect.sync(() => void telemetry.push(record)) },
    issued,
    mutation,
    abandon: database.abandon,
    broken
  })

  const network = Network.make({
    dice,
    timeline,
    world: outside,
    roads: weather,
    process,
    delivered: answers.delivered,
    answered: (exchange, answer) => void violations.push(...answers.check(exchange, answer))
  })

  const clientIds = now(
    Effect.scoped(Effect.map(Layer.build(IssuedIds.make().layer), (built) => Context.get(built, Ids)))
  )
  const scene: Agents.Scene = {
    dice,
    secrets,
    network,
    ids: clientIds,
    agents: ["ann", "bob", "eve"].map(Agents.newAgent),
    pay: payments.happenTo,
    trace: trace.line
  }

  /** Whatever somebody outside does, until it is done. */
  const begin = (deed: Effect.Effect<unknown>): void =>
    timeline.post(outside, () => {
      Effect.runForkWith(timeline.contextOf(outside, broken))(deed)
    })

  const kept = Kept.make({ durable, issued, database, media, telemetry, seen, now, days: () => daysOf(timeline) })

  return {
    kept,
    dice,
    weather,
    timeline,
    trace,
    secrets,
    database,
    media,
    payments,
    seen,
    answers,
    process,
    scene,
    begin,
    violations
  }
}

export type World = ReturnType<typeof make>

/** 2026-01-02T03:04:05.678Z */
const firstDay = 1_767_323_045_678
const day = 86_400_000

/** Every day that somebody may have acted on, whatever the clock said. */
const daysOf = ({ elapsed }: Timeline.Timeline): ReadonlyArray<string> =>
  Array.from({ length: Math.ceil(elapsed() / day) + 2 }, (_, index) =>
    DateTime.formatIsoDateUtc(DateTime.makeUnsafe(firstDay + (index - 1) * day))
  )
