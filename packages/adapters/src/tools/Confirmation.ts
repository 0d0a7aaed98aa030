import { agentOperationOf } from "@image-skill/core/agent/AgentOperations"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { executable } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { BoundTool } from "./BoundTools.ts"
import { localTrace } from "./internal/LocalTrace.ts"

/** A call that waits for somebody's yes. */
export interface ProposedCall {
  readonly tool: string
  readonly title: string
  readonly input: unknown
}

/**
 * Asked before each call that has to be approved, where the framework has no way of its own. Anything but `true` is a no,
 * and without it every such call is refused: nothing is spent unasked.
 */
export type Confirm = (call: ProposedCall) => boolean | Promise<boolean>

/** Whether a call may be made; the answer of one that may not. */
export const confirmed = (tool: BoundTool, input: unknown, confirm: Confirm | undefined): Promise<Envelope | null> => {
  if (!tool.needsApproval(input)) return Promise.resolve(null)
  if (confirm === undefined) return Promise.resolve(notApproved(tool, "this program was given nobody to ask"))
  const { name, title } = tool
  return Promise.resolve(confirm({ tool: name, title, input })).then((said: unknown) =>
    // Whoever answers with a word has not said yes.
    said === true ? null : notApproved(tool, "whoever was asked did not approve it")
  )
}

const notApproved = ({ effect, id, name }: BoundTool, why: string): Envelope =>
  toAnswer(
    new Refusal({
      code: "APPROVAL_REQUIRED",
      message: `${name} has to be approved, and ${why}; nothing was sent, and nothing was spent`,
      outcome: "not_sent",
      recovery: { suggestedCommand: command("create", flag("guide"), json) }
    }),
    { command: agentOperationOf(id).label, traceId: localTrace(), actor: null, effect }
  ).envelope

/** The answer of a call of something that is no tool, or that this model was not given. */
export const unknownTool = (name: string): Envelope =>
  toAnswer(
    new Refusal({
      code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
      message: `there is no tool ${name.slice(0, 80)} here; nothing was sent`,
      outcome: "not_sent",
      recovery: { suggestedCommand: command("create", flag("guide"), json) }
    }),
    { command: executable, traceId: localTrace(), actor: null, effect: "read" }
  ).envelope
