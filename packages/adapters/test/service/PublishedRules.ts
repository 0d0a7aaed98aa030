import { assert } from "@effect/vitest"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"
import { json, type RawReply } from "./RawHttp.ts"

type Json = Schema.Json | undefined

/** A request of a published client, and what came back. */
interface Answered {
  readonly method: string
  readonly path: string
  readonly body: Schema.Json
  readonly reply: RawReply
}

/** One rule of contract/cli.md 13: which answers it is about, and what is wrong with one of them. */
interface Rule {
  readonly number: number
  readonly concerns: (answered: Answered) => boolean
  readonly broken: (answered: Answered) => ReadonlyArray<string>
}

/** contract/api.md 1.5: the label of each route. */
const labels: ReadonlyArray<readonly [route: RegExp, label: string]> = [
  [/^GET \/healthz$/u, "healthz"],
  [/^POST \/v1\/agent-signups$/u, "signup"],
  [/^POST \/v1\/agent-claims$/u, "claim request"],
  [/^GET \/v1\/whoami$/u, "whoami"],
  [/^GET \/v1\/quota$/u, "usage quota"],
  [/^GET \/v1\/payment-methods$/u, "credits methods"],
  [/^GET \/v1\/credit-packs$/u, "credits packs list"],
  [/^POST \/v1\/credit-quotes$/u, "credits quote"],
  [/^POST \/v1\/credit-purchases\/stripe-(?:checkout-session|x402-deposit)s$/u, "credits buy"],
  [/^GET \/v1\/credit-purchases\/status$/u, "credits status"],
  [/^GET \/v1\/models$/u, "models list"],
  [/^GET \/v1\/models\/[^/]+$/u, "models show"],
  [/^GET \/v1\/capabilities$/u, "capabilities list"],
  [/^GET \/v1\/capabilities\/[^/]+$/u, "capabilities show"],
  [/^POST \/v1\/create$/u, "create"],
  [/^POST \/v1\/upload$/u, "upload"],
  [/^POST \/v1\/edit$/u, "edit"],
  [/^GET \/v1\/assets\/[^/]+$/u, "assets show"],
  [/^GET \/v1\/jobs\/[^/]+$/u, "jobs show"],
  [/^GET \/v1\/activity$/u, "activity list"],
  [/^GET \/v1\/activity\/[^/]+$/u, "activity show"],
  [/^POST \/v1\/feedback$/u, "feedback create"]
]

const routeOf = ({ method, path }: Answered): string => `${method} ${path.split("?")[0]}`
const bodyOf = ({ reply }: Answered): Schema.Json => json(reply)
const dataOf = (answered: Answered): Json => jsonField(bodyOf(answered), "data")
const isOk = (answered: Answered): boolean => jsonField(bodyOf(answered), "ok") === true
const listOf = (value: Json): ReadonlyArray<Schema.Json> => (isList(value) ? value : [])

const isList = (value: Json): value is Schema.JsonArray => Array.isArray(value)

/** Only what was granted is read. */
const granted =
  (route: RegExp) =>
  (answered: Answered): boolean =>
    route.test(routeOf(answered)) && isOk(answered)

/** What is not as it has to be, each under the words that say how it has to be. */
const unmet = (conditions: { readonly [what: string]: boolean }): ReadonlyArray<string> =>
  Object.entries(conditions).flatMap(([what, isSo]) => (isSo ? [] : [what]))

const isNumber = (value: Json): boolean => typeof value === "number" && Number.isFinite(value)
const isNumberOrNull = (value: Json): boolean => value === null || isNumber(value)
const isText = (value: Json): boolean => typeof value === "string" && value !== ""

const priceFields = [
  "credits_required",
  "credit_unit_usd",
  "estimated_provider_cost_usd",
  "fallback_provider_cost_usd",
  "estimated_revenue_usd"
]

const modelIsWhole = (row: Schema.Json): ReadonlyArray<string> => {
  const economics = jsonField(row, "economics")
  const pricing = jsonField(economics, "credit_pricing")
  return unmet({
    "id, status and execution status are text":
      isText(jsonField(row, "id")) &&
      isText(jsonField(row, "status")) &&
      isText(jsonField(jsonField(row, "execution"), "model_execution_status")),
    "supports is a list": Array.isArray(jsonField(row, "supports")),
    "the estimate is a number or null": isNumberOrNull(jsonField(economics, "estimated_usd_per_image")),
    "prices are numbers or null": priceFields.every((field) => isNumberOrNull(jsonField(pricing, field))),
    "the confidence is text": isText(jsonField(pricing, "pricing_confidence"))
  })
}

