import * as Effect from "effect/Effect"
import { command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { AgentRegister } from "../identity/AgentRegister.ts"
import type { Session } from "../identity/Agents.ts"
import { type OperationId, operationOf } from "./Operations.ts"

/**
 * What an owner's token and a frozen organization may do: read. An owner also sets the spend policy. The grants of an
 * agent are looked at afterwards.
 */
export const standingChecks = Effect.map(AgentRegister, (register) =>
  Effect.fnUntraced(function* (id: OperationId, { agent, isOwner = false }: Session) {
    const { effect } = operationOf(id)
    if (effect === "read") return
    if (isOwner && id !== "spendPolicySet") return yield* ownersOnlyRead(id)
    if (yield* register.isFrozen(agent.organizationId)) return yield* frozen()
  })
)

const ownersOnlyRead = (id: OperationId): Refusal =>
  new Refusal({
    code: "CAPABILITY_DENIED",
    message: `an owner's token reads and sets the spend policy; ${operationOf(id).label.replace("image-skill ", "")} needs the token of an agent. Nothing was made`,
    recovery: { suggestedCommand: command("spend-policy show", json), docsUrl: docsUrl("image-skill-spend-policy") },
    details: { token_class: "owner" }
  })

const frozen = (): Refusal =>
  new Refusal({
    code: "CAPABILITY_DENIED",
    message:
      "whoever runs this service has frozen this organization: reading works, everything that writes or spends is refused. Nothing was made",
    recovery: { suggestedCommand: command("usage quota", json), docsUrl: docsUrl() },
    details: { frozen: true }
  })
