import type { GuideAnswer } from "../guide/GuideAnswer.ts"
import type { PlanAnswer } from "../payments/PlanAnswer.ts"
import type { answers } from "../service/Answers.ts"
import type { OperationId } from "../service/Operations.ts"
import type { AgentOperationId, agentOperations } from "./AgentOperations.ts"

/** What was saved of an asset (contract/cli.md 6.15). */
export interface SavedAsset {
  readonly request: { readonly reference: string; readonly reference_type: string }
  readonly asset: (typeof answers)["assetsShow"]["Encoded"]["asset"]
  readonly download: {
    readonly output_path: string
    readonly bytes: number
    readonly content_type: string | null
    readonly content_length_header: number | null
    readonly overwritten: boolean
  }
}

/** A purchase on any of the rails. */
type Bought = (typeof answers)["creditsBuyCheckout" | "creditsFakePurchase"]["Encoded"]

/** What is decided on this side, and answered otherwise than one operation of the service does. */
interface OwnData {
  readonly guide: (typeof GuideAnswer)["Encoded"]
  readonly creditsPlan: (typeof PlanAnswer)["Encoded"]
  readonly creditsBuy: Bought
  readonly assetsGet: SavedAsset
}

type Answered<K extends AgentOperationId> = (typeof agentOperations)[K]["answers"]

/**
 * The `data` of an answer with `ok: true`, in the names of the wire: what the contract says of it. A service of somebody
 * else may say more, and what is optional here may be missing there.
 */
export type AgentData<K extends AgentOperationId> = K extends keyof OwnData
  ? OwnData[K]
  : Answered<K> extends OperationId
    ? (typeof answers)[Answered<K>]["Encoded"]
    : never