const methodFlags = [
  "available",
  "quoteable",
  "purchasable",
  "live_money",
  "requires_browser",
  "agent_initiated",
  "agent_settleable"
]

const methodIsWhole = (row: Schema.Json): ReadonlyArray<string> =>
  unmet({
    "method_id is text": isText(jsonField(row, "method_id")),
    "its facts are booleans": methodFlags.every((field) => typeof jsonField(row, field) === "boolean"),
    "buyer_modes is a list": Array.isArray(jsonField(row, "buyer_modes")),
    "its commands are bare image-skill commands": ["quote_command", "purchase_command", "status_command"].every(
      (name) => textField(jsonField(row, "recovery"), name).startsWith("image-skill ")
    )
  })

const summaryFields = ["total", "returned", "executable", "cataloged_not_wired", "unavailable"]

/** contract/cli.md 8.4. */
const assetId = /^(?:asset|image|video|audio|mask|thumb|file)_[A-Za-z0-9._-]{1,128}$/u

/** contract/cli.md 6.9.1: nothing that stands for a link may be blank or anything else. */
const linksAreText = (value: Json): boolean =>
  ["checkout_handoff_url", "checkout_url", "fallback_checkout_url"].every((field) => {
    const link = jsonField(value, field)
    return link === undefined || link === null || isText(link)
  })

const isPayment = /^(?:POST \/v1\/credit-(?:quotes|purchases\/stripe-.+)|GET \/v1\/credit-purchases\/status)$/u

