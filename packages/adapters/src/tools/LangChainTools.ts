import { DynamicStructuredTool } from "@langchain/core/tools"
import * as Predicate from "effect/Predicate"
import { answerOf, boundTools, type RunnerOptions } from "./BoundTools.ts"
import { type Confirm, confirmed } from "./Confirmation.ts"
import type { ToolRunner } from "./ToolRunner.ts"

export interface LangChainOptions extends RunnerOptions {
  /** Asked before each call that has to be approved; without it such calls are refused. */
  readonly confirm?: Confirm
}

/**
 * The tools of an agent for LangChain. `@langchain/core` has no approval of its own, so `confirm` is asked; an agent on
 * LangGraph may call `interrupt` there. Which tools ask at all is said by `metadata.effect` and `metadata.destructive`.
 * A call that the schema refuses never reaches the tool: LangChain throws `ToolInputParsingException`.
 */
export const langChainTools = (runner: ToolRunner, { confirm, ...options }: LangChainOptions = {}) => {
  const tools = boundTools(runner, options)
  const answer = answerOf(tools)
  return tools.map(
    (tool) =>
      new DynamicStructuredTool({
        name: tool.name,
        description: tool.description,
        schema: isSchema(tool.input) ? tool.input : {},
        metadata: { effect: tool.effect, destructive: tool.isDestructive },
        func: (input: unknown, _manager, config) =>
          confirmed(tool, input, confirm)
            .then((refused) => (refused === null ? tool.run(input, config?.signal) : answer(refused)))
            .then((given) => JSON.stringify(given))
      })
  )
}

type LangChainSchema = Extract<ConstructorParameters<typeof DynamicStructuredTool>[0]["schema"], object>

/** The framework's type says more narrowly what the keywords are. */
const isSchema = (schema: unknown): schema is LangChainSchema => Predicate.isObject(schema)
