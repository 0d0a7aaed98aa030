import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { type Command, command, filled, json, missingInputs, positional, quoted } from "../envelope/CommandLine.ts"
import { type CommandEffect, type NextActions, nextActionsToWire } from "../envelope/NextAction.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { embeddedTarget } from "../envelope/Product.ts"
import { recoveryToWire } from "../envelope/Recovery.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { AuthHandoff, type AuthHandoffBlock } from "../identity/AuthHandoff.ts"
import {
  type Host,
  signupConfigRecovery,
  startAt,
  startWithSavedToken,
  writablePlace
} from "../identity/ConfigRecovery.ts"
import type { RailChoice } from "../payments/RailChoice.ts"
import { RailSelection } from "../payments/RailSelection.ts"
import { type GuideAnswer, noMutation } from "./GuideAnswer.ts"
import { createDry, createLive, guideAgain, signUp } from "./GuideCommands.ts"
import type { Check, GuideFacts, ModelFacts } from "./GuideFacts.ts"
import { decide, GuideStage, stageName } from "./GuideStage.ts"
import { costOf, creditsNeeded, isOfProvider, pickModel } from "./ModelChoice.ts"
import { firstPaymentCommand, paymentSummary } from "./PaymentSummary.ts"

/** The guide's answer and the sentences beside it. */
export interface Guidance {
  readonly stage: GuideStage
  readonly answer: GuideAnswer
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
      const rails = yield* RailSelection
      const guide = (facts: GuideFacts, host: Host): Guidance => {
        const { payments } = facts
        const listed = payments._tag === "Answered" ? payments.value.rails : []
        const wish = { credits: creditsShort(facts), maxUsdCents: null, noHuman: false, key: facts.quoteKey }
        return guidance(facts, rails.plan(listed, wish), handoff, host)
      }
      return GuideState.of({ decide, guide })
    })
  )
}

interface Step {
  readonly id: string
  readonly command: Command
  readonly effect: CommandEffect
}

const guidance = (facts: GuideFacts, choice: RailChoice, handoff: AuthHandoff["Service"], host: Host): Guidance => {
  const stage = decide(facts)
  const model = facts.models._tag === "Answered" ? pickModel(facts.models.value.models, facts.wish) : null
  const cost = costOf(model)
  const next = nextStep(stage, facts, choice, model)
  const onward = onwardStart(stage, facts, host)
  const missing = missingInputs(next.command)
  const actions: NextActions = {
    [next.id]: { command: next.command, effect: next.effect },
    ...(stage._tag === "ReadyToCreate" ? { plan: { command: createDry(facts, model, cost), effect: "read" } } : {})
  }
  return {
    stage,
    warnings: warnings(facts, model),
    answer: {
      schema: "image-skill.create-guide.v1",
      ready: stage._tag === "ReadyToCreate",
      stage: stageName(stage),
      checks: checksOf(facts, choice, model, host),
      selection: selectionOf(facts, model),
      cost: {
        estimatedCredits: cost.credits,
        estimatedUsdPerImage: cost.debitUsd,
        estimatedDebitUsdPerImage: cost.debitUsd,
        estimatedProviderUsdPerImage: cost.providerUsd,
        creditUnitUsd: cost.creditUnitUsd,
        pricingConfidence: cost.confidence
      },
      blocker: blockerOf(stage),
      nextCommand: lineOf(next.command, onward),
      afterNext: rerunsAfter(stage) ? lineOf(guideAgain(facts.wish), onward) : null,
      authHandoff: handoffOf(stage, facts, next, handoff, host),
      escapeHatches: {
        doctor: lineOf(command("doctor", json), host),
        modelInspection: lineOf(inspectModel(model), host),
        paymentMethods: lineOf(inspectRails, host),
        quota: lineOf(command("usage quota", json), host),
        dryRun: lineOf(createDry(facts, model, cost), host)
      },
      mutation: noMutation,
      nextCommandCopyRunnable: missing.length === 0,
      ...(missing.length === 0 ? {} : { nextCommandMissingInputs: missing.map(missingInput) }),
      nextActions: nextActionsToWire(actions, onward)
    }
  }
}

/** How many credits would have to be bought: a rail that sells fewer is of no use. */
const creditsShort = (facts: GuideFacts): number => {
  const stage = decide(facts)
  return stage._tag === "QuotaRequired" ? Math.max(1, (stage.required ?? 1) - (stage.remaining ?? 0)) : 1
}

