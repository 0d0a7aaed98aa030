import { Ids } from "@image-skill/core/envelope/Ids"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Ids that count up and are remembered, so that whoever checks knows all there are. */
export interface IssuedIds {
  readonly layer: Layer.Layer<Ids>
  readonly of: (prefix: string) => ReadonlyArray<string>
}

export const make = (): IssuedIds => {
  const issued = new Map<string, Array<string>>()
  const next = (prefix: string, idOf: (count: number) => string): string => {
    const all = issued.get(prefix) ?? []
    const id = idOf(all.length + 1)
    all.push(id)
    issued.set(prefix, all)
    return id
  }
  return {
    layer: Layer.succeed(
      Ids,
      Ids.of({
        next: (prefix) =>
          Effect.sync(() => next(prefix, (count) => `${prefix}_${`${count}`.padStart(digitsOf(prefix), "0")}`)),
        trace: Effect.sync(() => next("trace", (count) => `trace_${hex(count, 16)}`)),
        hex: (length) => Effect.sync(() => next("hex", (count) => hex(count, length)))
      })
    ),
    of: (prefix) => issued.get(prefix) ?? []
  }
}

const hex = (count: number, length: number): string => count.toString(16).padStart(length, "0").slice(-length)

/** As long as the real ones, whose schemas count. */
const digitsOf = (prefix: string): number => (prefix === "payatt" || prefix === "appr" ? 26 : 20)
