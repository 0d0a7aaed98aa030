import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import type * as Schema from "effect/Schema"
import { nobody } from "./Tenants.ts"

/** One call. `{{2.job_id}}` in its body is what the second step answered under `data.job_id`, at the same face. */
export interface Step {
  readonly operation: AgentOperationId
  readonly body: Schema.JsonObject
  /** Another agent than the first one. */
  readonly as?: "other"
}

/** What agents do, in words that are true of every face of the product. */
export interface Scenario {
  readonly name: string
  readonly steps: ReadonlyArray<Step>
}

const step = (operation: AgentOperationId, body: Schema.JsonObject = {}): Step => ({ operation, body })

const other = (operation: AgentOperationId, body: Schema.JsonObject = {}): Step => ({ operation, body, as: "other" })

const nobodys = (name: string, ...steps: ReadonlyArray<Step>): Scenario => ({ name, steps })

/** Begins with a signup of its own: each contact gets preview credits once. */
const agents = (name: string, ...steps: ReadonlyArray<Step>): Scenario => ({
  name,
  steps: [
    signupOf(name),
    ...(steps.some(({ as }) => as === "other") ? [{ ...signupOf(`other ${name}`), as: "other" as const }] : []),
    ...steps
  ]
})

const signupOf = (name: string): Step =>
  step("signup", {
    agent_name: "parity",
    runtime: "parity",
    agent_contact: `${name.replaceAll(/[^a-z]+/gu, "-")}@parity.example`
  })

const painting = { prompt: "a red boat", model: "fake.painter", max_usd: 0.2 }
const paint = (key: string, more: Schema.JsonObject = {}) =>
  step("create", { ...painting, idempotency_key: key, ...more })
const free = { prompt: "a red boat", model: "local.storyboard", model_parameters: { width: 256, height: 256 } }
const draw = (key: string, more: Schema.JsonObject = {}) => step("create", { ...free, idempotency_key: key, ...more })
const quote = (key: string, more: Schema.JsonObject = {}) =>
  step("creditsQuote", { credits: 25, payment_method: "fake", idempotency_key: key, ...more })
const buy = (quoteId: string, key = "buy-1") =>
  step("creditsBuy", { quote_id: quoteId, provider: "fake", idempotency_key: key })

const identity: ReadonlyArray<Scenario> = [
  agents("an agent signs up and is known", step("whoami"), step("quota")),
  nobodys("a signup needs a name", step("signup", { runtime: "parity" })),
  nobodys("a name has one line", step("signup", { agent_name: "a\nb", runtime: "parity" })),
  nobodys("a contact is an inbox", step("signup", { agent_name: "a", runtime: "parity", agent_contact: "studio" })),
  agents("a second signup rotates the token", signupOf("an agent signs up twice"), step("whoami")),
  nobodys("nobody is nobody", step("whoami"), step("quota")),
  nobodys("nobody has media, jobs or events", step("assetsList"), step("jobsList"), step("activityList")),
  nobodys("nobody makes anything", step("create", painting)),
  nobodys("anybody may plan", step("create", { ...painting, dry_run: true })),
  agents("an owner is asked to claim its agent", step("claimRequest", { contact: "owner@parity.example" })),
  agents("a claim needs an inbox", step("claimRequest", { contact: "owner" }))
]

const catalogue: ReadonlyArray<Scenario> = [
  nobodys("the rails are public", step("creditsMethods")),
  nobodys("the packs are public", step("creditsPacks")),
  nobodys("the models are public, in short rows", step("modelsList", { compact: "true" })),
  nobodys("one model is shown whole", step("modelsShow", { model_id: "fake.painter" })),
  nobodys("a model that is none is not found", step("modelsShow", { model_id: "fake.nothing" })),
  nobodys("the capabilities are public", step("capabilitiesList")),
  nobodys("one capability is shown", step("capabilitiesShow", { capability_id: "is.image.generate.fake-painter.v1" })),
  nobodys("a capability that is none is not found", step("capabilitiesShow", { capability_id: "image.smell" }))
]

const guide: ReadonlyArray<Scenario> = [
  nobodys("the guide sends a newcomer to the signup", step("guide", { prompt: "a red boat" })),
  agents("the guide asks for a prompt", step("guide")),
  agents("the guide proposes a create", step("guide", { prompt: "a red boat", model: "fake.painter", max_usd: 0.2 })),
  agents("the guide knows its models", step("guide", { prompt: "a red boat", model: "fake.nothing" })),
  agents("the guide carries a cap that is too low", step("guide", { ...painting, max_usd: 0.001 })),
  agents(
    "the guide proposes to buy when credits are short",
    paint("a", { output_count: 4, max_usd: 1 }),
    step("guide", { ...painting, output_count: 2, max_usd: 1 })
  ),
  agents("the guide explains at length", step("guide", { prompt: "a red boat", explain: true })),
  agents(
    "the guide proposes an edit",
    draw("a"),
    step("guide", { operation: "edit", prompt: "at night", inputs: ["{{2.asset_ids.0}}"] })
  )
]

