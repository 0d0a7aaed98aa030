/**
 * The tools of an agent in Mastra. What spends suspends the run, which goes on with your answer.
 *
 *   OPENAI_API_KEY=... node examples/tools-mastra.ts "a red fox in the snow" ./pictures
 */
import { pathToFileURL } from "node:url"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { mastraTools } from "@image-skill/adapters/tools/MastraTools"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { Mastra } from "@mastra/core"
import { Agent, type AgentConfig } from "@mastra/core/agent"
import { InMemoryStore } from "@mastra/core/storage"
import { type Approve, approveInTerminal } from "./approve.ts"

export const makePicture = async (skill: ToolRunner, model: AgentConfig["model"], prompt: string, approve: Approve) => {
  const painter = new Agent({
    id: "painter",
    name: "painter",
    instructions: "Make what is asked for with the tools. Begin with guide.",
    model,
    tools: mastraTools(skill)
  })
  // A suspended run waits here; one that has to outlive this program needs a storage that does.
  const agent = new Mastra({ agents: { painter }, storage: new InMemoryStore() }).getAgent("painter")
  let result = await agent.generate(prompt)
  for (let round = 0; round < 5 && result.finishReason === "suspended"; round++) {
    const { args, toolCallId, toolName } = result.suspendPayload
    const held = { runId: result.runId ?? "", toolCallId }
    result = (await approve(toolName, args))
      ? await agent.approveToolCallGenerate(held)
      : await agent.declineToolCallGenerate(held)
  }
  return result.text
}

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await using skill = await ImageSkill.open({ folder })
  console.log(await makePicture(skill, "openai/gpt-5-mini", prompt, approveInTerminal))
}
