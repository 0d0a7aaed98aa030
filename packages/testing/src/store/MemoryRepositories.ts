import type { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Layer from "effect/Layer"
import * as MemoryActivityLog from "../activity/MemoryActivityLog.ts"
import * as MemoryDailySlots from "../credits/MemoryDailySlots.ts"
import * as MemoryLedgerStore from "../credits/MemoryLedgerStore.ts"
import * as MemorySpendPolicies from "../credits/MemorySpendPolicies.ts"
import * as MemoryFeedbackStore from "../feedback/MemoryFeedbackStore.ts"
import * as MemoryAgents from "../identity/MemoryAgents.ts"
import * as MemoryClaimRequests from "../identity/MemoryClaimRequests.ts"
import * as MemoryJobStore from "../jobs/MemoryJobStore.ts"
import * as MemoryAssets from "../media/MemoryAssets.ts"
import * as MemoryPaymentResolutions from "../payments/MemoryPaymentResolutions.ts"
import * as MemoryPaymentStore from "../payments/MemoryPaymentStore.ts"
import * as MemoryStore from "./MemoryStore.ts"
import type { Repositories } from "./StoreSuite.ts"

/** The whole database in memory. */
export const layer: Layer.Layer<Repositories, never, SecretBytes> = Layer.mergeAll(
  MemoryAgents.layer,
  MemorySpendPolicies.layer,
  MemoryClaimRequests.layer,
  MemoryFeedbackStore.layer,
  MemoryLedgerStore.layer,
  MemoryDailySlots.layer,
  MemoryActivityLog.layer,
  MemoryJobStore.layer,
  MemoryAssets.layer,
  MemoryPaymentResolutions.layer.pipe(Layer.provideMerge(MemoryPaymentStore.layer))
).pipe(Layer.provideMerge(MemoryStore.layer))
