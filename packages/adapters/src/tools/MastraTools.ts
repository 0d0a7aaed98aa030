import type { PublicSchema } from "@mastra/core/schema"
import { createTool } from "@mastra/core/tools"
import * as Predicate from "effect/Predicate"
import { boundTools, type RunnerOptions } from "./BoundTools.ts"
import type { ToolRunner } from "./ToolRunner.ts"

/**
 * The tools of an agent for Mastra. A call that spends or deletes suspends the run: `finishReason` is `suspended`, and
 * it goes on after `approveToolCall` or `declineToolCall`.
 */
export const mastraTools = (runner: ToolRunner, options: RunnerOptions = {}) =>
  Object.fromEntries(
    boundTools(runner, options).map(({ description, input, name, needsApproval, run }) => [
      name,
      createTool({
        id: name,
        description,
        inputSchema: isSchema(input) ? input : {},
        requireApproval: (given) => needsApproval(given),
        execute: (given, context) => run(given, context.abortSignal)
      })
    ])
  )

/** The framework's type says more narrowly what the keywords are. */
const isSchema = (schema: unknown): schema is PublicSchema => Predicate.isObject(schema)