const creates: ReadonlyArray<Scenario> = [
  agents("a picture is made and paid", paint("a"), step("quota"), step("assetsList"), step("jobsList")),
  agents("a free picture costs nothing", draw("a"), step("quota")),
  agents("a repeated key is charged once", paint("a"), paint("a"), step("quota")),
  agents("a key belongs to one request", paint("a"), paint("a", { prompt: "a blue boat" })),
  agents("a plan is priced and costs nothing", step("create", { ...painting, dry_run: true }), step("quota")),
  agents("a guard holds", paint("a", { max_usd: 0.01 }), step("quota")),
  agents("a price that nobody knows has to be confirmed", paint("a", { model: "fake.mystery" })),
  agents("a model has to exist", paint("a", { model: "fake.nothing" })),
  agents("a model has to be runnable", paint("a", { model: "openai.gpt-image-2" })),
  agents("native parameters are checked", paint("a", { model_parameters: { seed: "seven", smell: 1 } })),
  agents(
    "an aspect ratio is one of the model's",
    paint("a", { aspect_ratio: "16:9" }),
    paint("b", { aspect_ratio: "9:1" })
  ),
  agents("several outputs are one job", paint("a", { output_count: 2 }), step("quota")),
  agents("more outputs than a model makes are refused", paint("a", { output_count: 99 })),
  agents("a create needs a prompt", step("create", { model: "fake.painter", idempotency_key: "a", max_usd: 0.2 })),
  agents("a field that is none is refused", paint("a", { colour: "red" })),
  agents("everything that is wrong is said at once", step("create", { prompt: 7, max_usd: -1, output_count: "two" })),
  agents("a payment credential is never taken", paint("a", { stripe_secret: "none" })),
  agents("what the operator forbids is not made", paint("a", { prompt: "forbidden fruit" }), step("quota")),
  agents("what the provider refuses costs nothing", paint("a", { prompt: "refused" }), step("quota")),
  agents(
    "what the provider cannot do now costs nothing",
    paint("a", { prompt: "unavailable" }),
    paint("a", { prompt: "unavailable" }),
    step("quota")
  ),
  agents("what became of a lost call is unknown", paint("a", { prompt: "lost" }), step("jobsList"), step("quota")),
  agents("garbage of the provider is no picture", paint("a", { prompt: "garbage" }), step("quota")),
  agents("a claim has to be made before many are made at once", paint("a", { output_count: 5, max_usd: 1 })),
  agents(
    "credits end",
    paint("a", { output_count: 4, max_usd: 1 }),
    paint("b", { output_count: 2, max_usd: 1 }),
    step("quota")
  ),
  agents("a day ends", paint("a"), paint("b"), paint("c"), paint("d"), paint("e"), paint("f"), step("quota"))
]

const media: ReadonlyArray<Scenario> = [
  agents(
    "a picture is shown, deleted, and gone",
    draw("a"),
    step("assetsShow", { asset_id: "{{2.asset_ids.0}}" }),
    step("assetsDelete", { asset_id: "{{2.asset_ids.0}}" }),
    step("assetsShow", { asset_id: "{{2.asset_ids.0}}" })
  ),
  agents(
    "a picture that is none is not found",
    step("assetsShow", { asset_id: nobody.asset }),
    step("assetsLineage", { asset_id: nobody.asset }),
    step("assetsDelete", { asset_id: nobody.asset })
  ),
  agents(
    "somebody else's picture is not found",
    draw("a"),
    other("assetsShow", { asset_id: "{{3.asset_ids.0}}" }),
    other("assetsDelete", { asset_id: "{{3.asset_ids.0}}" })
  ),
  agents(
    "pictures have pages",
    draw("a"),
    draw("b"),
    step("assetsList", { limit: "1" }),
    step("assetsList", { limit: "1", cursor: "{{4.next_cursor}}" })
  ),
  agents("a page has a size", step("assetsList", { limit: "0" })),
  agents(
    "a picture is edited, and knows where it came from",
    draw("a"),
    step("edit", {
      input_asset_id: "{{2.asset_ids.0}}",
      prompt: "at night",
      model: "fake.retoucher",
      max_usd: 0.2,
      idempotency_key: "b"
    }),
    step("assetsLineage", { asset_id: "{{3.asset_ids.0}}" })
  ),
  agents(
    "an edit is planned",
    draw("a"),
    step("edit", { input_asset_id: "{{2.asset_ids.0}}", prompt: "at night", model: "fake.retoucher", dry_run: true })
  ),
  agents(
    "an edit needs its picture",
    step("edit", { input_asset_id: nobody.asset, prompt: "at night", model: "fake.retoucher", idempotency_key: "a" })
  ),
  agents(
    "somebody else's picture is not edited",
    draw("a"),
    other("edit", {
      input_asset_id: "{{3.asset_ids.0}}",
      prompt: "at night",
      model: "fake.retoucher",
      idempotency_key: "b"
    })
  ),
  agents(
    "a model that makes does not edit",
    draw("a"),
    step("edit", {
      input_asset_id: "{{2.asset_ids.0}}",
      prompt: "at night",
      model: "fake.painter",
      idempotency_key: "b"
    })
  )
]

