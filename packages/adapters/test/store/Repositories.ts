import * as SqliteActivityLog from "@image-skill/adapters/activity/SqliteActivityLog"
import * as SqliteDailySlots from "@image-skill/adapters/credits/SqliteDailySlots"
import * as SqliteLedgerStore from "@image-skill/adapters/credits/SqliteLedgerStore"
import * as SqliteSpendPolicies from "@image-skill/adapters/credits/SqliteSpendPolicies"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as SqliteFeedbackStore from "@image-skill/adapters/feedback/SqliteFeedbackStore"
import * as SqliteAgentRegister from "@image-skill/adapters/identity/SqliteAgentRegister"
import * as SqliteAgents from "@image-skill/adapters/identity/SqliteAgents"
import * as SqliteClaimRequests from "@image-skill/adapters/identity/SqliteClaimRequests"
import * as SqliteJobStore from "@image-skill/adapters/jobs/SqliteJobStore"
import * as SqliteAssets from "@image-skill/adapters/media/SqliteAssets"
import * as SqlitePaymentResolutions from "@image-skill/adapters/payments/SqlitePaymentResolutions"
import * as SqlitePaymentStore from "@image-skill/adapters/payments/SqlitePaymentStore"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"

/** The whole database of a data folder. */
export const inFolder = (folder: string) =>
  Layer.mergeAll(
    SqliteAgents.layer(SqliteStore.unavailable),
    SqliteAgentRegister.layer(SqliteStore.unavailable),
    SqliteSpendPolicies.layer(SqliteStore.unavailable),
    SqlitePaymentResolutions.layer(SqliteStore.unavailable),
    SqliteClaimRequests.layer(SqliteStore.unavailable),
    SqliteFeedbackStore.layer(SqliteStore.unavailable),
    SqliteLedgerStore.layer(SqliteStore.unavailable),
    SqliteDailySlots.layer(SqliteStore.unavailable),
    SqliteActivityLog.layer(SqliteStore.unavailable),
    SqliteJobStore.layer(SqliteStore.unavailable),
    SqliteAssets.layer(SqliteStore.unavailable),
    SqlitePaymentStore.layer(SqliteStore.unavailable)
  ).pipe(Layer.provide(NodeSecretBytes.layer), Layer.provideMerge(SqliteStore.layer(folder)))

/** The same in a folder of its own. */
export const repositories = Layer.unwrap(Effect.map(temporaryFolder, inFolder))
