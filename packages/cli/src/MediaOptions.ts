import {
  type Command,
  command,
  flag as flagPart,
  json,
  type Part,
  quoted
} from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Wish } from "./commands/create/wish.ts"
import type { Context } from "./Context.ts"
import { choice, flagReader, number, text, toggle } from "./Flags.ts"
import { relay } from "./Relay.ts"
import { type Again, withRepeat } from "./Repeat.ts"

/** What create and edit take alike beside the wish. */
export interface MediaOptions {
  readonly dryRun: boolean
  readonly acceptUnknownCost: boolean
  readonly givenKey: string | null
  readonly visibility: "public" | "private" | null
  readonly waitMs: number | null
}

export const readMediaOptions = ({ parsed }: Context): Effect.Effect<MediaOptions, Refusal> => {
  const flag = flagReader(parsed)
  return Effect.all({
    dryRun: flag(toggle("dry-run")),
    acceptUnknownCost: flag(toggle("accept-unknown-cost")),
    givenKey: flag(text("idempotency-key")),
    visibility: flag(choice("visibility", ["public", "private"])),
    waitMs: flag(number("wait-ms"))
  })
}

/** Shorter than the patience of the shells that agents run commands in: the job goes on, and its id is the answer. */
const defaultWaitMs = 100_000

/** The fields of a request that both fill alike. A dry run waits for nothing. */
export const requestFields = (wish: Wish, { acceptUnknownCost, dryRun, visibility, waitMs }: MediaOptions) => ({
  ...(wish.provider === null ? {} : { provider: wish.provider }),
  ...(wish.model === null ? {} : { model: wish.model }),
  ...(wish.intent === null ? {} : { intent: wish.intent }),
  ...(wish.outputCount === null ? {} : { outputCount: wish.outputCount }),
  ...(wish.cap === null ? {} : { maxEstimatedUsdPerImage: wish.cap.value }),
  ...(wish.maxUsd === null ? {} : { maxUsd: wish.maxUsd.value }),
  ...(wish.parameters === null ? {} : { modelParameters: wish.parameters.value }),
  ...(visibility === null ? {} : { visibility }),
  ...(dryRun && waitMs === null ? {} : { waitMs: waitMs ?? defaultWaitMs }),
  acceptUnknownCost
})

/** A key for a caller who gave none, so that even this call can be repeated safely (contract/cli.md 10.3). */
export const keyOf = (
  operation: "create" | "edit",
  { dryRun, givenKey }: MediaOptions
): Effect.Effect<string | null, never, Ids> =>
  Effect.gen(function* () {
    if (dryRun || givenKey !== null) return givenKey
    const { hex } = yield* Ids
    return `${operation}-${yield* Clock.currentTimeMillis}-${yield* hex(12)}`
  })

const part = (name: string, value: string | null): Part | null =>
  value === null ? null : flagPart(name, quoted(value))

/**
 * The caller's own command with its key: what to run when nobody knows whether this one arrived. `media` are its
 * pictures, by asset id as soon as they have one, so that none is uploaded twice.
 */
export const repeatCommand = (
  operation: "create" | "edit",
  parts: { readonly prompt: string | null; readonly media: ReadonlyArray<Part> },
  wish: Wish,
  { acceptUnknownCost, dryRun, key, visibility, waitMs }: MediaOptions & { readonly key: string | null }
): Command =>
  command(
    operation,
    ...(operation === "edit" ? parts.media : []),
    part("prompt", parts.prompt),
    part("provider", wish.provider),
    part("model", wish.model),
    part("intent", wish.intent),
    part("aspect-ratio", wish.aspectRatio),
    ...(operation === "edit" ? [] : parts.media),
    part("output-count", wish.outputCount === null ? null : `${wish.outputCount}`),
    part("max-estimated-usd-per-image", wish.cap?.text ?? null),
    part("max-usd", wish.maxUsd?.text ?? null),
    part("model-parameters-json", wish.parameters?.text ?? null),
    part("visibility", visibility),
    part("wait-ms", waitMs === null ? null : `${waitMs}`),
    acceptUnknownCost ? flagPart("accept-unknown-cost") : null,
    dryRun && operation === "edit" ? flagPart("dry-run") : null,
    part("idempotency-key", key),
    json
  )

export interface Finishing {
  readonly again: Again
  readonly prompt: string | null
  /** Null where the caller gave one, or none was needed. */
  readonly generatedKey: string | null
  readonly warnings: ReadonlyArray<string>
}

/** The answer as it is printed: with our commands, our warnings, and the way to repeat it where nobody knows more. */
export const finish = (
  context: Context,
  answer: Answer,
  { again, generatedKey, prompt, warnings }: Finishing
): Answer => {
  const relayed = relay(context, answer, prompt === null ? {} : { known: { PROMPT: prompt } })
  const { envelope } = relayed
  const keyed =
    generatedKey === null
      ? []
      : [`no --idempotency-key was given; ${generatedKey} was used, repeat with it to be charged once`]
  const all = [...envelope.warnings, ...warnings, ...keyed]
  return withRepeat(context, { ...relayed, envelope: { ...envelope, warnings: all } }, again)
}
