import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { isJsonObject, jsonField, textField } from "../envelope/JsonFields.ts"
import { ask, gives, listAt, numberAt, skip, textAt } from "./Expect.ts"
import { type Ask, type Heard, Prober, type Role } from "./Prober.ts"
import type { Finding } from "./Rule.ts"
import { id, text } from "./Shape.ts"

/** What rules are about: a rail, a model, somebody's rows. A service that has none is not asked about it. */

type Found<A> = Effect.Effect<A, Finding, Prober>

export interface Rail {
  readonly id: string
  /** The smallest number of credits it quotes. */
  readonly credits: number
  readonly liveMoney: boolean
  readonly endpoint: string
}

const rails: Found<ReadonlyArray<Rail>> = Effect.map(ask({ path: "/v1/payment-methods" }), (heard) =>
  listAt(heard, "data.methods").flatMap((method) =>
    isOpen(method)
      ? [
          {
            id: textField(method, "method_id"),
            credits: Math.max(1, numberIn(jsonField(method, "limits"), "min_credits") ?? 1),
            liveMoney: jsonField(method, "live_money") === true,
            endpoint: textField(method, "purchase_endpoint")
          }
        ]
      : []
  )
)

const isOpen = (method: Schema.Json): boolean =>
  ["available", "quoteable", "purchasable"].every((name) => jsonField(method, name) === true)

/** One on which a quote can be had. */
export const rail: Found<Rail> = Effect.flatMap(rails, ([first]) =>
  first === undefined ? skip("no payment method is available here") : Effect.succeed(first)
)

/** The rail of harnesses, on which a purchase is no real money (contract/api.md 5.6). */
export const fakeRail: Found<Rail> = Effect.flatMap(rails, (all) => {
  const fake = all.find((one) => one.id === "fake" && !one.liveMoney)
  return fake === undefined ? skip("the fake rail is not on here") : Effect.succeed(fake)
})

/** One quote a role, run and name. */
export const quoteAsk = (as: Role, { credits, id: method }: Rail, name = "quote"): Ask => ({
  method: "POST",
  path: "/v1/credit-quotes",
  as,
  body: { credits, payment_method: method, idempotency_key: `conformance-$run-${name}` }
})

export const quoteOf = (as: Role): Found<Heard> =>
  Effect.flatMap(rail, (found) => gives(quoteAsk(as, found), { "data.quote_id": id("quote") }))

export interface FoundModel {
  readonly id: string
  readonly provider: string
  readonly capability: string
  readonly credits: number
  readonly row: Schema.Json
}

export const modelRows: Found<ReadonlyArray<Schema.Json>> = Effect.map(ask({ path: "/v1/models" }), (heard) =>
  listAt(heard, "data.models")
)

const modelsFor = (what: "create" | "edit"): Found<ReadonlyArray<FoundModel>> =>
  Effect.map(modelRows, (rows) => rows.filter((row) => runs(row, what)).map(toModel))

const runs = (row: Schema.Json, what: string): boolean => {
  const supports = jsonField(row, "supports")
  const status = jsonField(jsonField(row, "execution"), "model_execution_status")
  return (
    Array.isArray(supports) &&
    supports.includes(what) &&
    jsonField(row, "modality") === "image" &&
    jsonField(row, "status") === "available" &&
    status === "executable" &&
    jsonField(jsonField(row, "economics"), "cost_known") !== false
  )
}

const toModel = (row: Schema.Json): FoundModel => ({
  id: textField(row, "id"),
  provider: textField(row, "provider_id"),
  capability: textField(jsonField(row, "capability"), "id"),
  credits: creditsOf(row),
  row
})

export const creditsOf = (row: Schema.Json): number =>
  numberIn(jsonField(jsonField(row, "economics"), "credit_pricing"), "credits_required") ?? Number.NaN

const numberIn = (value: Schema.Json | undefined, name: string): number | null => {
  const found = jsonField(value, name)
  return typeof found === "number" ? found : null
}

/** Any model that makes pictures from words, the cheapest first. */
export const creator: Found<FoundModel> = Effect.flatMap(modelsFor("create"), cheapest)

