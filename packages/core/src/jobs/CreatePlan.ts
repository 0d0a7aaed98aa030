import * as Result from "effect/Result"
import { needsConfirmation, priceOf } from "../credits/ModelPrice.ts"
import { listedPrice } from "../credits/ModelPrice.ts"
import { type BudgetGuard, exceeded, type Price } from "../credits/Pricing.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import { isRunnable, type Listed } from "../models/Catalogue.ts"
import {
  type Budget,
  type Chosen,
  choose,
  chooseNamed,
  type Considered,
  intentClass,
  preferenceOrder,
  takesRatio,
  type Wish
} from "../models/DefaultSelection.ts"
import { capabilityId, type Model } from "../models/Model.ts"
import { expectedOutput, type ExpectedOutput, sizeProblem } from "../models/OutputSize.ts"
import { problems } from "../models/Parameters.ts"
import type { CreateRequest } from "./CreateRequest.ts"
import type { JobRequest, SelectionReceipt } from "./Job.ts"
import * as Refusals from "./Refusals.ts"

/** Everything a create will do, decided before anything is spent. */
export interface CreatePlan {
  readonly model: Model
  readonly prompt: string
  readonly parameters: Wish["parameters"]
  readonly aspectRatio: string
  readonly outputCount: number
  readonly price: Price
  readonly guard: BudgetGuard
  readonly expected: ExpectedOutput
  readonly selection: SelectionReceipt
  readonly modelParameters: JobRequest["modelParameters"]
  readonly warnings: ReadonlyArray<string>
}

/** The request with the contract's defaults filled in. */
export interface CreateWish extends Wish {
  readonly prompt: string
  readonly model: string | null
  readonly guard: BudgetGuard
  readonly acceptUnknownCost: boolean
  readonly dryRun: boolean
}

export const wishOf = (request: CreateRequest): CreateWish => ({
  prompt: request.prompt ?? "",
  provider: request.provider ?? null,
  model: request.model ?? null,
  intent: request.intent ?? "explore",
  aspectRatio: request.aspectRatio ?? "1:1",
  outputCount: request.outputCount ?? 1,
  parameters: request.modelParameters ?? {},
  guard: { perOutputUsd: request.maxEstimatedUsdPerImage ?? null, totalUsd: request.maxUsd ?? null },
  acceptUnknownCost: request.acceptUnknownCost ?? false,
  dryRun: request.dryRun ?? false
})

/**
 * Chooses, validates and prices, in the order of contract/api.md 2.2. Pure: which models exist and can run comes in,
 * a plan or the first refusal comes out.
 */
export const plan = (request: CreateRequest, listed: ReadonlyArray<Listed>): Result.Result<CreatePlan, Refusal> => {
  const wish = wishOf(request)
  const budget = budgetFor(wish)
  return Result.gen(function* () {
    const named = wish.model === null ? null : yield* findNamed(wish, wish.model, listed)
    if (wish.prompt === "") return yield* Result.fail(Refusals.promptMissing(wish))
    const refers = (request.references?.length ?? 0) > 0
    if (refers && named === null) return yield* Result.fail(Refusals.referencesNotSupported(null))
    const { chosen, considered } = yield* named === null
      ? pickDefault(wish, listed, budget)
      : pickNamed(wish, named, budget)
    if (refers) return yield* Result.fail(Refusals.referencesNotSupported(chosen.model))
    const price = priceFor(chosen.model, chosen.parameters, wish)
    if (price.confidence === "unknown" && !wish.acceptUnknownCost && !wish.dryRun) {
      return yield* Result.fail(Refusals.unknownCost(chosen.model, wish))
    }
    const tooDear = overBudget(wish, price.credits)
    if (tooDear !== null) return yield* Result.fail(tooDear)
    return assemble(wish, chosen, considered, price)
  })
}

interface Picked {
  readonly chosen: Chosen
  readonly considered: ReadonlyArray<Considered>
}

const priceFor = (model: Model, parameters: Wish["parameters"], wish: Wish): Price =>
  priceOf({
    model,
    parameters,
    outputCount: wish.outputCount,
    referenceCount: 0,
    size: expectedOutput(model, parameters, wish.aspectRatio).size
  })

const budgetFor = (wish: CreateWish): Budget => ({
  credits: (model, parameters) => priceFor(model, parameters, wish).credits,
  fits: (credits) => exceeded(credits, wish.outputCount, wish.guard) === null,
  isSettled: (model, parameters) => wish.acceptUnknownCost || priceFor(model, parameters, wish).confidence !== "unknown"
})

