import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { specOf } from "@image-skill/core/envelope/CommandBook"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import { waitForJob } from "@image-skill/core/jobs/JobCommands"
import type { GoesOn, RunFacts } from "./RunEvents.ts"

/** What a run that was told to stop answers: what goes on without it, what that costs, and how to find out. */
export const interrupted = (parsed: Parsed, { again, goesOn, jobId, key }: RunFacts): Refusal => {
  const repeat = again ?? typedCommand(parsed)
  const mayHaveChanged = goesOn === null && specOf(parsed.name).effect === "write"
  return new Refusal({
    code: "INTERRUPTED",
    message:
      goesOn === null
        ? mayHaveChanged
          ? maybe
          : unsent
        : `stopped waiting${jobId === null ? "" : ` for ${jobId}`}; ${billed(goesOn, jobId)}`,
    outcome: goesOn !== null || mayHaveChanged ? "unknown" : "not_sent",
    moneyMoved: goesOn === null ? "no" : "unknown",
    recovery: {
      suggestedCommand: jobId === null ? repeat : waitForJob(jobId),
      ...(jobId === null ? {} : { jobId, ...(again === null ? {} : { fallbackCommand: again }) }),
      ...(key === null ? {} : { idempotencyKey: key }),
      docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
    }
  })
}

const unsent = "stopped before anything was sent that could cost; nothing was charged"
const maybe = "stopped without an answer; whether the service did it is not known, and no money moved"

const billed = (goesOn: GoesOn, jobId: string | null): string => {
  if (jobId === null)
    return "the request was sent, and what comes of it is charged once; the same command finds out and never pays twice"
  return goesOn === "next_command"
    ? "the next command goes on with it, and it will be charged once when it delivers; do not run it again under another key"
    : "the job goes on and will be charged once when it delivers; do not run it again under another key"
}