const jobs: ReadonlyArray<Scenario> = [
  agents(
    "a job is shown, waited for, and past cancelling",
    draw("a"),
    step("jobsShow", { job_id: "{{2.job_id}}" }),
    step("jobsWait", { job_id: "{{2.job_id}}", timeout_ms: 1_000 }),
    step("jobsCancel", { job_id: "{{2.job_id}}" })
  ),
  agents(
    "a job that is none is not found",
    step("jobsShow", { job_id: nobody.job }),
    step("jobsCancel", { job_id: nobody.job }),
    step("jobsWait", { job_id: nobody.job })
  ),
  agents(
    "somebody else's job is not found",
    draw("a"),
    other("jobsShow", { job_id: "{{3.job_id}}" }),
    other("jobsCancel", { job_id: "{{3.job_id}}" })
  ),
  agents(
    "what happened is listed, and shown one by one",
    draw("a"),
    step("activityList", { limit: "1" }),
    step("activityShow", { reference: "{{3.events.0.event_id}}" })
  ),
  agents("what did not happen is not found", step("activityShow", { reference: nobody.event })),
  agents(
    "feedback is kept",
    step("feedbackCreate", { title: "a parity test", type: "bug", body: "it happened twice" })
  ),
  agents("feedback says something", step("feedbackCreate", { title: " " }))
]

const money: ReadonlyArray<Scenario> = [
  agents("a quote is priced, and the same under its key", quote("a"), quote("a"), quote("a", { credits: 26 })),
  agents(
    "a pack is quoted",
    step("creditsQuote", { pack_id: "starter-500", payment_method: "fake", idempotency_key: "a" })
  ),
  agents(
    "a quote is of credits or of a pack",
    step("creditsQuote", { payment_method: "fake", idempotency_key: "a" }),
    quote("a", { pack_id: "starter-500" })
  ),
  agents("a quote is neither too small nor too large", quote("a", { credits: 0 }), quote("b", { credits: 5_001 })),
  agents(
    "a rail has to exist and to be on",
    quote("a", { payment_method: "cash" }),
    quote("b", { credits: 500, payment_method: "stripe_x402.exact.usdc" })
  ),
  agents(
    "credits are bought, once, and spent",
    quote("a"),
    buy("{{2.quote_id}}"),
    buy("{{2.quote_id}}"),
    step("creditsStatus", { quote_id: "{{2.quote_id}}" }),
    paint("b"),
    step("quota")
  ),
  agents("a quote that is none is not bought", buy(nobody.quote)),
  agents(
    "somebody else's quote is not bought",
    quote("a"),
    { ...buy("{{3.quote_id}}"), as: "other" },
    other("creditsStatus", { quote_id: "{{3.quote_id}}" })
  ),
  agents(
    "a quote is bought on its own rail",
    quote("a"),
    step("creditsBuy", { quote_id: "{{2.quote_id}}", provider: "stripe", idempotency_key: "b" })
  ),
  agents("a payment that is none has no status", step("creditsStatus", { payment_attempt_id: nobody.attempt })),
  nobodys("a rail is chosen before anything is bought", step("creditsPlan", { credits: 500 })),
  nobodys("a rail without a human is chosen", step("creditsPlan", { credits: 500, no_human: true, max_usd: 10 })),
  agents(
    "a spend policy is shown and lowered",
    step("spendPolicyShow"),
    step("spendPolicySet", { max_credits_per_call: 3 }),
    paint("a"),
    step("quota")
  ),
  agents(
    "an agent does not raise its own policy",
    step("spendPolicySet", { max_credits_per_call: 3 }),
    step("spendPolicySet", { max_credits_per_call: 900 })
  )
]

export const scenarios: ReadonlyArray<Scenario> = [
  ...identity,
  ...catalogue,
  ...guide,
  ...creates,
  ...media,
  ...jobs,
  ...money
]
