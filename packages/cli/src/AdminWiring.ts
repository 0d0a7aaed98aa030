import { existsSync } from "node:fs"
import { join } from "node:path"
import * as FilePolicy from "@image-skill/adapters/credits/FilePolicy"
import * as SqliteLedgerStore from "@image-skill/adapters/credits/SqliteLedgerStore"
import * as SqliteSpendPolicies from "@image-skill/adapters/credits/SqliteSpendPolicies"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as SqliteAgentRegister from "@image-skill/adapters/identity/SqliteAgentRegister"
import * as SqliteClaimRequests from "@image-skill/adapters/identity/SqliteClaimRequests"
import * as SqlitePaymentResolutions from "@image-skill/adapters/payments/SqlitePaymentResolutions"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import { OwnerPolicyFile } from "@image-skill/core/credits/SpendPolicies"
import { Administration } from "@image-skill/core/service/Administration"
import * as Layer from "effect/Layer"

/** Whether there is anything to administer: a mistyped folder must not become a new one. */
export const hasData = (dataFolder: string): boolean => existsSync(join(dataFolder, SqliteStore.fileName))

export const policyPath = (dataFolder: string): string => join(dataFolder, FilePolicy.fileName)

/** What operators need of a data folder, beside whatever server runs on it. */
export const administration = (dataFolder: string) =>
  Administration.layer.pipe(
    Layer.provide(PolicyDesk.layer),
    Layer.provide(SpendGuard.layer),
    Layer.provide(
      Layer.mergeAll(
        SqliteAgentRegister.layer(SqliteStore.unavailable),
        SqliteClaimRequests.layer(SqliteStore.unavailable),
        SqliteSpendPolicies.layer(SqliteStore.unavailable),
        SqliteLedgerStore.layer(SqliteStore.unavailable),
        SqlitePaymentResolutions.layer(SqliteStore.unavailable)
      )
    ),
    Layer.provide(SqliteStore.layer(dataFolder)),
    Layer.provide(Layer.succeed(OwnerPolicyFile, FilePolicy.inFolder(dataFolder))),
    Layer.provide(Layer.merge(NodeDigest.layer, NodeSecretBytes.layer))
  )
