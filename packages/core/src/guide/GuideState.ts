import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { command, json, missingInputs } from "../envelope/CommandLine.ts"
import type { ActorWire } from "../envelope/Envelope.ts"
import { type NextActions, nextActionsToWire } from "../envelope/NextAction.ts"
import { lineOf } from "../envelope/Start.ts"
import { AuthHandoff, type AuthHandoffBlock } from "../identity/AuthHandoff.ts"
import type { Host } from "../identity/ConfigRecovery.ts"
import type { RailChoice } from "../payments/RailChoice.ts"
import { RailSelection } from "../payments/RailSelection.ts"
import { type GuideAnswer, noMutation } from "./GuideAnswer.ts"
import { withinBudget } from "./GuideBudget.ts"
import { checksOf, configRecovery } from "./GuideChecks.ts"
import { guideRerun, makeDry } from "./GuideCommands.ts"
import { type Decided, explanation, omission } from "./GuideExplanation.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import { blockerOf, warningsOf } from "./GuideSentences.ts"
import { measureFor } from "./GuideSize.ts"
import { choiceOf, decide, type GuideStage, stageName } from "./GuideStage.ts"
import { inspectModel, inspectRails, nextStep, type Step } from "./GuideStep.ts"
import { missingInput } from "./MissingInput.ts"
import type { ModelChoice } from "./ModelChoice.ts"
import { costOf, creditsNeeded } from "./ModelCost.ts"
import { authReady, nextEffect } from "./NextEffect.ts"
import { noSpendLabel } from "./NoSpend.ts"
import { elsewhereOf, onwardStart } from "./Onward.ts"

/** The guide's answer, who asked, and the sentences beside it. */
export interface Guidance {
  readonly stage: GuideStage
  readonly answer: GuideAnswer
  readonly actor: ActorWire | null
  readonly warnings: ReadonlyArray<string>
}

/** From facts to the one next command. Pure: everything it says follows from what was gathered. */
export class GuideState extends Context.Service<
  GuideState,
  {
    readonly decide: (facts: GuideFacts) => GuideStage
    readonly guide: (facts: GuideFacts, host: Host) => Guidance
  }
>()("core/guide/GuideState") {
  static readonly layer = Layer.effect(
    GuideState,
    Effect.gen(function* () {
      const handoff = yield* AuthHandoff
      const selection = yield* RailSelection
      const guide = (facts: GuideFacts, host: Host): Guidance => {
        const { payments } = facts
        const listed = payments._tag === "Answered" ? payments.value.rails : []
        const stage = decide(facts)
        const wish = { credits: creditsShort(stage), maxUsdCents: null, noHuman: false, key: facts.quoteKey }
        return guidance(stage, facts, selection.plan(listed, wish), handoff, host)
      }
      return GuideState.of({ decide, guide })
    })
  )
}

const guidance = (
  stage: GuideStage,
  facts: GuideFacts,
  rails: RailChoice,
  handoff: AuthHandoff["Service"],
  host: Host
): Guidance => {
  const choice = choiceOf(facts)
  const step = nextStep(stage, facts, rails, choice)
  const onward = onwardStart(stage, facts, host)
  const credits = choice === null ? null : creditsNeeded(choice.cost, facts.wish)
  const decided: Decided = {
    stage,
    facts,
    rails,
    step,
    effect: nextEffect(stage, step, choice, credits),
    dryRun: makeDry(facts.wish, choice),
    afterNext: rerunsAfter(stage) ? lineOf(guideRerun(facts.wish), onward) : null,
    blocker: blockerOf(stage, facts)
  }
  const warnings = warningsOf(facts, choice)
  const answer: GuideAnswer = {
    schema: `image-skill.${facts.wish.operation}-guide.v1`,
    ready: stage._tag === "ReadyToCreate",
    stage: stageName(stage),
    checks: checksOf(decided, choice, host),
    selection: choice === null ? null : selectionOf(choice),
    cost: costBlock(choice, facts),
    blocker: decided.blocker,
    nextCommand: lineOf(step.command, onward),
    afterNext: decided.afterNext,
    authHandoff: handoffOf(decided, handoff, host),
    escapeHatches: {
      doctor: lineOf(command("doctor", json), host),
      modelInspection: lineOf(inspectModel(choice), host),
      paymentMethods: lineOf(inspectRails, host),
      quota: lineOf(command("usage quota", json), host),
      dryRun: lineOf(decided.dryRun, host)
    },
    mutation: noMutation,
    ...nextBlocks(decided, host),
    nextActions: nextActionsToWire(actionsOf(decided), onward),
    ...(facts.wish.explain ? explanation(decided, host) : omission(decided, host))
  }
  const measure = measureFor(facts, { host: host.prefix, onward: onward.prefix })
  return {
    stage,
    actor: facts.actor,
    warnings,
    answer: withinBudget(answer, { actor: facts.actor, warnings }, measure)
  }
}

