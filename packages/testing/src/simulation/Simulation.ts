import { exchange } from "./Agents.ts"
import type { Violation } from "./CheckAnswers.ts"
import { act } from "./Deeds.ts"
import * as Judge from "./Judge.ts"
import type { Mutation } from "./Mutation.ts"
import * as World from "./World.ts"

export interface SimulationOptions {
  readonly seed: number
  /** Steps before faults are over; 60 when nothing is said. Each is some things that begin at once, and some time. */
  readonly steps?: number
  readonly mutation?: Mutation
}

/** What happened, and the first thing that was wrong; nothing is, when the code is right. */
export interface SimulationReport {
  readonly seed: number
  /** The step at which it ended. */
  readonly step: number
  /** How many tasks of fibers ran. */
  readonly tasks: number
  readonly starts: number
  readonly crashes: number
  readonly failures: number
  readonly jobs: number
  readonly assets: number
  readonly receipts: number
  readonly providerCalls: number
  /** Of everything that happened: the same seed gives the same. */
  readonly hash: string
  readonly violations: ReadonlyArray<Violation>
  /** The last of what happened, when something was wrong. */
  readonly trace: ReadonlyArray<string>
}

export const ordinarySteps = 60

/**
 * A whole deployment that lives through bad weeks, out of one seed: agents and thieves, a network that loses and doubles,
 * providers that refuse and forget, disks that are full, a process that dies at any step, and a clock that jumps. All
 * invariants are checked after every step; then faults end, and within three and a half hours of simulated time
 * everything has to be settled.
 */
export const simulate = ({ mutation = {}, seed, steps = ordinarySteps }: SimulationOptions): SimulationReport => {
  const world = World.make(seed, mutation)
  const judge = Judge.make(world)
  let step = 0
  let violations: ReadonlyArray<Violation> = []
  const isSound = (found: ReadonlyArray<Violation>): boolean => {
    violations = found
    return found.length === 0
  }
  const attempted = (): boolean => {
    change(world)
    for (step = 1; step <= steps; step += 1) {
      turn(world)
      if (!isSound(judge.afterStep())) return false
    }
    clearUp(world)
    if (!isSound(judge.afterCalm())) return false
    askAgain(world)
    if (!isSound(judge.afterCalm())) return false
    reconcile(world)
    tidyUp(world)
    return isSound(judge.atTheEnd())
  }
  attempted()
  const { books, assets, jobs } = world.seen.state()
  world.trace.line(JSON.stringify(books.ledger.accounts))
  return {
    seed,
    step,
    tasks: world.timeline.tasks(),
    ...world.process.counts(),
    jobs: jobs.length,
    assets: assets.length,
    receipts: books.payments.receipts.length,
    providerCalls: world.media.calls(),
    hash: world.trace.hash(),
    violations,
    trace: violations.length === 0 ? [] : world.trace.last(40)
  }
}

/** Some things begin at once, at whatever is under way; then some time passes. */
const turn = (world: World.World): void => {
  const { begin, dice, payments, process, scene, timeline, trace } = world
  if (dice.chance(8)) change(world)
  if (!process.isRunning() && dice.chance(80)) {
    process.start()
    timeline.run(2_000)
    trace.line("a process starts")
  }
  if (dice.chance(12)) process.aim(dice.below(40), dice.chance(60) ? "crash" : "fail")
  for (let count = dice.below(4); count > 0; count -= 1) begin(act(scene))
  for (let count = dice.below(3); count > 0; count -= 1) begin(payments.happen)
  if (dice.chance(25)) hear(world)
  if (dice.chance(30)) process.tick(dice.pick("jobs", "jobs", "payments", "events", "tidy"))
  timeline.run(dice.chance(75) ? 20_000 : dice.between(1, 400))
  const fate = dice.below(100)
  if (fate < 4) {
    trace.line(fate < 2 ? "the process is killed" : "the process is stopped")
    if (fate < 2) process.kill()
    else process.stop()
  }
  wait(world)
}

