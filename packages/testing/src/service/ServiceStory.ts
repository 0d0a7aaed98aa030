import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import { feedbackStory } from "./FeedbackStory.ts"
import { mediaStory } from "./MediaStory.ts"
import { policyStory } from "./PolicyStory.ts"
import { purchaseStory } from "./PurchaseStory.ts"
import type { Ask } from "./Transcript.ts"

/** The one prompt that the story's service must refuse. */
export const forbidden = { phrase: "forbidden fruit", reason: "the operator does not want fruit" }

/** What one agent lives through with a service, from its first look to its last page of activity. */
export const story = ({ priced }: { readonly priced: boolean }) =>
  Effect.fnUntraced(function* (ask: Ask) {
    const service = yield* ServiceApi
    yield* ask("is well", "healthz", "done", service.healthz({}))
    const cast = yield* identityChapter(ask)
    yield* catalogueChapter(ask)
    yield* planChapter(ask, cast)
    const made = yield* createChapter(ask, cast)
    yield* refusalChapter(ask, cast)
    if (priced) yield* moneyChapter(ask, cast)
    yield* mediaStory(ask, {
      painter: cast.painter,
      stranger: cast.latecomer,
      drawnId: made.assetId,
      drawnJobId: made.jobId
    })
    yield* lookChapter(ask, cast, made)
    yield* activityChapter(ask, cast, made)
    yield* feedbackStory(ask, cast.painter)
    yield* policyStory(ask, cast.painter)
    yield* purchaseStory(ask, { ...cast, buyer: cast.latecomer }, { priced })
  })

interface Cast {
  /** An agent with its preview credits, and its current token. */
  readonly painter: Credentials
  /** A later anonymous one, which got none. */
  readonly latecomer: Credentials
}

const tokenOf = (answer: Answer): Credentials => Redacted.make(textField(answer.envelope.data, "token"))

const identityChapter = Effect.fnUntraced(function* (ask: Ask) {
  const service = yield* ServiceApi
  const signup = (step: string, request: Partial<RequestOf<"signup">>, credentials: Credentials = null) =>
    ask(
      `signs up ${step}`,
      "signup",
      "done",
      service.signup({ agentName: "painter", runtime: "suite", returnToken: true, ...request }, credentials)
    )
  yield* ask("asks who it is", "whoami", "AUTH_REQUIRED", service.whoami({}))
  yield* ask("asks for its quota", "quota", "AUTH_REQUIRED", service.quota({}))
  const first = tokenOf(yield* signup("without a contact", {}))
  const latecomer = tokenOf(yield* signup("again without its token", {}))
  yield* signup("with its token and wants none back", { returnToken: false }, first)
  const painter = tokenOf(yield* signup("with its token", {}, first))
  yield* ask("uses a rotated token", "whoami", "AUTH_REQUIRED", service.whoami({}, first))
  yield* signup("under another name with its token", { agentName: "sculptor" }, painter)
  const contact = { agentContact: "Inbox@Studio-Bots.Example" }
  const known = tokenOf(yield* signup("with a contact", contact))
  yield* signup("with a contact that is known", { agentContact: " inbox@studio-bots.example " })
  yield* signup("with the older name of a contact", { humanEmail: "inbox@studio-bots.example" }, known)
  yield* signup("without a token wanted", { agentContact: "other@studio-bots.example", returnToken: false })
  const refused = (step: string, request: Partial<RequestOf<"signup">>) =>
    ask(
      `is refused ${step}`,
      "signup",
      "INVALID_ARGUMENTS",
      service.signup({ agentName: "painter", runtime: "suite", ...request })
    )
  yield* refused("with two contacts", { agentContact: "one@studio.example", humanEmail: "two@studio.example" })
  yield* refused("with a contact that is no inbox", { agentContact: "studio" })
  yield* refused("without a name", { agentName: " " })
  yield* refused("with a name of two lines", { agentName: "a\nb", runtime: "" })
  yield* ask("asks who it is", "whoami", "done", service.whoami({}, painter))
  yield* ask("asks for its quota", "quota", "done", service.quota({}, painter))
  yield* ask("asks for the quota of a latecomer", "quota", "done", service.quota({}, latecomer))
  const cast: Cast = { painter, latecomer }
  return cast
})

