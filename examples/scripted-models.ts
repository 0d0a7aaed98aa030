/** The scripted model behind each framework's own interface of a model: no network, no key. */
import { BaseChatModel } from "@langchain/core/language_models/chat_models"
import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages"
import type { AgentConfig } from "@mastra/core/agent"
import { type Model, type ModelRequest, Usage } from "@openai/agents"
import { MockLanguageModelV4 } from "ai/test"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as EffectPrompt from "effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { OpenAI } from "openai"
import { type Turn, turnAfter } from "./scripted-model.ts"

type AiSdkPrompt = Parameters<InstanceType<typeof MockLanguageModelV4>["doGenerate"]>[0]["prompt"]

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 }
}

const aiSdkResult = (prompt: AiSdkPrompt): unknown => {
  const message = prompt.findLast(({ role }) => role === "tool")
  const part = message?.role === "tool" ? message.content.findLast(({ type }) => type === "tool-result") : undefined
  if (part?.type !== "tool-result") return undefined
  return part.output.type === "json" || part.output.type === "text" ? part.output.value : part.output
}

/** Of the AI SDK. */
export const aiSdk = (prompt: string) => {
  let calls = 0
  const next = (given: AiSdkPrompt) => {
    const turn = turnAfter(prompt, aiSdkResult(given))
    calls++
    return { turn, id: `call_${calls}`, finishReason: finishOf(turn) }
  }
  return new MockLanguageModelV4({
    doGenerate: (options) => {
      const { finishReason, id, turn } = next(options.prompt)
      const content =
        turn.type === "say"
          ? { type: "text" as const, text: turn.text }
          : { type: "tool-call" as const, toolCallId: id, toolName: turn.name, input: JSON.stringify(turn.input) }
      return Promise.resolve({ content: [content], finishReason, usage, warnings: [] })
    },
    doStream: (options) => {
      const { finishReason, id, turn } = next(options.prompt)
      const parts =
        turn.type === "say"
          ? [
              { type: "text-start" as const, id },
              { type: "text-delta" as const, id, delta: turn.text },
              { type: "text-end" as const, id }
            ]
          : [{ type: "tool-call" as const, toolCallId: id, toolName: turn.name, input: JSON.stringify(turn.input) }]
      const stream = [
        { type: "stream-start" as const, warnings: [] },
        ...parts,
        { type: "finish" as const, finishReason, usage }
      ]
      return Promise.resolve({ stream: ReadableStream.from(stream) })
    }
  })
}

const finishOf = (turn: Turn) => ({
  unified: turn.type === "say" ? ("stop" as const) : ("tool-calls" as const),
  raw: undefined
})

/** Mastra takes models of the AI SDK, and streams from them; its types are those of another patch release. */
export const mastra = (prompt: string) => aiSdk(prompt) as unknown as AgentConfig["model"]

/** OpenAI's own client, whose `fetch` is answered here. */
export const openAi = (prompt: string) =>
  new OpenAI({
    apiKey: "none",
    fetch: async (url, init) => {
      const { input } = JSON.parse(await new Request(url, init).text())
      const turn = turnAfter(prompt, Array.isArray(input) ? input.at(-1).output : undefined)
      const output =
        turn.type === "say"
          ? { type: "message", role: "assistant", content: [{ type: "output_text", text: turn.text, annotations: [] }] }
          : { type: "function_call", call_id: "call_1", name: turn.name, arguments: JSON.stringify(turn.input) }
      return Response.json({ id: "resp_1", object: "response", output: [output] })
    }
  })

const lastOutput = ({ input }: ModelRequest): unknown => {
  const item = Array.isArray(input) ? input.findLast(({ type }) => type === "function_call_result") : undefined
  if (item?.type !== "function_call_result") return undefined
  const { output } = item
  return typeof output === "object" && "text" in output ? output.text : output
}

/** A model of the OpenAI Agents SDK. */
export const openAiAgents = (prompt: string): Model => {
  let calls = 0
  return {
    getResponse: (request) => {
      const turn = turnAfter(prompt, lastOutput(request))
      calls++
      return Promise.resolve({
        usage: new Usage(),
        output: [
          turn.type === "say"
            ? {
                type: "message",
                role: "assistant",
                status: "completed",
                content: [{ type: "output_text", text: turn.text }]
              }
            : {
                type: "function_call",
                callId: `call_${calls}`,
                name: turn.name,
                status: "completed",
                arguments: JSON.stringify(turn.input)
              }
        ]
      })
    },
    getStreamedResponse: () => {
      throw new Error("nothing is streamed here")
    }
  }
}

/** A chat model of LangChain. */
export class LangChainModel extends BaseChatModel {
  readonly prompt: string
  constructor(prompt: string) {
    super({})
    this.prompt = prompt
  }
  override _llmType() {
    return "scripted"
  }
  override bindTools() {
    return this
  }
  override _generate(messages: Array<BaseMessage>) {
    const last = messages.findLast((message) => ToolMessage.isInstance(message))
    const turn = turnAfter(this.prompt, last?.content)
    const message =
      turn.type === "say"
        ? new AIMessage(turn.text)
        : new AIMessage({
            content: "",
            tool_calls: [{ id: `call_${messages.length}`, name: turn.name, args: turn.input, type: "tool_call" }]
          })
    return Promise.resolve({ generations: [{ text: message.text, message }] })
  }
}

const lastResult = ({ content }: EffectPrompt.Prompt): unknown =>
  content.flatMap((message) => (message.role === "tool" ? message.content : [])).findLast(isResult)?.result

const isResult = (part: EffectPrompt.ToolMessagePart): part is EffectPrompt.ToolResultPart =>
  part.type === "tool-result"

/** A language model of Effect AI. */
export const effect = (prompt: string) => {
  return LanguageModel.make({
    generateText: (options) => {
      const turn = turnAfter(prompt, lastResult(options.prompt))
      const id = `call_${options.prompt.content.length}`
      return Effect.succeed([
        turn.type === "say"
          ? { type: "text" as const, text: turn.text }
          : { type: "tool-call" as const, id, name: turn.name, params: turn.input }
      ])
    },
    streamText: () => Stream.empty
  })
}
