import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { AgentsAnswer, agentRow, claimRow } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { wrong } from "../../PolicyFlags.ts"

/** Newest first; with those who wait to be claimed. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const limit = (yield* flag(number("limit"))) ?? 20
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      return yield* wrong(context.parsed, "--limit", "a whole number from 1 to 100")
    const organizationId = yield* flag(text("organization"))
    const after = yield* flag(text("cursor"))
    return yield* administer(context, AgentsAnswer, (admin) =>
      Effect.map(admin.agents({ organizationId, after, limit: limit + 1 }), ({ agents, claims }) => {
        const page = agents.slice(0, limit)
        const [waiting] = claims
        return {
          data: {
            agents: page.map(agentRow),
            nextCursor: agents.length > limit ? (page.at(-1)?.id ?? null) : null,
            claimRequests: claims.map(claimRow)
          },
          next: waiting === undefined ? null : command("admin claim", flagPart("agent", waiting.agentId), json)
        }
      })
    )
  })
