import type { AgentEvent } from "@image-skill/core/agent/AgentEvents"
import { type AgentOperationId, agentOperationIds } from "@image-skill/core/agent/AgentOperations"
import { type AgentTool, agentTools, argumentsOf } from "@image-skill/core/agent/AgentTools"
import { type NextTool, nextTools } from "@image-skill/core/agent/NextTool"
import type { Envelope } from "@image-skill/core/envelope/Envelope"
import type { ToolRunner } from "./ToolRunner.ts"

export interface ToolOptions {
  /** The operations that the model is given; all of them, when left out. */
  readonly only?: ReadonlyArray<AgentOperationId>
  /** Only what changes nothing. */
  readonly readOnly?: boolean
  /** Which calls wait for an approval; when left out, those that spend and those that delete. A plan is neither. */
  readonly approve?: (tool: AgentTool, input: unknown) => boolean
}

export interface RunnerOptions extends ToolOptions {
  /** Told while a job is waited for. */
  readonly onEvent?: (event: AgentEvent) => void
}

/** An envelope, and next to it the calls that it leads to, of the tools that the model has. */
export type ToolAnswer = { readonly [K in keyof Envelope]: Envelope[K] } & {
  readonly next_tools: ReadonlyArray<{ readonly [K in keyof NextTool]: NextTool[K] }>
}

/** A tool that can be called. */
export interface BoundTool extends AgentTool {
  readonly run: (input: unknown, signal?: AbortSignal) => Promise<ToolAnswer>
}

/** The tools of these options, each with its own rule of approval. */
export const chosenTools = ({ approve, only = agentOperationIds, readOnly = false }: ToolOptions) =>
  agentTools(only)
    .filter(({ effect }) => !readOnly || effect === "read")
    .map((tool) =>
      approve === undefined ? tool : { ...tool, needsApproval: (input: unknown) => approve(tool, input) }
    )

/** Where an answer of one of these tools leads. */
export const answerOf =
  (tools: ReadonlyArray<AgentTool>) =>
  (envelope: Envelope): ToolAnswer => ({
    ...envelope,
    next_tools: nextTools(envelope).filter(({ tool }) => tools.some(({ name }) => name === tool))
  })

export const boundTools = (runner: ToolRunner, options: RunnerOptions = {}): ReadonlyArray<BoundTool> => {
  const tools = chosenTools(options)
  const answer = answerOf(tools)
  const { onEvent } = options
  return tools.map((tool) => ({
    ...tool,
    run: (input, signal) =>
      runner
        .ask(tool.id, bodyOf(input), {
          ...(signal === undefined ? {} : { signal }),
          ...(onEvent === undefined ? {} : { onEvent })
        })
        .then(answer)
  }))
}

/** A list stands for what is no object, and is refused as such. */
const bodyOf = (input: unknown): object => {
  const given = argumentsOf(input)
  return typeof given === "object" && given !== null ? given : []
}
