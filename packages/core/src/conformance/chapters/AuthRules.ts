import * as Effect from "effect/Effect"
import { gives, refuses } from "../Expect.ts"
import { type Ask, Prober } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { absent, is, like, text } from "../Shape.ts"

const nobodys = "zzzzzzzzzzzzzzzzzzzz"

/** Every address that needs a token, with a request that would do nothing even with one (contract/api.md, endpoint index). */
const guarded: ReadonlyArray<readonly [name: string, request: Ask]> = [
  ["whoami", { path: "/v1/whoami" }],
  ["quota", { path: "/v1/quota" }],
  ["quotes", { method: "POST", path: "/v1/credit-quotes", body: {} }],
  ["checkout", { method: "POST", path: "/v1/credit-purchases/stripe-checkout-sessions", body: {} }],
  ["deposit", { method: "POST", path: "/v1/credit-purchases/stripe-x402-deposits", body: {} }],
  ["status", { path: `/v1/credit-purchases/status?quote_id=quote_${nobodys}` }],
  ["create", { method: "POST", path: "/v1/create", body: { prompt: "", dry_run: false } }],
  ["upload", { method: "POST", path: "/v1/upload", body: {} }],
  ["edit", { method: "POST", path: "/v1/edit", body: {} }],
  ["asset", { path: `/v1/assets/image_${nobodys}` }],
  ["job", { path: `/v1/jobs/job_${nobodys}` }],
  ["activity", { path: "/v1/activity" }],
  ["event", { path: `/v1/activity/evt_${nobodys}` }],
  ["feedback", { method: "POST", path: "/v1/feedback", body: {} }]
]

const guard = ([name, request]: (typeof guarded)[number]): Rule =>
  must(
    `A3.3-${name}`,
    `${request.method ?? "GET"} ${request.path.replace(/[?].*$/u, "").replace(/\w+_z+$/u, "ID")} asks for a token`,
    refuses(request, "AUTH_REQUIRED", { fields: { actor: absent } })
  )

/** What an `authorization` header says that is nobody's, with a token of this service. */
const strangeHeaders: ReadonlyArray<readonly [name: string, title: string, header: (token: string) => string]> = [
  ["blank", "A scheme without a token is nobody", () => "Bearer "],
  ["malformed", "A token of another form is nobody", () => "Bearer conformance-$run"],
  ["forged", "A token of the right form that was never given out is nobody", () => `Bearer isk_r_${"0".repeat(32)}`],
  ["case", "A token in capitals is another token", (token) => `Bearer ${token.toUpperCase()}`],
  ["longer", "A token with something after it is another token", (token) => `Bearer ${token}x`],
  ["shorter", "A token that is cut off is another token", (token) => `Bearer ${token.slice(0, -1)}`],
  ["bare", "A token without its scheme is nobody", (token) => token],
  ["basic", "A token under another scheme is nobody", (token) => `Basic ${token}`],
  ["two", "Two tokens are nobody", (token) => `Bearer ${token} ${token}`]
]

const withHeader = (header: (token: string) => string, path = "/v1/whoami") =>
  Effect.map(
    Effect.flatMap(Prober, ({ token }) => token("agent")),
    (token): Ask => ({ path, headers: { authorization: header(token) } })
  )

const strange = ([name, title, header]: (typeof strangeHeaders)[number]): Rule =>
  must(
    `A2.1-${name}`,
    title,
    Effect.flatMap(withHeader(header), (request) =>
      refuses(request, "AUTH_REQUIRED", { fields: { "error.retryable": is(false), actor: absent } })
    )
  )

export const authRules: Chapter = {
  id: "auth",
  title: "Tokens",
  rules: [
    ...guarded.map(guard),
    ...strangeHeaders.map(strange),
    must(
      "A1.2-scheme",
      "The scheme of the header is read in any case",
      Effect.flatMap(
        withHeader((token) => `bEARER ${token}`),
        (request) => gives(request, { "data.authenticated": is(true) })
      )
    ),
    should(
      "A1.2-blanks",
      "Blanks around the token are ignored",
      Effect.flatMap(
        withHeader((token) => `Bearer   ${token} `),
        (request) => gives(request, { "data.authenticated": is(true) })
      )
    ),
    must(
      "A2.3-signup",
      "Whoever has no token is told how to get one",
      refuses({ path: "/v1/whoami" }, "AUTH_REQUIRED", {
        fields: { "error.recovery.suggested_command": like(/^image-skill signup\b/u, "image-skill signup ...") }
      })
    ),
    must(
      "A5.1-any-token",
      "The payment methods do not look at tokens",
      gives({ path: "/v1/payment-methods", headers: { authorization: "Bearer conformance-$run" } }, { actor: absent })
    ),
    must(
      "A7.1-any-token",
      "Neither does the list of models",
      gives({ path: "/v1/models", headers: { authorization: "Bearer conformance-$run" } }, { "data.source": text })
    ),
    must(
      "A1.2-token-body",
      "A token in a body is nobody's",
      Effect.flatMap(
        Effect.flatMap(Prober, ({ token }) => token("agent")),
        (token) =>
          refuses({ method: "POST", path: "/v1/feedback", body: { title: "conformance $run", token } }, [
            "AUTH_REQUIRED",
            "PAYMENT_CREDENTIAL_REJECTED"
          ])
      )
    )
  ]
}
