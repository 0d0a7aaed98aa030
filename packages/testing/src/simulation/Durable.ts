import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryActivityLog from "../activity/MemoryActivityLog.ts"
import * as MemoryDailySlots from "../credits/MemoryDailySlots.ts"
import * as MemoryLedgerStore from "../credits/MemoryLedgerStore.ts"
import * as MemorySpendPolicies from "../credits/MemorySpendPolicies.ts"
import * as MemoryFeedbackStore from "../feedback/MemoryFeedbackStore.ts"
import * as MemoryAgents from "../identity/MemoryAgents.ts"
import * as MemoryClaimRequests from "../identity/MemoryClaimRequests.ts"
import * as MemoryJobStore from "../jobs/MemoryJobStore.ts"
import * as MemoryAnswerSpool from "../media/MemoryAnswerSpool.ts"
import * as MemoryArtifactStore from "../media/MemoryArtifactStore.ts"
import * as MemoryAssets from "../media/MemoryAssets.ts"
import * as MemoryPaymentResolutions from "../payments/MemoryPaymentResolutions.ts"
import * as MemoryPaymentStore from "../payments/MemoryPaymentStore.ts"
import type { Database } from "./Database.ts"
import type { IssuedIds } from "./IssuedIds.ts"
import type { Secrets } from "./Secrets.ts"
import type { Durable } from "./ServiceProcess.ts"

/** Rows, bytes and sources of ids that outlive every process. */
export const layer = (database: Database, issued: IssuedIds, secrets: Secrets): Layer.Layer<Durable> =>
  assets.pipe(Layer.provideMerge(rows(database, issued, secrets)))

/** Rows that outlive a process also know of outputs whose job has not ended (core/media/Assets). */
const assets = Layer.effect(
  Assets,
  Effect.gen(function* () {
    const known = yield* Assets
    const jobs = yield* JobStore
    const isAwaited = (sha256: string) =>
      Effect.map(jobs.due(lastDay, 10_000), (open) =>
        open.some(({ produced }) => produced?.outputs.some((output) => output.sha256 === sha256) === true)
      )
    return Assets.of({
      ...known,
      isInUse: (sha256) =>
        Effect.flatMap(known.isInUse(sha256), (isOwned) => (isOwned ? Effect.succeed(true) : isAwaited(sha256)))
    })
  })
)

const lastDay = "9999-12-31T23:59:59.999Z"

const rows = (database: Database, issued: IssuedIds, secrets: Secrets) =>
  Layer.mergeAll(
    MemoryAgents.layer,
    MemorySpendPolicies.layer,
    MemoryClaimRequests.layer,
    MemoryFeedbackStore.layer,
    MemoryLedgerStore.layer,
    MemoryDailySlots.layer,
    MemoryActivityLog.layer,
    MemoryJobStore.layer,
    MemoryAssets.layer,
    MemoryPaymentResolutions.layer.pipe(Layer.provideMerge(MemoryPaymentStore.layer)),
    MemoryArtifactStore.layer,
    MemoryAnswerSpool.layer
  ).pipe(Layer.provideMerge(Layer.mergeAll(database.layer, issued.layer, secrets.layer, NodeDigest.layer)))
