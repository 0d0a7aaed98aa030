import type * as Schema from "effect/Schema"
import { embeddedTarget } from "../envelope/Product.ts"
import { recoveryToWire } from "../envelope/Recovery.ts"
import { type Host, signupConfigRecovery, startAt, writablePlace } from "../identity/ConfigRecovery.ts"
import type { RailChoice } from "../payments/RailChoice.ts"
import type { GuideAnswer } from "./GuideAnswer.ts"
import type { Decided } from "./GuideExplanation.ts"
import type { Check, GuideFacts } from "./GuideFacts.ts"
import type { ModelChoice } from "./ModelChoice.ts"
import { creditsNeeded } from "./ModelCost.ts"
import { paymentSummary } from "./PaymentSummary.ts"
import { preferredMethod, topUpCheck } from "./SelfFund.ts"

/** What was asked and what came back (contract/cli.md 9.11). */
export const checksOf = (
  { facts, rails, stage }: Pick<Decided, "facts" | "rails" | "stage">,
  choice: ModelChoice | null,
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
      requiredCredits: choice === null ? null : creditsNeeded(choice.cost, wish),
      dailyJobsRemaining: known?.dailyJobsRemaining ?? null,
      reason: quota === null ? "auth_required" : quota._tag === "Answered" ? null : (quota.code ?? "quota_unavailable"),
      ...(wish.explain
        ? { topUp: known !== null && known.topUp !== null ? topUpCheck(known.topUp, rails, host) : null }
        : {})
    },
    payments: paymentsOf(facts, rails, stage._tag === "QuotaRequired", host)
  }
}

/** Why a rail is not used is said where a rail is needed, and where everything is. */
const paymentsOf = (
  facts: GuideFacts,
  rails: RailChoice,
  isDue: boolean,
  host: Host
): GuideAnswer["checks"]["payments"] => {
  const { explain } = facts.wish
  const summary = paymentSummary(facts.payments, rails, { isDue, isWhole: isDue || explain }, host)
  return explain ? { ...summary, preferredMethodSummary: preferredMethod(facts, rails) } : summary
}

const codeOf = (check: Check<unknown>): string | null => (check._tag === "Failed" ? check.code : null)

/** What to do about a config that cannot be written, with the raw-token fallback where that helps (contract/cli.md 11.2). */
export const configRecovery = ({ target }: GuideFacts, host: Host): Schema.JsonObject => {
  const isEmbedded = target === embeddedTarget
  const suggestedStart = startAt(writablePlace(isEmbedded), host)
  const { next_actions: _, ...fields } = recoveryToWire({ ...signupConfigRecovery(isEmbedded), suggestedStart }, host)
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
