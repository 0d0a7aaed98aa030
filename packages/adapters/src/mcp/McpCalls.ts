import { Agent } from "@image-skill/core/agent/Agent"
import { type AgentEvent, AgentEvents } from "@image-skill/core/agent/AgentEvents"
import { agentOperationOf, toolNameOf } from "@image-skill/core/agent/AgentOperations"
import { type AgentTool, argumentsOf } from "@image-skill/core/agent/AgentTools"
import { nextTools } from "@image-skill/core/agent/NextTool"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { isJsonObject, withFields } from "@image-skill/core/envelope/JsonFields"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as McpSchema from "effect/ai/McpSchema"
import * as McpServer from "effect/ai/McpServer"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { assetsIn, linkTo } from "./McpAssets.ts"
import { type Client, client } from "./McpClient.ts"
import type { McpOptions, Patience } from "./McpOptions.ts"
import { allowance, errandOf, sendPerson } from "./McpPeople.ts"
import { noSpend, stillAtWork } from "./McpRefusals.ts"

/** What is done with each answer beside giving it. */
export interface Heed {
  readonly heed: (tool: AgentTool, answer: Answer) => Effect.Effect<void>
}

/**
 * Answers calls: the envelope as structured content and as text, and a link to each asset of it. A call that was
 * refused is an error of the tool, so that the model sees why; only what is no tool is one of the protocol.
 */
export const calls = Effect.fnUntraced(function* (options: McpOptions, { heed }: Heed) {
  const agent = yield* Agent
  const ids = yield* Ids
  const server = yield* McpServer.McpServer
  const scope = yield* Scope.Scope
  const { patience, spending } = options
  const offered = new Set(options.tools.map(toolNameOf))

  const refused = ({ effect, id }: AgentTool, refusal: Refusal): Effect.Effect<Answer> =>
    Effect.map(ids.trace, (traceId) =>
      toAnswer(refusal, { command: agentOperationOf(id).label, traceId, actor: null, effect })
    )

  const barred = (tool: AgentTool, input: Schema.Json, asking: Client): Effect.Effect<Refusal | null> =>
    spending === "none" && spends(tool, input)
      ? Effect.succeed(noSpend(tool))
      : spending === "asked" && tool.needsApproval(input)
        ? allowance(tool, input, asking, patience)
        : Effect.succeed(null)

  return (tool: AgentTool) =>
    Effect.fnUntraced(function* (given: unknown) {
      const asking = yield* client
      const left = leftOf(yield* Clock.currentTimeMillis, patience)
      const input = argumentsOf(given)
      const refusal = yield* barred(tool, input, asking)
      if (refusal !== null) return resultOf(yield* refused(tool, refusal), asking, offered)
      const progress = yield* progressOf(asking, server)
      const working = agent
        .ask(tool.id, within(tool, input, patience))
        .pipe(Effect.provideService(AgentEvents, { tell: progress.tell }))
      // Whoever stops waiting stops nothing that was sent: only reads end with their call.
      const fiber = tool.effect === "read" ? null : yield* Effect.forkIn(working, scope)
      const answer = yield* (fiber === null ? working : Fiber.join(fiber)).pipe(
        Effect.timeoutOption(yield* left),
        Effect.flatMap(
          Option.match({
            onSome: Effect.succeed,
            onNone: () => Effect.flatMap(progress.known, (known) => refused(tool, stillAtWork(tool, known)))
          })
        ),
        Effect.ensuring(progress.close)
      )
      yield* heed(tool, answer)
      const errand = errandOf(tool, answer)
      const sending = { client: asking, server, agent, patience, scope, left: yield* left }
      const said = errand === null ? null : yield* sendPerson(sending, errand)
      return resultOf(said === null ? answer : withWarning(answer, said), asking, offered)
    })
})

/** What is left of a call's time. */
const leftOf = (began: number, { answer }: Patience): Effect.Effect<Duration.Duration> =>
  Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, Duration.toMillis(answer) - (now - began))))

/** A plan spends nothing, and neither does what only deletes. */
const spends = (tool: AgentTool, input: Schema.Json): boolean =>
  tool.id === "creditsBuy" || (!tool.isDestructive && tool.needsApproval(input))

/** The same request, waiting no longer than a client does. What is no number is refused later, with all else. */
const within = ({ id }: AgentTool, input: Schema.Json, { longest, wait }: Patience): Schema.Json => {
  const field = waits[id]
  if (field === undefined || !isJsonObject(input) || input["dry_run"] === true) return input
  const asked = input[field] ?? Duration.toMillis(wait)
  return typeof asked === "number" ? withFields(input, { [field]: Math.min(asked, Duration.toMillis(longest)) }) : input
}

const waits: { readonly [id in AgentTool["id"]]?: string } = {
  create: "wait_ms",
  edit: "wait_ms",
  jobsWait: "timeout_ms",
  creditsSettle: "timeout_ms"
}

const withWarning = (answer: Answer, said: string): Answer => ({
  ...answer,
  envelope: { ...answer.envelope, warnings: [...answer.envelope.warnings, said] }
})

/** Older revisions of the protocol have no links. */
const linksSince = "2025-06-18"

const resultOf = (
  { envelope }: Answer,
  { protocolVersion }: Client,
  offered: ReadonlySet<string>
): McpSchema.CallToolResult => {
  const next = nextTools(envelope).filter(({ tool }) => offered.has(tool))
  const structured = { ...envelope, next_tools: next }
  return new McpSchema.CallToolResult({
    isError: !envelope.ok,
    structuredContent: structured,
    content: [
      McpSchema.TextContent.make({ type: "text", text: JSON.stringify(structured) }),
      ...(protocolVersion < linksSince ? [] : assetsIn(envelope.data).map(linkTo))
    ]
  })
}

/** Tells the client what is going on, where it asked for that, and keeps what is known of the job. */
const progressOf = Effect.fnUntraced(function* (
  { progressToken }: Client,
  { notifications }: McpServer.McpServer["Service"]
) {
  const began = yield* Clock.currentTimeMillis
  const state = yield* Ref.make({ isOpen: true, count: 0, jobId: nothing, key: nothing })
  const tell = Effect.fnUntraced(function* (event: AgentEvent) {
    const { count, isOpen } = yield* Ref.updateAndGet(state, (before) => ({
      ...before,
      count: before.count + 1,
      ...(event.type === "submitted" ? { key: event.idempotencyKey } : { jobId: event.jobId ?? before.jobId })
    }))
    if (progressToken === null || !isOpen) return
    // Who does not read is not waited for.
    yield* notifications["notifications/progress"]({ progressToken, progress: count, message: sentence(event) }).pipe(
      Effect.timeoutOption(unread),
      Effect.ignore
    )
  })
  return {
    tell,
    close: Ref.update(state, (before) => ({ ...before, isOpen: false })),
    known: Effect.gen(function* () {
      const { jobId, key } = yield* Ref.get(state)
      const seconds = Math.round(((yield* Clock.currentTimeMillis) - began) / 1000)
      return { jobId, key, seconds }
    })
  }
})

const nothing: string | null = null
const unread = Duration.seconds(1)

const sentence = (event: AgentEvent): string => {
  switch (event.type) {
    case "submitted":
      return "submitted"
    case "job":
      return `${printable(event.jobId)} ${printable(event.status ?? "is known")}`
    case "progress":
      return `${printable(event.jobId ?? "waiting")} ${printable(event.status ?? "")}, ${Math.round(event.elapsedMs / 1000)} s`
  }
}

/** Ids and states have no other letters. */
const printable = (text: string): string => text.replaceAll(/[^\w .-]/gu, "?").slice(0, 80)
