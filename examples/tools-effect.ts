/**
 * The tools of an agent as an Effect AI toolkit. What spends comes back as a request for approval, which you answer in the
 * next prompt.
 */
import * as EffectToolkit from "@image-skill/adapters/tools/EffectToolkit"
import * as Chat from "effect/ai/Chat"
import * as Prompt from "effect/ai/Prompt"
import * as Effect from "effect/Effect"
import type { Approve } from "./approve.ts"

/** Needs a `LanguageModel`, e.g. of `@effect/ai-openai`, and an `Agent`. */
export const makePicture = Effect.fn("makePicture")(function* (prompt: string, approve: Approve) {
  const { layer, toolkit } = EffectToolkit.make()
  const chat = yield* Chat.empty
  let next = Prompt.make(prompt)
  for (let turn = 0; turn < 10; turn++) {
    const { content, text, toolCalls } = yield* chat.generateText({ prompt: next, toolkit }).pipe(Effect.provide(layer))
    if (toolCalls.length === 0) return text
    const answers: Array<Prompt.ToolApprovalResponsePart> = []
    for (const asked of content.filter((part) => part.type === "tool-approval-request")) {
      const call = toolCalls.find(({ id }) => id === asked.toolCallId)
      const approved = yield* Effect.promise(() => approve(call?.name ?? "", call?.params))
      answers.push(Prompt.toolApprovalResponsePart({ approvalId: asked.approvalId, approved }))
    }
    next = answers.length === 0 ? Prompt.empty : Prompt.fromMessages([Prompt.toolMessage({ content: answers })])
  }
  return "the model called too many tools"
})