const overBudget = (wish: CreateWish, credits: number): Refusal | null => {
  const broken = exceeded(credits, wish.outputCount, wish.guard)
  return broken === null ? null : Refusals.overBudget(wish, broken)
}

const pickDefault = (
  wish: CreateWish,
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
const nothingFitting = (wish: CreateWish, candidates: ReadonlyArray<Model>): Refusal => {
  const [first] = candidates
  return (first === undefined ? null : unfit(first, wish)) ?? Refusals.nothingRunnable(wish, [])
}

const findNamed = (wish: CreateWish, id: string, listed: ReadonlyArray<Listed>): Result.Result<Model, Refusal> => {
  const row = listed.find(({ model }) => model.id === id)
  if (row === undefined)
    return Result.fail(
      Refusals.modelNotFound(
        id,
        listed.map(({ model }) => model.id)
      )
    )
  const { model } = row
  if (wish.provider !== null && wish.provider !== model.provider)
    return Result.fail(Refusals.providerMismatch(wish.provider, model))
  if (model.endpoint !== "create") return Result.fail(Refusals.wrongEndpoint(model))
  return isRunnable(row) ? Result.succeed(model) : Result.fail(Refusals.modelNotExecutable(row))
}

const pickNamed = (wish: CreateWish, model: Model, budget: Budget): Result.Result<Picked, Refusal> => {
  const refusal = unfit(model, wish)
  return refusal === null
    ? Result.succeed({ chosen: chooseNamed(model, wish, budget), considered: [{ model, outcome: "selected" }] })
    : Result.fail(refusal)
}

const unfit = (model: Model, wish: CreateWish): Refusal | null => {
  const wrong = problems(model, wish.parameters)
  if (wrong.length > 0) return Refusals.parametersInvalid(model, wrong)
  if (!takesRatio(model, wish.aspectRatio)) return Refusals.aspectRatioNotSupported(model, wish.aspectRatio)
  if (wish.outputCount > model.maxOutputs) return Refusals.tooManyOutputs(model, wish.outputCount)
  const size = sizeProblem(model, wish.parameters, wish.aspectRatio)
  return size === null ? null : Refusals.sizeRefused(model, wish, size)
}

const assemble = (
  wish: CreateWish,
  chosen: Chosen,
  considered: ReadonlyArray<Considered>,
  price: Price
): CreatePlan => {
  const { model } = chosen
  const named = wish.model !== null
  const keys = Object.keys(chosen.parameters)
  return {
    model,
    prompt: wish.prompt,
    parameters: chosen.parameters,
    aspectRatio: wish.aspectRatio,
    outputCount: wish.outputCount,
    price,
    guard: wish.guard,
    expected: expectedOutput(model, chosen.parameters, wish.aspectRatio),
    selection: {
      policy: named ? "explicit_model" : "hosted_default_create_v1",
      reason: reasonFor(named, chosen),
      intent: wish.intent,
      intentClass: intentClass(wish.intent),
      parameterKeys: keys,
      defaultsApplied: chosen.defaultsApplied,
      output: expectedOutput(model, chosen.parameters, wish.aspectRatio),
      considered: considered.map((row) => ({ capabilityId: capabilityId(row.model), outcome: row.outcome })),
      preferredCredits: chosen.downgradedFrom?.credits ?? null
    },
    modelParameters: {
      acceptedKeys: keys,
      provenance: Object.fromEntries(
        keys.map((key) => [key, wish.parameters[key] === undefined ? "default_policy" : "request"])
      )
    },
    warnings: warningsFor(wish, chosen, price)
  }
}

const reasonFor = (named: boolean, chosen: Chosen): string => {
  if (named) return "the request names the model"
  return chosen.downgradedFrom === null
    ? "first model of the preference order that can run here"
    : "the guard does not cover the preferred model or tier; this is the best one that it covers"
}

const warningsFor = (wish: CreateWish, { downgradedFrom, model }: Chosen, price: Price): ReadonlyArray<string> => [
  ...(model.provider === "local" && wish.model === null
    ? [
        "no hosted model can run here, so an embedded one is used: a rule-based illustrator that draws known words, not a neural model"
      ]
    : []),
  ...(downgradedFrom === null
    ? []
    : [
        `the budget guard forces a lower choice; the preferred one needs ${downgradedFrom.credits} credits for this request`
      ]),
  ...(price.confidence === "unknown" ? ["the cost is not known before the run; a stand-in price is reserved"] : []),
  ...(wish.dryRun && needsConfirmation(model) ? ["a live run needs --accept-unknown-cost"] : [])
]
