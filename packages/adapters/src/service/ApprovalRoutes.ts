import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { type Approval, SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import { Identity } from "@image-skill/core/identity/Identity"
import * as Html from "@image-skill/core/service/ApprovalHtml"
import * as ByteSize from "effect/ByteSize"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/**
 * The page on which an owner decides a request. The owner's token is sent in the body of its form and is the only
 * credential, so that a page elsewhere that sends the form has nothing to send it with. It is never in an address, a
 * cookie or a log.
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | SpendPolicies | PolicyDesk | Identity> =
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const rows = yield* SpendPolicies
      const desk = yield* PolicyDesk
      const identity = yield* Identity

      /** The request that still waits, or the page that says why there is none. */
      const waiting = Effect.gen(function* () {
        const { approval: id = "" } = yield* HttpRouter.params
        const approval = Option.getOrNull(yield* rows.approval(id))
        if (approval === null) return Html.missing()
        const now = DateTime.formatIso(yield* DateTime.now)
        return approval.state !== "pending" || approval.expiresAt <= now ? Html.over(approval) : approval
      })

      const show = Effect.map(waiting, (found) => ("html" in found ? found : Html.question(found, false)))

      const decide = Effect.fnUntraced(function* (approval: Approval, { decision, token }: Form) {
        const session = yield* identity.authenticate({ token, network: null, isLocal: false })
        if (session.isOwner !== true || session.agent.organizationId !== approval.organizationId)
          return Html.question(approval, true)
        const decided = yield* desk.decide(approval.id, approval.organizationId, decision)
        if (decided._tag === "Missing") return Html.missing()
        return decided._tag === "Over" ? Html.over(decided.approval) : Html.decided(decided.approval)
      })

      const answer = Effect.gen(function* () {
        const form = yield* readForm
        if (form === null) return Html.unreadable()
        const found = yield* waiting
        if ("html" in found) return found
        return yield* decide(found, form).pipe(
          Effect.catchTag("Refusal", () => Effect.succeed(Html.question(found, true)))
        )
      })

      yield* router.add("GET", "/approve/:approval", responded(show))
      yield* router.add("POST", "/approve/:approval", responded(answer))
    })
  )

export const pagePath = "/approve/{approval}"

interface Form {
  readonly decision: "approved" | "denied"
  readonly token: Redacted.Redacted
}

const largestForm = ByteSize.fromInputUnsafe("8 KiB")
const patience = Duration.seconds(20)

/** Null for whatever is not what the page's form sends. */
const readForm = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase()
  if (type !== "application/x-www-form-urlencoded") return null
  const body = yield* request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, largestForm),
    Effect.timeout(patience),
    Effect.orElseSucceed(() => null)
  )
  if (body === null) return null
  const fields = new URLSearchParams(body)
  const decision = fields.get("decision")
  const form: Form | null =
    decision === "approved" || decision === "denied"
      ? { decision, token: Redacted.make((fields.get("token") ?? "").trim(), { label: "token" }) }
      : null
  return form
})

/** Nobody on the way keeps it, and nobody else may show it in a frame or take its form. */
const headers = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

const respond = ({ html, status }: Html.ApprovalHtml): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(html, { status, contentType: "text/html; charset=utf-8", headers })

const responded = <R>(page: Effect.Effect<Html.ApprovalHtml, { readonly _tag: "StoreUnavailable" }, R>) =>
  Effect.map(Effect.orElseSucceed(page, Html.unavailable), respond).pipe(Effect.withTracerEnabled(false))
