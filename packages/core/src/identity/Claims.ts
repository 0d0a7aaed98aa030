import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Digest } from "../envelope/Digest.ts"
import { maskContact } from "../envelope/Redaction.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import type { Agent } from "./Actor.ts"
import { Agents } from "./Agents.ts"
import { type ClaimRequest, ClaimRequests } from "./ClaimRequests.ts"
import { ownerKey } from "./OwnerKey.ts"

export interface ClaimAsked {
  readonly request: ClaimRequest
  /** `unchanged`: the inbox was the agent's already, by its signup or by an earlier request. */
  readonly state: "attached" | "unchanged"
}

/** How agents ask for a human claim. It attaches an inbox and changes nothing else: neither allowance nor claim state. */
export class Claims extends Context.Service<
  Claims,
  {
    /** `contact` is normalised. Repeating it changes nothing; after an operator closed it, it is open again. */
    ask(agent: Agent, contact: string): Effect.Effect<ClaimAsked, StoreUnavailable>
    /** The last request of the agent, open or closed. */
    latest(agent: Agent): Effect.Effect<Option.Option<ClaimRequest>, StoreUnavailable>
  }
>()("core/identity/Claims") {
  static readonly layer = Layer.effect(
    Claims,
    Effect.gen(function* () {
      const rows = yield* ClaimRequests
      const agents = yield* Agents
      const digest = yield* Digest
      const store = yield* Store

      const ask = Effect.fn("Claims.ask")(function* (agent: Agent, contact: string) {
        const contactHash = yield* digest.sha256(ownerKey(yield* agents.pepper, { contact }))
        const before = Option.getOrNull(yield* rows.find(agent.id))
        const isKnown = contactHash === before?.contactHash || contactHash === agent.allowanceKey
        const state = isKnown ? "unchanged" : "attached"
        if (before?.state === "requested" && before.contactHash === contactHash)
          return { request: before, state } as const
        const request: ClaimRequest = {
          agentId: agent.id,
          organizationId: agent.organizationId,
          maskedContact: maskContact(contact),
          contactHash,
          state: "requested",
          requestedAt: DateTime.formatIso(yield* DateTime.now),
          closedAt: null
        }
        yield* rows.put(request)
        return { request, state } as const
      }, store.transaction)

      return Claims.of({ ask, latest: ({ id }) => rows.find(id) })
    })
  )
}