const catalogueChapter = Effect.fnUntraced(function* (ask: Ask) {
  const service = yield* ServiceApi
  yield* ask("lists the rails", "paymentMethods", "done", service.paymentMethods({}))
  yield* ask("lists the packs", "creditPacks", "done", service.creditPacks({}))
  yield* ask("lists the models", "modelsList", "done", service.modelsList({}))
  const filters: ReadonlyArray<RequestOf<"modelsList">> = [
    { available: "true" },
    { executable: "true", available: "false" },
    { catalogOnly: "true" },
    { operation: "image.edit" },
    { operation: "image.generate", available: "true" },
    { provider: "local" },
    { provider: "openai", available: "true", operation: "image.edit" }
  ]
  for (const filter of filters) {
    yield* ask(`lists the models of ${JSON.stringify(filter)}`, "modelsList", "done", service.modelsList(filter))
  }
  const contradictions: ReadonlyArray<RequestOf<"modelsList">> = [
    { catalogOnly: "true", available: "true" },
    { operation: "image.dream" },
    { provider: "nobody" }
  ]
  for (const filter of contradictions) {
    yield* ask(`cannot list ${JSON.stringify(filter)}`, "modelsList", "INVALID_ARGUMENTS", service.modelsList(filter))
  }
  yield* ask("shows a model", "modelsShow", "done", service.modelsShow({ modelId: "local.storyboard" }))
  yield* ask("shows a hosted model", "modelsShow", "done", service.modelsShow({ modelId: "fal.flux-dev" }))
  const misspelt = service.modelsShow({ modelId: "local.storybord" })
  yield* ask("is told the nearest model", "modelsShow", "MODEL_NOT_FOUND", misspelt)
  yield* ask("asks for no model", "modelsShow", "MODEL_NOT_FOUND", service.modelsShow({ modelId: "?/#%" }))
  yield* ask("lists the capabilities", "capabilitiesList", "done", service.capabilitiesList({}))
  for (const capabilityId of ["is.image.generate.local-storyboard.v1", "is.image.generate.preview.v1"]) {
    yield* ask("shows a capability", "capabilitiesShow", "done", service.capabilitiesShow({ capabilityId }))
  }
  const unknown = service.capabilitiesShow({ capabilityId: "is.image.dream.v1" })
  yield* ask("asks for no capability", "capabilitiesShow", "CAPABILITY_NOT_FOUND", unknown)
})

type CreateRequest = RequestOf<"create">

/** A small picture by the embedded illustrator. */
const boat: CreateRequest = {
  prompt: "a red boat on a calm sea",
  model: "local.storyboard",
  modelParameters: { width: 256, height: 256, seed: 7 }
}

const planChapter = Effect.fnUntraced(function* (ask: Ask, { latecomer, painter }: Cast) {
  const service = yield* ServiceApi
  const plan = (step: string, request: CreateRequest, credentials: Credentials) =>
    ask(`plans ${step}`, "create", "done", service.create({ ...request, dryRun: true }, credentials))
  yield* plan("without a token", boat, null)
  yield* plan("with the model that is the default", { prompt: "a red boat", intent: "final" }, painter)
  yield* plan("under a guard of nothing", { ...boat, maxUsd: 0, maxEstimatedUsdPerImage: 0 }, painter)
  const planned = yield* plan("two pictures", { ...boat, outputCount: 2, idempotencyKey: "plan-1" }, latecomer)
  const jobId = textField(planned.envelope.data, "job_id")
  yield* ask("looks at the plan", "jobsShow", "done", service.jobsShow({ jobId }, latecomer))
  yield* ask("cannot look at somebody else's plan", "jobsShow", "JOB_NOT_FOUND", service.jobsShow({ jobId }, painter))
  yield* ask("sees the plan in its activity", "activityList", "done", service.activityList({}, latecomer))
  yield* ask("needs a token to create", "create", "AUTH_REQUIRED", service.create(boat))
})

/** What the first create made. */
interface Made {
  readonly jobId: string
  readonly assetId: string
  readonly usageEventId: string
  readonly traceId: string
}

