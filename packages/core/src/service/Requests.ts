import * as Schema from "effect/Schema"
import { SpendPolicyChange } from "../credits/SpendPolicy.ts"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { FeedbackRequest } from "../feedback/FeedbackRequest.ts"
import { ClaimRequestBody } from "../identity/ClaimCommand.ts"
import { SignupRequest } from "../identity/SignupRequest.ts"
import { assetId, CreateRequest } from "../jobs/CreateRequest.ts"
import { EditRequest } from "../jobs/EditRequest.ts"
import { UploadRequest, UploadStreamRequest } from "../media/UploadRequest.ts"
import { customQuotes } from "../payments/CreditPack.ts"
import type { OperationId } from "./Operations.ts"

/** What each operation takes. On the wire a GET's fields are its path segments and query, all of them text. */

const Nothing = wire({})

const pageSize = Field.matching(/^(?:[1-9]\d?|100)$/u, "must be a whole number from 1 to 100")

const ModelsListRequest = wire({
  available: Schema.optionalKey(Field.queryBoolean),
  executable: Schema.optionalKey(Field.queryBoolean),
  catalogOnly: Schema.optionalKey(Field.queryBoolean),
  operation: Schema.optionalKey(Field.line(1, 40)),
  provider: Schema.optionalKey(Field.line(1, 40)),
  modality: Schema.optionalKey(Field.line(1, 20)),
  query: Schema.optionalKey(Field.line(1, 120)),
  limit: Schema.optionalKey(pageSize),
  /** A model id: what stands behind it in the same list. */
  cursor: Schema.optionalKey(Field.line(1, 160)),
  /** Short rows, as later versions of the contract list them. */
  compact: Schema.optionalKey(Field.queryBoolean),
  /** How later clients asked for them before they were the default there. */
  summary: Schema.optionalKey(Field.queryBoolean),
  /** Later clients ask so for full rows, which are what they get anyway. */
  details: Schema.optionalKey(Field.queryBoolean)
})

/** What is no id would read as the end of the list. */
const cursor = (prefix: string) =>
  Field.matching(
    new RegExp(`^${prefix}_[A-Za-z0-9._-]{1,128}$`, "u"),
    `must be taken from next_cursor, such as ${prefix}_8k2t5r0w6d4q1m7x3c9v`
  )

const ActivityListRequest = wire({
  limit: Schema.optionalKey(pageSize),
  subject: Schema.optionalKey(Field.line(1, 160)),
  cursor: Schema.optionalKey(cursor("evt"))
})

const PurchaseRequest = wire({
  quoteId: Field.line(1, 160),
  idempotencyKey: Field.idempotencyKey
})

export const requests = {
  healthz: Nothing,
  signup: SignupRequest,
  whoami: Nothing,
  quota: Nothing,
  paymentMethods: Nothing,
  creditPacks: Nothing,
  creditsQuote: wire({
    credits: Schema.optionalKey(Field.integer(customQuotes.minCredits, customQuotes.maxCredits)),
    packId: Schema.optionalKey(Field.line(1, 80)),
    paymentMethod: Schema.optionalKey(Field.line(1, 80)),
    idempotencyKey: Schema.optionalKey(Field.idempotencyKey)
  }),
  creditsBuyCheckout: PurchaseRequest,
  creditsBuyDeposit: PurchaseRequest,
  creditsFakePurchase: PurchaseRequest,
  creditsStatus: wire({
    quoteId: Schema.optionalKey(Field.line(1, 160)),
    paymentAttemptId: Schema.optionalKey(Field.line(1, 160)),
    checkoutSessionId: Schema.optionalKey(Field.line(1, 200)),
    receiptId: Schema.optionalKey(Field.line(1, 160))
  }),
  modelsList: ModelsListRequest,
  modelsShow: wire({ modelId: Field.line(1, 160) }),
  capabilitiesList: wire({
    limit: Schema.optionalKey(pageSize),
    /** A capability id: what stands behind it. */
    cursor: Schema.optionalKey(Field.line(1, 200))
  }),
  capabilitiesShow: wire({ capabilityId: Field.line(1, 200) }),
  create: CreateRequest,
  upload: UploadRequest,
  uploadStream: UploadStreamRequest,
  edit: EditRequest,
  assetsList: wire({
    limit: Schema.optionalKey(pageSize),
    cursor: Schema.optionalKey(assetId),
    kind: Schema.optionalKey(
      Schema.Literals(["generated", "uploaded"]).annotate({ message: "must be generated or uploaded" })
    ),
    modality: Schema.optionalKey(
      Schema.Literals(["image", "video", "audio", "3d"]).annotate({ message: "must be image, video, audio or 3d" })
    )
  }),
  assetsShow: wire({
    assetId,
    /** Pixels of the longer side of a thumbnail that is wanted beside the asset. */
    thumbnail: Schema.optionalKey(
      Field.matching(/^(?:1[6-9]|[2-9]\d|[1-9]\d\d|10[01]\d|102[0-4])$/u, "must be a whole number from 16 to 1024")
    )
  }),
  assetsLineage: wire({ assetId }),
  assetsDelete: wire({ assetId }),
  jobsList: wire({
    limit: Schema.optionalKey(pageSize),
    cursor: Schema.optionalKey(cursor("job")),
    status: Schema.optionalKey(
      Schema.Literals(["planned", "queued", "running", "completed", "failed", "canceled"]).annotate({
        message: "must be planned, queued, running, completed, failed or canceled"
      })
    )
  }),
  jobsCancel: wire({ jobId: Field.line(1, 160) }),
  jobsShow: wire({ jobId: Field.line(1, 160) }),
  activityList: ActivityListRequest,
  activityShow: wire({ reference: Field.line(1, 160) }),
  feedbackCreate: FeedbackRequest,
  claimRequest: ClaimRequestBody,
  spendPolicyShow: Nothing,
  spendPolicySet: SpendPolicyChange
} as const satisfies { readonly [K in OperationId]: Schema.Top }

export type RequestOf<K extends OperationId> = (typeof requests)[K]["Type"]