const missingInput = (input: ReturnType<typeof missingInputs>[number]) => ({
  flag: input.flag,
  placeholder: input.name,
  valueDescription: input.description,
  example: input.example
})

const inspectModels = command("models list", json)
const inspectRails = command("credits methods", json)

const nextStep = (stage: GuideStage, facts: GuideFacts, choice: RailChoice, model: ModelFacts | null): Step => {
  const look: Step = { id: "inspect_models", command: inspectModels, effect: "read" }
  switch (stage._tag) {
    case "PromptRequired":
      return { id: "guide", command: guideAgain(facts.wish), effect: "read" }
    case "ServiceUnreachable":
      return look
    case "NoExecutableModel":
      return model === null ? look : { id: "inspect_model", command: inspectModel(model), effect: "read" }
    case "AuthRequired":
      return { id: "sign_up", command: signUp(facts, savesElsewhere(facts)), effect: "write" }
    case "QuotaRequired":
      return payStep(choice, facts)
    case "ReadyToCreate":
      return model === null ? look : { id: "create", command: createLive(facts, model, costOf(model)), effect: "spend" }
  }
}

/** Runnable as printed: the key of the quote is made here, as that of a create is. */
const payStep = (choice: RailChoice, { quoteKey }: GuideFacts): Step => {
  const first = filled(firstPaymentCommand(choice), placeholders.KEY, quoteKey)
  return first.path.includes("quote")
    ? { id: "quote", command: first, effect: "write" }
    : { id: "inspect_rails", command: inspectRails, effect: "read" }
}

/** What starts the next command and the one after it: the host's way, unless the token would be looked for in vain. */
const onwardStart = (stage: GuideStage, facts: GuideFacts, host: Host): Start => {
  if (stage._tag !== "AuthRequired") return host
  if (savesElsewhere(facts)) return startAt(writablePlace(true), host)
  // A token that is refused, and set in the environment, would hide the one that the signup saves.
  return facts.tokenSource === "env" ? startWithSavedToken(host) : host
}

/** The embedded service keeps token and database in one folder: where that cannot be written, another one is named. */
const savesElsewhere = ({ configWrite, target }: GuideFacts): boolean =>
  target === embeddedTarget && configWrite?._tag === "NotWritable"

const rerunsAfter = ({ _tag }: GuideStage): boolean => _tag === "AuthRequired" || _tag === "QuotaRequired"

const inspectModel = (model: ModelFacts | null): Command =>
  model === null ? inspectModels : command("models show", positional(quoted(model.id)), json)

const selectionOf = ({ wish }: GuideFacts, model: ModelFacts | null): GuideAnswer["selection"] =>
  model === null
    ? null
    : {
        operation: "create",
        modelId: model.id,
        modelStatus: model.status,
        modelExecutionStatus: model.executionStatus,
        reason: wish.model === null ? "the first that can run and fits the cap" : "the model asked for"
      }

const checksOf = (
  facts: GuideFacts,
  choice: RailChoice,
  model: ModelFacts | null,
  host: Host
): GuideAnswer["checks"] => {
  const { health, models, quota, tokenSource, wish } = facts
  const known = quota?._tag === "Answered" ? quota.value : null
  return {
    hostedApi: {
      reachable: health._tag === "Answered",
      status: health._tag === "Answered" ? health.value.status : null,
      apiBaseUrl: facts.target,
      errorCode: codeOf(health)
    },
    auth: {
      source: tokenSource ?? "none",
      authenticated: known?.authenticated ?? false,
      claimState: known?.claimState ?? null,
      tokenStatus: known?.tokenStatus ?? null,
      savedConfigPath: facts.configPath,
      configWrite: configWriteOf(facts, host)
    },
    models: {
      reachable: models._tag === "Answered",
      executableCount: models._tag === "Answered" ? models.value.executable : 0,
      catalogedNotWiredCount: models._tag === "Answered" ? models.value.catalogedNotWired : 0,
      errorCode: codeOf(models)
    },
    quota: {
      checked: quota !== null,
      authenticated: known?.authenticated ?? false,
      remainingCredits: known?.remainingCredits ?? null,
      requiredCredits: creditsNeeded(costOf(model), wish),
      dailyJobsRemaining: known?.dailyJobsRemaining ?? null,
      reason: quota === null ? "auth_required" : quota._tag === "Answered" ? null : (quota.code ?? "quota_unavailable")
    },
    payments: paymentSummary(facts.payments, choice, decide(facts)._tag === "QuotaRequired", host)
  }
}

