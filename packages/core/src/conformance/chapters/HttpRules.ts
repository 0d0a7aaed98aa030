import * as Effect from "effect/Effect"
import { answers, ask, gives, holds, refuses } from "../Expect.ts"
import { type Ask, Prober } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { like, text } from "../Shape.ts"

const signups = { method: "POST", path: "/v1/agent-signups" } as const

/** Nothing in it can be taken for a signup, so none happens. */
const notSignedUp = "{}"

const wrongMethod = (id: string, request: Ask, allowed: string): Rule =>
  must(
    id,
    `${request.path} takes ${allowed} and says so to whoever comes with ${request.method ?? "GET"}`,
    refuses(request, "METHOD_NOT_ALLOWED", {
      headers: { allow: like(new RegExp(`\\b${allowed}\\b`, "u"), `a list with ${allowed}`) }
    })
  )

const badBody = (id: string, title: string, body: string): Rule =>
  must(
    id,
    title,
    refuses({ ...signups, text: body, headers: { "content-type": "application/json" } }, "INVALID_ARGUMENTS", {
      status: 400
    })
  )

const badType = (id: string, title: string, headers: Ask["headers"]): Rule =>
  must(
    id,
    title,
    refuses({ ...signups, text: notSignedUp, ...(headers === undefined ? {} : { headers }) }, "INVALID_ARGUMENTS", {
      status: 415
    })
  )

const tokenInQuery = (id: string, name: string): Rule =>
  must(
    id,
    `A token in the query, as ${name}, is nobody's`,
    Effect.flatMap(Prober, ({ token }) =>
      Effect.flatMap(token("agent"), (value) =>
        refuses({ path: `/v1/whoami?${name}=${encodeURIComponent(value)}` }, "AUTH_REQUIRED")
      )
    )
  )

const cached = (id: string, path: string): Rule =>
  should(
    id,
    `Caches keep ${path} for 30 seconds at most`,
    Effect.flatMap(gives({ path }), (heard) => {
      const control = heard.headers["cache-control"] ?? ""
      const seconds = /max-age=(\d+)/iu.exec(control)?.[1]
      return holds(
        /no-store|no-cache/iu.test(control) || (seconds !== undefined && Number(seconds) <= 30),
        heard,
        "cache-control: public, max-age=30 at most",
        control
      )
    })
  )

export const httpRules: Chapter = {
  id: "http",
  title: "HTTP and JSON",
  rules: [
    must(
      "A1.1-unknown",
      "An address where nothing is answers 404 with an envelope",
      refuses({ path: "/v1/nothing-$run" }, "NOT_FOUND")
    ),
    must(
      "A1.1-unknown-post",
      "So it does when something is posted there",
      refuses({ method: "POST", path: "/v1/nothing-$run", body: {} }, "NOT_FOUND")
    ),
    should("A1.1-unknown-root", "So it does outside of /v1", refuses({ path: "/nothing-$run" }, "NOT_FOUND")),
    wrongMethod("A1.1-get-create", { path: "/v1/create" }, "POST"),
    wrongMethod("A1.1-delete-whoami", { method: "DELETE", path: "/v1/whoami" }, "GET"),
    wrongMethod("A1.1-put-models", { method: "PUT", path: "/v1/models", body: {} }, "GET"),
    badType("A1.2-no-type", "A body without a content type is refused with 415", undefined),
    badType("A1.2-text", "So is one of text", { "content-type": "text/plain" }),
    badType("A1.2-form", "So is one of a form", { "content-type": "application/x-www-form-urlencoded" }),
    must(
      "A1.2-charset",
      "A content type that says utf-8 is taken",
      refuses(
        { ...signups, text: notSignedUp, headers: { "content-type": "application/json; charset=utf-8" } },
        "INVALID_ARGUMENTS",
        { status: 400 }
      )
    ),
    badBody("A1.2-empty", "An empty body is refused", ""),
    badBody("A1.2-not-json", "A body that is no JSON is refused", '{"agent_name": '),
    badBody("A1.2-list", "A list is no request", "[]"),
    badBody("A1.2-text-body", "A text is no request", '"agent_name"'),
    badBody("A1.2-null", "Null is no request", "null"),
    badBody(
      "A1.2-deep",
      "JSON that is nested 5,000 deep is refused like other wrong JSON",
      `${"[".repeat(5_000)}${"]".repeat(5_000)}`
    ),
    must(
      "A1.2-large",
      "A body of more than 256 KiB is refused with 413",
      refuses(
        {
          ...signups,
          text: `{"agent_name": "${"x".repeat(300_000)}"}`,
          headers: { "content-type": "application/json" }
        },
        "INVALID_ARGUMENTS",
        { status: 413 }
      )
    ),
    should(
      "A1.2-query",
      "Query parameters that nobody knows are ignored",
      gives({ path: "/v1/credit-packs?nobody=$run" }, { "data.packs.0.pack_id": text })
    ),
    tokenInQuery("A1.2-token-query", "token"),
    tokenInQuery("A1.2-access-token-query", "access_token"),
    must(
      "A1.3-no-store",
      "What depends on a token is not kept by caches",
      answers({ path: "/v1/quota", as: "agent" }, { headers: { "cache-control": like(/no-store/iu, "no-store") } })
    ),
    must(
      "A1.3-error-no-store",
      "A refusal is not kept by caches",
      answers({ path: "/v1/quota" }, { status: 401, headers: { "cache-control": like(/no-store/iu, "no-store") } })
    ),
    cached("A1.3-models", "/v1/models"),
    cached("A1.3-methods", "/v1/payment-methods"),
    cached("A1.3-packs", "/v1/credit-packs"),
    must(
      "A1.7-json",
      "No address of the contract answers in HTML",
      Effect.forEach(["/healthz", "/v1/whoami", "/v1/nothing-$run", "/v1/models"], (path) =>
        Effect.flatMap(ask({ path }), (heard) =>
          holds(heard.json !== null, heard, "a JSON object", heard.headers["content-type"])
        )
      )
    )
  ]
}
