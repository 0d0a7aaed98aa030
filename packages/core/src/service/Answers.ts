import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"
import { ActivityListAnswer, ActivityShowAnswer } from "./answers/Activity.ts"
import { AssetsDeleteAnswer, AssetsListAnswer, AssetsShowAnswer } from "./answers/Assets.ts"
import { CapabilitiesListAnswer, CapabilitiesShowAnswer } from "./answers/Capabilities.ts"
import { ClaimAnswer } from "./answers/Claim.ts"
import { CreateAnswer, EditAnswer } from "./answers/Create.ts"
import { FeedbackAnswer } from "./answers/Feedback.ts"
import { SignupAnswer, WhoamiAnswer } from "./answers/Identity.ts"
import { JobsCancelAnswer, JobsListAnswer } from "./answers/JobActions.ts"
import { JobsShowAnswer } from "./answers/Jobs.ts"
import { LineageAnswer } from "./answers/LineageTree.ts"
import { ModelsShowAnswer } from "./answers/Models.ts"
import { ModelsListAnswer } from "./answers/ModelsList.ts"
import { CreditPacksAnswer, PaymentMethodsAnswer } from "./answers/Payments.ts"
import { StatusAnswer } from "./answers/PaymentStatus.ts"
import { FakePurchaseAnswer, PurchaseAnswer } from "./answers/Purchases.ts"
import { QuotaAnswer } from "./answers/Quota.ts"
import { QuoteAnswer } from "./answers/Quotes.ts"
import { SpendPolicyAnswer } from "./answers/SpendPolicy.ts"
import { UploadAnswer } from "./answers/Uploads.ts"
import type { OperationId } from "./Operations.ts"

const Check = Schema.Literals(["ok", "failed"])

/** contract/api.md 12.2. */
const HealthAnswer = wire({
  status: Schema.Literal("ok"),
  apiVersion: Schema.String,
  mediaBaseUrl: Schema.String,
  checks: wire({ database: Check, artifactStorage: Check, feedbackStorage: Check, modelRegistry: Check }),
  time: Schema.String
})

/** What each operation answers in `data`. */
export const answers = {
  healthz: HealthAnswer,
  signup: SignupAnswer,
  whoami: WhoamiAnswer,
  quota: QuotaAnswer,
  paymentMethods: PaymentMethodsAnswer,
  creditPacks: CreditPacksAnswer,
  creditsQuote: QuoteAnswer,
  creditsBuyCheckout: PurchaseAnswer,
  creditsBuyDeposit: PurchaseAnswer,
  creditsFakePurchase: FakePurchaseAnswer,
  creditsStatus: StatusAnswer,
  modelsList: ModelsListAnswer,
  modelsShow: ModelsShowAnswer,
  capabilitiesList: CapabilitiesListAnswer,
  capabilitiesShow: CapabilitiesShowAnswer,
  create: CreateAnswer,
  upload: UploadAnswer,
  uploadStream: UploadAnswer,
  edit: EditAnswer,
  assetsList: AssetsListAnswer,
  assetsShow: AssetsShowAnswer,
  assetsLineage: LineageAnswer,
  assetsDelete: AssetsDeleteAnswer,
  jobsList: JobsListAnswer,
  jobsCancel: JobsCancelAnswer,
  jobsShow: JobsShowAnswer,
  activityList: ActivityListAnswer,
  activityShow: ActivityShowAnswer,
  feedbackCreate: FeedbackAnswer,
  claimRequest: ClaimAnswer,
  spendPolicyShow: SpendPolicyAnswer,
  spendPolicySet: SpendPolicyAnswer
} as const satisfies { readonly [K in OperationId]: Schema.Top }

/** What the service answers to an operation, in code. */
export type AnswerOf<K extends OperationId> = (typeof answers)[K]["Type"]
