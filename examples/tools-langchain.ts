/**
 * The tools of an agent in LangChain. `@langchain/core` has no approval of its own, so `confirm` is asked before anything
 * is spent; on LangGraph it may call `interrupt`.
 */
import { langChainTools } from "@image-skill/adapters/tools/LangChainTools"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import type { BaseChatModel } from "@langchain/core/language_models/chat_models"
import { type BaseMessage, HumanMessage } from "@langchain/core/messages"
import type { Approve } from "./approve.ts"

export const makePicture = async (skill: ToolRunner, model: BaseChatModel, prompt: string, approve: Approve) => {
  const tools = langChainTools(skill, { confirm: ({ input, tool }) => approve(tool, input) })
  const painter = model.bindTools?.(tools)
  if (painter === undefined) return "this model has no tools"
  const messages: Array<BaseMessage> = [new HumanMessage(prompt)]
  for (let turn = 0; turn < 10; turn++) {
    const answer = await painter.invoke(messages)
    messages.push(answer)
    const calls = answer.tool_calls ?? []
    if (calls.length === 0) return answer.text
    for (const call of calls) {
      const tool = tools.find(({ name }) => name === call.name)
      if (tool !== undefined) messages.push(await tool.invoke({ ...call, type: "tool_call" as const }))
    }
  }
  return "the model called too many tools"
}
