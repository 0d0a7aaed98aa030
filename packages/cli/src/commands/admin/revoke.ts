import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { AgentAnswer, agentRow, TokenAnswer } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { wrong } from "../../PolicyFlags.ts"

/** An agent with all its tokens, or one token. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const agent = yield* flag(text("agent"))
    const fingerprint = yield* flag(text("fingerprint"))
    if (agent !== null && fingerprint === null)
      return yield* administer(context, AgentAnswer, (admin) =>
        Effect.map(admin.revokeAgent(agent), (revoked) => ({
          data: { agent: agentRow(revoked.agent), changed: revoked.changed, tokensRevoked: revoked.tokens },
          next: command("admin agents", flagPart("organization", revoked.agent.organizationId), json)
        }))
      )
    if (fingerprint !== null && agent === null)
      return yield* administer(context, TokenAnswer, (admin) =>
        Effect.map(admin.revokeToken(fingerprint), (data) => ({
          data: { ...data, tokenFingerprint: fingerprint },
          next: command("admin agents", json)
        }))
      )
    return yield* wrong(context.parsed, "--agent", "given, or --fingerprint, and not both")
  })
