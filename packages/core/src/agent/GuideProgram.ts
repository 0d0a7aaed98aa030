import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { success } from "../envelope/Envelope.ts"
import { GuideAnswer } from "../guide/GuideAnswer.ts"
import type { GuideWish } from "../guide/GuideFacts.ts"
import { agentRequests, type GuideRequest } from "./AgentRequests.ts"
import { over, type Program } from "./Programs.ts"

/** The one next step (contract/cli.md 9). Reads, decides, and changes nothing. */
export const guide: Program = over(
  agentRequests.guide,
  Effect.fnUntraced(function* ({ guide: { ask }, host, ids, options }, request, token) {
    const wish = wishOf(request)
    const guidance = yield* ask({ wish, token, runtime: options.runtime }, host)
    const data = yield* Effect.orDie(Schema.encodeEffect(GuideAnswer)(guidance.answer))
    const frame = {
      command: `image-skill ${wish.operation} --guide`,
      traceId: yield* ids.trace,
      actor: guidance.actor
    }
    return success(frame, data, guidance.warnings)
  })
)

export const wishOf = (request: typeof GuideRequest.Type): GuideWish => ({
  operation: request.operation ?? "create",
  inputs: request.inputs ?? [],
  explain: request.explain ?? false,
  prompt: request.prompt ?? "",
  model: request.model ?? null,
  provider: request.provider ?? null,
  intent: request.intent ?? null,
  cap: amount(request.maxEstimatedUsdPerImage),
  maxUsd: amount(request.maxUsd),
  aspectRatio: request.aspectRatio ?? null,
  outputCount: request.outputCount ?? null,
  modelParametersJson: request.modelParameters === undefined ? null : JSON.stringify(request.modelParameters)
})

const amount = (usd: number | undefined): GuideWish["maxUsd"] => (usd === undefined ? null : { text: `${usd}`, usd })
