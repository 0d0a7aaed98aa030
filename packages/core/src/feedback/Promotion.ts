import type { Feedback } from "./Feedback.ts"
import { levelOf } from "./FeedbackQuality.ts"
import type { QueueOutcome } from "./FeedbackQueue.ts"

/**
 * What keeps a report from the queue, decided before the queue is asked; null when nothing does. Text from which a secret
 * was cut is not shown to anybody else: what was not recognised may still stand in it.
 */
export const keptBack = (feedback: Feedback, mode: QueueOutcome["mode"]): QueueOutcome | null => {
  if (feedback.cuts.length > 0) return without("blocked", "possible_secret", mode)
  if (feedback.nextState === "close") return without("skipped", "closed_by_reporter", mode)
  if (feedback.type === "success_with_friction" && feedback.severity === "low")
    return without("skipped", "nothing_to_do", mode)
  return levelOf(feedback.weaknesses) === "weak" && !feedback.allowsWeakSignal && !asksForMore(feedback)
    ? without("skipped", "weak_signal", mode)
    : null
}

/** However little it says, somebody is to look at it. */
const asksForMore = ({ nextState, severity }: Feedback): boolean =>
  nextState === "promote" || nextState === "triage" || severity === "critical"

/** An outcome that touched no issue. */
export const without = (state: QueueOutcome["state"], reason: string, mode: QueueOutcome["mode"]): QueueOutcome => ({
  state,
  reason,
  issueUrls: [],
  issueNumbers: [],
  mode,
  githubMutation: "none"
})
