import { assert } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { OperationId } from "@image-skill/core/service/Operations"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

/** A picture that is quickly drawn. */
export const picture = {
  prompt: "a red boat",
  model: "local.storyboard",
  modelParameters: { width: 256, height: 256 }
}

/** What belongs to somebody. */
export interface Ids {
  readonly job: string
  readonly asset: string
  readonly usage: string
  readonly trace: string
  readonly event: string
  readonly key: string
  readonly quote: string
  readonly attempt: string
  readonly receipt: string
  readonly creditEvent: string
}

export interface Tenant extends Ids {
  readonly token: Credentials
  readonly organizationId: OrganizationId
}

export const nobody: Ids = {
  job: "job_zzzzzzzzzzzzzzzzzzzz",
  asset: "image_zzzzzzzzzzzzzzzzzzzz",
  usage: "usage_zzzzzzzzzzzzzzzzzzzz",
  trace: "trace_00000000ffffffff",
  event: "evt_zzzzzzzzzzzzzzzzzzzz",
  key: "key-of-nobody",
  quote: "quote_zzzzzzzzzzzzzzzzzzzz",
  attempt: "payatt_zzzzzzzzzzzzzzzzzzzzzzzzzz",
  receipt: "receipt_zzzzzzzzzzzzzzzzzzzz",
  creditEvent: "credit_event_zzzzzzzzzzzzzzzzzzzz"
}

export const idIn = ({ envelope }: Answer, field: string): string => textField(envelope.data, field)

/** An agent in an organization of its own, with one picture and one fake payment to its name. */
export const tenant = Effect.gen(function* () {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "tenant", runtime: "suite", returnToken: true })
  const token = Redacted.make(idIn(signup, "token"))
  const organizationId = OrganizationId.make(idIn(signup, "organization_id"))
  const key = `key-of-${idIn(signup, "agent_id")}`
  const created = yield* service.create({ ...picture, idempotencyKey: key }, token)
  const quote = idIn(
    yield* service.creditsQuote({ credits: 25, paymentMethod: "fake", idempotencyKey: key }, token),
    "quote_id"
  )
  const paid = yield* service.creditsFakePurchase({ quoteId: quote, idempotencyKey: key }, token)
  const [event] = yield* eventsOf(organizationId)
  const assetIds = jsonField(created.envelope.data, "asset_ids")
  const found: Tenant = {
    token,
    organizationId,
    key,
    job: idIn(created, "job_id"),
    asset: Array.isArray(assetIds) && typeof assetIds[0] === "string" ? assetIds[0] : "",
    usage: idIn(created, "usage_event_id"),
    trace: idIn(created, "trace_id"),
    event: event?.id ?? "",
    quote,
    attempt: idIn(paid, "payment_attempt_id"),
    receipt: idIn(paid, "receipt_id"),
    creditEvent: idIn(paid, "credit_event_id")
  }
  assert.deepStrictEqual(
    Object.entries(found).filter(([, value]) => value === ""),
    []
  )
  return found
})

export const eventsOf = (organizationId: OrganizationId) =>
  Effect.flatMap(ActivityLog, (log) => log.list({ organizationId, reference: null, limit: 100, after: null }))

/** One way to use an operation, for whoever has the token. */
export interface Question {
  readonly operation: OperationId
  readonly ask: (credentials: Credentials) => Effect.Effect<Answer>
}

type Asked = (credentials: Credentials) => Effect.Effect<Answer>

const reference = (ids: Ids) => ({ assetId: ids.asset, role: "reference_image", index: 0 }) as const

const wrongUpload = {
  sourceKind: "local_path",
  filename: "boat.png",
  remoteOrigin: null,
  mimeType: "image/png",
  contentLength: 3,
  sha256: "0".repeat(64),
  bytesBase64: "AAAA"
} as const

type Spoken = "feedbackCreate" | "claimRequest" | "spendPolicyShow" | "spendPolicySet"

