import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as FakeMediaProvider from "../media/FakeMediaProvider.ts"
import type { TestServiceOptions } from "./MemoryService.ts"

/** Two models that cost money, behind a provider that does what the prompt says: the money paths of the service. */
export const pricedOptions: Effect.Effect<TestServiceOptions> = Effect.suspend(() => {
  const seen = new Set<string>()
  const script = ({ key, prompt }: GenerationRequest): FakeMediaProvider.Behaviour => {
    const isFirst = !seen.has(key)
    seen.add(key)
    if (prompt?.startsWith("unavailable") === true && isFirst) return FakeMediaProvider.fail("unavailable")
    if (prompt?.startsWith("refused") === true) return FakeMediaProvider.fail("content_refused")
    if (prompt?.startsWith("lost") === true) return FakeMediaProvider.fail("unknown")
    return prompt?.startsWith("garbage") === true ? { _tag: "Garbage" } : FakeMediaProvider.succeed
  }
  return Effect.map(FakeMediaProvider.make(script), (provider): TestServiceOptions => ({
    models: [FakeMediaProvider.fakePainter, FakeMediaProvider.fakeMystery],
    providers: [provider]
  }))
})
