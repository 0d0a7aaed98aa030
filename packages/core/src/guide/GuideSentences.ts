import type { GuideAnswer } from "./GuideAnswer.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import { GuideStage, stageName } from "./GuideStage.ts"
import { isOfProvider, type ModelChoice } from "./ModelChoice.ts"

const checkNames = { health: "the health check", models: "the model registry", quota: "the quota check" } as const

export const blockerOf = (stage: GuideStage, facts: GuideFacts): GuideAnswer["blocker"] => {
  const message = blockerMessage(facts.wish.operation)(stage)
  return message === null ? null : { code: stageName(stage), message }
}

/** What stands in the way, in one sentence (contract/cli.md 9.7). */
const blockerMessage = (operation: "create" | "edit"): ((stage: GuideStage) => string | null) =>
  GuideStage.match({
    PromptRequired: () =>
      operation === "edit" ? "say what to change: add --prompt" : "say what to make: add --prompt",
    ServiceUnreachable: ({ check, code, message }) =>
      `${checkNames[check]} failed${code === null ? "" : ` (${code})`}: ${message ?? "the read-only checks could not finish"}`,
    NoExecutableModel: ({ medium, misfit, requested }) => {
      if (misfit !== null) return `the service would refuse this ${operation}: ${misfit}`
      if (requested !== null) return `${requested} is not an available, executable ${operation} model of this service`
      if (medium !== null && medium !== "image") return noneFor(medium)
      return operation === "edit"
        ? "the service has no model that can run and makes media from a picture"
        : "the service has no model that can run and makes media from a prompt"
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

const noneFor = (medium: string): string =>
  `no model that can run here makes ${kindOf(medium)}; models list --modality ${medium} says what each one lacks, and a picture is made without that intent`

/** Sentences beside the answer: what was left out, replaced or dropped. */
export const warningsOf = ({ payments, wish }: GuideFacts, choice: ModelChoice | null): ReadonlyArray<string> => [
  ...(payments._tag === "Answered" && payments.value.droppedCommands > 0
    ? [`left out ${payments.value.droppedCommands} payment commands of the service that this version cannot run`]
    : []),
  ...(choice === null ? [] : choiceWarnings(wish, choice))
]

const choiceWarnings = (wish: GuideFacts["wish"], choice: ModelChoice): ReadonlyArray<string> => [
  ...(isOfProvider(choice.model, wish)
    ? []
    : [
        `--provider ${wish.provider} has no model that can run now, so ${choice.model.id} of ${choice.model.provider} was chosen`
      ]),
  ...(choice.missed === null
    ? []
    : [
        `the prompt speaks of ${kindOf(choice.missed)}, which no model makes that can run here: this makes a picture; --intent ${choice.missed === "3d" ? "image-to-3d" : choice.missed} takes nothing else`
      ]),
  ...(choice.model.takesPrompt || wish.prompt === ""
    ? []
    : [`${choice.model.id} takes no prompt, so the prompt is left out of its command`])
]

const kindOf = (medium: string): string => (medium === "3d" ? "3d models" : medium)
