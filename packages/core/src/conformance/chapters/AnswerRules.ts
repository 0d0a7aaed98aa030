import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { errorCodes, entryOf } from "../../envelope/ErrorRegistry.ts"
import { isJsonObject } from "../../envelope/JsonFields.ts"
import { receive } from "../../envelope/ReceivedCommand.ts"
import { ask, at, gives, holds, refuses, textAt } from "../Expect.ts"
import { type Ask, type Heard, Prober } from "../Prober.ts"
import { type Chapter, type Check, type Finding, must, should } from "../Rule.ts"
import { is } from "../Shape.ts"
import { canary } from "../Subjects.ts"
import { labelRules } from "./LabelRules.ts"

/** Successes, refusals, a prompt and a credential, so that there is something to judge however little else is asked. */
const samples: ReadonlyArray<Ask> = [
  { path: "/healthz" },
  { path: "/v1/whoami" },
  { path: "/v1/whoami", as: "agent" },
  { path: "/v1/quota", as: "agent" },
  { path: "/v1/models" },
  { path: "/v1/payment-methods" },
  { path: "/v1/models/conformance.$run" },
  { path: "/v1/nothing-$run" },
  { method: "POST", path: "/v1/agent-signups", body: {} },
  { method: "POST", path: "/v1/create", body: { prompt: `a red boat ${canary}`, dry_run: true } },
  { method: "POST", path: "/v1/feedback", as: "agent", body: { title: "conformance $run", card: "conformance-secret" } }
]

/** Everything that came back in this run from addresses of the contract, and is meant to be an envelope. */
const envelopes: Effect.Effect<ReadonlyArray<Heard>, Finding, Prober> = Effect.flatMap(Prober, ({ heard }) =>
  Effect.andThen(
    Effect.forEach(samples, (sample) => Effect.ignore(ask(sample))),
    Effect.map(heard, (all) =>
      all.filter(
        ({ ask: { path } }) => path === "/healthz" || (path.startsWith("/v1/") && !path.startsWith("/v1/webhooks"))
      )
    )
  )
)

/** True of every envelope of the run; the first of which it is not is shown. */
const every = (
  expected: string,
  isSo: (heard: Heard) => boolean,
  got: (heard: Heard) => Schema.Json | undefined
): Check =>
  Effect.flatMap(envelopes, (all) => {
    const wrong = all.find((heard) => !isSo(heard))
    return wrong === undefined
      ? Effect.flatMap(ask({ path: "/healthz" }), (heard) => holds(all.length > 0, heard, "an answer", undefined))
      : holds(false, wrong, expected, got(wrong))
  })

const field = (name: string) => (heard: Heard) => at(heard, name)
const header = (name: string) => (heard: Heard) => heard.headers[name]
const isOk = (heard: Heard): boolean => at(heard, "ok") === true
const isRefused = (heard: Heard): boolean => at(heard, "ok") === false

const codes: ReadonlySet<string> = new Set(errorCodes)

/** contract/api.md 2.1: these belong to clients, and to the argv endpoint where that repeats a client. */
const clientCodes: ReadonlySet<string> = new Set(errorCodes.filter((code) => entryOf(code).status === null))

const statusClass = new Map<number, number>([
  [401, 3],
  [402, 5],
  [429, 5]
])

/** Everything that came back, media apart. */
const everywhere = (expected: string, isSo: (heard: Heard, run: string) => boolean): Check =>
  Effect.flatMap(Prober, ({ heard, run }) =>
    Effect.andThen(
      envelopes,
      Effect.flatMap(heard, (all) => {
        const wrong = all.find((one) => !isSo(one, run))
        return wrong === undefined ? Effect.void : holds(false, wrong, expected, "it is there")
      })
    )
  )

const isSignup = ({ ask: { path } }: Heard): boolean => path === "/v1/agent-signups"