/** All that change pictures. */
export const editors: Found<ReadonlyArray<FoundModel>> = modelsFor("edit")

/** Any model that changes pictures. */
export const editor: Found<FoundModel> = Effect.flatMap(editors, cheapest)

function cheapest(models: ReadonlyArray<FoundModel>): Effect.Effect<FoundModel, Finding> {
  const [first] = models.toSorted((left, right) => left.credits - right.credits)
  return first === undefined ? skip("no model can do this here") : Effect.succeed(first)
}

/** One that may really run: it costs nothing, or the run may spend. */
export const spendable = (model: Found<FoundModel>): Found<FoundModel> =>
  Effect.flatMap(Effect.all([Prober, model]), ([{ spend }, found]) =>
    found.credits === 0 || spend
      ? Effect.succeed(found)
      : skip(`it would cost ${found.credits} credits; --spend allows that`)
  )

/** The smallest picture that a model makes. */
const small = ({ row }: FoundModel): Schema.JsonObject => {
  const properties = jsonField(jsonField(jsonField(row, "parameters"), "schema"), "properties")
  const least = ["width", "height"].flatMap((name) => {
    const minimum = numberIn(jsonField(properties, name), "minimum")
    return minimum === null ? [] : [[name, minimum] as const]
  })
  return least.length === 2 ? { model_parameters: Object.fromEntries(least) } : {}
}

/** Ends every prompt; no answer may repeat one. */
export const canary = "canary-$run"

export const createAsk = (as: Role, model: FoundModel, fields: Schema.JsonObject): Ask => ({
  method: "POST",
  path: "/v1/create",
  as,
  body: { prompt: `a red boat ${canary}`, model: model.id, ...small(model), ...fields }
})

/** A plan: it costs nothing, and leaves a job behind. */
export const plan = (as: Role): Found<Heard> =>
  Effect.flatMap(creator, (model) => gives(createAsk(as, model, { dry_run: true }), { "data.job_id": id("job") }))

export const liveAsk: Found<Ask> = Effect.map(spendable(creator), (model) =>
  createAsk("agent", model, { idempotency_key: "conformance-$run-create" })
)

/** A picture that was really made. */
export const made: Found<Heard> = Effect.flatMap(liveAsk, (request) =>
  gives(request, { "data.assets.0.asset_id": text })
)

/** A PNG of 8 by 8 pixels in one colour. */
export const png = {
  bytes: 74,
  sha256: "2c6df947ab40e82f29c40ab28d10d6c19135d73bff53ae0c070c5f610b22a8c2",
  base64: "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGPQCKjAihiGlgQAXiE8Ae7IgEEAAAAASUVORK5CYII="
} as const

export const uploadBody: Schema.JsonObject = {
  source_kind: "local_path",
  filename: "conformance-$run.png",
  remote_origin: null,
  mime_type: "image/png",
  content_length: png.bytes,
  sha256: png.sha256,
  bytes_base64: png.base64
}

export const uploadAsk = (as: Role, fields: Schema.JsonObject = {}): Ask => ({
  method: "POST",
  path: "/v1/upload",
  as,
  body: { ...uploadBody, ...fields }
})

export const uploaded = (as: Role): Found<Heard> => gives(uploadAsk(as), { "data.asset.asset_id": text })

export const jobIdOf = (heard: Heard): string => textAt(heard, "data.job_id")

/** The first event that an activity answer lists. */
export const eventsOf = (as: Role): Found<Heard> =>
  Effect.andThen(uploaded(as), gives({ path: "/v1/activity", as }, { "data.events.0.event_id": text }))

/** Free and paid credits together. */
export const balanceIn = (heard: Heard, path = "data.limits"): number =>
  numberAt(heard, `${path}.remaining_credits`) + numberAt(heard, `${path}.payment_backed_remaining_credits`)

/** The quota now, asked anew for each name. */
export const quotaNow = (again: number): Found<Heard> => gives({ path: "/v1/quota", as: "agent", again })

export const fieldsOf = (value: Schema.Json | undefined): ReadonlyArray<readonly [string, Schema.Json]> =>
  isJsonObject(value) ? Object.entries(value) : []