/** What an agent says about the service, its owner and its spending. */
const spoken = (service: ServiceApi["Service"], ids: Ids): { readonly [K in Spoken]: ReadonlyArray<Asked> } => ({
  // Nothing is said, so that even with a good token nothing is stored.
  feedbackCreate: [(token) => service.feedbackCreate({ title: " ", traceId: ids.trace }, token)],
  claimRequest: [(token) => service.claimRequest({ contact: `a${ids.key}z@claims.example` }, token)],
  spendPolicyShow: [(token) => service.spendPolicyShow({}, token)],
  // Nothing is named, so that even with a good token nothing is changed.
  spendPolicySet: [(token) => service.spendPolicySet({}, token)]
})

/** How each operation can be asked about something. A new operation does not compile until it stands here. */
const asked = (service: ServiceApi["Service"], ids: Ids): { readonly [K in OperationId]: ReadonlyArray<Asked> } => ({
  healthz: [(token) => service.healthz({}, token)],
  signup: [],
  whoami: [(token) => service.whoami({}, token)],
  quota: [(token) => service.quota({}, token)],
  paymentMethods: [(token) => service.paymentMethods({}, token)],
  creditPacks: [(token) => service.creditPacks({}, token)],
  ...spoken(service, ids),
  // Both ways to say how much, or none: even with a good token nothing is quoted.
  creditsQuote: [
    (token) =>
      service.creditsQuote(
        { credits: 25, packId: "starter-500", paymentMethod: "fake", idempotencyKey: ids.key },
        token
      ),
    (token) => service.creditsQuote({ paymentMethod: "fake", idempotencyKey: ids.key }, token)
  ],
  creditsBuyCheckout: bought(ids).map((purchase) => (token) => service.creditsBuyCheckout(purchase, token)),
  creditsBuyDeposit: bought(ids).map((purchase) => (token) => service.creditsBuyDeposit(purchase, token)),
  creditsFakePurchase: bought(ids).map((purchase) => (token) => service.creditsFakePurchase(purchase, token)),
  creditsStatus: [
    {},
    { quoteId: ids.quote },
    { paymentAttemptId: ids.attempt },
    { receiptId: ids.receipt },
    // By the id of something else.
    { checkoutSessionId: ids.attempt },
    { receiptId: ids.creditEvent },
    { quoteId: ids.quote, receiptId: ids.receipt }
  ].map(
    (request): Asked =>
      (token) =>
        service.creditsStatus(request, token)
  ),
  modelsList: [(token) => service.modelsList({ available: "true" }, token)],
  modelsShow: [
    (token) => service.modelsShow({ modelId: "local.storyboard" }, token),
    (token) => service.modelsShow({ modelId: ids.asset }, token)
  ],
  capabilitiesList: [(token) => service.capabilitiesList({}, token)],
  capabilitiesShow: [
    (token) => service.capabilitiesShow({ capabilityId: "is.image.generate.local-storyboard.v1" }, token),
    (token) => service.capabilitiesShow({ capabilityId: ids.job }, token)
  ],
  create: [
    // The prompt is blank, so that even with a good token nothing is made.
    (token) => service.create({ ...picture, prompt: "", idempotencyKey: ids.key }, token),
    (token) => service.create({ ...picture, references: [reference(ids)] }, token),
    (token) => service.create({ ...picture, dryRun: true, references: [reference(ids)] }, token)
  ],
  // The bytes are not those that the hash is of, so that even with a good token nothing is kept.
  upload: [(token) => service.upload(wrongUpload, token)],
  uploadStream: [
    (token) =>
      service.uploadStream(
        { filename: "boat.png", sha256: wrongUpload.sha256 },
        { contentType: "image/png", contentLength: 1, body: Stream.succeed(new Uint8Array(1)) },
        token
      )
  ],
  // There is no such model, so that even with a good token nothing is made.
  edit: [
    (token) => service.edit({ inputAssetId: ids.asset, prompt: "at night", model: "fake.nobody" }, token),
    (token) => service.edit({ inputAssetId: ids.asset, dryRun: true, prompt: "at night", model: "fake.nobody" }, token),
    (token) =>
      service.edit({ inputAssetId: ids.asset, maskAssetId: ids.asset, prompt: "", idempotencyKey: ids.key }, token)
  ],
  assetsList: [
    (token) => service.assetsList({}, token),
    (token) => service.assetsList({ cursor: ids.asset, kind: "generated" }, token)
  ],
  assetsLineage: [(token) => service.assetsLineage({ assetId: ids.asset }, token)],
  assetsDelete: [(token) => service.assetsDelete({ assetId: ids.asset }, token)],
  jobsList: [(token) => service.jobsList({}, token), (token) => service.jobsList({ cursor: ids.job }, token)],
  // What has ended cannot be canceled, so nothing changes.
  jobsCancel: [(token) => service.jobsCancel({ jobId: ids.job }, token)],
  assetsShow: [
    (token) => service.assetsShow({ assetId: ids.asset }, token),
    (token) => service.assetsShow({ assetId: ids.asset, thumbnail: "32" }, token)
  ],
  jobsShow: [(token) => service.jobsShow({ jobId: ids.job }, token)],
  activityList: [
    (token) => service.activityList({ subject: ids.job }, token),
    (token) => service.activityList({ subject: ids.asset }, token),
    (token) => service.activityList({ cursor: ids.event }, token),
    (token) => service.activityList({ cursor: ids.event, subject: ids.trace }, token)
  ],
  activityShow: [
    ids.event,
    ids.job,
    ids.asset,
    ids.usage,
    ids.trace,
    ids.quote,
    ids.attempt,
    ids.receipt,
    ids.creditEvent
  ].map(
    (reference): Asked =>
      (token) =>
        service.activityShow({ reference }, token)
  )
})

