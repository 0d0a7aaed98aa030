import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { PaymentRailError } from "./PaymentRail.ts"
import type { InboxEvent } from "./PaymentStore.ts"

/** What a provider's event says, before anything of it was stored. */
export type ProviderEvent = Pick<InboxEvent, "id" | "type" | "attemptId" | "handles" | "payload">

/** The bytes are not a genuine, recent event. Whoever sent them learns no more than that. */
export class EventRefused extends Data.TaggedError("EventRefused")<{
  readonly reason: "not_configured" | "signature" | "malformed"
}> {}

/** The events of the payment provider: pushed to us with a signature, and listed for what was lost on the way. */
export class PaymentEvents extends Context.Service<
  PaymentEvents,
  {
    /** `raw` are the very bytes of the body. */
    verify(raw: Uint8Array, signature: string): Effect.Effect<ProviderEvent, EventRefused>
    /** Events after a cursor of an earlier call, oldest first; null begins with the last three days. */
    since(
      cursor: string | null
    ): Effect.Effect<
      { readonly events: ReadonlyArray<ProviderEvent>; readonly cursor: string | null },
      PaymentRailError
    >
  }
>()("core/payments/PaymentEvents") {
  /** A deployment without a provider that sends events. */
  static readonly none = Layer.sync(PaymentEvents, () =>
    PaymentEvents.of({
      verify: () => Effect.fail(new EventRefused({ reason: "not_configured" })),
      since: (cursor) => Effect.succeed({ events: [], cursor })
    })
  )
}
