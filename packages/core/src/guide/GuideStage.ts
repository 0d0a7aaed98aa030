import * as Schema from "effect/Schema"
import { embeddedTarget } from "../envelope/Product.ts"
import type { Check, GuideFacts } from "./GuideFacts.ts"
import { mediumOf } from "./Medium.ts"
import { chooseModel, type ModelChoice } from "./ModelChoice.ts"
import { creditsNeeded } from "./ModelCost.ts"

/** Where an agent stands; exactly one thing is next (contract/cli.md 9.6). */
export const GuideStage = Schema.TaggedUnion({
  PromptRequired: {},
  /** A question that has to be answered was not; `check` says which, `code` why. */
  ServiceUnreachable: {
    check: Schema.Literals(["health", "models", "quota"]),
    code: Schema.NullOr(Schema.String),
    message: Schema.NullOr(Schema.String)
  },
  /** `misfit`: there is one, and it does not take what was wished. `medium`: the caller named it, and nothing makes it. */
  NoExecutableModel: {
    requested: Schema.NullOr(Schema.String),
    medium: Schema.NullOr(Schema.String),
    misfit: Schema.NullOr(Schema.String)
  },
  /** `rejected`: there is a token, and the service does not accept it. */
  AuthRequired: { rejected: Schema.Boolean },
  QuotaRequired: {
    reason: Schema.Literals(["credits", "daily_jobs"]),
    required: Schema.NullOr(Schema.Number),
    remaining: Schema.NullOr(Schema.Number),
    resetsAt: Schema.NullOr(Schema.String)
  },
  ReadyToCreate: {}
})
export type GuideStage = typeof GuideStage.Type

const { AuthRequired, NoExecutableModel, PromptRequired, QuotaRequired, ReadyToCreate, ServiceUnreachable } =
  GuideStage.cases

/** The first unmet condition, or `ReadyToCreate`. What is unknown never blocks; what is missing never helps. */
export const decide = (facts: GuideFacts): GuideStage => {
  const { health, misfit, models, quota, wish } = facts
  const choice = choiceOf(facts)
  if (wish.prompt === "" && (choice === null || choice.model.takesPrompt)) return PromptRequired.make({})
  if (health._tag === "Failed")
    return lacksHome(facts) ? AuthRequired.make({ rejected: false }) : unreachable("health", health)
  if (models._tag === "Failed") return unreachable("models", models)
  if (choice === null || misfit !== null) {
    const { explicit, medium } = mediumOf(wish)
    return NoExecutableModel.make({ requested: wish.model, medium: explicit ? medium : null, misfit })
  }
  if (quota === null) return AuthRequired.make({ rejected: false })
  if (quota._tag === "Failed") {
    return isRejectedToken(quota) ? AuthRequired.make({ rejected: true }) : unreachable("quota", quota)
  }
  const required = creditsNeeded(choice.cost, wish)
  const { dailyJobsRemaining, dailyJobsResetAt, remainingCredits } = quota.value
  const short = { required, remaining: remainingCredits, resetsAt: dailyJobsResetAt }
  if (required !== null && remainingCredits !== null && remainingCredits < required)
    return QuotaRequired.make({ reason: "credits", ...short })
  // A model that costs nothing takes no slot of the day (decision D1.5).
  if (dailyJobsRemaining !== null && dailyJobsRemaining <= 0 && required !== 0) {
    return QuotaRequired.make({ reason: "daily_jobs", ...short })
  }
  return ReadyToCreate.make({})
}

/** The model that the next create or edit would name; null where none can be named. */
export const choiceOf = ({ models, wish }: Pick<GuideFacts, "models" | "wish">): ModelChoice | null =>
  models._tag === "Answered" ? chooseModel(models.value.models, wish) : null

/**
 * The embedded service is not ill: it has nowhere to keep anything yet. Signing up in a place that can be written is what
 * helps, and the command for it names one.
 */
const lacksHome = ({ configWrite, target, tokenSource }: GuideFacts): boolean =>
  target === embeddedTarget && tokenSource === null && configWrite?._tag === "NotWritable"

type Failed = Extract<Check<unknown>, { _tag: "Failed" }>

const unreachable = (check: "health" | "models" | "quota", { code, message }: Failed): GuideStage =>
  ServiceUnreachable.make({ check, code, message })

/** However a service says it: by code, by status or by exit code, a token it does not accept means signing up. */
const isRejectedToken = ({ code, exitCode, status }: Failed): boolean =>
  code === "AUTH_REQUIRED" || status === 401 || status === 403 || exitCode === 3

/** The stage as it stands in answers. */
export const stageName: (stage: GuideStage) => string = GuideStage.match({
  PromptRequired: () => "prompt_required",
  ServiceUnreachable: () => "service_unreachable",
  NoExecutableModel: () => "no_executable_model",
  AuthRequired: () => "auth_required",
  QuotaRequired: () => "quota_required",
  ReadyToCreate: () => "ready_to_create"
})
