import type { GuideAnswer } from "./GuideAnswer.ts"
import { type Measure, printedSize } from "./GuideSize.ts"

/** Bytes of a printed guide (architecture, section 5), without what the envelope and the command line add to it. */
export const guideBudget = 6_000
const frame = 125

/** What may be left out of a short answer because it stands elsewhere in it, the first to go first. */
interface Spare {
  readonly field: string
  /** Null where there is nothing to leave out. */
  readonly without: (answer: GuideAnswer) => GuideAnswer | null
}

/**
 * The answer as long as it may be: what is said twice goes first, and everything that goes is named in `omitted`. An answer
 * to `--explain` has no limit.
 */
export const withinBudget = (answer: GuideAnswer, beside: unknown, measure: Measure): GuideAnswer => {
  if (answer.omitted === undefined) return answer
  let fitting = answer
  for (const { field, without } of spares) {
    if (printedSize(fitting, measure, 1) + printedSize(beside, measure, 1) + frame <= guideBudget) return fitting
    const less = without(fitting)
    if (less !== null) fitting = named(less, field)
  }
  return fitting
}

const named = (answer: GuideAnswer, field: string): GuideAnswer =>
  answer.omitted === undefined
    ? answer
    : { ...answer, omitted: { ...answer.omitted, fields: [...new Set([...answer.omitted.fields, field])] } }

const spares: ReadonlyArray<Spare> = [
  {
    field: "auth_handoff.signup.recovery",
    // `checks.auth.config_write` has the same.
    without: (answer) =>
      withSignup(answer, ({ recovery, ...rest }) => (recovery === null ? null : { ...rest, recovery: null }))
  },
  {
    field: "next_actions",
    // `next_command`, its effect and its missing inputs say it, for a shell.
    without: (answer) => ({ ...answer, nextActions: {} })
  },
  {
    field: "checks.payments",
    // The first two look, and the next three buy on the preferred rail; `credits methods` has the others.
    without: (answer) => withFewer(answer, isShort(answer) ? 5 : 2)
  },
  {
    field: "auth_handoff.*.with_*",
    // Of two ways to hand over the token the one stays that it came by.
    without: (answer) =>
      withHandoff(answer, ({ nextCommand, rerunGuide, ...rest }) => ({
        ...rest,
        nextCommand: nextCommand === null ? null : { ...nextCommand, ...otherWay(answer) },
        rerunGuide: rerunGuide === null ? null : { ...rerunGuide, ...otherWay(answer) }
      }))
  },
  {
    field: "auth_ready",
    // `auth_handoff` has the same.
    without: (answer) =>
      answer.authHandoff === null ? null : { ...answer, authReady: { ...answer.authReady, acceptedMethods: [] } }
  },
  {
    field: "auth_handoff.signup.preferred_save_config",
    // It is `next_command`.
    without: (answer) =>
      withSignup(answer, ({ preferredSaveConfig, ...rest }) => (preferredSaveConfig === undefined ? null : rest))
  },
  {
    field: "checks.auth.config_write",
    // The one is `next_command`, the other shows the token; a signup that fails names both.
    without: (answer) => {
      const { auth } = answer.checks
      const { fallback_command: _, suggested_command: known, ...recovery } = auth.configWrite?.recovery ?? {}
      return auth.configWrite === null || known === undefined
        ? null
        : { ...answer, checks: { ...answer.checks, auth: { ...auth, configWrite: { ...auth.configWrite, recovery } } } }
    }
  },
  {
    field: "auth_handoff.rerun_guide",
    // It is `after_next` with the token.
    without: (answer) =>
      withHandoff(answer, (handoff) => (handoff.rerunGuide === null ? null : { ...handoff, rerunGuide: null }))
  },
  {
    field: "checks.payments",
    // Nobody pays yet; `credits methods` has them.
    without: (answer) => (isShort(answer) ? null : withoutLists(answer))
  },
  {
    field: "checks.payments",
    // The purchase and its status need ids that only the quote gives, and its answer has both commands.
    without: (answer) => (isShort(answer) ? withFewer(answer, 3) : null)
  },
  {
    field: "auth_handoff.next_command",
    // It is `next_command` with a token that is found without being told.
    without: (answer) =>
      answer.authHandoff?.nextCommand !== null && answer.authReady.nextCommandAuthReady
        ? withHandoff(answer, (handoff) => ({ ...handoff, nextCommand: null }))
        : null
  },
  { field: "checks.payments", without: (answer) => withoutLists(answer) }
]

type Handoff = NonNullable<GuideAnswer["authHandoff"]>
type Signup = NonNullable<Handoff["signup"]>

const isShort = ({ stage }: GuideAnswer): boolean => stage === "quota_required"

const otherWay = ({ authReady }: GuideAnswer) =>
  authReady.source === "stdin" ? { withEnv: null } : { withStdin: null }

const withFewer = (answer: GuideAnswer, count: number): GuideAnswer | null => {
  const { payments } = answer.checks
  const suggestedCommands = payments.suggestedCommands.slice(0, count)
  return suggestedCommands.length === payments.suggestedCommands.length
    ? null
    : { ...answer, checks: { ...answer.checks, payments: { ...payments, suggestedCommands } } }
}

const withHandoff = (answer: GuideAnswer, change: (handoff: Handoff) => Handoff | null): GuideAnswer | null => {
  const changed = answer.authHandoff === null ? null : change(answer.authHandoff)
  return changed === null ? null : { ...answer, authHandoff: changed }
}

const withSignup = (answer: GuideAnswer, change: (signup: Signup) => Signup | null): GuideAnswer | null => {
  const handed = answer.authHandoff?.signup ?? null
  const changed = handed === null ? null : change(handed)
  return changed === null ? null : withHandoff(answer, (handoff) => ({ ...handoff, signup: changed }))
}

/** The preferred rail alone. */
const withoutLists = (answer: GuideAnswer): GuideAnswer => {
  const { checked, preferredMethod, requiresBrowser, suggestedCommands } = answer.checks.payments
  const payments = { checked, requiresBrowser, preferredMethod, suggestedCommands }
  return { ...answer, checks: { ...answer.checks, payments } }
}
