import type { Approval } from "../credits/SpendPolicies.ts"
import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"

/** What operators are told when there is no such thing, or it is too late. */

const docs = docsUrl("image-skill-admin")
export const listAgents = command("admin agents", json)

const missing = (what: string, way: Command): Refusal =>
  new Refusal({
    code: "NOT_FOUND",
    message: `there is no such ${what} in this data folder; nothing was changed`,
    recovery: { suggestedCommand: way, docsUrl: docs }
  })

export const noAgent = (): Refusal => missing("agent", listAgents)
export const noOrganization = (): Refusal => missing("organization", listAgents)
export const noToken = (): Refusal => missing("token", listAgents)
export const noCase = (): Refusal => missing("payment or reversal to look at", command("admin reversals", json))
export const noApproval = (): Refusal => missing("request", command("admin approve", json))

export const severalTokens = (holders: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `several tokens have this fingerprint; revoke the agent instead. Nothing was changed`,
    recovery: { suggestedCommand: listAgents, docsUrl: docs },
    details: { holders: holders.slice(0, 8) }
  })

export const isRevoked = (id: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "a revoked agent cannot be claimed; a new signup makes a new one. Nothing was changed",
    recovery: { suggestedCommand: listAgents, docsUrl: docs },
    details: { agent_id: id, claim_state: "revoked" }
  })

export const decidedBefore = ({ decidedAt, expiresAt, id, state }: Approval): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      state === "pending"
        ? `the time for this request was over at ${expiresAt}; nothing was changed`
        : `this request was ${state === "used" ? "approved and used" : state} at ${decidedAt ?? expiresAt}; nothing was changed`,
    recovery: { suggestedCommand: command("admin approve", flag("json")), docsUrl: docs },
    details: { id, state }
  })
