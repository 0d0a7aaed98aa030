import type { AgentTool } from "@image-skill/core/agent/AgentTools"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { waitForJob } from "@image-skill/core/jobs/JobCommands"

const docs = docsUrl("image-skill-mcp")
const guide = command("create", flag("guide"), json)

/** The server was started to spend nothing. */
export const noSpend = ({ name }: AgentTool): Refusal =>
  new Refusal({
    code: "SPEND_NOT_ALLOWED",
    message: `${name} could cost credits or move money, and this server was started with --no-spend; nothing was sent`,
    recovery: { suggestedCommand: guide, docsUrl: docs },
    details: { no_spend: "--no-spend" }
  })

/** A person was to be asked, and said no or did not answer; or this client has no way of asking. */
export const notAllowed = ({ name }: AgentTool, why: "declined" | "unanswered" | "unable"): Refusal =>
  new Refusal({
    code: "APPROVAL_REQUIRED",
    message: `${name} needs a person's word, and ${whys[why]}; nothing was sent`,
    outcome: "not_sent",
    recovery: { suggestedCommand: guide, docsUrl: docs },
    details: { asked: why }
  })

const whys = {
  declined: "the person who was asked said no",
  unanswered: "the person who was asked did not answer",
  unable: "this client cannot ask one (it has no form elicitation)"
}

export interface Known {
  readonly jobId: string | null
  /** Null for what has none. */
  readonly key: string | null
  readonly seconds: number
}

/** The call is answered for its client's sake; what it does goes on. */
export const stillAtWork = ({ name }: AgentTool, { jobId, key, seconds }: Known): Refusal =>
  new Refusal({
    code: "TIMEOUT",
    message: `${jobId ?? name} is still at work after ${seconds} s; it goes on, do not run it again${key === null ? "" : ` but with the idempotency_key ${key}`}`,
    outcome: "unknown",
    recovery: {
      ...(jobId === null ? {} : { jobId }),
      ...(key === null ? {} : { idempotencyKey: key }),
      suggestedCommand: jobId === null ? command("jobs list", json) : waitForJob(jobId),
      docsUrl: docs
    }
  })
