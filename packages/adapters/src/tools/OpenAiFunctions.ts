import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { answerOf, type BoundTool, boundTools, type RunnerOptions, type ToolAnswer } from "./BoundTools.ts"
import { type Confirm, confirmed, unknownTool } from "./Confirmation.ts"
import { objectSchemaOf } from "./ObjectSchema.ts"
import type { ToolRunner } from "./ToolRunner.ts"

export interface FunctionOptions extends RunnerOptions {
  /** Asked before each call that has to be approved; without it such calls are refused. */
  readonly confirm?: Confirm
}

/** A `function_call` of the Responses API. */
export interface ResponsesCall {
  readonly call_id: string
  readonly name: string
  readonly arguments: string
}

/** One of the `tool_calls` of Chat Completions. */
export interface ChatCall {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}

/**
 * The tools of an agent as function-calling schemas, for the Responses API (`responses`) and for Chat Completions and
 * whatever speaks like it (`chat`). `run` makes one call and gives the item or message that answers it; the API has no
 * approval of its own, so `confirm` is asked.
 */
export const openAiFunctions = (runner: ToolRunner, { confirm, ...options }: FunctionOptions = {}) => {
  const tools = boundTools(runner, options)
  const answer = answerOf(tools)
  const call = (name: string, given: string, signal?: AbortSignal): Promise<string> => {
    const tool = tools.find((one) => one.name === name)
    const input = Result.getOrElse(decodeArguments(given), () => given)
    const answered: Promise<ToolAnswer> =
      tool === undefined
        ? Promise.resolve(answer(unknownTool(name)))
        : confirmed(tool, input, confirm).then((refused) =>
            refused === null ? tool.run(input, signal) : answer(refused)
          )
    return answered.then((given) => JSON.stringify(given))
  }
  return {
    responses: tools.map((tool) => ({ type: "function" as const, ...functionOf(tool) })),
    chat: tools.map((tool) => ({ type: "function" as const, function: functionOf(tool) })),
    run: (called: ResponsesCall, signal?: AbortSignal) =>
      call(called.name, called.arguments, signal).then((output) => ({
        type: "function_call_output" as const,
        call_id: called.call_id,
        output
      })),
    runChat: (called: ChatCall, signal?: AbortSignal) =>
      call(called.function.name, called.function.arguments, signal).then((content) => ({
        role: "tool" as const,
        tool_call_id: called.id,
        content
      }))
  }
}

const decodeArguments = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Json))

const functionOf = ({ description, input, name }: BoundTool) => {
  const { properties, required } = objectSchemaOf(input)
  const strict = Object.entries(properties).every(([field, rule]) => required.includes(field) && isPlain(rule))
  const parameters: { [keyword: string]: unknown } = strict ? { ...input, required } : { ...input }
  return { name, description, parameters, strict }
}

/** Strict mode knows no optional field, no open object, and few keywords. */
const isPlain = (rule: { readonly [keyword: string]: unknown }): boolean =>
  rule["type"] !== "object" && Object.keys(rule).every((keyword) => strictKeywords.has(keyword))

const strictKeywords: ReadonlySet<string> = new Set(["type", "enum", "description"])
