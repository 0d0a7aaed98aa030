import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import { RecordedRequests } from "../service/MemoryTelemetrySink.ts"
import { signUp } from "./FakeAgents.ts"
import type { Settings } from "./FakeOptions.ts"
import * as FakeWorld from "./FakeWorld.ts"
import type { FaultBoard } from "./FaultPlan.ts"
import type { Process } from "./FaultyPorts.ts"
import * as Network from "./Network.ts"
import { promised } from "./Promised.ts"
import * as VirtualClock from "./VirtualClock.ts"

/**
 * The lives of a fake service, one after the other: each is a process with its programs and HTTP routes, over rows and
 * bytes that outlive it. Whatever waits for an answer when a process dies gets a broken connection.
 */
export const make = async (settings: Settings, faults: FaultBoard, baseUrl: string) => {
  let isBusy = false
  const rested = () => {
    isBusy = false
  }
  const clock = VirtualClock.make({
    startAt: settings.startAt,
    mode: settings.clock,
    tick: () => {
      if (isBusy) return
      isBusy = true
      inLife(chores).then(rested, rested)
    }
  })
  const everything = Scope.makeUnsafe()
  const run = <A, E>(work: Effect.Effect<A, E>, process = forever): Promise<A> =>
    Effect.runPromiseWith(around(clock, process))(work)
  const world = await run(FakeWorld.make(settings, baseUrl).pipe(Scope.provide(everything)))
  const agents = await run(signUp(world, settings))
  const prepared = await run(
    Effect.all({
      requests: Effect.map(Context.get(world.kept, RecordedRequests).all, (all) => all.length),
      payments: Effect.map(Context.get(world.kept, PaymentStore).dump, ({ attempts }) => attempts.length)
    })
  )

  const begin = async () => {
    const process = makeProcess(faults.take, () => {
      current = begin()
      // Nobody may be waiting for the next life right now.
      current.catch(() => undefined)
    })
    const scope = Scope.forkUnsafe(everything)
    const services = await run(Layer.buildWithScope(world.life(process), scope), process)
    const context = Context.merge(services, around(clock, process))
    const app = await run(HttpApp.make(baseUrl).pipe(Scope.provide(scope), Effect.provideContext(context)), process)
    return {
      process,
      services,
      handle: HttpEffect.toWebHandlerWith<FakeWorld.Life, Scope.Scope | HttpServerRequest.HttpServerRequest>(context)(
        fromStrangers(app)
      )
    }
  }
  let current = begin()
  await current

  const inLife = async <A, E>(work: Effect.Effect<A, E, FakeWorld.Life>): Promise<A> => {
    const { process, services } = await current
    return run(Effect.provideContext(work, services), process)
  }
  const kill = async (): Promise<void> => {
    const { process } = await current
    process.kill()
    await current
  }
  const carry = Network.faulty(
    async (request) => {
      const { handle, process } = await current
      return Promise.race([handle(request), process.died])
    },
    { board: faults, crash: kill, sleep: (millis) => run(Effect.sleep(millis)) }
  )
  return {
    world,
    agents,
    /** How much there was before the test began, of what a test counts. */
    prepared,
    clock,
    run,
    /** Does something within the life that there is now; time may have to pass for it. */
    inLife: <A, E>(work: Effect.Effect<A, E, FakeWorld.Life>) => clock.awaiting(inLife(work)),
    kill,
    carry: async (request: Request) => {
      const whole = await Network.sized(request)
      return clock.awaiting(carry(whole))
    },
    end: async (): Promise<void> => {
      const { process } = await current
      process.end()
      // Work that never ends by itself is left behind with its process.
      Effect.runFork(Scope.close(everything, Exit.void))
    }
  }
}

export type FakeLives = Awaited<ReturnType<typeof make>>

const forever = { isDead: () => false }

/** What everything runs with: virtual time, work that is counted, and no log. */
const around = (clock: VirtualClock.VirtualClock, process: { readonly isDead: () => boolean }) =>
  Context.make(Clock.Clock, clock.of(process)).pipe(
    Context.add(Scheduler.Scheduler, clock.scheduler),
    Context.add(Logger.CurrentLoggers, new Set())
  )

/** What a service does now and then, whoever asks for anything or not. */
export const chores = Effect.gen(function* () {
  const { wake } = yield* JobRunner
  const { expire, tidy } = yield* AssetCare
  const { sweep } = yield* Fulfilment
  for (const work of [wake(atOnce), expire(atOnce), tidy(atOnce), sweep(atOnce)]) yield* Effect.exit(work)
})

const atOnce = 32

const died = () => new Error("the process of the fake service has died")

const makeProcess = (take: Process["take"], next: () => void) => {
  let isDead = false
  const lasting = promised<never>()
  // Most lives end without anybody waiting.
  lasting.promise.catch(() => undefined)
  const end = () => {
    isDead = true
    lasting.reject(Network.connectionReset())
  }
  const kill = () => {
    if (isDead) return
    end()
    next()
  }
  return {
    isDead: () => isDead,
    take,
    died: lasting.promise,
    kill,
    end,
    crash: Effect.suspend(() => {
      kill()
      return Effect.die(died())
    })
  }
}

/**
 * Requests come from elsewhere, as they do on a real service, so that rate limits hold; one with `x-forwarded-for`
 * comes from there.
 */
const fromStrangers = <A, E, R>(app: Effect.Effect<A, E, R>) =>
  Effect.updateService(app, HttpServerRequest.HttpServerRequest, (request) =>
    request.modify({
      remoteAddress: Option.some(request.headers["x-forwarded-for"] === undefined ? "203.0.113.1" : "127.0.0.1")
    })
  )
