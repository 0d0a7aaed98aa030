/**
 * The tools of an agent in the Vercel AI SDK. What spends comes back as a request for approval, which you answer.
 *
 *   OPENAI_API_KEY=... node examples/tools-ai-sdk.ts "a red fox in the snow" ./pictures
 */
import { pathToFileURL } from "node:url"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { aiSdkTools } from "@image-skill/adapters/tools/AiSdkTools"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { generateText, isStepCount, type LanguageModel, type ModelMessage, type ToolApprovalResponse } from "ai"
import { type Approve, approveInTerminal } from "./approve.ts"

export const makePicture = async (skill: ToolRunner, model: LanguageModel, prompt: string, approve: Approve) => {
  const imageSkill = aiSdkTools(skill)
  const messages: Array<ModelMessage> = [{ role: "user", content: prompt }]
  for (let round = 0; round < 5; round++) {
    const { content, responseMessages, text } = await generateText({
      model,
      messages,
      stopWhen: isStepCount(10),
      ...imageSkill
    })
    const asked = content.filter((part) => part.type === "tool-approval-request")
    if (asked.length === 0) return text
    messages.push(...responseMessages)
    // One message answers all that was asked at once.
    const answers: Array<ToolApprovalResponse> = []
    for (const { approvalId, toolCall } of asked) {
      const approved = await approve(toolCall.toolName, toolCall.input)
      answers.push({ type: "tool-approval-response", approvalId, approved })
    }
    messages.push({ role: "tool", content: answers })
  }
  return "the model asked for too many approvals"
}

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await using skill = await ImageSkill.open({ folder })
  const { openai } = await import("@ai-sdk/openai")
  console.log(await makePicture(skill, openai("gpt-5-mini"), prompt, approveInTerminal))
}
