import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { command, json, positional } from "../envelope/CommandLine.ts"
import { nearest } from "../envelope/Nearest.ts"
import type { Recovery } from "../envelope/Recovery.ts"
import { Refusal, unsent } from "../envelope/Refusal.ts"
import { decodeRequest } from "../service/DecodeRequest.ts"
import { requestRecovery } from "../service/RequestRecovery.ts"
import { type AgentOperation, type AgentOperationId, agentOperationOf } from "./AgentOperations.ts"
import { agentRequests } from "./AgentRequests.ts"

/**
 * The refusal of fields that a request does not have, with whatever else is wrong with it; null when it has none. The
 * service overlooks unknown fields, for the sake of older clients; but a limit whose name was mistyped must not be
 * overlooked.
 */
export const unknownFields = (id: AgentOperationId, body: Schema.JsonObject): Refusal | null => {
  const fields: Fields = agentRequests[id].from.fields
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(fields, name))
  if (unknown.length === 0) return null
  const strange = unknown.slice(0, 8).map((name) => name.replaceAll(/[^\w.-]/gu, "?").slice(0, 40))
  const known = Object.entries(body).filter(([name]) => Object.hasOwn(fields, name))
  const rules = Schema.Struct({
    ...fields,
    ...Object.fromEntries(strange.map((name) => [name, refused(id, name, Object.keys(fields))]))
  })
  const judged = decodeRequest(rules, Object.fromEntries([...known, ...strange.map((name) => [name, null])]))
  return Result.match(judged, { onFailure: (refusal) => refusal, onSuccess: () => null })
}

type Fields = { readonly [field: string]: Schema.Codec<unknown, unknown> }

/** Nothing fits. */
const refused = (id: AgentOperationId, name: string, names: ReadonlyArray<string>) => {
  const near = nearest(name, names)
  const message = `is no field of ${agentOperationOf(id).words}${near === null ? "" : `; did you mean \`${near}\`?`}`
  return Schema.Unknown.check(Schema.makeFilter(() => false, { message }))
}

/** A refusal that was made on this side: nothing was sent, and it knows a way out. */
export const onThisSide = (operation: AgentOperation, refusal: Refusal): Refusal =>
  unsent(refusal.code === "INVALID_ARGUMENTS" ? misshapen(operation, refusal) : refusal, help(operation))

const misshapen = (operation: AgentOperation, { code, details, message, recovery }: Refusal): Refusal =>
  new Refusal({
    code,
    message,
    outcome: "not_sent",
    recovery: { ...wayOf(operation), ...recovery },
    ...(details === undefined ? {} : { details })
  })

/** How the same thing is asked for rightly. */
const wayOf = (operation: AgentOperation): Recovery =>
  operation.answers === null ? { suggestedCommand: help(operation) } : requestRecovery(operation.answers)

const help = ({ words }: AgentOperation) => command("help", ...words.split(" ").map(positional), json)
