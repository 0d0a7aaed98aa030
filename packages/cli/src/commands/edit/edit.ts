import { command, flag as flagPart, json, type Part, quoted } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { EditRequest } from "@image-skill/core/jobs/EditRequest"
import { type NamedReference, referenceRequest, referenceValue } from "@image-skill/core/media/ReferenceFlags"
import { judgeEdit } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle, valuesOf } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import {
  type Finishing,
  keyOf,
  type MediaOptions,
  readMediaOptions,
  repeatCommand,
  requestFields
} from "../../MediaOptions.ts"
import { runMedia } from "../../MediaRun.ts"
import type { Named } from "../../Picture.ts"
import { readReferences } from "../../References.ts"
import type { Resolved } from "../../ResolveInput.ts"
import { judgeStdin } from "../../Stdin.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { readWish, type Wish } from "../create/wish.ts"
import { readEditPrompt } from "./prompt.ts"

/** What was typed, judged as far as it can be without a service. */
interface Asked {
  readonly inputs: ReadonlyArray<Named>
  readonly mask: Named | null
  readonly references: ReadonlyArray<NamedReference>
  readonly prompt: string | null
  readonly wish: Wish
  readonly options: MediaOptions & { readonly key: string | null }
  readonly token: Redacted.Redacted
}

/** Makes media from pictures, plans it, or asks the guide, which is loaded only when it is meant. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(flagReader(context.parsed)(toggle("guide")), (isGuide) =>
    isGuide
      ? Effect.flatMap(
          Effect.promise(() => import("../create/guide.ts")),
          ({ guide }) => guide(context)
        )
      : edit(context)
  )

/** No picture is uploaded before everything else was judged. */
const edit: Leaf = (context) =>
  Effect.gen(function* () {
    const options = yield* readMediaOptions(context)
    const wish = yield* readWish(context)
    const inputs = yield* readInputs(context)
    const prompt = yield* readEditPrompt(context, wish.model)
    const target = yield* resolveTarget(context)
    const { value: token } = yield* requireToken(context, target)
    const references = yield* readReferences(context)
    const mask = yield* readMask(context)
    const key = yield* keyOf("edit", options)
    const asked: Asked = { inputs, mask, references, prompt, wish, options: { ...options, key }, token }
    const named = namedBy(asked)
    yield* judgeStdin(context, named)
    const wrong = judgeEdit(requestOf(asked, named.map(unresolved)))
    if (wrong !== null) return yield* wrong
    return yield* runMedia(context, target, {
      options,
      token,
      named,
      ask: (service, assetIds) => service.edit(requestOf(asked, assetIds), token),
      finishing: (resolved) => finishing(asked, resolved)
    })
  })

/** The first is the primary one. */
const readInputs = ({ parsed }: Context): Effect.Effect<ReadonlyArray<Named>, Refusal> => {
  const flags = ["input", "input-asset-id"].flatMap((name) =>
    valuesOf(parsed, name).map((value) => ({ what: `--${name}`, text: value === true ? "" : value }))
  )
  const words = parsed.positionals.map((word) => ({ what: "--input", text: word }))
  if (flags.length > 0 && words.length > 0)
    return Effect.fail(badInput("--input", "is given twice: as an argument, and by its flag"))
  const inputs = [...flags, ...words]
  if (inputs.length === 0) return Effect.fail(badInput("--input", "is required: an asset id, a path or a URL"))
  const blank = inputs.find(({ text: given }) => given.trim() === "")
  return blank === undefined
    ? Effect.succeed(inputs)
    : Effect.fail(badInput(blank.what, "needs a value: an asset id, a path or a URL"))
}

const readMask = ({ parsed }: Context): Effect.Effect<Named | null, Refusal> =>
  Effect.flatMap(flagReader(parsed)(text("mask")), (mask) => {
    if (mask === null) return Effect.succeed(null)
    return mask.trim() === "" ? Effect.fail(badMask()) : Effect.succeed({ what: "--mask", text: mask })
  })

/** In the order in which they are uploaded (contract/cli.md 6.13). */
const namedBy = ({ inputs, mask, references }: Asked): ReadonlyArray<Named> => [
  ...inputs,
  ...(mask === null ? [] : [mask]),
  ...references.map(({ flag, source }) => ({ what: `--${flag}`, text: source }))
]

/** Stands for an asset that nobody has uploaded yet, while the rest is judged. */
const unresolved = (): string => "image_0"

/** `assetIds` in the order of `namedBy`. */
const requestOf = (
  { inputs, mask, options, prompt, references, wish }: Asked,
  assetIds: ReadonlyArray<string>
): EditRequest => {
  const [inputAssetId = "", ...additionalInputAssetIds] = assetIds.slice(0, inputs.length)
  const maskAssetId = mask === null ? undefined : assetIds[inputs.length]
  const guides = assetIds.slice(inputs.length + (mask === null ? 0 : 1))
  return {
    inputAssetId,
    ...(additionalInputAssetIds.length === 0 ? {} : { additionalInputAssetIds }),
    ...(maskAssetId === undefined ? {} : { maskAssetId }),
    ...(references.length === 0
      ? {}
      : { references: references.map((reference, index) => referenceRequest(reference, guides[index] ?? "")) }),
    ...(prompt === null ? {} : { prompt }),
    ...requestFields(wish, options),
    aspectRatio: wish.aspectRatio ?? "auto",
    ...(options.key === null ? {} : { idempotencyKey: options.key }),
    ...(options.dryRun ? { dryRun: true } : {})
  }
}

/** Pictures that are assets by now are named by their ids. */
const finishing = (asked: Asked, { assetIds, warnings }: Resolved): Finishing => {
  const { inputs, mask, options, prompt, references, wish } = asked
  const sourceOf = (index: number, otherwise: string): string => assetIds[index] ?? otherwise
  const before = inputs.length + (mask === null ? 0 : 1)
  const media: ReadonlyArray<Part> = [
    ...inputs.map((input, index) => flagPart("input", quoted(sourceOf(index, input.text)))),
    ...(mask === null ? [] : [flagPart("mask", quoted(sourceOf(inputs.length, mask.text)))]),
    ...references.map((reference, index) =>
      flagPart(reference.flag, quoted(referenceValue(reference, sourceOf(before + index, reference.source))))
    )
  ]
  const { dryRun, givenKey, key } = options
  return {
    again: { key, command: repeatCommand("edit", { prompt, media }, wish, options) },
    prompt,
    generatedKey: givenKey === null && !dryRun ? key : null,
    warnings
  }
}

const badInput = (flag: string, problem: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${flag} ${problem}`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--input",
      suggestedCommand: command("edit", flagPart("help"), json),
      docsUrl: docsUrl("image-skill-edit")
    }
  })

const badMask = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--mask needs a value: an asset id, a path or a URL",
    outcome: "not_sent",
    recovery: { requiredFlag: "--mask", docsUrl: docsUrl("image-skill-edit") }
  })
