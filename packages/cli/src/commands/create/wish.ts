import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { count, flagReader, numberText, object, text } from "../../Flags.ts"

/** What create, its guide and signup take about the wished media, as typed. */
export interface Wish {
  readonly model: string | null
  readonly provider: string | null
  readonly intent: string | null
  readonly aspectRatio: string | null
  readonly outputCount: number | null
  readonly cap: { readonly text: string; readonly value: number } | null
  readonly parameters: { readonly text: string; readonly value: Schema.JsonObject } | null
}

export const readWish = ({ parsed }: Context): Effect.Effect<Wish, Refusal> => {
  const flag = flagReader(parsed)
  return Effect.all({
    model: flag(text("model")),
    provider: flag(text("provider")),
    intent: flag(text("intent")),
    aspectRatio: flag(text("aspect-ratio")),
    outputCount: flag(count("output-count")),
    cap: flag(numberText("max-estimated-usd-per-image")),
    parameters: flag(object("model-parameters-json"))
  })
}
