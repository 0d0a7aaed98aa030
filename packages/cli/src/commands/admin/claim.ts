import { command, json } from "@image-skill/core/envelope/CommandLine"
import { AgentAnswer, agentRow } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredText } from "../../RequiredText.ts"

export const leaf: Leaf = (context) =>
  Effect.flatMap(requiredText(context, "agent"), (agent) =>
    administer(context, AgentAnswer, (admin) =>
      Effect.map(admin.claim(agent), (claimed) => ({
        data: {
          agent: agentRow(claimed.agent),
          changed: claimed.changed,
          claimRequestClosed: claimed.closedRequest
        },
        next: command("admin agents", json)
      }))
    )
  )
