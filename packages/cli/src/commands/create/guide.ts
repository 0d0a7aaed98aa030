import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { AskGuide } from "@image-skill/core/guide/AskGuide"
import { GuideAnswer } from "@image-skill/core/guide/GuideAnswer"
import type { GuideWish } from "@image-skill/core/guide/GuideFacts"
import { GuideState } from "@image-skill/core/guide/GuideState"
import { AuthHandoff } from "@image-skill/core/identity/AuthHandoff"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import { judgeCreate } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle, valuesOf } from "../../Flags.ts"
import { runtimeName } from "../../RuntimeName.ts"
import { resolveTarget, type Target } from "../../Target.ts"
import { findToken } from "../../Tokens.ts"
import { withService } from "../../Wiring.ts"
import { guideWishOf, readWish } from "./wish.ts"

/** The one next command. Reads, decides, and changes nothing; with a broken service it says which check failed. */
export const guide = (context: Context): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const operation = context.parsed.name === "edit" ? "edit" : "create"
    if (yield* flag(toggle("dry-run"))) return yield* contradictory(operation)
    const target = yield* resolveTarget(context)
    const wish = yield* wishOf(context, operation)
    const token = yield* findToken(context, target)
    const runtime = runtimeName(context.machine)
    const guidance = yield* withService(
      context,
      target,
      Effect.flatMap(AskGuide, ({ ask }) => ask({ wish, token, runtime }, context.host)).pipe(
        Effect.provide(guideLayer(target))
      )
    )
    const { trace } = yield* Ids
    const data = yield* Effect.orDie(Schema.encodeEffect(GuideAnswer)(guidance.answer))
    const frame = { command: `image-skill ${operation} --guide`, traceId: yield* trace, actor: guidance.actor }
    return success(frame, data, [...guidance.warnings, ...leftOut(context, operation)])
  })

const guideLayer = ({ configPath }: Target) =>
  AskGuide.layer.pipe(
    Layer.provide(GuideState.layer),
    Layer.provide([AuthHandoff.layer, RailSelection.layer, FileAuthConfig.layer(configPath)])
  )

const wishOf = Effect.fnUntraced(function* (context: Context, operation: "create" | "edit") {
  const { parsed } = context
  const flag = flagReader(parsed)
  // The word without a flag is what to make, or the picture to change.
  const word = parsed.positionals[0] ?? null
  const prompt = (yield* flag(text("prompt"))) ?? (operation === "create" ? word : null) ?? ""
  const inputs = operation === "edit" ? inputsOf(context, word) : []
  const explain = isOn(context, "explain")
  const wish: GuideWish = { ...guideWishOf(prompt, yield* readWish(context)), operation, inputs, explain }
  const wrong = judgeCreate(requestOf(wish))
  if (wrong !== null) return yield* wrong
  return wish
})

/** A switch of all commands. */
const isOn = ({ parsed }: Context, name: "explain"): boolean => {
  const last = valuesOf(parsed, name).at(-1)
  return last !== undefined && last !== "false"
}

const inputsOf = ({ parsed }: Context, word: string | null): ReadonlyArray<string> =>
  [...valuesOf(parsed, "input"), ...valuesOf(parsed, "input-asset-id"), ...(word === null ? [] : [word])]
    .filter((value) => value !== true)
    .filter((value) => value.trim() !== "")

/** What no create can be, whatever the model; an empty prompt is a stage of its own. */
const requestOf = ({ aspectRatio, cap, intent, maxUsd, model, outputCount, prompt, provider }: GuideWish) => ({
  prompt,
  ...(aspectRatio === null ? {} : { aspectRatio }),
  ...(cap === null ? {} : { maxEstimatedUsdPerImage: cap.usd }),
  ...(intent === null ? {} : { intent }),
  ...(maxUsd === null ? {} : { maxUsd: maxUsd.usd }),
  ...(model === null ? {} : { model }),
  ...(outputCount === null ? {} : { outputCount }),
  ...(provider === null ? {} : { provider })
})

const unplanned = [
  "mask",
  "prompt-file",
  "element-frontal",
  "element-reference",
  "reference-image",
  "visibility",
  "wait-ms"
]

/** What the guide has no word for must not get lost on the way without one. */
const leftOut = ({ parsed }: Context, operation: "create" | "edit"): ReadonlyArray<string> => {
  const flags = unplanned.filter((name) => parsed.flags.has(name)).map((name) => `--${name}`)
  return flags.length === 0
    ? []
    : [`the guide does not carry ${flags.join(", ")}; add them to the ${operation} it leads to`]
}

const contradictory = (operation: "create" | "edit"): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--guide and --dry-run exclude each other: the guide plans the next step, a dry run plans the ${operation}`,
    outcome: "not_sent",
    recovery: {
      suggestedCommand: command(
        operation,
        flagPart("guide"),
        flagPart("prompt", operation === "edit" ? placeholders.CHANGE : placeholders.PROMPT),
        json
      ),
      docsUrl: docsUrl(`image-skill-${operation}`)
    }
  })