const suggestions = (heard: Heard): ReadonlyArray<string> => {
  const one = at(heard, "error.recovery.suggested_command")
  return typeof one === "string" ? [one] : []
}

export const answerRules: Chapter = {
  id: "answers",
  title: "Every answer",
  rules: [
    must(
      "A1.4-json",
      "Every answer is a JSON object",
      every(
        "a JSON object",
        ({ json }) => isJsonObject(json),
        ({ text }) => text
      )
    ),
    must(
      "A1.4-ok",
      "It says whether it is a success",
      every("ok true or false", (heard) => isOk(heard) || isRefused(heard), field("ok"))
    ),
    must(
      "A1.4-command",
      "It says which command it answers",
      every("command image-skill ...", (heard) => /^image-skill\b/u.test(textAt(heard, "command")), field("command"))
    ),
    must(
      "A1.4-trace",
      "It has a trace id",
      every(
        "trace_ and 16 hex digits",
        (heard) => /^trace_[0-9a-f]{16}$/u.test(textAt(heard, "trace_id")),
        field("trace_id")
      )
    ),
    must(
      "A1.4-trace-new",
      "No two requests have the same trace id",
      Effect.flatMap(envelopes, (all) => {
        const seen = new Set<string>()
        const twice = all.find((heard) => {
          const trace = textAt(heard, "trace_id")
          // A replay may answer with the very body of the first time.
          if (at(heard, "data.idempotency.replayed") === true || trace === "") return false
          return seen.size === seen.add(trace).size
        })
        return twice === undefined
          ? Effect.void
          : holds(false, twice, "a trace id of its own", textAt(twice, "trace_id"))
      })
    ),
    must(
      "A1.4-actor",
      "It says who acted, or null",
      every(
        "actor null, or with actor_type, actor_id, organization_id and claim_state",
        (heard) =>
          at(heard, "actor") === null ||
          ["actor_type", "actor_id", "organization_id", "claim_state"].every(
            (name) => textAt(heard, `actor.${name}`) !== ""
          ),
        field("actor")
      )
    ),
    must(
      "A1.4-warnings",
      "Its warnings are a list of texts, on refusals too",
      every(
        "warnings as a list of texts",
        (heard) => {
          const warnings = at(heard, "warnings")
          return Array.isArray(warnings) && warnings.every((warning) => typeof warning === "string")
        },
        field("warnings")
      )
    ),
    must(
      "A1.4-data",
      "A success has data as an object, and a refusal null",
      every(
        "data",
        (heard) => (isOk(heard) ? isJsonObject(at(heard, "data")) : at(heard, "data") === null),
        field("data")
      )
    ),
    must(
      "A1.4-error",
      "A refusal has an error as an object, and a success null",
      every(
        "error",
        (heard) => (isOk(heard) ? at(heard, "error") === null : isJsonObject(at(heard, "error"))),
        field("error")
      )
    ),
    must(
      "A1.4-message",
      "An error has a sentence and says whether it may be repeated",
      every(
        "error.message as text, error.retryable as boolean",
        (heard) =>
          isOk(heard) || (textAt(heard, "error.message") !== "" && typeof at(heard, "error.retryable") === "boolean"),
        field("error")
      )
    ),
    must(
      "A2.1-code",
      "Its code is one of the contract",
      every("a registered code", (heard) => isOk(heard) || codes.has(textAt(heard, "error.code")), field("error.code"))
    ),
    must(
      "A2.1-client-code",
      "It is none that belongs to clients",
      every(
        "a code of services",
        (heard) => isOk(heard) || heard.ask.path === "/v1/cli" || !clientCodes.has(textAt(heard, "error.code")),
        field("error.code")
      )
    ),
    must(
      "A2.1-unforeseen",
      "Nothing unforeseen happened to the service in this run",
      every(
        "no status of 500 or above",
        ({ status }) => status < 500,
        ({ status }) => status
      )
    ),
    must(
      "A1.4-status",
      "A success has a status below 300, and a refusal one above",
      every(
        "a status that fits ok",
        (heard) => heard.status < 300 === isOk(heard),
        ({ status }) => status
      )
    ),
    must(
      "A1.3-exit",
      "The exit code stands in a header as a bare number",
      every(
        "x-image-skill-exit-code",
        (heard) => /^\d{1,3}$/u.test(heard.headers["x-image-skill-exit-code"] ?? ""),
        header("x-image-skill-exit-code")
      )
    ),
    must(
      "A1.6-zero",
      "It is 0 for successes only",
      every(
        "0 for a success, another number for a refusal",
        (heard) => (heard.headers["x-image-skill-exit-code"] === "0") === isOk(heard),
        header("x-image-skill-exit-code")
      )
    ),
    must(
      "A1.6-class",
      "It is what clients make of the status where they know no better",
      every(
        "3 for 401, 5 for 402 and 429",
        (heard) =>
          !statusClass.has(heard.status) ||
          heard.headers["x-image-skill-exit-code"] === `${statusClass.get(heard.status) ?? ""}`,
        header("x-image-skill-exit-code")
      )
    ),
    should(
      "A1.3-trace",
      "The trace id stands in a header, too",
      every(
        "x-image-skill-trace-id as trace_id",
        (heard) => heard.headers["x-image-skill-trace-id"] === textAt(heard, "trace_id"),
        header("x-image-skill-trace-id")
      )
    ),
    must(
      "A1.3-type",
      "It is sent as JSON in UTF-8",
      every(
        "content-type: application/json; charset=utf-8",
        (heard) => /^application\/json\s*;\s*charset="?utf-8"?$/iu.test(heard.headers["content-type"] ?? ""),
        header("content-type")
      )
    ),
    should(
      "A1.3-retry",
      "A refusal that says when to come again says it in retry-after, too",
      every(
        "retry-after, on 429 and 503",
        (heard) => ![429, 503].includes(heard.status) || /^\d+$/u.test(heard.headers["retry-after"] ?? ""),
        header("retry-after")
      )
    ),
    must(
      "A1.8-token",
      "No answer but a signup's has a token in it",
      everywhere("no token", (heard) => isSignup(heard) || !/isk_[ro]_[A-Za-z0-9]{20}/u.test(heard.text))
    ),
    must(
      "A1.8-prompt",
      "No answer repeats a prompt",
      everywhere("no word of the prompt", (heard, run) => !heard.text.includes(`boat canary-${run}`))
    ),
    must(
      "A1.8-secrets",
      "No answer has a key of a payment provider in it",
      everywhere(
        "no key, no client secret",
        (heard) =>
          !/\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8}|\bwhsec_[A-Za-z0-9]{8}|\bpi_\w+_secret_\w/u.test(heard.text)
      )
    ),
    must(
      "A1.8-credential",
      "No answer repeats a payment credential",
      everywhere("no credential that was sent", (heard) => !heard.text.includes("conformance-secret"))
    ),
    should(
      "A2.3-command",
      "Each command that is suggested is one of the contract",
      every(
        "a command line of image-skill",
        (heard) => suggestions(heard).every((line) => Option.isSome(receive(line))),
        (heard) => suggestions(heard)[0]
      )
    ),
    ...labelRules,
    must(
      "A1.4-null",
      "What is not there is null in the frame, not missing",
      Effect.flatMap(
        Effect.all([
          gives({ path: "/healthz" }),
          refuses({ path: "/v1/whoami" }, "AUTH_REQUIRED", { fields: { ok: is(false) } })
        ]),
        ([success, refusal]) =>
          Effect.andThen(
            holds(
              at(success, "error") === null && at(success, "actor") === null,
              success,
              "error null and actor null",
              at(success, "error")
            ),
            holds(at(refusal, "data") === null, refusal, "data null", at(refusal, "data"))
          )
      )
    )
  ]
}
