import { nextTools, type NextTool } from "@image-skill/core/agent/NextTool"
import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { type ErrorCode, errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { MoneyMoved, Outcome } from "@image-skill/core/envelope/Outcome"

/** The codes of the registry; a code that a service of somebody else made up is `UNREGISTERED`, and stands in `envelope`. */
export type ImageSkillErrorCode = ErrorCode | "UNREGISTERED"

/** A call that was not done, or of which nobody can tell. Narrow it by `code`; it never holds a token. */
export class ImageSkillError extends Error {
  override readonly name = "ImageSkillError"
  readonly code: ImageSkillErrorCode
  /** Whether the very same call, with the same idempotency key, may be made again without risk. */
  readonly retryable: boolean
  /** What became of the call: `not_sent`, `rejected`, `succeeded` or `unknown`. */
  readonly outcome: Outcome
  readonly moneyMoved: MoneyMoved
  /** The calls that go on from here, the recommended one first. */
  readonly next: ReadonlyArray<NextTool>
  /** The same for a shell; null where there is none. */
  readonly nextCommand: string | null
  /** The whole answer, as the command line would print it. */
  readonly envelope: Envelope

  constructor(envelope: Envelope) {
    const { error } = envelope
    super(textField(error, "message") || "the service gave no reason")
    const code = textField(error, "code")
    const command = jsonField(jsonField(error, "recovery"), "suggested_command")
    this.code = errorCodes.find((known) => known === code) ?? "UNREGISTERED"
    this.retryable = jsonField(error, "retryable") === true
    this.outcome = outcomes.find((known) => known === jsonField(error, "outcome")) ?? "unknown"
    this.moneyMoved = moves.find((known) => known === jsonField(error, "money_moved")) ?? "unknown"
    this.next = nextTools(envelope)
    this.nextCommand = typeof command === "string" ? command : null
    this.envelope = envelope
  }
}

const outcomes: ReadonlyArray<Outcome> = ["not_sent", "rejected", "succeeded", "unknown"]
const moves: ReadonlyArray<MoneyMoved> = ["no", "yes", "unknown"]
