import type * as Schema from "effect/Schema"
import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import type { Answer } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import { textField } from "../envelope/JsonFields.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { waitForJob } from "../jobs/JobCommands.ts"
import { guideCommand, settleCommand } from "../payments/PaymentCommands.ts"
import type { AgentEvent } from "./AgentEvents.ts"
import { type AgentOperationId, agentOperationOf } from "./AgentOperations.ts"

/** What is known of a call when its caller stops waiting. */
export interface CallFacts {
  /** False while nothing can have reached the service. */
  readonly isAsked: boolean
  /** True once something was sent that may be charged. */
  readonly isSubmitted: boolean
  readonly key: string | null
  readonly jobId: string | null
}

export const notAsked: CallFacts = { isAsked: false, isSubmitted: false, key: null, jobId: null }

export const factsAfter = (facts: CallFacts, event: AgentEvent): CallFacts => {
  switch (event.type) {
    case "submitted":
      return { ...facts, isSubmitted: true, key: event.idempotencyKey }
    case "job":
      return { ...facts, jobId: event.jobId }
    default:
      return facts
  }
}

export interface StoppedCall {
  readonly id: AgentOperationId
  readonly body: Schema.Json
  readonly facts: CallFacts
  readonly traceId: string
}

/** What a call answers whose caller stopped waiting: what goes on without him, what that costs, and how to find out. */
export const stoppedAnswer = ({ body, facts, id, traceId }: StoppedCall): Answer => {
  const { effect, label, words } = agentOperationOf(id)
  const { isSubmitted, jobId, key } = facts
  const mayHaveChanged = facts.isAsked && effect !== "read"
  const refusal = new Refusal({
    code: "INTERRUPTED",
    message: isSubmitted ? goesOn(id, jobId) : mayHaveChanged ? maybe : unsent,
    outcome: mayHaveChanged ? "unknown" : "not_sent",
    moneyMoved: isSubmitted ? "unknown" : "no",
    recovery: {
      suggestedCommand: next(id, body, jobId),
      ...(jobId === null ? {} : { jobId }),
      ...(key === null ? {} : { idempotencyKey: key }),
      docsUrl: docsUrl(`image-skill-${id === "guide" ? "create" : words.replaceAll(" ", "-")}`)
    }
  })
  return toAnswer(refusal, { command: label, traceId, actor: null, effect })
}

const unsent = "stopped before anything was sent that could cost; nothing was charged"
const maybe = "stopped without an answer; whether the service did it is not known, and no money moved"

const goesOn = (id: AgentOperationId, jobId: string | null): string => {
  if (id === "creditsSettle")
    return "stopped waiting for the credits; what was paid arrives, and settling again never pays twice"
  return jobId === null
    ? "stopped waiting; the request was sent, and what comes of it is charged once; the same call with the same idempotency_key finds out and never pays twice"
    : `stopped waiting for ${jobId}; the job goes on and will be charged once when it delivers; do not run it again under another key`
}

/** Only looks, and pays nothing that was paid. */
const next = (id: AgentOperationId, body: Schema.Json, jobId: string | null): Command => {
  if (jobId !== null) return waitForJob(jobId)
  const attempt = textField(body, "payment_attempt_id")
  if (id === "creditsSettle" && attempt !== "") return settleCommand({ id: attempt })
  if (id === "create" || id === "edit") return command("jobs list", flag("limit", "5"), json)
  return agentOperationOf(id).effect === "read" ? guideCommand : command("activity list", flag("limit", "5"), json)
}