const rules: ReadonlyArray<Rule> = [
  {
    number: 1,
    concerns: () => true,
    broken: (answered) => {
      const body = bodyOf(answered)
      const keys = isJsonObject(body) ? Object.keys(body) : []
      const warnings = jsonField(body, "warnings")
      return unmet({
        "the seven keys of an envelope":
          JSON.stringify(keys.toSorted()) ===
          JSON.stringify(["actor", "command", "data", "error", "ok", "trace_id", "warnings"]),
        "ok is a boolean": typeof jsonField(body, "ok") === "boolean",
        "warnings is a list of text": Array.isArray(warnings) && warnings.every((one) => typeof one === "string")
      })
    }
  },
  {
    number: 2,
    concerns: () => true,
    broken: (answered) => {
      const header = String(answered.reply.headers["x-image-skill-exit-code"])
      return unmet({
        "the exit code is an integer": /^(?:\d|[1-9]\d{1,2})$/u.test(header),
        "the exit code agrees with ok": (header === "0") === isOk(answered)
      })
    }
  },
  {
    number: 3,
    concerns: () => true,
    broken: (answered) => {
      const label = labels.find(([route]) => route.test(routeOf(answered)))?.[1]
      return unmet({
        [`the command is ${label}`]:
          textField(bodyOf(answered), "command") === (label === undefined ? "image-skill" : `image-skill ${label}`)
      })
    }
  },
  {
    number: 4,
    concerns: granted(/^GET \/healthz$/u),
    broken: (answered) =>
      unmet({
        "status and api_version are text":
          isText(jsonField(dataOf(answered), "status")) && isText(jsonField(dataOf(answered), "api_version"))
      })
  },
  {
    number: 5,
    concerns: granted(/^GET \/v1\/models$/u),
    broken: (answered) => [
      ...listOf(jsonField(dataOf(answered), "models")).flatMap(modelIsWhole),
      ...unmet({
        "the summary counts": summaryFields.every((field) =>
          isNumber(jsonField(jsonField(dataOf(answered), "summary"), field))
        )
      })
    ]
  },
  {
    number: 6,
    concerns: granted(/^GET \/v1\/payment-methods$/u),
    broken: (answered) => {
      const methods = listOf(jsonField(dataOf(answered), "methods"))
      return [...methods.flatMap(methodIsWhole), ...unmet({ "there are methods": methods.length > 0 })]
    }
  },
  {
    number: 7,
    concerns: (answered) => /^GET \/v1\/quota$/u.test(routeOf(answered)),
    broken: (answered) => {
      const found = dataOf(answered)
      if (!isOk(answered)) {
        const code = textField(jsonField(bodyOf(answered), "error"), "code")
        return unmet({ "a token that is refused is AUTH_REQUIRED": code === "AUTH_REQUIRED" })
      }
      const jobs = jsonField(found, "daily_jobs")
      const limits = jsonField(found, "limits")
      return unmet({
        "it says whose it is":
          typeof jsonField(found, "authenticated") === "boolean" &&
          isText(jsonField(found, "claim_state")) &&
          isText(jsonField(found, "token_status")),
        "credits are numbers":
          isNumber(jsonField(limits, "remaining_credits")) &&
          isNumber(jsonField(limits, "payment_backed_remaining_credits")),
        "daily_jobs is absent or counts": jobs === undefined || isNumber(jsonField(jobs, "remaining"))
      })
    }
  },
  {
    number: 8,
    concerns: granted(/^POST \/v1\/agent-signups$/u),
    broken: (answered) => {
      const contact = textField(answered.body, "agent_contact") || textField(answered.body, "human_email")
      const shown = textField(dataOf(answered), "agent_contact")
      const wantsToken = jsonField(answered.body, "return_token") === true
      return unmet({
        "the token is there when it was asked for": isText(jsonField(dataOf(answered), "token")) === wantsToken,
        "the contact is masked": contact === "" ? shown === "" : shown.includes("*") && shown !== contact
      })
    }
  },
  {
    number: 9,
    concerns: granted(/^POST \/v1\/upload$/u),
    broken: (answered) =>
      unmet({ "the asset has an id": assetId.test(textField(jsonField(dataOf(answered), "asset"), "asset_id")) })
  },
  {
    number: 10,
    concerns: granted(/^GET \/v1\/assets\/[^/]+$/u),
    broken: (answered) => {
      const asset = jsonField(dataOf(answered), "asset")
      return unmet({
        "the asset has an id": assetId.test(textField(asset, "asset_id")),
        "its URL is absolute": URL.canParse(textField(asset, "url")),
        "its type is a media type": /^[a-z0-9]+\/[a-z0-9.+-]+$/u.test(textField(asset, "mime_type"))
      })
    }
  },
  {
    number: 11,
    concerns: granted(/^GET \/v1\/jobs\/[^/]+$/u),
    broken: (answered) =>
      unmet({
        "the job's status is one that is known": /^(?:planned|queued|running|completed|failed|canceled)$/u.test(
          textField(jsonField(dataOf(answered), "job"), "status")
        )
      })
  },
  {
    number: 12,
    concerns: (answered) => isPayment.test(routeOf(answered)),
    broken: (answered) => {
      const found = dataOf(answered)
      const isBare = /\/status\??$/u.test(answered.path)
      return unmet({
        "links are text": [found, jsonField(found, "next"), jsonField(found, "payment_attempt")].every(linksAreText),
        "without a reference it is the balance, or refused":
          !isBare || !isOk(answered) || isNumber(jsonField(jsonField(found, "limits"), "remaining_credits"))
      })
    }
  },
  {
    number: 13,
    concerns: (answered) =>
      routeOf(answered) === "POST /v1/create" && jsonField(answered.body, "dry_run") === true && isOk(answered),
    broken: (answered) =>
      unmet({ "a plan costs nothing": jsonField(jsonField(dataOf(answered), "quota"), "consumed_credits") === 0 })
  }
]

const asked = new Set<number>()

/** The rules that no answer was held to since the tests of this file began. */
export const unasked = (): ReadonlyArray<number> =>
  rules.map(({ number }) => number).filter((number) => !asked.has(number))

/** Holds an answer to every rule that is about it. */
export const obeysRules = (answered: Answered): void => {
  const about = `${answered.method} ${answered.path}`
  for (const { broken, concerns, number } of rules) {
    if (!concerns(answered)) continue
    asked.add(number)
    assert.deepStrictEqual(broken(answered), [], `contract/cli.md 13, rule ${number}: ${about}`)
  }
}
