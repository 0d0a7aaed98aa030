import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import type { AgentTool } from "@image-skill/core/agent/AgentTools"
import * as McpSchema from "effect/ai/McpSchema"
import * as Predicate from "effect/Predicate"

/**
 * What `tools/list` says of each tool. It is made from this program's own tables and from nothing else, so that it is
 * the same for a version, whatever service is behind it.
 */
export const mcpTool = (tool: AgentTool): McpSchema.Tool =>
  new McpSchema.Tool({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { ...tool.input, type: "object", properties: propertiesOf(tool) },
    outputSchema,
    annotations: {
      readOnlyHint: tool.effect === "read",
      // Neither what is spent nor what is deleted comes back.
      destructiveHint: tool.needsApproval({}),
      idempotentHint: tool.effect === "read" || repeatable.has(tool.id),
      openWorldHint: reachingOut.has(tool.id)
    }
  })

/** The envelope (contract/cli.md 1.2) with the calls that it proposes, as short as it can be: each tool repeats it. */
const outputSchema = {
  type: "object",
  properties: {
    ok: { type: "boolean" },
    data: { type: ["object", "null"] },
    error: { type: ["object", "null"] },
    next_tools: { type: "array" }
  },
  required: ["ok"]
}

/** Running them again with the same arguments changes nothing more. */
const repeatable: ReadonlySet<AgentOperationId> = new Set([
  "creditsBuy",
  "creditsSettle",
  "assetsDelete",
  "jobsCancel",
  "spendPolicySet"
])

/** Those that ask providers, payment services, other hosts, or people. */
const reachingOut: ReadonlySet<AgentOperationId> = new Set([
  "create",
  "edit",
  "upload",
  "creditsBuy",
  "creditsSettle",
  "feedbackCreate"
])

const propertiesOf = ({ input }: AgentTool): { readonly [name: string]: Field } => {
  const { properties } = input
  return Predicate.isObject(properties)
    ? Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, Predicate.isObject(field) ? shortened(field) : {}])
      )
    : {}
}

type Field = { readonly [keyword: string]: unknown }

/** Lengths as keywords: in words they would be a tenth of the list. */
const shortened = (field: Field): Field => {
  const { description, ...rest } = field
  const [, least, most] = typeof description === "string" ? (lengths.exec(description) ?? []) : []
  return least === undefined || most === undefined
    ? field
    : { ...rest, ...(least === "0" ? {} : { minLength: Number(least) }), maxLength: Number(most.replaceAll(",", "")) }
}

const lengths = /^must be text of (\d+) to ([\d,]+) characters(?: on one line, without control characters)?$/u

/** What a model is told of the whole server. */
export const instructions = [
  "Image Skill makes media and pays for them with prepaid credits.",
  "Begin with the tool guide; each answer names the next calls in next_tools, the recommended one first.",
  "The server is one agent: signup makes its identity once and keeps the token, which is in no answer.",
  "A create that was not answered may have been charged: look for it with jobs_list, and repeat it only with the same idempotency_key.",
  "Media come as links; assets_get saves one as a file, by an absolute path."
].join(" ")
