import { type MediaProvider, MediaProviderError, type ProviderResult } from "@image-skill/core/media/MediaProvider"
import { type PaymentRail, PaymentRailError } from "@image-skill/core/payments/PaymentRail"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Blow } from "./FaultPlan.ts"
import { type Process, struck } from "./FaultyPorts.ts"

/** A provider as one life of a service reaches it. */
export const provider = (process: Process, inner: MediaProvider): MediaProvider => {
  const failing = (reason: MediaProviderError["reason"], message: string) =>
    Effect.fail(new MediaProviderError({ provider: inner.id, reason, message: `the fault plan says: ${message}` }))
  return {
    ...inner,
    submit: (request) =>
      struck(process, "provider.submit", inner.submit(request), (blow) => {
        if (blow === "refuse") return failing("content_refused", "its policy refused the request")
        return blow === "drop_answer"
          ? failing("unknown", "its answer was lost")
          : failing("unavailable", "it could not be reached")
      }),
    poll: (handle) =>
      struck(process, "provider.poll", inner.poll(handle), () => failing("unavailable", "it could not be reached")),
    outputs: (answer, request) =>
      struck(process, "provider.output", inner.outputs(answer, request), (blow) =>
        blow === "garble"
          ? Effect.map(inner.outputs(answer, request), garbled)
          : failing("unavailable", "its outputs could not be fetched")
      )
  }
}

/** Outputs whose bytes are no media. */
const garbled = (result: ProviderResult): ProviderResult => ({
  ...result,
  outputs: result.outputs.map((output) => ({ ...output, body: Stream.succeed(new Uint8Array([1, 2, 3])) }))
})

/** A rail as one life of a service reaches it. */
export const rail = (process: Process, inner: PaymentRail): PaymentRail => {
  const { methodId } = inner
  const failing = (reason: PaymentRailError["reason"]) =>
    Effect.fail(new PaymentRailError({ methodId, reason, message: "the fault plan says so" }))
  const reasons: { readonly [B in Blow["_tag"]]?: PaymentRailError["reason"] } = {
    refuse: "refused",
    deny: "denied",
    drop_answer: "unknown"
  }
  const looking = (call: ReturnType<PaymentRail["read"]>) =>
    struck(process, "rail.look", call, () => failing("unavailable"))
  return {
    ...inner,
    open: (order) => struck(process, "rail.open", inner.open(order), (blow) => failing(reasons[blow] ?? "unavailable")),
    read: (attempt) => looking(inner.read(attempt)),
    close: (attempt) => looking(inner.close(attempt))
  }
}
