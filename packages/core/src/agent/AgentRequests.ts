import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { DiscoverySource } from "../identity/DiscoverySource.ts"
import { Contact } from "../identity/SignupRequest.ts"
import { assetId, mediaFields } from "../jobs/CreateRequest.ts"
import { customQuotes } from "../payments/CreditPack.ts"
import { requests } from "../service/Requests.ts"
import { type AgentOperation, type AgentOperationId, agentOperationOf } from "./AgentOperations.ts"

/** What is wanted, as far as it is known; the guide asks for the rest. */
export const GuideRequest = wire({
  operation: Schema.optionalKey(
    Schema.Literals(["create", "edit"]).annotate({ message: "must be create or edit; create, when left out" })
  ),
  prompt: Schema.optionalKey(Field.text(0, 8_000)),
  /** The pictures to work on, for an edit: asset ids, paths or URLs. */
  inputs: Schema.optionalKey(
    Schema.Array(Field.line(1, 2_000))
      .annotate({ message: "must be a list of asset ids, paths or URLs" })
      .check(Schema.isMaxLength(16, { message: "must be a list of at most 16 asset ids, paths or URLs" }))
  ),
  provider: mediaFields.provider,
  model: mediaFields.model,
  intent: mediaFields.intent,
  aspectRatio: mediaFields.aspectRatio,
  outputCount: mediaFields.outputCount,
  modelParameters: mediaFields.modelParameters,
  maxUsd: mediaFields.maxUsd,
  maxEstimatedUsdPerImage: mediaFields.maxEstimatedUsdPerImage,
  explain: Schema.optionalKey(Field.boolean)
})

/** Whoever runs the program is the agent; its token is kept, never returned. */
export const SignupRequest = wire({
  agentName: Field.line(1, 80),
  runtime: Schema.optionalKey(Field.line(1, 80)),
  agentContact: Schema.optionalKey(Contact),
  discoverySource: Schema.optionalKey(DiscoverySource)
})

/** No more than a thousand US dollars: more is taken for a slip. */
const walletCap = Schema.Number.annotate({ message: "must be a number of US dollars from 0 to 1,000" }).check(
  Schema.isBetween({ minimum: 0, maximum: 1_000 }, { message: "must be a number of US dollars from 0 to 1,000" })
)

export const PlanRequest = wire({
  credits: Schema.optionalKey(Field.integer(1, customQuotes.maxCredits)),
  maxUsd: Schema.optionalKey(walletCap),
  noHuman: Schema.optionalKey(Field.boolean)
})

/** The words that name the three ways to pay (contract/cli.md 6.9). */
const providers = ["stripe", "stripe_x402", "fake"] as const

export const BuyRequest = wire({
  quoteId: Field.line(1, 160),
  provider: Schema.Literals(providers).annotate({ message: `must be one of ${providers.join(", ")}` }),
  idempotencyKey: Field.idempotencyKey
})

export const SettleRequest = wire({
  paymentAttemptId: Field.matching(/^[A-Za-z0-9_-]{1,100}$/u, "must be an id that credits buy answered with"),
  maxUsd: Schema.optionalKey(walletCap),
  timeoutMs: Schema.optionalKey(Field.integer(0, 600_000))
})

export const UploadFileRequest = wire({
  /** A path of this machine or an http(s) URL. */
  input: Field.line(1, 4_000),
  visibility: mediaFields.visibility
})

export const SaveRequest = wire({
  assetId,
  /** The file to make; named after the asset in the working folder, when left out. */
  output: Schema.optionalKey(Field.line(1, 4_000)),
  overwrite: Schema.optionalKey(Field.boolean)
})

export const WaitRequest = wire({
  jobId: Field.line(1, 160),
  timeoutMs: Schema.optionalKey(Field.integer(0, 600_000)),
  pollIntervalMs: Schema.optionalKey(Field.integer(100, 60_000))
})

/** What each can be asked for, in the names of the wire. */
export const agentRequests = {
  guide: GuideRequest,
  signup: SignupRequest,
  whoami: requests.whoami,
  quota: requests.quota,
  creditsMethods: requests.paymentMethods,
  creditsPacks: requests.creditPacks,
  creditsPlan: PlanRequest,
  creditsQuote: requests.creditsQuote,
  creditsBuy: BuyRequest,
  creditsSettle: SettleRequest,
  creditsStatus: requests.creditsStatus,
  modelsList: requests.modelsList,
  modelsShow: requests.modelsShow,
  capabilitiesList: requests.capabilitiesList,
  capabilitiesShow: requests.capabilitiesShow,
  create: requests.create,
  edit: requests.edit,
  upload: UploadFileRequest,
  assetsList: requests.assetsList,
  assetsShow: requests.assetsShow,
  assetsGet: SaveRequest,
  assetsLineage: requests.assetsLineage,
  assetsDelete: requests.assetsDelete,
  jobsList: requests.jobsList,
  jobsShow: requests.jobsShow,
  jobsWait: WaitRequest,
  jobsCancel: requests.jobsCancel,
  activityList: requests.activityList,
  activityShow: requests.activityShow,
  feedbackCreate: requests.feedbackCreate,
  claimRequest: requests.claimRequest,
  spendPolicyShow: requests.spendPolicyShow,
  spendPolicySet: requests.spendPolicySet
} as const satisfies { readonly [K in AgentOperationId]: Schema.Top }

/** Fields that are numbers to a program and text in a query. */
type QueryNumbers = "limit" | "thumbnail"

type AsGiven<T> = {
  readonly [F in keyof T]: F extends QueryNumbers
    ? T[F] | number
    : T[F] extends "true" | "false" | undefined
      ? T[F] | boolean
      : T[F]
}

/** The JSON of a request, as HTTP takes it: names with underscores. In queries numbers and switches may be such. */
export type AgentRequest<K extends AgentOperationId> = AsGiven<(typeof agentRequests)[K]["Encoded"]>

const isQuery = ({ answers, effect }: AgentOperation): boolean => effect === "read" && answers !== null

/** What stands in a path or a query is text, however a program writes it. */
export const asSent = (id: AgentOperationId, body: Schema.JsonObject): Schema.JsonObject =>
  isQuery(agentOperationOf(id)) && id !== "jobsWait"
    ? Object.fromEntries(
        Object.entries(body).map(([field, value]) => [
          field,
          typeof value === "number" || typeof value === "boolean" ? `${value}` : value
        ])
      )
    : body
