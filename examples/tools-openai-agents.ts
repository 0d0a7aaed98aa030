/**
 * The tools of an agent in the OpenAI Agents SDK. What spends interrupts the run, which goes on with your answer.
 *
 *   OPENAI_API_KEY=... node examples/tools-openai-agents.ts "a red fox in the snow" ./pictures
 */
import { pathToFileURL } from "node:url"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { openAiAgentTools } from "@image-skill/adapters/tools/OpenAiAgents"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { Agent, type Model, run } from "@openai/agents"
import { type Approve, approveInTerminal } from "./approve.ts"

export const makePicture = async (skill: ToolRunner, model: Model | string, prompt: string, approve: Approve) => {
  const agent = new Agent({
    name: "painter",
    instructions: "Make what is asked for with the tools. Begin with guide.",
    model,
    tools: openAiAgentTools(skill)
  })
  let result = await run(agent, prompt)
  for (let round = 0; round < 5 && result.interruptions.length > 0; round++) {
    for (const item of result.interruptions) {
      if (await approve(item.name ?? "", JSON.parse(item.arguments ?? "{}"))) result.state.approve(item)
      else result.state.reject(item)
    }
    result = await run(agent, result.state)
  }
  return result.finalOutput ?? ""
}

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await using skill = await ImageSkill.open({ folder })
  console.log(await makePicture(skill, "gpt-5-mini", prompt, approveInTerminal))
}
