import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { type JsonSchema, schemaOfFields } from "../service/JsonSchemas.ts"
import {
  type AgentOperation,
  type AgentOperationId,
  agentOperationIds,
  agentOperationOf,
  toolNameOf
} from "./AgentOperations.ts"
import { agentRequests } from "./AgentRequests.ts"

/** One tool, from which the tools of every framework are made. All of it is constant for a version. */
export interface AgentTool {
  readonly id: AgentOperationId
  /** e.g. `credits_quote` */
  readonly name: string
  readonly title: string
  readonly description: string
  /** JSON Schema, draft 2020-12, with closed properties. */
  readonly input: JsonSchema
  readonly effect: AgentOperation["effect"]
  readonly isDestructive: boolean
  /** Whether a call has to be approved by whoever answers for the agent: it spends, or takes away for good. */
  readonly needsApproval: (input: unknown) => boolean
}

/** What every tool answers with: the envelope, and next to it the calls it proposes. */
export const toolOutput: JsonSchema = {
  type: "object",
  properties: {
    ok: { type: "boolean" },
    command: { type: "string" },
    trace_id: { type: "string" },
    actor: { type: ["object", "null"] },
    data: { type: ["object", "null"], description: "what was asked for; null where ok is false" },
    warnings: { type: "array", items: { type: "string" } },
    error: {
      type: ["object", "null"],
      description: "code, message, retryable, outcome, money_moved, recovery; null where ok is true"
    },
    next_tools: {
      type: "array",
      description: "the calls that this answer leads to, the recommended one first",
      items: {
        type: "object",
        properties: {
          tool: { type: "string" },
          arguments: { type: "object" },
          effect: { type: "string", enum: ["read", "write", "spend", "approve"] },
          needs: { type: "array", items: { type: "string" } }
        },
        required: ["tool", "arguments", "effect", "needs"]
      }
    }
  },
  required: ["ok", "command", "trace_id", "data", "warnings", "error"]
}

const effects: { readonly [E in AgentOperation["effect"]]: string } = {
  read: "Changes nothing.",
  write: "Changes state; spends nothing.",
  spend:
    "May spend prepaid credits: give max_usd, and repeat a call whose answer was lost only with the same idempotency_key.",
  approve: "Asks the owner."
}

const titleOf = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1).replaceAll("-", " ")

/** A plan spends nothing. */
const isPlan = (input: unknown): boolean => Predicate.hasProperty(input, "dry_run") && input.dry_run === true

const isPlanned = (id: AgentOperationId): boolean => Object.hasOwn(agentRequests[id].from.fields, "dry_run")

/** Of a query these are text on the wire, and what they are to everybody else. */
const queryFields: { readonly [name: string]: JsonSchema } = {
  limit: { type: "integer", minimum: 1, maximum: 100 },
  thumbnail: { type: "integer", minimum: 16, maximum: 1_024 }
}

const isSwitch = (schema: unknown): boolean =>
  Predicate.hasProperty(schema, "enum") && Array.isArray(schema.enum) && schema.enum.join() === "true,false"

const inputOf = (id: AgentOperationId): JsonSchema => {
  const { properties, ...schema } = schemaOfFields(agentRequests[id].from.fields)
  const fields = Object.entries(Predicate.isObject(properties) ? properties : {}).map(([name, property]) => [
    name,
    queryFields[name] ?? (isSwitch(property) ? { type: "boolean" } : property)
  ])
  // What takes nothing is an object, too.
  const rest = schema["type"] === "object" ? schema : { type: "object" }
  return { ...rest, properties: Object.fromEntries(fields), additionalProperties: false }
}

export const agentTool = (id: AgentOperationId): AgentTool => {
  const { effect, isDestructive, summary, words } = agentOperationOf(id)
  return {
    id,
    name: toolNameOf(id),
    title: titleOf(words),
    description: `${summary}. ${effects[effect]}`,
    input: inputOf(id),
    effect,
    isDestructive,
    needsApproval: (input) =>
      isDestructive || id === "creditsBuy" || (effect === "spend" && !(isPlanned(id) && isPlan(input)))
  }
}

/** All of them, the guide first. */
export const agentTools = (ids: ReadonlyArray<AgentOperationId> = agentOperationIds): ReadonlyArray<AgentTool> =>
  ids.map(agentTool)

/** What a framework hands over as arguments: nothing, where a tool takes none. */
export const argumentsOf = (input: unknown): Schema.Json => {
  const isGiven = input !== undefined && input !== null
  return isGiven && isJson(input) ? input : isGiven ? "not JSON" : {}
}

const isJson = Schema.is(Schema.Json)
