import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { GuideWish, ModelFacts } from "./GuideFacts.ts"
import { type Medium, mediumOf } from "./Medium.ts"
import { type Cost, costOf, isDraft, isWithin } from "./ModelCost.ts"
import { modelNamed } from "./ModelNames.ts"

/** The model that the next create or edit would name, and why. */
export interface ModelChoice {
  readonly model: ModelFacts
  readonly operation: "create" | "edit"
  readonly medium: string
  readonly reason: string
  /** The caller's own, else one for media that have no usual one; null where the service may choose. */
  readonly aspectRatio: string | null
  readonly suggestedAspectRatio: string | null
  readonly cost: Cost
  /** What the words of the wish speak of, and nothing here can make. */
  readonly missed: Medium | null
}

/**
 * The model a create or edit would name (contract/cli.md 9.3 and contract/after-0.1.24.md 5): the one asked for, else the
 * best for the medium that the words speak of. A provider narrows the choice where the service has rows of it, and a cap
 * where any row is within it. A medium that nothing can make is replaced by a picture only where it was read out of a
 * sentence, and then the answer says so.
 */
export const chooseModel = (models: ReadonlyArray<ModelFacts>, wish: GuideWish): ModelChoice | null => {
  const runnable = models.filter(isRunnable)
  if (wish.model !== null) return requested(models, wish, wish.model)
  const { explicit, medium } = mediumOf(wish)
  const wished = candidatesFor(runnable, wish, medium)
  if (wished.length > 0) return chosen(best(wished, wish), wish, reasonFor(wish, medium, explicit), null)
  if (explicit || medium === "image") return null
  const pictures = candidatesFor(runnable, wish, "image")
  const reason = `${article[medium]} was wished, and cannot be made here`
  return pictures.length === 0 ? null : chosen(best(pictures, wish), wish, reason, medium)
}

const article: { readonly [M in Medium]: string } = {
  image: "a picture",
  video: "video",
  audio: "audio",
  "3d": "a 3d model"
}

const isRunnable = ({ executionStatus, status }: ModelFacts): boolean =>
  status === "available" && executionStatus === "executable"

const creates = ({ needsImage, supports }: ModelFacts): boolean => supports.includes("create") && !needsImage
const edits = ({ needsImage, supports }: ModelFacts): boolean =>
  needsImage && (supports.includes("edit") || supports.includes("variation"))

const requested = (models: ReadonlyArray<ModelFacts>, wish: GuideWish, name: string): ModelChoice | null => {
  const model = modelNamed(models, name)
  if (model === null || !isRunnable(model)) return null
  const serves = wish.operation === "edit" ? edits(model) : creates(model) || edits(model)
  const reason = model.id === name ? "the model asked for" : `what ${name} stands for here`
  return serves ? chosen(model, wish, reason, null) : null
}

/** Rows of the medium, without those that would refuse the wish as long as any would not (decision D1.6). */
const candidatesFor = (
  runnable: ReadonlyArray<ModelFacts>,
  wish: GuideWish,
  medium: Medium
): ReadonlyArray<ModelFacts> => {
  const serves = wish.operation === "edit" || medium === "3d" ? edits : creates
  const isMeant = (model: ModelFacts): boolean => serves(model) && (serves === creates || takesWords(model))
  const rows = runnable.filter((model) => (model.modality ?? "image") === medium && isMeant(model))
  const fitting = rows.filter((model) => takes(model, wish))
  const pool = fitting.length > 0 ? fitting : rows
  const provided = pool.filter(({ provider }) => wish.provider !== null && provider === wish.provider)
  return provided.length > 0 ? provided : withoutEmbedded(pool)
}

/** Editors that take no words do one thing each, so they are chosen by name; what makes 3d models of pictures is not. */
const takesWords = ({ modality, takesPrompt }: ModelFacts): boolean => takesPrompt || modality === "3d"

/** Embedded models are never the cheap way below a runnable provider's model (decision D1.6). */
const withoutEmbedded = (models: ReadonlyArray<ModelFacts>): ReadonlyArray<ModelFacts> => {
  const hosted = models.filter(({ provider }) => provider !== "local")
  return hosted.length > 0 ? hosted : models
}

const takes = ({ aspectRatios, maxOutputs, parameterNames }: ModelFacts, wish: GuideWish): boolean => {
  const { aspectRatio, modelParametersJson, outputCount } = wish
  const given = Object.keys(Option.getOrElse(parse(modelParametersJson ?? "{}"), () => ({})))
  return (
    (aspectRatio === null ||
      aspectRatios === null ||
      aspectRatios.length === 0 ||
      aspectRatios.includes(aspectRatio)) &&
    (outputCount === null || maxOutputs === null || outputCount <= maxOutputs) &&
    (parameterNames === null || given.every((name) => parameterNames.includes(name)))
  )
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

/** The first of the policy's order that is within the cap, else the first of it. A price that nobody knows passes. */
const best = (models: ReadonlyArray<ModelFacts>, wish: GuideWish): ModelFacts | undefined => {
  const ordered = models
    .map((model) => ({ model, rank: rankOf(model, wish) }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ model }) => model)
  const { cap } = wish
  return ordered.find((model) => cap === null || isWithin(costOf(model, wish), cap.usd)) ?? ordered[0]
}

/** Quality first, drafts cheap; then what the service itself would take; the others in its order. A test compares it with the service. */
const rankOf = ({ id, isDefault }: ModelFacts, wish: GuideWish): number => {
  const order = wish.operation === "edit" ? edited : isDraft(wish) ? drafted : preferred
  const at = order.indexOf(id)
  return at === -1 ? order.length + (isDefault ? 0 : 1) : at
}

const quality = "xai.grok-imagine-image-quality"
const preferred = [quality, "fal.flux-dev", "xai.grok-imagine-image", "openai.gpt-image-2"]
const drafted = ["fal.flux-dev", quality, "xai.grok-imagine-image", "openai.gpt-image-2"]
const edited = ["fal.nano-banana-2-edit"]

const reasonFor = ({ cap, intent, operation }: GuideWish, medium: Medium, explicit: boolean): string => {
  if (medium !== "image") {
    return explicit
      ? `the first that can run and makes what --intent ${intent?.trim()} names`
      : `the words speak of ${article[medium]}; --intent image asks for a picture instead`
  }
  if (operation === "edit") return "the usual one for edits that can run here"
  const within = cap === null ? "" : " within the cap"
  return isDraft({ intent }) ? `the one for drafts that can run${within}` : `the best that can run${within}`
}

const chosen = (
  model: ModelFacts | undefined,
  wish: GuideWish,
  reason: string,
  missed: Medium | null
): ModelChoice | null => {
  if (model === undefined) return null
  const suggestedAspectRatio = suggestedRatio(model)
  return {
    model,
    operation: creates(model) ? "create" : "edit",
    medium: model.modality ?? "image",
    reason,
    suggestedAspectRatio,
    aspectRatio: wish.aspectRatio ?? suggestedAspectRatio,
    cost: costOf(model, wish),
    missed
  }
}

const suggestedRatio = ({ aspectRatios, modality }: ModelFacts): string | null => {
  if (modality !== "video" || aspectRatios === null) return null
  return aspectRatios.includes("16:9") ? "16:9" : (aspectRatios[0] ?? null)
}

/** Where nothing was said of a provider, or nothing is known of the model's, none contradicts the other. */
export const isOfProvider = ({ provider }: ModelFacts, wish: GuideWish): boolean =>
  wish.provider === null || provider === null || provider === wish.provider
