import * as Result from "effect/Result"
import { listedPrice } from "../credits/ModelPrice.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import { isRunnable, type Listed } from "../models/Catalogue.ts"
import { type Budget, choose, chooseNamed, intentClass, preferenceOrder } from "../models/DefaultSelection.ts"
import type { Model } from "../models/Model.ts"
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

/**
 * Chooses, validates and prices a create, in the order of contract/api.md 2.2. Pure: which models exist and can run and
 * what the references are comes in, a plan or the first refusal comes out.
 */
export const planCreate = (
  wish: MediaWish,
  listed: ReadonlyArray<Listed>,
  media: ReadonlyArray<JobMedia> = []
): Result.Result<MediaPlan, Refusal> => {
  const budget = budgetFor(wish)
  return Result.gen(function* () {
    const named = wish.model === null ? null : yield* findNamed(wish, wish.model, listed)
    if (wish.prompt === "") return yield* Result.fail(Refusals.promptMissing(wish))
    if (media.length > 0 && named === null) return yield* Result.fail(Refusals.referencesNotSupported(null))
    const picked = yield* named === null ? pickDefault(wish, listed, budget) : pickNamed(wish, named, budget)
    const { model, parameters } = picked.chosen
    const wrong = wrongReferences(model, media)
    if (wrong !== null) return yield* Result.fail(wrong)
    const price = yield* priced(model, parameters, wish)
    return assemble(wish, picked, price, media)
  })
}

const pickDefault = (
  wish: MediaWish,
  listed: ReadonlyArray<Listed>,
  budget: Budget
): Result.Result<Picked, Refusal> => {
  const ordered = preferenceOrder(
    listed.filter(isRunnable),
    intentClass(wish.intent),
    (model) => listedPrice(model).credits
  )
  const selection = choose(ordered, wish, budget)
  switch (selection._tag) {
    case "Chosen":
      return Result.succeed(selection)
    case "NothingRunnable":
      return Result.fail(Refusals.nothingRunnable(wish, listed))
    case "NothingFitting":
      return Result.fail(nothingFitting(wish, selection.candidates))
    case "OverBudget":
      return Result.fail(overBudget(wish, selection.cheapestCredits) ?? Refusals.nothingRunnable(wish, listed))
  }
}

/** The most exact reason why no runnable model takes the wish: that of the model the policy would have preferred. */
export const nothingFitting = (wish: MediaWish, candidates: ReadonlyArray<Model>): Refusal => {
  const [first] = candidates
  return (first === undefined ? null : unfit(first, wish)) ?? Refusals.nothingRunnable(wish, [])
}

const pickNamed = (wish: MediaWish, model: Model, budget: Budget): Result.Result<Picked, Refusal> => {
  const refusal = unfit(model, wish)
  return refusal === null
    ? Result.succeed({ chosen: chooseNamed(model, wish, budget), considered: [{ model, outcome: "selected" }] })
    : Result.fail(refusal)
}
