import { assert, describe, it } from "@effect/vitest"
import { aiSdkTools } from "@image-skill/adapters/tools/AiSdkTools"
import { boundTools } from "@image-skill/adapters/tools/BoundTools"
import * as EffectToolkit from "@image-skill/adapters/tools/EffectToolkit"
import { langChainTools } from "@image-skill/adapters/tools/LangChainTools"
import { mastraTools } from "@image-skill/adapters/tools/MastraTools"
import { openAiAgentTools } from "@image-skill/adapters/tools/OpenAiAgents"
import { openAiFunctions } from "@image-skill/adapters/tools/OpenAiFunctions"
import type { AskOptions, ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { agentOperationIds } from "@image-skill/core/agent/AgentOperations"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as MemoryRunner from "@image-skill/testing/agent/MemoryRunner"
import { noopObserve } from "@mastra/core/tools"
import { RunContext } from "@openai/agents"
import * as Schema from "effect/Schema"
import type { ChatCompletionTool } from "openai/resources/chat/completions"
import type { FunctionTool } from "openai/resources/responses/responses"

const using = async (test: (skill: MemoryRunner.MemoryRunner) => Promise<void>): Promise<void> => {
  const skill = MemoryRunner.open()
  try {
    await test(skill)
  } finally {
    await skill.close()
  }
}

/** Keeps what it was asked with, and asks on. */
const watched = (skill: ToolRunner) => {
  const seen: Array<{ readonly id: string; readonly options: AskOptions | undefined }> = []
  const ask: ToolRunner["ask"] = (id, body, options) => {
    seen.push({ id, options })
    return skill.ask(id, body, options)
  }
  return { ask, seen }
}

const json = (text: unknown) => Schema.decodeUnknownSync(Schema.fromJsonString(Schema.JsonObject))(text)
const objectOf = Schema.decodeUnknownSync(
  Schema.Struct({
    properties: Schema.Record(Schema.String, Schema.Json),
    required: Schema.Array(Schema.String),
    additionalProperties: Schema.Boolean
  })
)
const codeOf = (text: unknown) => textField(jsonField(json(text), "error"), "code")
const toolsIn = (text: unknown) => {
  const next = jsonField(json(text), "next_tools")
  return typeof next === "object" && next !== null && !isJsonObject(next)
    ? next.map((one) => textField(one, "tool"))
    : []
}
const picture = { prompt: "a red fox", model: "fake.painter", max_usd: 0.1 }
const choice = { only: ["guide", "quota", "create"] as const }

describe("the tools of an agent, whatever the framework", () => {
  it("are those that were chosen, and lead to no other", () =>
    using(async (skill) => {
      const names = (options: Parameters<typeof boundTools>[1]) => boundTools(skill, options).map(({ name }) => name)
      assert.lengthOf(names({}), agentOperationIds.length)
      assert.deepStrictEqual(names(choice), ["guide", "quota", "create"])
      assert.notIncludeMembers(names({ readOnly: true }), ["create", "signup", "credits_quote", "assets_delete"])
      assert.deepStrictEqual(Object.keys(EffectToolkit.make(choice).toolkit.tools), names(choice))
      assert.deepStrictEqual(Object.keys(mastraTools(skill, { readOnly: true })), names({ readOnly: true }))
      const [guide] = boundTools(skill, choice)
      assert.deepStrictEqual((await guide?.run({ prompt: "a fox" }))?.next_tools, [])
      const [whole] = boundTools(skill)
      assert.strictEqual((await whole?.run({ prompt: "a fox" }))?.next_tools[0]?.tool, "signup")
    }))

  it("wait for an approval before they spend or delete, or when the application says so", () =>
    using(async (skill) => {
      const guarded = (options: Parameters<typeof boundTools>[1], input: unknown) =>
        boundTools(skill, options)
          .filter(({ needsApproval }) => needsApproval(input))
          .map(({ name }) => name)
      assert.deepStrictEqual(guarded({}, {}), ["credits_buy", "credits_settle", "create", "edit", "assets_delete"])
      assert.deepStrictEqual(guarded({}, { dry_run: true }), ["credits_buy", "credits_settle", "assets_delete"])
      assert.deepStrictEqual(guarded({ approve: ({ effect }) => effect !== "read", ...choice }, {}), ["create"])
      const { toolApproval, tools } = aiSdkTools(skill)
      assert.deepStrictEqual(
        Object.keys(tools).filter((name) => toolApproval[name]?.(picture) === "user-approval"),
        guarded({}, picture)
      )
      // Whoever hands over the tools alone is asked, too.
      assert.isFunction(Object.entries(tools["create"] ?? {}).find(([name]) => name === "needsApproval")?.[1])
      const asks = await Promise.all(
        openAiAgentTools(skill).map(async ({ name, needsApproval }) =>
          (await needsApproval(new RunContext(), picture)) ? [name] : []
        )
      )
      assert.deepStrictEqual(asks.flat(), guarded({}, picture))
      const rule = mastraTools(skill)["create"]?.requireApproval
      const answers = [picture, { ...picture, dry_run: true }].map((input) => typeof rule === "function" && rule(input))
      assert.deepStrictEqual(answers, [true, false])
    }))

  it("pass an abort on", () =>
    using(async (skill) => {
      const { ask, seen } = watched(skill)
      const { signal } = new AbortController()
      const runner = { ask }
      const { tools } = aiSdkTools(runner)
      await tools["guide"]?.execute?.({}, { toolCallId: "1", messages: [], abortSignal: signal, context: {} })
      await openAiFunctions(runner).run({ call_id: "1", name: "guide", arguments: "" }, signal)
      const [first] = openAiAgentTools(runner)
      await first?.invoke(new RunContext(), "{}", { signal })
      await langChainTools(runner)[0]?.invoke({}, { signal })
      await mastraTools(runner)["guide"]?.execute?.({}, { abortSignal: signal, observe: noopObserve })
      assert.deepStrictEqual(
        seen.map(({ id }) => id),
        ["guide", "guide", "guide", "guide", "guide"]
      )
      assert.isTrue(seen.every(({ options }) => options?.signal !== undefined))
    }))

  it("say all that is wrong with their input, in an envelope", () =>
    using(async (skill) => {
      await skill.ask("signup", { agent_name: "a" })
      const { tools } = aiSdkTools(skill)
      const context = { toolCallId: "1", messages: [], context: {} }
      const given: unknown = await tools["create"]?.execute?.({ prompt: 7, max_usd: -1 }, context)
      const problems = jsonField(jsonField(jsonField(json(JSON.stringify(given)), "error"), "details"), "problems")
      assert.lengthOf(Array.isArray(problems) ? problems : [], 2)
    }))
})

describe("function calling", () => {
  it("has the shapes of the Responses API and of Chat Completions, strict where strict can hold", () =>
    using((skill) => {
      const { chat, responses } = openAiFunctions(skill)
      const typed: ReadonlyArray<FunctionTool> = responses
      const typedChat: ReadonlyArray<ChatCompletionTool> = chat
      assert.strictEqual(typed.length, typedChat.length)
      const strict = responses.filter((tool) => tool.strict)
      assert.include(
        strict.map(({ name }) => name),
        "whoami"
      )
      // As strict mode wants it: closed, and every field required.
      for (const { name, parameters } of strict) {
        const { additionalProperties, properties, required } = objectOf(parameters)
        assert.deepStrictEqual([Object.keys(properties), additionalProperties], [required, false], name)
      }
      assert.isFalse(responses.find(({ name }) => name === "create")?.strict)
      return Promise.resolve()
    }))

  it("refuses what has to be approved when nobody can be asked, and sends nothing", () =>
    using(async (skill) => {
      await skill.ask("signup", { agent_name: "a" })
      const { ask, seen } = watched(skill)
      const functions = openAiFunctions({ ask })
      const call = { id: "call_1", function: { name: "create", arguments: JSON.stringify(picture) } }
      const refused = await functions.runChat(call)
      assert.deepInclude(refused, { role: "tool", tool_call_id: "call_1" })
      assert.deepInclude(jsonField(json(refused.content), "error"), {
        code: "APPROVAL_REQUIRED",
        outcome: "not_sent",
        money_moved: "no"
      })
      assert.strictEqual(toolsIn(refused.content)[0], "guide")
      assert.match(textField(json(refused.content), "trace_id"), /^trace_[0-9a-f]{16}$/u)
      const unsure = openAiFunctions({ ask }, { confirm: () => Promise.resolve(false) })
      assert.strictEqual(codeOf((await unsure.runChat(call)).content), "APPROVAL_REQUIRED")
      // A program in JavaScript may answer with a word.
      // oxlint-disable-next-line typescript/no-unsafe-assignment -- what has no types is what is tried here
      const word: boolean = JSON.parse('"false"')
      const said = openAiFunctions({ ask }, { confirm: () => word })
      assert.strictEqual(codeOf((await said.runChat(call)).content), "APPROVAL_REQUIRED")
      assert.deepStrictEqual(seen, [])
      const plan = { ...call.function, arguments: JSON.stringify({ ...picture, dry_run: true }) }
      assert.deepInclude(json((await functions.runChat({ ...call, function: plan })).content), { ok: true })
    }))

  it("answers broken arguments and unknown names like everything else", () =>
    using(async (skill) => {
      const { run } = openAiFunctions(skill)
      const broken = await run({ call_id: "1", name: "models_show", arguments: "{" })
      assert.strictEqual(codeOf(broken.output), "INVALID_ARGUMENTS")
      const unknown = await run({ call_id: "2", name: "rm_rf", arguments: "{}" })
      assert.strictEqual(codeOf(unknown.output), "PUBLIC_CLI_COMMAND_NOT_AVAILABLE")
      assert.isBelow(unknown.output.length, 1_600)
    }))
})

describe("LangChain", () => {
  it("asks by confirm, and says in its metadata which tools do", () =>
    using(async (skill) => {
      await skill.ask("signup", { agent_name: "a" })
      const asked: Array<string> = []
      const tools = langChainTools(skill, { confirm: ({ tool }) => asked.push(tool) > 1 })
      const create = tools.find(({ name }) => name === "create")
      assert.deepInclude(create?.metadata, { effect: "spend", destructive: false })
      assert.strictEqual(codeOf(String(await create?.invoke(picture))), "APPROVAL_REQUIRED")
      assert.deepInclude(json(await create?.invoke(picture)), { ok: true })
      assert.deepStrictEqual(asked, ["create", "create"])
    }))
})
