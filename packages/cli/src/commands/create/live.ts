import { type Command, command, flag as flagPart, json, quoted } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { recovering, type Refusal } from "@image-skill/core/envelope/Refusal"
import { signUpFor } from "@image-skill/core/guide/GuideCommands"
import type { CreateRequest } from "@image-skill/core/jobs/CreateRequest"
import { judgeCreate, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle } from "../../Flags.ts"
import { preview } from "../../Preview.ts"
import { inFlight, withProgress } from "../../Progress.ts"
import { relay } from "../../Relay.ts"
import { type Again, withRepeat } from "../../Repeat.ts"
import { runtimeName } from "../../RuntimeName.ts"
import { resolveTarget } from "../../Target.ts"
import { findToken, requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"
import { readPrompt } from "./prompt.ts"
import { guideWishOf, readWish, type Wish } from "./wish.ts"

/** A live create, or with `--dry-run` its plan. Everything that can be judged here is judged before anything is sent. */
export const create = (context: Context): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const dryRun = yield* flag(toggle("dry-run"))
    const acceptUnknownCost = yield* flag(toggle("accept-unknown-cost"))
    const givenKey = yield* flag(text("idempotency-key"))
    const wish = yield* readWish(context)
    const prompt = yield* readPrompt(context)
    const target = yield* resolveTarget(context)
    const token = yield* dryRun
      ? findToken(context, target)
      : Effect.catchTag(requireToken(context, target), "Refusal", (refusal) =>
          withSignUp(context, refusal, prompt, wish)
        )
    const key = dryRun ? givenKey : (givenKey ?? (yield* newKey))
    const request: CreateRequest = {
      prompt,
      ...(wish.provider === null ? {} : { provider: wish.provider }),
      ...(wish.model === null ? {} : { model: wish.model }),
      ...(wish.intent === null ? {} : { intent: wish.intent }),
      // Published services expect it always, also for models without an aspect ratio.
      aspectRatio: wish.aspectRatio ?? "1:1",
      ...(wish.outputCount === null ? {} : { outputCount: wish.outputCount }),
      ...(wish.cap === null ? {} : { maxEstimatedUsdPerImage: wish.cap.value }),
      ...(wish.maxUsd === null ? {} : { maxUsd: wish.maxUsd.value }),
      ...(wish.parameters === null ? {} : { modelParameters: wish.parameters.value }),
      ...(key === null ? {} : { idempotencyKey: key }),
      dryRun,
      acceptUnknownCost
    }
    const wrong = judgeCreate(request)
    if (wrong !== null) return yield* wrong
    const again: Again = { key, command: repeat(prompt, wish, { acceptUnknownCost, key }) }
    const ask = Effect.flatMap(ServiceApi, (service) => service.create(request, token?.value ?? null))
    const answer = yield* dryRun
      ? withService(context, target, ask)
      : withService(
          context,
          target,
          Effect.flatMap(Upkeep, ({ sweep }) => sweep).pipe(
            Effect.andThen(inFlight(context, again.command)),
            Effect.andThen(withProgress(context, ask, again.command)),
            Effect.tap((made) => preview(context, target, made))
          )
        )
    return finish(context, answer, { again, prompt, generatedKey: givenKey === null && !dryRun ? key : null })
  })

/** Whoever has to sign up first loses nothing of what it asked for. */
const withSignUp = Effect.fnUntraced(function* (context: Context, refusal: Refusal, prompt: string, wish: Wish) {
  if (refusal.code !== "AUTH_REQUIRED" || refusal.recovery?.suggestedCommand === undefined) return yield* refusal
  const suggestedCommand = signUpFor({
    agentName: `agent-${yield* (yield* Ids).hex(6)}`,
    runtime: runtimeName(context.machine),
    wish: guideWishOf(prompt, wish)
  })
  return yield* recovering(refusal, { ...refusal.recovery, suggestedCommand })
})

/** The caller's own request, to be repeated under its key. */
/** A key for a caller who gave none, so that even this call can be repeated safely (contract/cli.md 10.3). */
const newKey: Effect.Effect<string, never, Ids> = Effect.gen(function* () {
  const { hex } = yield* Ids
  return `create-${yield* Clock.currentTimeMillis}-${yield* hex(12)}`
})

const part = (name: string, value: string | null) => (value === null ? null : flagPart(name, quoted(value)))

/** The caller's own command with its key: what to run when nobody knows whether this one arrived. */
const repeat = (
  prompt: string,
  wish: Wish,
  more: { readonly acceptUnknownCost: boolean; readonly key: string | null }
): Command => {
  return command(
    "create",
    part("prompt", prompt),
    part("provider", wish.provider),
    part("model", wish.model),
    part("intent", wish.intent),
    part("aspect-ratio", wish.aspectRatio),
    part("output-count", wish.outputCount === null ? null : `${wish.outputCount}`),
    part("max-estimated-usd-per-image", wish.cap?.text ?? null),
    part("max-usd", wish.maxUsd?.text ?? null),
    part("model-parameters-json", wish.parameters?.text ?? null),
    more.acceptUnknownCost ? flagPart("accept-unknown-cost") : null,
    part("idempotency-key", more.key),
    json
  )
}

const finish = (
  context: Context,
  answer: Answer,
  facts: { readonly again: Again; readonly prompt: string; readonly generatedKey: string | null }
): Answer => {
  const relayed = relay(context, answer, { known: { PROMPT: facts.prompt } })
  const { envelope } = relayed
  const warnings =
    facts.generatedKey === null
      ? envelope.warnings
      : [
          ...envelope.warnings,
          `no --idempotency-key was given; ${facts.generatedKey} was used, repeat with it to be charged once`
        ]
  return withRepeat(context, { ...relayed, envelope: { ...envelope, warnings } }, facts.again)
}
