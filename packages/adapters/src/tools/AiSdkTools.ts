import { dynamicTool, type JSONSchema7, jsonSchema, type ToolSet } from "ai"
import * as Predicate from "effect/Predicate"
import { type BoundTool, boundTools, type RunnerOptions } from "./BoundTools.ts"
import type { ToolRunner } from "./ToolRunner.ts"

/**
 * The tools of an agent for the Vercel AI SDK, with the rule of their approval: spread both into `generateText`,
 * `streamText` or a `ToolLoopAgent`. A call that spends or deletes is not run: it comes back as a
 * `tool-approval-request`, and is run once the application has answered it with a `tool-approval-response`.
 *
 * Input is judged by the operation, which says all that is wrong with it at once.
 */
export const aiSdkTools = (runner: ToolRunner, options: RunnerOptions = {}) => {
  const bound = boundTools(runner, options)
  const tools: ToolSet = Object.fromEntries(bound.map((tool) => [tool.name, toolOf(tool)]))
  const toolApproval = Object.fromEntries(
    bound.map(({ name, needsApproval }) => [
      name,
      (input: unknown) => (needsApproval(input) ? ("user-approval" as const) : undefined)
    ])
  )
  return { tools, toolApproval }
}

const toolOf = ({ description, input, needsApproval, run }: BoundTool) => ({
  ...dynamicTool({
    description,
    inputSchema: jsonSchema(isJsonSchema7(input) ? input : {}),
    execute: (given, { abortSignal }) => run(given, abortSignal)
  }),
  // Whoever hands over the tools alone is asked, too.
  needsApproval: (given: unknown) => needsApproval(given)
})

/** The SDK's type says more narrowly what the keywords are. */
const isJsonSchema7 = (schema: unknown): schema is JSONSchema7 => Predicate.isObject(schema)
