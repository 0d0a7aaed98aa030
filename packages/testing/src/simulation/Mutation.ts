import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Digest } from "@image-skill/core/envelope/Digest"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { Service } from "@image-skill/core/service/Service"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { IssuedIds } from "./IssuedIds.ts"

export interface Mutable {
  readonly jobs: JobStore["Service"]
  readonly ledger: LedgerStore["Service"]
  readonly assets: Assets["Service"]
  readonly payments: PaymentStore["Service"]
  readonly activity: ActivityLog["Service"]
  readonly feedback: FeedbackStore["Service"]
  readonly artifacts: ArtifactStore["Service"]
  readonly spool: AnswerSpool["Service"]
  readonly slots: DailySlots["Service"]
  readonly digest: Digest["Service"]
}

/** Other code in the place of ours, for those who test the simulator: each wraps what it replaces. */
export interface Mutation {
  readonly ports?: (ports: Mutable, issued: IssuedIds) => { readonly [P in keyof Mutable]?: Partial<Mutable[P]> }
  readonly provider?: (provider: MediaProvider) => MediaProvider
  readonly rail?: (rail: PaymentRail) => PaymentRail
  readonly service?: (service: Service["Service"]) => Service["Service"]
}

type Ports =
  | JobStore
  | LedgerStore
  | Assets
  | PaymentStore
  | ActivityLog
  | FeedbackStore
  | ArtifactStore
  | AnswerSpool
  | DailySlots
  | Digest

/** The ports as the mutated code uses them. */
export const layer = ({ ports }: Mutation, issued: IssuedIds): Layer.Layer<Ports, never, Ports> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const ledger = yield* LedgerStore
      const assets = yield* Assets
      const payments = yield* PaymentStore
      const activity = yield* ActivityLog
      const feedback = yield* FeedbackStore
      const artifacts = yield* ArtifactStore
      const spool = yield* AnswerSpool
      const slots = yield* DailySlots
      const digest = yield* Digest
      const ours: Mutable = { jobs, ledger, assets, payments, activity, feedback, artifacts, spool, slots, digest }
      const theirs = ports?.(ours, issued) ?? {}
      return Context.make(JobStore, { ...jobs, ...theirs.jobs }).pipe(
        Context.add(LedgerStore, { ...ledger, ...theirs.ledger }),
        Context.add(Assets, { ...assets, ...theirs.assets }),
        Context.add(PaymentStore, { ...payments, ...theirs.payments }),
        Context.add(ActivityLog, { ...activity, ...theirs.activity }),
        Context.add(FeedbackStore, { ...feedback, ...theirs.feedback }),
        Context.add(ArtifactStore, { ...artifacts, ...theirs.artifacts }),
        Context.add(AnswerSpool, { ...spool, ...theirs.spool }),
        Context.add(DailySlots, { ...slots, ...theirs.slots }),
        Context.add(Digest, { ...digest, ...theirs.digest })
      )
    })
  )