/** The purchase that was made already, its key for something else, and its quote under another key. */
const bought = ({ key, quote, receipt }: Ids): ReadonlyArray<RequestOf<"creditsFakePurchase">> => [
  { quoteId: quote, idempotencyKey: key },
  { quoteId: receipt, idempotencyKey: key },
  { quoteId: quote, idempotencyKey: "another-key" }
]

/** contract/api.md, endpoint index. */
export const guarded: ReadonlyArray<OperationId> = [
  "whoami",
  "quota",
  "creditsQuote",
  "creditsBuyCheckout",
  "creditsBuyDeposit",
  "creditsFakePurchase",
  "creditsStatus",
  "create",
  "upload",
  "uploadStream",
  "edit",
  "assetsList",
  "assetsShow",
  "assetsLineage",
  "assetsDelete",
  "jobsList",
  "jobsCancel",
  "jobsShow",
  "activityList",
  "activityShow",
  "feedbackCreate",
  "claimRequest",
  "spendPolicyShow",
  "spendPolicySet"
]

export const open: ReadonlyArray<OperationId> = [
  "paymentMethods",
  "creditPacks",
  "modelsList",
  "modelsShow",
  "capabilitiesList",
  "capabilitiesShow"
]

/** Among all questions only these change something when the token is good. */
const writes: ReadonlySet<OperationId> = new Set(["assetsDelete", "claimRequest"])

export const reads: ReadonlyArray<OperationId> = [
  "healthz",
  ...open,
  ...guarded.filter((operation) => !writes.has(operation))
]

export const questions = (ids: Ids, operations: ReadonlyArray<OperationId>) =>
  Effect.map(ServiceApi, (service): ReadonlyArray<Question> => {
    const all = asked(service, ids)
    return operations.flatMap((operation) => all[operation].map((ask) => ({ operation, ask })))
  })

/** Every way not to be somebody. */
export const badTokens = Effect.fnUntraced(function* (mine: Tenant) {
  const service = yield* ServiceApi
  const renamed = { agentName: "short-lived", runtime: "suite", returnToken: true }
  const rotated = Redacted.make(idIn(yield* service.signup(renamed), "token"))
  yield* service.signup(renamed, rotated)
  const good = Redacted.value(mine.token ?? Redacted.make(""))
  const kinds: ReadonlyArray<readonly [kind: string, token: Credentials]> = [
    ["no token", null],
    ["a malformed token", Redacted.make("canary")],
    ["an unknown token", Redacted.make(`isk_r_${"0".repeat(32)}`)],
    ["a token of another case", Redacted.make(good.toUpperCase())],
    ["a token that goes on", Redacted.make(`${good}x`)],
    ["a token that is cut off", Redacted.make(good.slice(0, -1))],
    ["a rotated token", rotated]
  ]
  return kinds
})
