/**
 * The tools of an agent as function-calling schemas for OpenAI's Responses API. The API has no approval of its own, so
 * `confirm` is asked before anything is spent.
 *
 *   OPENAI_API_KEY=... node examples/tools-openai.ts "a red fox in the snow" ./pictures
 */
import { pathToFileURL } from "node:url"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { openAiFunctions } from "@image-skill/adapters/tools/OpenAiFunctions"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import type { OpenAI } from "openai"
import type { ResponseCreateParamsNonStreaming, ResponseInputItem } from "openai/resources/responses/responses"
import { type Approve, approveInTerminal } from "./approve.ts"

export const makePicture = async (skill: ToolRunner, openai: OpenAI, prompt: string, approve: Approve) => {
  const functions = openAiFunctions(skill, { confirm: ({ input, tool }) => approve(tool, input) })
  let input: string | Array<ResponseInputItem> = prompt
  let last: string | null = null
  for (let turn = 0; turn < 10; turn++) {
    const request: ResponseCreateParamsNonStreaming = {
      model: "gpt-5-mini",
      previous_response_id: last,
      input,
      tools: functions.responses
    }
    const { id, output, output_text } = await openai.responses.create(request)
    const calls = output.filter((item) => item.type === "function_call")
    if (calls.length === 0) return output_text
    input = []
    for (const call of calls) input.push(await functions.run(call))
    last = id
  }
  return "the model called too many tools"
}

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await using skill = await ImageSkill.open({ folder })
  const client = new (await import("openai")).OpenAI()
  console.log(await makePicture(skill, client, prompt, approveInTerminal))
}
