import { isDeeperThan } from "@image-skill/core/envelope/JsonFields"
import { credentialField } from "@image-skill/core/envelope/PaymentCredential"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { GuideWish } from "@image-skill/core/guide/GuideFacts"
import { deepest } from "@image-skill/core/service/RequestLimits"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { count, flagReader, numberText, object, text, valuesOf } from "../../Flags.ts"

interface Amount {
  readonly text: string
  readonly value: number
}

/** What create, its guide and signup take about the wished media, as typed. */
export interface Wish {
  readonly model: string | null
  readonly provider: string | null
  readonly intent: string | null
  readonly aspectRatio: string | null
  readonly outputCount: number | null
  readonly cap: Amount | null
  readonly maxUsd: Amount | null
  readonly parameters: { readonly text: string; readonly value: Schema.JsonObject } | null
  /** Pictures of which a signup is told, to be edited afterwards. */
  readonly editInputs: ReadonlyArray<string>
}

export const readWish = ({ parsed }: Context): Effect.Effect<Wish, Refusal> => {
  const flag = flagReader(parsed)
  const wish = Effect.all({
    model: flag(text("model")),
    provider: flag(text("provider")),
    intent: flag(text("intent")),
    aspectRatio: flag(text("aspect-ratio")),
    outputCount: flag(count("output-count")),
    cap: flag(numberText("max-estimated-usd-per-image")),
    maxUsd: flag(numberText("max-usd")),
    parameters: flag(object("model-parameters-json")),
    editInputs: Effect.succeed(valuesOf(parsed, "edit-input").filter((value) => value !== true))
  })
  return Effect.tap(wish, ({ parameters }) => (parameters === null ? Effect.void : judge(parameters.value)))
}

/** What must not even be repeated in a command that we print. */
const judge = (parameters: Schema.JsonObject): Effect.Effect<void, Refusal> => {
  if (isDeeperThan(parameters, deepest)) return Effect.fail(tooDeep())
  const credential = credentialField(parameters)
  return credential === null ? Effect.void : Effect.fail(credentialRejected(credential))
}

const tooDeep = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--model-parameters-json is nested deeper than ${deepest} levels`,
    recovery: { requiredFlag: "--model-parameters-json", docsUrl: docsUrl("image-skill-create") }
  })

const credentialRejected = (field: string): Refusal =>
  new Refusal({
    code: "PAYMENT_CREDENTIAL_FLAG_REJECTED",
    message: `--model-parameters-json has the field ${field.slice(0, 80)}, which looks like a payment credential; none is ever taken here, and it was not sent`,
    recovery: { docsUrl: docsUrl("image-skill-credits-buy") }
  })

/** The same as the guide takes it. */
export const guideWishOf = (prompt: string, { cap, editInputs, maxUsd, parameters, ...others }: Wish): GuideWish => ({
  ...others,
  operation: editInputs.length > 0 ? "edit" : "create",
  inputs: editInputs,
  explain: false,
  prompt: prompt.trim(),
  cap: amount(cap),
  maxUsd: amount(maxUsd),
  modelParametersJson: parameters?.text ?? null
})

const amount = (given: Amount | null): GuideWish["cap"] =>
  given === null ? null : { text: given.text, usd: given.value }
