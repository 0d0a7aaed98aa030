import type { Digest } from "@image-skill/core/envelope/Digest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import type { Caller } from "@image-skill/core/identity/Identity"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import type { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import type { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentEvents, type ProviderEvent } from "@image-skill/core/payments/PaymentEvents"
import { Service } from "@image-skill/core/service/Service"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import { TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as FaultyStores from "../payments/FaultyStores.ts"
import type { ProviderWorld } from "../payments/ProviderWorld.ts"
import * as MemoryService from "../service/MemoryService.ts"
import type { Repositories } from "../store/StoreSuite.ts"
import * as FaultyRows from "./FaultyRows.ts"
import type { IssuedIds } from "./IssuedIds.ts"
import type { MediaWorld } from "./MediaWorld.ts"
import * as Mutation from "./Mutation.ts"
import { never, type Owner, type Timeline } from "./Timeline.ts"

/** What outlives a process. */
export type Durable = Repositories | ArtifactStore | AnswerSpool | Ids | SecretBytes | Digest

export interface ServiceProcess {
  /** Starts a process where none is running. */
  readonly start: () => void
  readonly isRunning: () => boolean
  /** The next call of a port number `after` from now on fails, or ends the process. */
  readonly aim: (after: number, blow: FaultyStores.Blow) => void
  /** Ends it at once: nothing is undone, nothing is answered. */
  readonly kill: () => void
  /** Ends it as a signal does: what runs is interrupted and may tidy up. */
  readonly stop: () => void
  /** Answers a request, or never, if the process dies before it has; `lost` is run then. */
  readonly handle: (request: ServiceRequest, answered: (answer: Answer) => void, lost: () => void) => void
  /** What a server does on its own, from time to time. */
  readonly tick: (work: Work) => void
  /** Takes a hint of the payment provider, as a webhook brings it. */
  readonly hear: (hint: ProviderEvent) => void
  readonly counts: () => { readonly starts: number; readonly crashes: number; readonly failures: number }
}

export interface ServiceRequest {
  readonly operation: JsonOperationId
  readonly body: unknown
  readonly caller: Caller
}

export type Work = "jobs" | "payments" | "events" | "tidy"

interface Life {
  readonly owner: Owner
  readonly scope: Scope.Closeable
  readonly lost: Set<() => void>
  services: Context.Context<Services> | null
}

type Services = Service | JobRunner | Fulfilment | AssetCare

export interface ProcessOptions {
  readonly timeline: Timeline
  readonly durable: Context.Context<Durable>
  readonly disks: (
    faults: FaultyStores.Faults
  ) => Layer.Layer<ArtifactStore | AnswerSpool, never, ArtifactStore | AnswerSpool>
  readonly media: MediaWorld
  readonly payments: ProviderWorld
  readonly telemetry: TelemetrySink["Service"]
  readonly issued: IssuedIds
  readonly mutation: Mutation.Mutation
  /** The database lets go of a process that died. */
  readonly abandon: () => void
  /** A defect, or an error that was logged. */
  readonly broken: (message: string) => void
}

/** The service as one process after the other, over rows and bytes that outlive each of them. */
export const make = (options: ProcessOptions): ServiceProcess => {
  const { abandon, broken, timeline } = options
  const counts = { starts: 0, crashes: 0, failures: 0 }
  let life: Life | null = null
  let left = -1
  let aimed: FaultyStores.Blow = "none"

  const end = (): void => {
    const dead = life
    if (dead === null) return
    life = null
    dead.owner.isAlive = false
    abandon()
    for (const lost of dead.lost) lost()
  }

  const kill = (): void => {
    if (life !== null) counts.crashes += 1
    end()
  }

  const faultsOf = (owner: Owner): FaultyStores.Faults => ({
    next: () => {
      if (!owner.isAlive) return "crash"
      left -= 1
      if (left !== 0) return "none"
      if (aimed === "fail") counts.failures += 1
      return aimed
    },
    crash: Effect.suspend(() => {
      if (owner.isAlive) kill()
      return never
    })
  })

  const fork = <A, E>(owner: Owner, effect: Effect.Effect<A, E>, ended: (exit: Exit.Exit<A, E>) => void): void =>
    timeline.post(owner, () => {
      Effect.runForkWith(timeline.contextOf(owner, broken))(effect).addObserver(ended)
    })

  const start = (): void => {
    if (life !== null) return
    counts.starts += 1
    const owner: Owner = { isAlive: true }
    const fresh: Life = { owner, scope: Scope.makeUnsafe(), lost: new Set(), services: null }
    life = fresh
    fork(owner, Layer.buildWithScope(layerOf(options, faultsOf(owner)), fresh.scope), (exit) => {
      if (Exit.isSuccess(exit)) fresh.services = exit.value
      else broken(`the service did not start: ${Cause.pretty(exit.cause)}`)
    })
  }

  const run = <A, E>(work: Effect.Effect<A, E, Services>): void => {
    const { owner, services } = life ?? nobody
    if (services === null) return
    fork(owner, Effect.provideContext(work, services), (exit) => {
      if (Exit.isFailure(exit) && Cause.hasDies(exit.cause)) broken(Cause.pretty(exit.cause))
    })
  }

  return {
    start,
    isRunning: () => (life ?? nobody).services !== null,
    aim: (after, blow) => {
      left = after + 1
      aimed = blow
    },
    kill,
    stop: () => {
      const stopping = life
      if (stopping === null) return
      fork(stopping.owner, Scope.close(stopping.scope, Exit.void), () => {
        if (life === stopping) end()
      })
    },
    handle: ({ body, caller, operation }, answered, lost) => {
      const { lost: waiting, owner, services } = life ?? nobody
      if (services === null) return lost()
      waiting.add(lost)
      fork(owner, Context.get(services, Service).handle(operation, body, caller), (exit) => {
        waiting.delete(lost)
        if (Exit.isSuccess(exit)) return answered(exit.value)
        if (Cause.hasDies(exit.cause)) broken(Cause.pretty(exit.cause))
        lost()
      })
    },
    tick: (work) => run(workOf(work)),
    hear: (hint) =>
      run(Effect.flatMap(Fulfilment, (fulfilment) => Effect.andThen(fulfilment.take(hint), fulfilment.sweep(limit)))),
    counts: () => counts
  }
}

const nobody: Omit<Life, "scope"> = { owner: { isAlive: false }, lost: new Set(), services: null }

const limit = 32

const workOf = (work: Work): Effect.Effect<void, never, Services> => {
  switch (work) {
    case "jobs":
      return Effect.flatMap(JobRunner, ({ wake }) => Effect.ignore(wake(limit)))
    case "payments":
      return Effect.flatMap(Fulfilment, ({ sweep }) => Effect.ignore(sweep(limit)))
    case "events":
      return Effect.flatMap(Fulfilment, ({ catchUp }) => Effect.ignore(catchUp))
    case "tidy":
      return Effect.flatMap(AssetCare, ({ expire, tidy }) =>
        Effect.andThen(Effect.ignore(expire(limit)), Effect.ignore(tidy(limit)))
      )
  }
}

/** Enough for a busy day, and every limit near enough to be met. */
const limits = {
  previewCredits: 150,
  dailyJobsOnPreview: 25,
  signupsPerHour: 40,
  uploadsPerHour: 30,
  requestsPerMinute: 300,
  mediaRetentionDays: 2
}

const layerOf = (
  { disks, durable, issued, media, mutation, payments, telemetry }: ProcessOptions,
  faults: FaultyStores.Faults
): Layer.Layer<Services> => {
  const { provider = same, rail = same, service = same } = mutation
  const programs = MemoryService.programs({
    limits,
    models: media.models,
    providers: media.providersFor(faults).map(provider),
    rails: payments.rails.map(rail),
    events: Layer.succeed(PaymentEvents, payments.events),
    telemetry: Layer.succeed(TelemetrySink, telemetry)
  })
  return Layer.effect(Service, Effect.map(Service, service)).pipe(
    Layer.provideMerge(programs),
    Layer.provideMerge(Mutation.layer(mutation, issued)),
    Layer.provideMerge(Layer.mergeAll(FaultyRows.layer(faults), FaultyStores.layer(faults), disks(faults))),
    Layer.provideMerge(Layer.succeedContext(durable))
  )
}

const same = <A>(value: A): A => value
