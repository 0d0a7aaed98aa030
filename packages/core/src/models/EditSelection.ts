import { isEmbedded, type Listed } from "./Catalogue.ts"
import {
  accepts,
  type Budget,
  chooseFrom,
  isChoosable,
  priceTier,
  type Selection,
  type Wish
} from "./DefaultSelection.ts"
import type { Model } from "./Model.ts"

/** An edit that names no model (contract/api.md 7.7). */
export interface EditWish extends Wish {
  readonly hasPrompt: boolean
  readonly hasMask: boolean
  /** Input images, the primary one included. */
  readonly inputCount: number
  /** Whether the primary input is a picture that an embedded model drew, so that its scene is known. */
  readonly isEmbeddedPicture: boolean
}

/** The name of this policy in receipts. */
export const editPolicy = "hosted_default_edit_v1"

/** The models that the contract makes the default, without and with a mask. */
export const defaultEditModel = "fal.nano-banana-2-edit"
const defaultMaskedEditModel = "fal.ideogram-v2-edit"

/** Edits scenes that an embedded model drew, and nothing else. */
const sceneEditor = "local.storyboard-edit"

/**
 * Image edit models in the order in which the policy prefers them: its default, then by debit, then embedded ones, first
 * the one that takes a prompt.
 */
export const editOrder = (
  listed: ReadonlyArray<Listed>,
  hasMask: boolean,
  listedCredits: (model: Model) => number
): ReadonlyArray<Listed> => {
  const first = hasMask ? defaultMaskedEditModel : defaultEditModel
  const rank = (model: Model): number =>
    isEmbedded(model) ? (model.prompt === "required" ? 2 : 3) : model.id === first ? 0 : 1
  return listed
    .filter(({ model }) => model.operation === "image.edit")
    .map((row) => ({ row, rank: rank(row.model), credits: listedCredits(row.model) }))
    .toSorted((left, right) => left.rank - right.rank || left.credits - right.credits)
    .map(({ row }) => row)
}

/**
 * The first model of `editOrder` that can run, takes the wish and fits the budget. The default of the contract is taken
 * even though nobody knows its cost beforehand; of the others, one whose cost would have to be accepted first is chosen
 * only where there is no other.
 * Embedded models are chosen only where nothing hosted can edit (decision D1.6). Pure.
 */
export const chooseEdit = (ordered: ReadonlyArray<Listed>, wish: EditWish, budget: Budget): Selection => {
  const runnable = ordered.filter(
    (row) => isChoosable(row) && (wish.provider === null || row.model.provider === wish.provider)
  )
  if (runnable.length === 0) return { _tag: "NothingRunnable" }
  const hosted = runnable.filter(({ model }) => !isEmbedded(model))
  const candidates = (hosted.length > 0 ? hosted : runnable).map(({ model }) => model)
  const fitting = candidates.filter((model) => inputFault(model, wish) === null && accepts(model, wish))
  if (fitting.length === 0) return { _tag: "NothingFitting", candidates }
  const preferred = wish.hasMask ? defaultMaskedEditModel : defaultEditModel
  const priced = fitting.map((model) => priceTier(model, wish, budget))
  const first = priced.filter(({ model }) => model.id === preferred)
  const rest = priced.filter(({ model }) => model.id !== preferred)
  const settled = rest.filter(({ model, parameters }) => budget.isSettled(model, parameters))
  const pool = [...first, ...(settled.length > 0 ? settled : rest)]
  return chooseFrom({ candidates, fitting, pool }, wish, budget)
}

/** Why a model cannot work on what an edit gives it. */
export type InputFault =
  | { readonly _tag: "PromptRequired" | "PromptForbidden" | "MaskRequired" | "MaskNotSupported" | "SceneRequired" }
  | { readonly _tag: "TooManyInputs"; readonly maximum: number }

/** The first thing about the inputs that the row of the model does not allow, or null. */
export const inputFault = (
  model: Model,
  wish: Pick<EditWish, "hasMask" | "hasPrompt" | "inputCount" | "isEmbeddedPicture">
): InputFault | null => {
  if (model.prompt === "required" && !wish.hasPrompt) return { _tag: "PromptRequired" }
  if (model.prompt === "forbidden" && wish.hasPrompt) return { _tag: "PromptForbidden" }
  if (model.mask === "required" && !wish.hasMask) return { _tag: "MaskRequired" }
  if (model.mask === "none" && wish.hasMask) return { _tag: "MaskNotSupported" }
  if (wish.inputCount > model.maxInputs) return { _tag: "TooManyInputs", maximum: model.maxInputs }
  return model.id === sceneEditor && !wish.isEmbeddedPicture ? { _tag: "SceneRequired" } : null
}
