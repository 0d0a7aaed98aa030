import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as MemoryRunner from "@image-skill/testing/agent/MemoryRunner"
import * as LanguageModel from "effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as Models from "./scripted-models.ts"
import * as AiSdk from "./tools-ai-sdk.ts"
import * as EffectAi from "./tools-effect.ts"
import * as LangChain from "./tools-langchain.ts"
import * as Mastra from "./tools-mastra.ts"
import * as OpenAiAgents from "./tools-openai-agents.ts"
import * as OpenAi from "./tools-openai.ts"

const prompt = "a red fox in the snow"

type Run = (
  skill: MemoryRunner.MemoryRunner,
  approve: (tool: string, input: unknown) => Promise<boolean>
) => Promise<string>

const frameworks: { readonly [name: string]: Run } = {
  "the AI SDK": (skill, approve) => AiSdk.makePicture(skill, Models.aiSdk(prompt), prompt, approve),
  OpenAI: (skill, approve) => OpenAi.makePicture(skill, Models.openAi(prompt), prompt, approve),
  "OpenAI Agents": (skill, approve) => OpenAiAgents.makePicture(skill, Models.openAiAgents(prompt), prompt, approve),
  LangChain: (skill, approve) => LangChain.makePicture(skill, new Models.LangChainModel(prompt), prompt, approve),
  Mastra: (skill, approve) => Mastra.makePicture(skill, Models.mastra(prompt), prompt, approve),
  "Effect AI": (skill, approve) =>
    skill.run(
      EffectAi.makePicture(prompt, approve).pipe(
        Effect.provideServiceEffect(LanguageModel.LanguageModel, Models.effect(prompt))
      )
    )
}

const promptOf = (input: unknown) =>
  typeof input === "object" && input !== null && "prompt" in input ? String(input.prompt) : "nothing"

const standing = async (skill: MemoryRunner.MemoryRunner) => {
  const quota = await skill.ask("quota", {})
  const assets = await skill.ask("assetsList", {})
  const jobs = await skill.ask("jobsList", {})
  const rows = jsonField(assets.data, "assets")
  return {
    left: jsonField(jsonField(quota.data, "limits"), "remaining_credits"),
    jobs: jsonField(jobs.data, "jobs"),
    assets: Array.isArray(rows) ? rows.map((row) => textField(row, "asset_id")) : null
  }
}

describe.each(Object.entries(frameworks))("a scripted model with the tools of %s", (_, run) => {
  it("goes from nothing to a picture, and asks once, before it spends", async () => {
    const skill = MemoryRunner.open()
    const asked: Array<string> = []
    const said = await run(skill, (tool, input) => {
      asked.push(`${tool} ${promptOf(input)}`)
      return Promise.resolve(true)
    })
    const { assets, left } = await standing(skill)
    assert.deepStrictEqual(asked, [`create ${prompt}`])
    assert.deepStrictEqual(assets, [said])
    assert.strictEqual(left, 41)
    assert.deepStrictEqual(await skill.broken(), [])
    await skill.close()
  })

  it("makes and spends nothing when the approval is refused", async () => {
    const skill = MemoryRunner.open()
    const said = await run(skill, () => Promise.resolve(false))
    assert.notMatch(said, /image_/u)
    assert.deepStrictEqual(await standing(skill), { left: 50, jobs: [], assets: [] })
    assert.deepStrictEqual(await skill.broken(), [])
    await skill.close()
  })
})
