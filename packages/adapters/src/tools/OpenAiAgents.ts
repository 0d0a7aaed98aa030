import { tool } from "@openai/agents"
import { boundTools, type RunnerOptions } from "./BoundTools.ts"
import { objectSchemaOf } from "./ObjectSchema.ts"
import type { ToolRunner } from "./ToolRunner.ts"

/**
 * The tools of an agent for the OpenAI Agents SDK. A call that spends or deletes interrupts the run: it stands in
 * `result.interruptions`, and the run goes on after `state.approve(item)` or `state.reject(item)`.
 *
 * Not strict: strict mode makes every optional field required, and forbids the open `model_parameters`. What is wrong
 * with the input is said by the operation, all at once.
 */
export const openAiAgentTools = (runner: ToolRunner, options: RunnerOptions = {}) =>
  boundTools(runner, options).map(({ description, input, name, needsApproval, run }) =>
    tool({
      name,
      description,
      strict: false,
      parameters: { ...objectSchemaOf(input), additionalProperties: true },
      needsApproval: (_, given) => Promise.resolve(needsApproval(given)),
      execute: (given, _, details) => run(given, details?.signal)
    })
  )
