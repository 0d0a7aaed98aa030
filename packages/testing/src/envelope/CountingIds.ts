import { Ids } from "@image-skill/core/envelope/Ids"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Ids that count up, each kind by itself: `job_00000000000000000001`, `trace_0000000000000001`. */
export const layer: Layer.Layer<Ids> = Layer.sync(Ids, () => {
  const counts = new Map<string, number>()
  const count = (kind: string): Effect.Effect<number> =>
    Effect.sync(() => {
      const next = (counts.get(kind) ?? 0) + 1
      counts.set(kind, next)
      return next
    })
  const hex = (kind: string, length: number) =>
    Effect.map(count(kind), (next) => next.toString(16).padStart(length, "0").slice(-length))
  return Ids.of({
    next: (prefix) => Effect.map(count(prefix), (next) => `${prefix}_${`${next}`.padStart(20, "0")}`),
    trace: Effect.map(hex("trace", 16), (digits) => `trace_${digits}`),
    hex: (length) => hex("hex", length)
  })
})