/** Another weather: mostly good, sometimes bad in one way or in many. */
const change = ({ dice, trace, weather }: World.World): void => {
  const some = (...percents: readonly [number, ...ReadonlyArray<number>]) =>
    dice.chance(45) ? 0 : dice.pick(...percents)
  weather.networkTrouble = some(5, 20, 50)
  weather.mediaTrouble = some(10, 30, 60)
  weather.answersLost = some(5, 20)
  weather.artifactsFull = some(10, 100)
  weather.spoolFull = some(10, 100)
  weather.unreadable = some(5, 30)
  weather.railTrouble = some(8, 20)
  trace.line(`weather ${JSON.stringify(weather)}`)
}

/** A hint of the payment provider, true or not, comes as a webhook does. */
const hear = ({ dice, payments, process }: World.World): void => {
  const hint = dice.chance(90) ? payments.hint() : payments.forge()
  if (hint !== null) process.hear(hint)
}

/** Mostly until something is due, sometimes much longer; and sometimes the clock is set back a little. */
const wait = ({ begin, dice, payments, timeline, trace }: World.World): void => {
  const roll = dice.below(100)
  const next = timeline.untilNext()
  const millis =
    roll < 45 && next !== null
      ? next
      : roll < 80
        ? dice.between(0, 5_000)
        : roll < 93
          ? dice.between(5_000, 240_000)
          : roll < 99
            ? dice.between(240_000, 4_200_000)
            : dice.between(2, 30) * 3_600_000
  timeline.pass(millis)
  if (dice.chance(3)) {
    timeline.setBack(dice.between(100, 90_000))
    trace.line("the clock is set back")
  }
  begin(payments.passTime)
  timeline.run(dice.chance(80) ? 20_000 : dice.between(1, 200))
}

/** Faults end, and a process is there to stay. Every process looks after what is left, as a server does. */
const clearUp = (world: World.World): void => {
  const { begin, payments, process, trace, weather } = world
  trace.line("faults end")
  Object.assign(weather, World.calm)
  process.aim(-1, "none")
  begin(payments.settleDown)
  for (let count = 0; count < 20; count += 1) sweep(world, minute)
  for (let count = 0; count < 12; count += 1) sweep(world, 15 * minute)
}

const sweep = ({ process, timeline }: World.World, pause: number): void => {
  process.start()
  timeline.run(100_000)
  process.tick("jobs")
  process.tick("payments")
  timeline.run(100_000)
  timeline.pass(pause)
  timeline.run(100_000)
}

/** Whoever was left without an answer asks again, and is told what became of it. */
const askAgain = (world: World.World): void => {
  const { agents } = world.scene
  for (const agent of agents) {
    for (const sent of agent.unsure) world.begin(exchange(world.scene, agent, { ...sent, token: agent.token }))
  }
  for (let count = 0; count < 15; count += 1) sweep(world, minute)
}

/** With the payment provider's list of all its events. */
const reconcile = (world: World.World): void => {
  const { process, timeline } = world
  for (let count = 0; count < 20; count += 1) {
    process.tick("events")
    timeline.run(100_000)
  }
  for (let count = 0; count < 4; count += 1) sweep(world, 11 * minute)
}

/** A day later, what nobody owns has gone. */
const tidyUp = (world: World.World): void => {
  sweep(world, 25 * 60 * minute)
  for (let count = 0; count < 12; count += 1) {
    world.process.tick("tidy")
    sweep(world, 3 * minute)
  }
}

const minute = 60_000

/**
 * The seeds of a test run: so many, or `IMAGE_SKILL_SIMULATION_SEEDS` of them, or only the one that
 * `IMAGE_SKILL_SIMULATION_SEED` names.
 */
export { seedsOf } from "../payments/PaymentSimulation.ts"

/** What plays one seed again. */
export const replayCommand = ({ mutant, seed, steps }: { seed: number; steps?: number; mutant?: string }): string =>
  [
    "npm run simulate --",
    `--seed ${seed}`,
    ...(steps === undefined || steps === ordinarySteps ? [] : [`--steps ${steps}`]),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`])
  ].join(" ")
