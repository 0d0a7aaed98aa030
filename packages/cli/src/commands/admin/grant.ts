import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { Grant } from "@image-skill/core/identity/Actor"
import { AgentAnswer, agentRow } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { valuesOf } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { wrong } from "../../PolicyFlags.ts"
import { requiredText } from "../../RequiredText.ts"

/** What is both given and taken is taken. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const agent = yield* requiredText(context, "agent")
    const give = yield* grants(context.parsed, "give")
    const take = yield* grants(context.parsed, "take")
    if (give.length + take.length === 0) return yield* wrong(context.parsed, "--give", "given, or --take")
    return yield* administer(context, AgentAnswer, (admin) =>
      Effect.map(admin.grant(agent, give, take), (changed) => ({
        data: { agent: agentRow(changed.agent), changed: changed.changed },
        next: command("admin agents", flagPart("organization", changed.agent.organizationId), json)
      }))
    )
  })

const grants = Effect.fnUntraced(function* (parsed: Parsed, name: string) {
  const given = valuesOf(parsed, name)
  const found = given.flatMap((word) => Grant.literals.filter((grant) => grant === word))
  return found.length === given.length
    ? found
    : yield* wrong(parsed, `--${name}`, `one of ${Grant.literals.join(", ")}`)
})
