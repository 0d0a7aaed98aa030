import * as Struct from "effect/Struct"
import type { CommandEffect } from "../envelope/NextAction.ts"
import type { Grant } from "../identity/Actor.ts"

/**
 * The operations of the public contract, as data: where each is reached over HTTP and what it needs (contract/api.md,
 * endpoint index). The server, the client and the OpenAPI document are derived from this table.
 */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Segments in braces are fields of the request. */
  readonly path: string
  /** The command label of its envelopes (contract/api.md 1.5). */
  readonly label: string
  readonly auth: "none" | "optional" | "required"
  readonly grant: Grant | null
  readonly effect: CommandEffect
  /** Seconds for which a shared cache may keep the answer; null for what depends on a token or on money. */
  readonly cacheSeconds: number | null
  readonly summary: string
}

const read = { method: "GET", effect: "read", cacheSeconds: null } as const
const open = { ...read, auth: "none", grant: null } as const

const buy = {
  method: "POST",
  effect: "write",
  cacheSeconds: null,
  auth: "required",
  grant: "credits.purchase"
} as const

export const operations = {
  healthz: { ...open, path: "/healthz", label: "image-skill healthz", summary: "Whether the service is ready" },
  signup: {
    ...open,
    method: "POST",
    effect: "write",
    path: "/v1/agent-signups",
    label: "image-skill signup",
    summary: "Create a restricted agent, or rotate the token that is presented"
  },
  whoami: {
    ...read,
    auth: "required",
    grant: "identity.read",
    path: "/v1/whoami",
    label: "image-skill whoami",
    summary: "The identity behind the token"
  },
  quota: {
    ...read,
    auth: "required",
    grant: "quota.read",
    path: "/v1/quota",
    label: "image-skill usage quota",
    summary: "Credits, reservations and the daily job cap"
  },
  paymentMethods: {
    ...open,
    path: "/v1/payment-methods",
    label: "image-skill credits methods",
    cacheSeconds: 30,
    summary: "The rails, and what an agent can finish alone"
  },
  creditPacks: {
    ...open,
    path: "/v1/credit-packs",
    label: "image-skill credits packs list",
    cacheSeconds: 30,
    summary: "The credit packs"
  },
  creditsQuote: {
    method: "POST",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "credits.quote",
    path: "/v1/credit-quotes",
    label: "image-skill credits quote",
    summary: "A price for credits on a rail; moves no money"
  },
  creditsBuyCheckout: {
    ...buy,
    path: "/v1/credit-purchases/stripe-checkout-sessions",
    label: "image-skill credits buy",
    summary: "A hosted page on which a person pays a quote"
  },
  creditsBuyDeposit: {
    ...buy,
    path: "/v1/credit-purchases/stripe-x402-deposits",
    label: "image-skill credits buy",
    summary: "An address to which an agent pays a quote in USDC"
  },
  creditsFakePurchase: {
    ...buy,
    path: "/v1/credit-purchases",
    label: "image-skill credits fake-purchase",
    summary: "Pays a quote of the fake rail, for harnesses"
  },
  creditsStatus: {
    ...read,
    auth: "required",
    grant: "quota.read",
    path: "/v1/credit-purchases/status",
    label: "image-skill credits status",
    summary: "What became of a quote or a payment"
  },
  modelsList: {
    ...open,
    path: "/v1/models",
    label: "image-skill models list",
    cacheSeconds: 30,
    summary: "The model registry"
  },
  modelsShow: {
    ...open,
    path: "/v1/models/{model_id}",
    label: "image-skill models show",
    cacheSeconds: 30,
    summary: "One model"
  },
  capabilitiesList: {
    ...open,
    path: "/v1/capabilities",
    label: "image-skill capabilities list",
    cacheSeconds: 30,
    summary: "The capability catalogue"
  },
  capabilitiesShow: {
    ...open,
    path: "/v1/capabilities/{capability_id}",
    label: "image-skill capabilities show",
    cacheSeconds: 30,
    summary: "One capability"
  },
  create: {
    method: "POST",
    effect: "spend",
    cacheSeconds: null,
    auth: "optional",
    grant: null,
    path: "/v1/create",
    label: "image-skill create",
    summary: "Make media from a prompt, or plan it"
  },
  upload: {
    method: "POST",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "asset.upload",
    path: "/v1/upload",
    label: "image-skill upload",
    summary: "Keep a picture as an owned asset; bytes in base64"
  },
  uploadStream: {
    method: "PUT",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "asset.upload",
    path: "/v1/uploads",
    label: "image-skill upload",
    summary: "Keep a picture as an owned asset; the body is the picture itself, up to 256 MiB"
  },
  edit: {
    method: "POST",
    effect: "spend",
    cacheSeconds: null,
    auth: "required",
    grant: "image.edit.preview",
    path: "/v1/edit",
    label: "image-skill edit",
    summary: "Make media from owned media, or plan it"
  },
  assetsList: {
    ...read,
    auth: "required",
    grant: "asset.read",
    path: "/v1/assets",
    label: "image-skill assets list",
    summary: "Owned assets, newest first"
  },
  assetsShow: {
    ...read,
    auth: "required",
    grant: "asset.read",
    path: "/v1/assets/{asset_id}",
    label: "image-skill assets show",
    summary: "One owned asset, with a fresh link and its measured facts"
  },
  assetsLineage: {
    ...read,
    auth: "required",
    grant: "asset.read",
    path: "/v1/assets/{asset_id}/lineage",
    label: "image-skill assets lineage",
    summary: "What an asset was made from and by, back to its sources"
  },
  assetsDelete: {
    method: "DELETE",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "asset.upload",
    path: "/v1/assets/{asset_id}",
    label: "image-skill assets delete",
    summary: "Delete an asset and its bytes for good"
  },
  jobsList: {
    ...read,
    auth: "required",
    grant: "job.read",
    path: "/v1/jobs",
    label: "image-skill jobs list",
    summary: "Jobs, newest first"
  },
  jobsCancel: {
    method: "POST",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: null,
    path: "/v1/jobs/{job_id}/cancel",
    label: "image-skill jobs cancel",
    summary: "Stop a job where that is still possible, and say what it costs"
  },
  jobsShow: {
    ...read,
    auth: "required",
    grant: "job.read",
    path: "/v1/jobs/{job_id}",
    label: "image-skill jobs show",
    summary: "One job"
  },
  activityList: {
    ...read,
    auth: "required",
    grant: "activity.read",
    path: "/v1/activity",
    label: "image-skill activity list",
    summary: "What happened, newest first"
  },
  activityShow: {
    ...read,
    auth: "required",
    grant: "activity.read",
    path: "/v1/activity/{reference}",
    label: "image-skill activity show",
    summary: "One event, or the events of one subject"
  },
  feedbackCreate: {
    method: "POST",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "feedback.create",
    path: "/v1/feedback",
    label: "image-skill feedback create",
    summary: "Report something to whoever runs the service; secrets are cut out before it is stored"
  },
  claimRequest: {
    method: "POST",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: "claim.request",
    path: "/v1/agent-claims",
    label: "image-skill claim request",
    summary: "Ask that the person behind an inbox claims this agent"
  },
  spendPolicyShow: {
    ...read,
    auth: "required",
    grant: "quota.read",
    path: "/v1/spend-policy",
    label: "image-skill spend-policy show",
    summary: "What may be spent, by whose word, and what of the day is used"
  },
  spendPolicySet: {
    method: "PUT",
    effect: "write",
    cacheSeconds: null,
    auth: "required",
    grant: null,
    path: "/v1/spend-policy",
    label: "image-skill spend-policy set",
    summary: "Set what may be spent: an owner anything, an agent only less"
  }
} as const satisfies { readonly [id: string]: Operation }

export type OperationId = keyof typeof operations

export const operationIds: ReadonlyArray<OperationId> = Struct.keys(operations)

export const operationOf = (id: OperationId): Operation => operations[id]

/** Whether a request carries its fields as a JSON body; of an upload the body is the media itself. */
export const carriesJson = ({ method, path }: Operation): boolean =>
  method === "POST" || (method === "PUT" && path !== operations.uploadStream.path)