const codeOf = (check: Check<unknown>): string | null => (check._tag === "Failed" ? check.code : null)

const configRecovery = ({ target }: GuideFacts, host: Host): Schema.JsonObject => {
  const isEmbedded = target === embeddedTarget
  const suggestedStart = startAt(writablePlace(isEmbedded), host)
  // The next command is the fallback, with all that the caller said; it is an action already.
  const { fallbackCommand: _, ...recovery } = signupConfigRecovery(isEmbedded)
  const { next_actions: _actions, ...fields } = recoveryToWire({ ...recovery, suggestedStart }, host)
  return fields
}

const configWriteOf = (facts: GuideFacts, host: Host): GuideAnswer["checks"]["auth"]["configWrite"] => {
  const { configPath, configWrite } = facts
  if (configWrite === null) return null
  const writable = configWrite._tag === "Writable"
  return {
    writable,
    configPath,
    parentPath: configWrite.parentPath,
    parentDirectoriesPrepared: writable,
    errorMessage: configWrite._tag === "Writable" ? null : configWrite.message,
    recovery: writable ? null : configRecovery(facts, host)
  }
}

const handoffOf = (
  stage: GuideStage,
  facts: GuideFacts,
  next: Step,
  handoff: AuthHandoff["Service"],
  host: Host
): AuthHandoffBlock | null => {
  if (stage._tag === "AuthRequired") {
    const writable = facts.configWrite?._tag !== "NotWritable"
    return handoff.beforeSignup(
      {
        path: facts.configPath,
        writable,
        recovery: writable ? null : configRecovery(facts, host),
        savesElsewhere: savesElsewhere(facts)
      },
      guideAgain(facts.wish),
      savesElsewhere(facts) ? startAt(writablePlace(true), host) : host
    )
  }
  const needsToken = stage._tag === "ReadyToCreate" || stage._tag === "QuotaRequired"
  return needsToken && facts.tokenSource !== null ? handoff.forNext(facts.tokenSource, next.command, host) : null
}

const checkNames = { health: "the health check", models: "the model registry", quota: "the quota check" } as const

const blockerOf = (stage: GuideStage): GuideAnswer["blocker"] => {
  const message = blockerMessage(stage)
  return message === null ? null : { code: stageName(stage), message }
}

const blockerMessage: (stage: GuideStage) => string | null = GuideStage.match({
  PromptRequired: () => "say what to make: add --prompt",
  ServiceUnreachable: ({ check, code, message }) =>
    `${checkNames[check]} failed${code === null ? "" : ` (${code})`}: ${message ?? "the read-only checks could not finish"}`,
  NoExecutableModel: ({ misfit, requested }) => {
    if (misfit !== null) return `the service would refuse this create: ${misfit}`
    return requested === null
      ? "the service has no model that can run and makes media from a prompt"
      : `${requested} is not an available, executable create model of this service`
  },
  AuthRequired: ({ rejected }) =>
    rejected
      ? "the service does not accept this token: sign up once more; a durable agent contact is optional"
      : "sign up once; a durable agent contact is optional",
  QuotaRequired: ({ reason, remaining, required, resetsAt }) =>
    reason === "credits"
      ? `${required ?? "unknown"} credits are needed and ${remaining ?? "unknown"} are left`
      : `the daily job limit is reached; more credits may or may not raise it, the next day starts ${resetsAt === null ? "at midnight UTC" : `at ${resetsAt}`}`,
  ReadyToCreate: () => null
})

const warnings = ({ payments, wish }: GuideFacts, model: ModelFacts | null): ReadonlyArray<string> => [
  ...(payments._tag === "Answered" && payments.value.droppedCommands > 0
    ? [`left out ${payments.value.droppedCommands} payment commands of the service that this version cannot run`]
    : []),
  ...(model !== null && !isOfProvider(model, wish)
    ? [`--provider ${wish.provider} has no model that can run now, so ${model.id} of ${model.provider} was chosen`]
    : [])
]
