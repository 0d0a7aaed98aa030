import { type Command, command, filled, flag, json, type Part, positional, quoted } from "../envelope/CommandLine.ts"
import type { CommandEffect } from "../envelope/NextAction.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import type { RailChoice } from "../payments/RailChoice.ts"
import { guideWithPrompt, makeLive, signUpFor, signUpUnsaved } from "./GuideCommands.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import type { GuideStage } from "./GuideStage.ts"
import type { ModelChoice } from "./ModelChoice.ts"
import { elsewhereOf } from "./Onward.ts"
import { firstPaymentCommand } from "./PaymentSummary.ts"

/** The one next command. */
export interface Step {
  readonly id: "guide" | "inspect_models" | "inspect_model" | "sign_up" | "quote" | "inspect_rails" | "create" | "edit"
  readonly command: Command
  readonly effect: CommandEffect
}

export const inspectModels = command("models list", json)
export const inspectRails = command("credits methods", json)

export const inspectModel = (choice: ModelChoice | null): Command =>
  choice === null ? inspectModels : command("models show", positional(quoted(choice.model.id)), json)

/** Exactly one for every stage (contract/cli.md 9.8). */
export const nextStep = (stage: GuideStage, facts: GuideFacts, rails: RailChoice, choice: ModelChoice | null): Step => {
  const look: Step = { id: "inspect_models", command: inspectModels, effect: "read" }
  switch (stage._tag) {
    case "PromptRequired":
      return { id: "guide", command: guideWithPrompt(facts.wish), effect: "read" }
    case "ServiceUnreachable":
      return look
    case "NoExecutableModel":
      return choice === null ? look : { id: "inspect_model", command: inspectModel(choice), effect: "read" }
    case "AuthRequired":
      return { id: "sign_up", command: signUp(facts), effect: "write" }
    case "QuotaRequired":
      return payStep(rails, facts)
    case "ReadyToCreate":
      return choice === null ? look : { id: choice.operation, command: makeLive(facts, choice), effect: "spend" }
  }
}

/** Where no place can take the token, it is shown instead. */
const signUp = (facts: GuideFacts): Command =>
  facts.configWrite?._tag === "NotWritable" && elsewhereOf(facts) === null ? signUpUnsaved(facts) : signUpFor(facts)

/** Runnable as printed: the key of the quote is made here, as that of a create is. */
const payStep = (rails: RailChoice, facts: GuideFacts): Step => {
  const quote = quoteCommand(rails, facts)
  return quote === null
    ? { id: "inspect_rails", command: inspectRails, effect: "read" }
    : { id: "quote", command: quote, effect: "write" }
}

/** The best quote under a key of its own; null where no rail gives one. */
export const quoteCommand = (rails: RailChoice, { quoteKey }: GuideFacts): Command | null => {
  const first = firstPaymentCommand(rails)
  if (!first.path.includes("quote")) return null
  const hasKey = first.parts.some((part) => part._tag === "Flag" && part.name === "idempotency-key")
  return hasKey ? filled(first, placeholders.KEY, quoteKey) : keyed(first, quoteKey)
}

/** In front of `--json`, where a quote of a service has it. */
const keyed = (quote: Command, key: string): Command => ({
  ...quote,
  parts: [...quote.parts.filter((part) => !isJson(part)), flag("idempotency-key", key), json]
})

const isJson = (part: Part): boolean => part._tag === "Flag" && part.name === "json"