const createChapter = Effect.fnUntraced(function* (ask: Ask, { latecomer, painter }: Cast) {
  const service = yield* ServiceApi
  const keyed = { ...boat, idempotencyKey: "boat-1" }
  const first = yield* ask("creates", "create", "done", service.create(keyed, painter))
  yield* ask("repeats the key", "create", "done", service.create(keyed, painter))
  const otherwise = service.create({ ...keyed, prompt: "a blue boat" }, painter)
  yield* ask("uses the key for something else", "create", "IDEMPOTENCY_KEY_CONFLICT", otherwise)
  yield* ask("uses somebody else's key", "create", "done", service.create(keyed, latecomer))
  const several = service.create({ ...boat, outputCount: 2, maxEstimatedUsdPerImage: 0 }, painter)
  yield* ask("creates two pictures without a key", "create", "done", several)
  yield* ask("has spent nothing", "quota", "done", service.quota({}, painter))
  const { data } = first.envelope
  const made: Made = {
    jobId: textField(data, "job_id"),
    assetId: textField(firstOf(jsonField(data, "assets")), "asset_id"),
    usageEventId: textField(data, "usage_event_id"),
    traceId: textField(data, "trace_id")
  }
  return made
})

const refusalChapter = Effect.fnUntraced(function* (ask: Ask, { painter }: Cast) {
  const service = yield* ServiceApi
  const refuse = (step: string, expected: Parameters<Ask>[2], change: CreateRequest) =>
    ask(`cannot create ${step}`, "create", expected, service.create({ ...boat, ...change }, painter))
  yield* refuse("from a blank prompt", "INVALID_ARGUMENTS", { prompt: "   " })
  yield* refuse("with a key that is none", "INVALID_ARGUMENTS", { idempotencyKey: "no blanks" })
  yield* refuse("no pictures", "INVALID_ARGUMENTS", { outputCount: 0 })
  yield* refuse("so many pictures", "INVALID_ARGUMENTS", { outputCount: 5 })
  yield* refuse("under a guard below zero", "INVALID_ARGUMENTS", { maxUsd: -1 })
  yield* refuse("in a ratio that is none", "INVALID_ARGUMENTS", { aspectRatio: "square" })
  yield* refuse("in a ratio that contradicts the size", "INVALID_ARGUMENTS", { aspectRatio: "16:9" })
  yield* refuse("with another provider's model", "INVALID_ARGUMENTS", { provider: "openai" })
  yield* refuse("with references to nothing", "ASSET_NOT_FOUND", {
    references: [{ assetId: "image_0", role: "reference_image", index: 0 }]
  })
  yield* refuse("with an unknown parameter", "MODEL_PARAMETERS_INVALID", { modelParameters: { wish: 1 } })
  yield* refuse("with a wrong parameter", "MODEL_PARAMETERS_INVALID", { modelParameters: { width: "wide" } })
  yield* refuse("with a credential", "PAYMENT_CREDENTIAL_REJECTED", { modelParameters: { card_number: "4242" } })
  yield* refuse("with an unknown model", "MODEL_NOT_FOUND", { model: "local.storybord" })
  yield* refuse("with a model that edits", "INVALID_ARGUMENTS", { model: "fal.nano-banana-2-edit" })
  yield* refuse("with a model that cannot run", "MODEL_NOT_EXECUTABLE", { model: "fal.flux-dev", modelParameters: {} })
  yield* refuse("what the policy forbids", "CONTENT_POLICY_DENIED", { prompt: `a ${forbidden.phrase}!` })
  yield* ask("has spent nothing", "quota", "done", service.quota({}, painter))
})

