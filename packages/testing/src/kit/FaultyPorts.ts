import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Agents } from "@image-skill/core/identity/Agents"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Blow, FaultPoint } from "./FaultPlan.ts"

/** One life of a service. What is dead writes nothing and asks nobody. */
export interface Process {
  readonly isDead: () => boolean
  /** What befalls the next call at a point. */
  readonly take: (at: FaultPoint) => Blow | null
  /** Ends this life: whatever it does next dies with it. */
  readonly crash: Effect.Effect<never>
}

const died = Effect.die(new Error("the process of the fake service has died"))

/**
 * One call at a point of the plan. `refused` is how it fails where the plan says so; the blow `crash` lets the call do
 * its work first.
 */
export const struck = <A, E>(
  process: Process,
  at: FaultPoint,
  call: Effect.Effect<A, E>,
  refused: (blow: Blow["_tag"]) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    if (process.isDead()) return died
    const blow = process.take(at)
    if (blow === null) return call
    switch (blow._tag) {
      case "crash":
        return Effect.andThen(Effect.exit(call), process.crash)
      case "delay":
        return Effect.andThen(Effect.sleep(Duration.millis(blow.millis)), call)
      case "drop_answer":
        return Effect.andThen(Effect.exit(call), refused("drop_answer"))
      default:
        return refused(blow._tag)
    }
  })

const noStore = (blow: Blow["_tag"]): Effect.Effect<never, StoreUnavailable> =>
  Effect.fail(
    blow === "disk_full"
      ? new StoreUnavailable({ reason: "full", message: "the fault plan says that the disk is full" })
      : new StoreUnavailable({ reason: "busy", message: "the fault plan says that the database is busy" })
  )

const noBytes = (blow: Blow["_tag"]): Effect.Effect<never, ArtifactStoreFailed> =>
  Effect.fail(
    blow === "disk_full"
      ? new ArtifactStoreFailed({ reason: "full", message: "the fault plan says that the disk is full" })
      : new ArtifactStoreFailed({ reason: "unreachable", message: "the fault plan says that nobody is there" })
  )

type Rows = Store | LedgerStore | PaymentStore | ActivityLog | JobStore | Assets | Agents | DailySlots
type Bytes = ArtifactStore | AnswerSpool

/** The rows and bytes that outlive a process, as one life of it sees them. */
export const layer = (process: Process): Layer.Layer<Rows | Bytes, never, Rows | Bytes> =>
  Layer.merge(rows(process), bytes(process))

const rows = (process: Process): Layer.Layer<Rows, never, Rows> => {
  const hard =
    <Input extends ReadonlyArray<unknown>, A>(write: (...input: Input) => Effect.Effect<A, StoreUnavailable>) =>
    (...input: Input): Effect.Effect<A, StoreUnavailable> =>
      struck(process, "store.write", write(...input), noStore)
  return Layer.effectContext(
    Effect.gen(function* () {
      const store = yield* Store
      const ledger = yield* LedgerStore
      const payments = yield* PaymentStore
      const activity = yield* ActivityLog
      const jobs = yield* JobStore
      const assets = yield* Assets
      const agents = yield* Agents
      const slots = yield* DailySlots
      return Context.make(Store, Store.of({ ...store, transaction: committing(process, store) })).pipe(
        Context.add(LedgerStore, {
          ...ledger,
          append: hard(ledger.append),
          insertHold: hard(ledger.insertHold),
          closeHold: hard(ledger.closeHold),
          setDebt: hard(ledger.setDebt)
        }),
        Context.add(PaymentStore, {
          ...payments,
          insertQuote: hard(payments.insertQuote),
          updateQuote: hard(payments.updateQuote),
          insertAttempt: hard(payments.insertAttempt),
          rememberKey: hard(payments.rememberKey),
          updateAttempt: hard(payments.updateAttempt),
          insertReceipt: hard(payments.insertReceipt),
          updateReversed: hard(payments.updateReversed),
          insertReversal: hard(payments.insertReversal),
          insertEvent: hard(payments.insertEvent),
          updateEvent: hard(payments.updateEvent),
          setNote: hard(payments.setNote)
        }),
        Context.add(ActivityLog, { ...activity, append: hard(activity.append) }),
        Context.add(JobStore, {
          ...jobs,
          insert: hard(jobs.insert),
          claim: hard(jobs.claim),
          renew: hard(jobs.renew),
          release: hard(jobs.release),
          update: hard(jobs.update),
          reopen: hard(jobs.reopen),
          requestCancel: hard(jobs.requestCancel)
        }),
        Context.add(Assets, {
          ...assets,
          insert: hard(assets.insert),
          insertThumbnail: hard(assets.insertThumbnail),
          markDeleted: hard(assets.markDeleted),
          noteUnused: hard(assets.noteUnused),
          forgetUnused: hard(assets.forgetUnused)
        }),
        Context.add(Agents, { ...agents, insert: hard(agents.insert), rotate: hard(agents.rotate) }),
        Context.add(DailySlots, { ...slots, take: hard(slots.take), giveBack: hard(slots.giveBack) })
      )
    })
  )
}

/** A commit that fails undoes the transaction; a process that dies at it has committed. */
const committing =
  (process: Process, store: Store["Service"]): Store["Service"]["transaction"] =>
  (effect) =>
    Effect.suspend(() => {
      if (process.isDead()) return died
      const blow = process.take("store.commit")
      if (blow === null) return store.transaction(effect)
      if (blow._tag === "crash") return Effect.andThen(store.transaction(effect), process.crash)
      return store.transaction(Effect.andThen(effect, noStore(blow._tag)))
    })

const bytes = (process: Process): Layer.Layer<Bytes, never, Bytes> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const spool = yield* AnswerSpool
      return Context.make(ArtifactStore, {
        ...artifacts,
        put: (content) => struck(process, "artifact.write", artifacts.put(content), noBytes),
        putStream: (body, maxBytes) => struck(process, "artifact.write", artifacts.putStream(body, maxBytes), noBytes),
        get: (sha256, range) => struck(process, "artifact.read", artifacts.get(sha256, range), noBytes),
        stream: (sha256, range) =>
          Stream.unwrap(struck(process, "artifact.read", Effect.succeed(artifacts.stream(sha256, range)), noBytes))
      }).pipe(
        Context.add(AnswerSpool, {
          ...spool,
          put: (jobId, answer) => struck(process, "spool.write", spool.put(jobId, answer), noBytes)
        })
      )
    })
  )
