import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import { type PaymentPage, pageOf, unavailable } from "@image-skill/core/payments/PaymentPage"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as ByteSize from "effect/ByteSize"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

/**
 * What of payments is reached without an envelope: the provider's events, and the page that a person opens
 * (contract/api.md 5.8, 5.9).
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | PaymentStore | PaymentEvents | Fulfilment> =
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const events = yield* PaymentEvents
      const fulfilment = yield* Fulfilment
      const scope = yield* Effect.scope
      const worker = yield* Semaphore.make(1)
      // One after the other: workers at once would all see the same events, and ask the provider about each of them.
      const work = worker.withPermit(Effect.ignore(fulfilment.workOff(eventsAtOnce)))

      /** Verified, stored, answered; the work comes afterwards, and again in the sweep if this process dies first. */
      const webhook = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const raw = yield* request.arrayBuffer.pipe(
          Effect.provideService(HttpIncomingMessage.MaxBodySize, maxEvent),
          Effect.orElseSucceed(() => null)
        )
        const signature = request.headers["stripe-signature"]
        if (raw === null || signature === undefined) return refused
        const event = yield* events.verify(new Uint8Array(raw), signature)
        yield* fulfilment.take(event)
        yield* Effect.forkIn(work, scope)
        return HttpServerResponse.jsonUnsafe({ received: true }, { headers: quiet })
      }).pipe(
        Effect.catchTag("EventRefused", () => Effect.succeed(refused)),
        // The provider sends it again.
        Effect.catchTag("StoreUnavailable", () => Effect.succeed(HttpServerResponse.empty({ status: 500 }))),
        Effect.withTracerEnabled(false)
      )

      const pay = Effect.gen(function* () {
        const { attempt: id = "" } = yield* HttpRouter.params
        const now = DateTime.formatIso(yield* DateTime.now)
        return respond(pageOf(Option.getOrNull(yield* rows.attempt(id)), now))
      }).pipe(
        Effect.catchTag("StoreUnavailable", () => Effect.succeed(respond(unavailable()))),
        Effect.withTracerEnabled(false)
      )

      yield* router.add("POST", webhookPath, webhook)
      yield* router.add("GET", "/pay/:attempt", pay)
    })
  )

export const webhookPath = "/v1/webhooks/stripe"
export const pagePath = "/pay/{attempt}"

const maxEvent = ByteSize.fromInputUnsafe("1 MiB")
const eventsAtOnce = 16

const quiet = { "cache-control": "no-store" }

const refused = HttpServerResponse.empty({ status: 400, headers: quiet })

/** Nobody on the way keeps it, and the provider does not learn where the payer came from. */
const headers = {
  ...quiet,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
}

const respond = (page: PaymentPage): HttpServerResponse.HttpServerResponse =>
  page._tag === "Redirect"
    ? HttpServerResponse.empty({ status: 302, headers: { ...headers, location: page.url } })
    : HttpServerResponse.text(page.html, { status: page.status, contentType: "text/html; charset=utf-8", headers })
