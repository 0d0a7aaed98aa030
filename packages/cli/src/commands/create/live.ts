import { flag as flagPart, type Part } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { recovering, Refusal } from "@image-skill/core/envelope/Refusal"
import { guideAgain, signUpFor } from "@image-skill/core/guide/GuideCommands"
import { mediumOf } from "@image-skill/core/guide/Medium"
import type { CreateRequest } from "@image-skill/core/jobs/CreateRequest"
import { type NamedReference, referenceRequest, referenceValue } from "@image-skill/core/media/ReferenceFlags"
import { judgeCreate } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Context } from "../../Context.ts"
import {
  type Finishing,
  keyOf,
  type MediaOptions,
  readMediaOptions,
  repeatCommand,
  requestFields
} from "../../MediaOptions.ts"
import { runMedia } from "../../MediaRun.ts"
import { hasReferences, readReferences } from "../../References.ts"
import type { Resolved } from "../../ResolveInput.ts"
import { runtimeName } from "../../RuntimeName.ts"
import { judgeStdin } from "../../Stdin.ts"
import { resolveTarget } from "../../Target.ts"
import { findToken, requireToken } from "../../Tokens.ts"
import { readPrompt } from "./prompt.ts"
import { guideWishOf, readWish, type Wish } from "./wish.ts"

/** What was typed, judged as far as it can be without a service. */
interface Asked {
  readonly prompt: string
  readonly wish: Wish
  readonly options: MediaOptions & { readonly key: string | null }
  readonly references: ReadonlyArray<NamedReference>
  readonly token: Redacted.Redacted | null
}

/** A live create, or with `--dry-run` its plan. Everything that can be judged here is judged before anything is sent. */
export const create = (context: Context): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const options = yield* readMediaOptions(context)
    const wish = yield* readWish(context)
    const prompt = yield* readPrompt(context)
    const elsewhere = notAPicture(prompt, wish)
    if (elsewhere !== null) return yield* elsewhere
    const target = yield* resolveTarget(context)
    // A dry run may be anybody's, but only somebody known can own the pictures it refers to.
    const isOpen = options.dryRun && !hasReferences(context)
    const token = yield* isOpen
      ? findToken(context, target)
      : Effect.catchTag(requireToken(context, target), "Refusal", (refusal) =>
          withSignUp(context, refusal, prompt, wish)
        )
    const references = yield* readReferences(context)
    const named = references.map(({ flag, source }) => ({ what: `--${flag}`, text: source }))
    yield* judgeStdin(context, named)
    const key = yield* keyOf("create", options)
    const asked: Asked = { prompt, wish, references, options: { ...options, key }, token: token?.value ?? null }
    const wrong = judgeCreate(requestOf(asked, unresolved))
    if (wrong !== null) return yield* wrong
    return yield* runMedia(context, target, {
      options,
      token: asked.token,
      named,
      ask: (service, assetIds) =>
        service.create(
          requestOf(asked, (index) => assetIds[index] ?? ""),
          asked.token
        ),
      finishing: (resolved) => finishing(asked, resolved)
    })
  })

/**
 * Only pictures are chosen without a name (contract/api.md 7.7). Whoever asks for another medium in as many words gets no
 * picture in its place, but the guide that finds a model.
 */
const notAPicture = (prompt: string, wish: Wish): Refusal | null => {
  const { explicit, medium } = mediumOf({ intent: wish.intent, prompt })
  if (wish.model !== null || !explicit || medium === "image") return null
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `without --model only pictures are made; for ${medium}, name a model, or let the guide find one`,
    recovery: {
      requiredFlag: "--model",
      suggestedCommand: guideAgain(guideWishOf(prompt, wish)),
      docsUrl: docsUrl("image-skill-create")
    }
  })
}

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

/** Stands for an asset that nobody has uploaded yet, while the rest is judged. */
const unresolved = (): string => "image_0"

const requestOf = (
  { options, prompt, references, wish }: Asked,
  assetOf: (index: number) => string
): CreateRequest => ({
  prompt,
  ...requestFields(wish, options),
  // Published services expect it always, also for models without an aspect ratio.
  aspectRatio: wish.aspectRatio ?? "1:1",
  ...(references.length === 0
    ? {}
    : { references: references.map((reference, index) => referenceRequest(reference, assetOf(index))) }),
  ...(options.key === null ? {} : { idempotencyKey: options.key }),
  dryRun: options.dryRun
})

const finishing = ({ options, prompt, references, wish }: Asked, { assetIds, warnings }: Resolved): Finishing => {
  const { dryRun, givenKey, key } = options
  const media: ReadonlyArray<Part> = references.map((reference, index) =>
    flagPart(reference.flag, referenceValue(reference, assetIds[index] ?? reference.source))
  )
  return {
    again: { key, command: repeatCommand("create", { prompt, media }, wish, options) },
    prompt,
    generatedKey: givenKey === null && !dryRun ? key : null,
    warnings
  }
}