const moneyChapter = Effect.fnUntraced(function* (ask: Ask, { latecomer, painter }: Cast) {
  const service = yield* ServiceApi
  const paid: CreateRequest = { prompt: "a red boat", model: "fake.painter" }
  const create = (step: string, expected: Parameters<Ask>[2], change: CreateRequest, credentials = painter) =>
    ask(`pays for ${step}`, "create", expected, service.create({ ...paid, ...change }, credentials))
  const quota = (step: string) => ask(`looks at its credits ${step}`, "quota", "done", service.quota({}, painter))
  yield* create("more than a picture may cost", "BUDGET_GUARD_EXCEEDED", { maxEstimatedUsdPerImage: 0.089999 })
  yield* create("more than all may cost", "BUDGET_GUARD_EXCEEDED", { outputCount: 2, maxUsd: 0.16 })
  yield* create("anything under a guard of nothing", "BUDGET_GUARD_EXCEEDED", { maxUsd: 0 })
  yield* create("a cost that nobody knows", "BUDGET_REQUIRES_CONFIRMATION", { model: "fake.mystery" })
  yield* create("more outputs than it may", "CAPABILITY_DENIED", { outputCount: 5 })
  yield* create("a picture without credits", "QUOTA_EXCEEDED", {}, latecomer)
  yield* quota("after all these refusals")
  yield* create("a picture", "done", { maxEstimatedUsdPerImage: 0.09, idempotencyKey: "paid-1" })
  yield* create("the same picture", "done", { maxEstimatedUsdPerImage: 0.09, idempotencyKey: "paid-1" })
  yield* create("a plan", "done", { dryRun: true, outputCount: 3 })
  const unavailable = { prompt: "unavailable at first", idempotencyKey: "paid-2" }
  const failed = yield* create("a provider that is down", "PROVIDER_FAILURE", unavailable)
  const jobId = textField(jsonField(failed.envelope.error, "recovery"), "job_id")
  yield* ask("looks at the job that waits", "jobsShow", "done", service.jobsShow({ jobId }, painter))
  yield* quota("while some are reserved")
  yield* create("a provider that is up again", "done", unavailable)
  yield* create("a refusal", "CONTENT_POLICY_DENIED", { prompt: "refused by the provider" })
  yield* create("garbage", "PROVIDER_FAILURE", { prompt: "garbage" })
  yield* create("a mystery", "done", { model: "fake.mystery", acceptUnknownCost: true })
  const lost = { prompt: "lost answer", idempotencyKey: "paid-3" }
  yield* create("an answer that is lost", "PROVIDER_TIMEOUT", lost)
  yield* create("an answer that stays lost", "PROVIDER_TIMEOUT", lost)
  yield* quota("after all of it")
  yield* create("a fifth job of the day", "DAILY_JOB_CAP_REACHED", {})
})

const lookChapter = Effect.fnUntraced(function* (ask: Ask, { latecomer, painter }: Cast, { assetId, jobId }: Made) {
  const service = yield* ServiceApi
  yield* ask("shows the asset", "assetsShow", "done", service.assetsShow({ assetId }, painter))
  yield* ask("shows the job", "jobsShow", "done", service.jobsShow({ jobId }, painter))
  const foreignAsset = service.assetsShow({ assetId }, latecomer)
  yield* ask("cannot show somebody else's asset", "assetsShow", "ASSET_NOT_FOUND", foreignAsset)
  yield* ask(
    "cannot show an asset that is none",
    "assetsShow",
    "INVALID_ARGUMENTS",
    service.assetsShow({ assetId: "x" })
  )
  const foreignJob = service.jobsShow({ jobId }, latecomer)
  yield* ask("cannot show somebody else's job", "jobsShow", "JOB_NOT_FOUND", foreignJob)
  yield* ask(
    "cannot show a job without an id",
    "jobsShow",
    "INVALID_ARGUMENTS",
    service.jobsShow({ jobId: "" }, painter)
  )
})

const activityChapter = Effect.fnUntraced(function* (ask: Ask, { painter }: Cast, made: Made) {
  const service = yield* ServiceApi
  const list = (step: string, request: RequestOf<"activityList">) =>
    ask(`lists ${step}`, "activityList", "done", service.activityList(request, painter))
  const first = yield* list("its activity", {})
  let cursor = textField((yield* list("the first page", { limit: "2" })).envelope.data, "next_cursor")
  for (let page = 2; cursor !== "" && page < 20; page += 1) {
    cursor = textField((yield* list(`page ${page}`, { limit: "2", cursor })).envelope.data, "next_cursor")
  }
  yield* list("what happened to the job", { subject: made.jobId, limit: "100" })
  yield* list("what happened to nothing", { subject: "job_00000000000000000000" })
  for (const limit of ["0", "101", "many"]) {
    const refused = service.activityList({ limit }, painter)
    yield* ask(`cannot list ${limit} events`, "activityList", "INVALID_ARGUMENTS", refused)
  }
  const references = [
    textField(firstOf(jsonField(first.envelope.data, "events")), "event_id"),
    made.jobId,
    made.assetId,
    made.usageEventId,
    made.traceId
  ]
  for (const reference of references) {
    yield* ask("shows what happened", "activityShow", "done", service.activityShow({ reference }, painter))
  }
  const nothing = service.activityShow({ reference: "evt_00000000000000000000" }, painter)
  yield* ask("shows nothing", "activityShow", "ACTIVITY_NOT_FOUND", nothing)
})

const firstOf = (list: Schema.Json | undefined): Schema.Json | undefined => {
  const items: ReadonlyArray<Schema.Json> = isList(list) ? list : []
  return items[0]
}

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)
