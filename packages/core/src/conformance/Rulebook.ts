import { accountRules } from "./chapters/AccountRules.ts"
import { activityRules } from "./chapters/ActivityRules.ts"
import { answerRules } from "./chapters/AnswerRules.ts"
import { argvRules } from "./chapters/ArgvRules.ts"
import { authRules } from "./chapters/AuthRules.ts"
import { createRules } from "./chapters/CreateRules.ts"
import { feedbackRules } from "./chapters/FeedbackRules.ts"
import { healthRules } from "./chapters/HealthRules.ts"
import { httpRules } from "./chapters/HttpRules.ts"
import { isolationRules } from "./chapters/IsolationRules.ts"
import { liveRules } from "./chapters/LiveRules.ts"
import { mediaRules } from "./chapters/MediaRules.ts"
import { modelRules } from "./chapters/ModelRules.ts"
import { paymentRules } from "./chapters/PaymentRules.ts"
import { purchaseRules } from "./chapters/PurchaseRules.ts"
import { quoteRules } from "./chapters/QuoteRules.ts"
import { signupRules } from "./chapters/SignupRules.ts"
import type { Chapter } from "./Rule.ts"

/** The rules of the contract that can be seen from outside, in the order in which they are tried. */
export const rulebook: ReadonlyArray<Chapter> = [
  healthRules,
  signupRules,
  accountRules,
  authRules,
  httpRules,
  paymentRules,
  modelRules,
  createRules,
  liveRules,
  mediaRules,
  activityRules,
  quoteRules,
  purchaseRules,
  feedbackRules,
  isolationRules,
  argvRules,
  // These judge all that was heard before.
  answerRules
]

/** The chapters with the rules that a name chooses: an id of a rule, or of a chapter. Empty where nothing is called so. */
export const chosen = (names: ReadonlyArray<string>): ReadonlyArray<Chapter> =>
  names.length === 0
    ? rulebook
    : rulebook
        .map((chapter) => ({
          ...chapter,
          rules: chapter.rules.filter((rule) => names.includes(rule.id) || names.includes(chapter.id))
        }))
        .filter(({ rules }) => rules.length > 0)

/** Which of these names are called nothing in the rulebook. */
export const unknownNames = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const known = new Set(rulebook.flatMap(({ id, rules }) => [id, ...rules.map((rule) => rule.id)]))
  return names.filter((name) => !known.has(name))
}