/** How many credits would have to be bought: a rail that sells fewer is of no use. */
const creditsShort = (stage: GuideStage): number =>
  stage._tag === "QuotaRequired" ? Math.max(1, (stage.required ?? 1) - (stage.remaining ?? 0)) : 1

const rerunsAfter = ({ _tag }: GuideStage): boolean => _tag === "AuthRequired" || _tag === "QuotaRequired"

const actionsOf = ({ dryRun, facts, stage, step }: Decided): NextActions => ({
  [step.id]: { command: step.command, effect: step.effect },
  ...(facts.wish.explain && stage._tag === "ReadyToCreate" ? { plan: { command: dryRun, effect: "read" } } : {})
})

/** What the next command does, and what to run instead of it to spend nothing (contract/after-0.1.24.md 4). */
const nextBlocks = ({ dryRun, effect, facts, stage, step }: Decided, host: Host) => {
  const missing = missingInputs(step.command)
  const isReady = stage._tag === "ReadyToCreate"
  return {
    nextCommandEffect: effect,
    noSpendNextCommand: isReady ? lineOf(dryRun, host) : null,
    noSpendNextCommandLabel: isReady ? noSpendLabel : null,
    nextCommandCopyRunnable: missing.length === 0,
    nextCommandMissingInputs: missing.map(missingInput),
    authReady: authReady(facts, step)
  }
}

const selectionOf = ({ medium, model, operation, reason, suggestedAspectRatio }: ModelChoice) => ({
  operation,
  modelId: model.id,
  modelStatus: model.status,
  modelExecutionStatus: model.executionStatus,
  reason,
  modality: medium,
  suggestedAspectRatio
})

const costBlock = (choice: ModelChoice | null, { wish }: GuideFacts): GuideAnswer["cost"] => {
  const cost = choice?.cost ?? costOf(null, wish)
  return {
    estimatedCredits: cost.credits,
    estimatedUsdPerImage: cost.debitUsd,
    estimatedDebitUsdPerImage: cost.debitUsd,
    estimatedProviderUsdPerImage: cost.providerUsd,
    creditUnitUsd: cost.creditUnitUsd,
    pricingConfidence: cost.confidence,
    pricingSource: cost.source,
    modelParameterDefaultsApplied: cost.defaultsApplied
  }
}

const handoffOf = (
  { facts, stage, step }: Decided,
  handoff: AuthHandoff["Service"],
  host: Host
): AuthHandoffBlock | null => {
  if (stage._tag === "AuthRequired") {
    const writable = facts.configWrite?._tag !== "NotWritable"
    const place = elsewhereOf(facts)
    const onward = onwardStart(stage, facts, host)
    return handoff.beforeSignup(
      {
        path: facts.configPath,
        writable,
        recovery: writable ? null : configRecovery(facts, host),
        elsewhere: place === null ? null : { place, signup: lineOf(step.command, onward) }
      },
      guideRerun(facts.wish),
      place === null ? host : onward
    )
  }
  return needsToken(step) && facts.tokenSource !== null ? handoff.forNext(facts.tokenSource, step.command, host) : null
}

/** Looking at the rails needs none, but whoever has to pay is on the way to a command that does. */
const needsToken = ({ id }: Step): boolean =>
  id === "create" || id === "edit" || id === "quote" || id === "inspect_rails"
