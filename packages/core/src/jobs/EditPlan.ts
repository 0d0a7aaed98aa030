import * as Result from "effect/Result"
import { listedPrice } from "../credits/ModelPrice.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Listed } from "../models/Catalogue.ts"
import { chooseNamed } from "../models/DefaultSelection.ts"
import { chooseEdit, editOrder, type EditWish, inputFault } from "../models/EditSelection.ts"
import type { Model } from "../models/Model.ts"
import * as EditRefusals from "./EditRefusals.ts"
import type { JobMedia } from "./Job.ts"
import {
  assemble,
  budgetFor,
  findNamed,
  type MediaPlan,
  overBudget,
  type Picked,
  priced,
  unfit,
  wrongReferences
} from "./MediaPlan.ts"
import type { MediaWish } from "./MediaWish.ts"
import * as Refusals from "./Refusals.ts"

/** What the plan has to know of the input beyond its bytes. */
export interface InputFacts {
  /** Made by the embedded illustrator, which can draw it again. */
  readonly isEmbedded: boolean
}

/**
 * Chooses, validates and prices an edit, in the order of contract/api.md 2.2. Pure, like the plan of a create. `media`
 * are the owned assets that the wish names, in its order.
 */
export const planEdit = (
  wish: MediaWish,
  listed: ReadonlyArray<Listed>,
  media: ReadonlyArray<JobMedia>,
  facts: InputFacts
): Result.Result<MediaPlan, Refusal> => {
  const budget = budgetFor(wish)
  return Result.gen(function* () {
    const named = wish.model === null ? null : yield* findNamed(wish, wish.model, listed)
    const picked: Picked =
      named === null
        ? yield* pickDefault(wish, listed, facts)
        : { chosen: chooseNamed(named, wish, budget), considered: [{ model: named, outcome: "selected" }] }
    const { model, parameters } = picked.chosen
    const wrong =
      wrongPrompt(model, wish) ?? unfit(model, wish) ?? wrongInputs(model, wish, media) ?? wrongReferences(model, media)
    if (wrong !== null) return yield* Result.fail(wrong)
    const price = yield* priced(model, parameters, wish)
    return assemble(wish, picked, price, media)
  })
}

const pickDefault = (
  wish: MediaWish,
  listed: ReadonlyArray<Listed>,
  { isEmbedded }: InputFacts
): Result.Result<Picked, Refusal> => {
  const roles = wish.media.map(({ role }) => role)
  const edit: EditWish = {
    ...wish,
    hasPrompt: wish.prompt !== "",
    hasMask: roles.includes("mask"),
    inputCount: roles.filter((role) => role === "input").length,
    isEmbeddedPicture: isEmbedded
  }
  const selection = chooseEdit(
    editOrder(listed, edit.hasMask, (model) => listedPrice(model).credits),
    edit,
    budgetFor(wish)
  )
  switch (selection._tag) {
    case "Chosen":
      return Result.succeed(selection)
    case "NothingRunnable":
      return Result.fail(Refusals.nothingRunnable(wish, listed))
    case "NothingFitting":
      return Result.fail(nothingFitting(wish, edit, selection.candidates))
    case "OverBudget":
      return Result.fail(overBudget(wish, selection.cheapestCredits) ?? Refusals.nothingRunnable(wish, listed))
  }
}

/** The most exact reason why no runnable model takes it: that of the model the policy would have preferred. */
const nothingFitting = (wish: MediaWish, edit: EditWish, candidates: ReadonlyArray<Model>): Refusal => {
  const [first] = candidates
  if (first === undefined) return Refusals.nothingRunnable(wish, [])
  const fault = inputFault(first, edit)
  if (fault?._tag === "SceneRequired") return EditRefusals.sceneRequired(first, wish)
  const input =
    fault?._tag === "MaskRequired"
      ? EditRefusals.maskRequired(first, wish)
      : fault?._tag === "MaskNotSupported"
        ? EditRefusals.maskNotSupported(first, wish)
        : fault?._tag === "TooManyInputs"
          ? EditRefusals.tooManyInputs(first, edit.inputCount, wish)
          : null
  return wrongPrompt(first, wish) ?? input ?? unfit(first, wish) ?? Refusals.nothingRunnable(wish, [])
}

const wrongPrompt = (model: Model, wish: MediaWish): Refusal | null => {
  if (model.prompt === "required") return wish.prompt === "" ? Refusals.promptMissing(wish) : null
  return wish.prompt === "" ? null : EditRefusals.promptForbidden(model, wish)
}

const wrongInputs = (model: Model, wish: MediaWish, media: ReadonlyArray<JobMedia>): Refusal | null => {
  const inputs = media.filter(({ role }) => role === "input")
  const mask = media.find(({ role }) => role === "mask")
  const foreign = inputs.find(({ mimeType }) => !mimeType.startsWith("image/"))
  if (foreign !== undefined) return EditRefusals.inputDenied(fieldOf(foreign), "is not an image", wish)
  const heavy = media.find(({ contentLength }) => contentLength > maxMediaBytes)
  if (heavy !== undefined)
    return EditRefusals.inputDenied(
      fieldOf(heavy),
      `is larger than ${maxMediaBytes} bytes, more than a model takes`,
      wish
    )
  if (media.reduce((sum, { contentLength }) => sum + contentLength, 0) > maxRequestBytes)
    return EditRefusals.inputDenied(
      "input_asset_id",
      `and what goes with it are larger than ${maxRequestBytes} bytes`,
      wish
    )
  if (inputs.length > model.maxInputs) return EditRefusals.tooManyInputs(model, inputs.length, wish)
  if (mask === undefined) return model.mask === "required" ? EditRefusals.maskRequired(model, wish) : null
  if (model.mask === "none") return EditRefusals.maskNotSupported(model, wish)
  if (!maskTypes.has(mask.mimeType))
    return EditRefusals.inputDenied("mask_asset_id", "must be a PNG, JPEG or WebP image", wish)
  const [input] = inputs
  return input === undefined || isSameSize(input, mask)
    ? null
    : EditRefusals.inputDenied("mask_asset_id", `must have the pixel size of the input, ${pixels(input)}`, wish)
}

/** Far more than providers take, and little enough to be held in memory while it is sent. */
const maxMediaBytes = 32 * 1024 * 1024
const maxRequestBytes = 96 * 1024 * 1024

const fieldOf = ({ index, role }: JobMedia): string => {
  if (role !== "input") return role === "mask" ? "mask_asset_id" : "references"
  return index === 0 ? "input_asset_id" : `additional_input_asset_ids[${index - 1}]`
}

const maskTypes = new Set(["image/png", "image/jpeg", "image/webp"])

const isSameSize = (input: JobMedia, mask: JobMedia): boolean =>
  input.size !== null &&
  mask.size !== null &&
  input.size.width === mask.size.width &&
  input.size.height === mask.size.height

const pixels = ({ size }: JobMedia): string => (size === null ? "which is unknown" : `${size.width}x${size.height}`)
