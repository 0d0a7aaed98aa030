import { Agent } from "@image-skill/core/agent/Agent"
import { argumentsOf } from "@image-skill/core/agent/AgentTools"
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answerOf, chosenTools, type ToolOptions } from "./BoundTools.ts"

/**
 * The tools of `Agent` as an Effect AI toolkit, with the layer of its handlers. A call that spends or deletes is not run:
 * the response has a `tool-approval-request` for it, and it is run when the next prompt brings the approval.
 */
export const make = (options: ToolOptions = {}) => {
  const tools = chosenTools(options)
  const answer = answerOf(tools)
  const toolkit = Toolkit.make(
    ...tools.map(({ description, input, name, needsApproval }) =>
      Tool.dynamic(name, {
        description,
        parameters: { ...input },
        success: Schema.Json,
        needsApproval: (given: unknown) => needsApproval(given)
      })
    )
  )
  const layer = toolkit.toLayer(
    Effect.map(Agent, ({ ask }) =>
      Object.fromEntries(
        tools.map(({ id, name }) => [
          name,
          (given: unknown) => Effect.map(ask(id, argumentsOf(given)), ({ envelope }) => answer(envelope))
        ])
      )
    )
  )
  return { toolkit, layer }
}
