import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { SignupRequest } from "../identity/SignupRequest.ts"
import { CreateRequest } from "../jobs/CreateRequest.ts"
import { customQuotes } from "../payments/CreditPack.ts"
import type { OperationId } from "./Operations.ts"

/** What each operation takes. On the wire a GET's fields are its path segments and query, all of them text. */

const Nothing = wire({})

const ModelsListRequest = wire({
  available: Schema.optionalKey(Field.queryBoolean),
  executable: Schema.optionalKey(Field.queryBoolean),
  catalogOnly: Schema.optionalKey(Field.queryBoolean),
  operation: Schema.optionalKey(Field.line(1, 40)),
  provider: Schema.optionalKey(Field.line(1, 40))
})

const assetIdRule = "must be an asset id such as image_8k2t5r0w6d4q1m7x3c9v"

const ActivityListRequest = wire({
  limit: Schema.optionalKey(Field.matching(/^(?:[1-9]\d?|100)$/u, "must be a whole number from 1 to 100")),
  subject: Schema.optionalKey(Field.line(1, 160)),
  cursor: Schema.optionalKey(Field.line(1, 160))
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
  capabilitiesList: Nothing,
  capabilitiesShow: wire({ capabilityId: Field.line(1, 200) }),
  create: CreateRequest,
  assetsShow: wire({
    assetId: Field.matching(/^(?:asset|image|video|audio|mask|thumb|file)_[A-Za-z0-9._-]{1,128}$/u, assetIdRule)
  }),
  jobsShow: wire({ jobId: Field.line(1, 160) }),
  activityList: ActivityListRequest,
  activityShow: wire({ reference: Field.line(1, 160) })
} as const satisfies { readonly [K in OperationId]: Schema.Top }

export type RequestOf<K extends OperationId> = (typeof requests)[K]["Type"]
