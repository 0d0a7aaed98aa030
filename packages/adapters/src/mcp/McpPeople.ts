import type { Agent } from "@image-skill/core/agent/Agent"
import type { AgentTool } from "@image-skill/core/agent/AgentTools"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import * as McpSchema from "effect/ai/McpSchema"
import type * as McpServer from "effect/ai/McpServer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Client, elicit } from "./McpClient.ts"
import type { Patience } from "./McpOptions.ts"
import { notAllowed } from "./McpRefusals.ts"

/** Where a person has to go: a page to pay on, or the owner's page. */
export interface Errand {
  readonly kind: "payment" | "approval"
  /** The payment attempt, or the request for approval. */
  readonly id: string
  readonly url: string
}

/** The errand that an answer to `tool` names, if any. Its id and its link are judged; nothing else of it is used. */
export const errandOf = (tool: AgentTool, { envelope }: Answer): Errand | null => {
  const { data, error } = envelope
  const approval = jsonField(jsonField(error, "recovery"), "approval")
  if (textField(error, "code") === "APPROVAL_REQUIRED" && approval !== undefined)
    return errand("approval", textField(approval, "id"), textField(approval, "url"))
  const isForPerson = textField(jsonField(data, "next"), "human_action") === "open_checkout_url"
  return tool.id === "creditsBuy" && isForPerson
    ? errand("payment", textField(data, "payment_attempt_id"), linkOf(data))
    : null
}

const linkOf = (data: Schema.Json): string => textField(data, "checkout_handoff_url") || textField(data, "checkout_url")

const errand = (kind: Errand["kind"], id: string, url: string): Errand | null => {
  const parsed = parseUrl(url)
  const isWeb = parsed !== null && /^https?:$/u.test(parsed.protocol) && parsed.username === "" && url.length <= 2_000
  return isWeb && /^[A-Za-z0-9_-]{1,100}$/u.test(id) ? { kind, id, url: parsed.href } : null
}

const messages: { readonly [K in Errand["kind"]]: string } = {
  payment: "Credits for the agent of Image Skill: pay on this page, if you want to.",
  approval: "The agent of Image Skill asks for your word, as the owner of its budget. Decide on this page."
}

export interface Sending {
  /** How long this call may still take. */
  readonly left: Duration.Duration
  readonly client: Client
  readonly server: McpServer.McpServer["Service"]
  readonly agent: Agent["Service"]
  readonly patience: Patience
  readonly scope: Scope.Scope
}

/**
 * Shows the link to the client's person, where the client can. The answer is held back for a while, and says what came of
 * it; the question itself stays. A payment is then looked for, and its end is told to the client.
 */
export const sendPerson = Effect.fnUntraced(function* (sending: Sending, { id, kind, url }: Errand) {
  const { client, left, patience, scope } = sending
  if (!client.canOpen) return null
  const asking = elicit(
    client,
    new McpSchema.ElicitRequestURLParams({ mode: "url", message: messages[kind], elicitationId: id, url })
  ).pipe(Effect.tap((said) => (said === "accept" && kind === "payment" ? watch(sending, id) : Effect.void)))
  const fiber = yield* Effect.forkIn(asking, scope)
  const said = yield* Effect.timeoutOption(Fiber.await(fiber), Duration.min(patience.person, left))
  return Option.match(said, {
    onNone: () => "the person was shown the link and has not answered yet",
    onSome: (exit) => (exit._tag === "Success" ? heard(exit.value) : null)
  })
})

const heard = (said: "accept" | "decline" | "cancel" | null): string | null =>
  said === null
    ? null
    : said === "accept"
      ? "the person agreed to open the link"
      : `the person did not want to open the link (${said})`

/** Looks for the end of a payment, and tells it once it was made. */
const watch = ({ agent, client, patience, scope, server }: Sending, id: string) =>
  agent.ask("creditsStatus", { payment_attempt_id: id }).pipe(
    Effect.map(({ envelope }) => stateOf(envelope.data)),
    Effect.repeat({ while: (state) => state === "open", schedule: Schedule.spaced(patience.payment.pause) }),
    Effect.timeoutOption(patience.payment.atMost),
    Effect.flatMap((state) =>
      Option.getOrNull(state) === "paid"
        ? server.notifyElicitationComplete({ clientId: client.clientId, elicitationId: id })
        : Effect.void
    ),
    Effect.forkIn(scope)
  )

/** Whoever still has to wait is told for how long. */
const stateOf = (data: Schema.Json): "open" | "paid" | "over" => {
  const receipt = jsonField(data, "receipt")
  if (receipt !== null && receipt !== undefined) return "paid"
  return data === null || jsonField(jsonField(data, "next"), "retry_after_seconds") !== undefined ? "open" : "over"
}

/** The word of a person for a call that spends or deletes. Without it nothing is sent. */
export const allowance = Effect.fnUntraced(function* (
  tool: AgentTool,
  input: Schema.Json,
  client: Client,
  patience: Patience
): Effect.fn.Return<Refusal | null> {
  if (!client.canFill) return notAllowed(tool, "unable")
  const said = yield* Effect.timeoutOption(
    elicit(
      client,
      new McpSchema.ElicitRequestFormParams({
        mode: "form",
        message: question(tool, input),
        requestedSchema: { type: "object", properties: {} }
      })
    ),
    patience.person
  )
  const action = Option.getOrNull(said)
  if (action === "accept") return null
  return notAllowed(tool, action === "decline" ? "declined" : "unanswered")
})

const question = ({ name }: AgentTool, input: Schema.Json): string => {
  const cap = jsonField(input, "max_usd")
  const limit = typeof cap === "number" ? `at most ${cap} USD` : "no limit was given"
  const what = printable(textField(input, "prompt") || textField(input, "asset_id"))
  return name === "assets_delete"
    ? `Delete ${what} for good?`
    : `Allow ${name}${what === "" ? "" : ` "${what}"`}? It may spend credits (${limit}).`
}

const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").slice(0, 160)
