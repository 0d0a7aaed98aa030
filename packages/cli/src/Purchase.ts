import { type Command, command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { fake, stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { purchaseKey } from "@image-skill/core/payments/PaymentCommands"
import type { Rail } from "@image-skill/core/payments/Rail"
import { requests } from "@image-skill/core/service/Requests"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import { withCompactUrl } from "./CompactUrl.ts"
import type { Context } from "./Context.ts"
import { flagReader, text } from "./Flags.ts"
import { leaveNote } from "./InFlightNotes.ts"
import { judge } from "./Judge.ts"
import { labelOf, relay } from "./Relay.ts"
import { withRepeat } from "./Repeat.ts"
import { tell } from "./RunEvents.ts"
import { resolveTarget } from "./Target.ts"
import { requireToken } from "./Tokens.ts"
import { withService } from "./Wiring.ts"

/** The words after `--provider`, each with the operation that begins such a payment and the rail it is for. */
export const providers = {
  stripe: { operation: "creditsBuyCheckout", rail: stripeCheckout },
  stripe_x402: { operation: "creditsBuyDeposit", rail: stripeDeposit },
  fake: { operation: "creditsFakePurchase", rail: fake }
} as const satisfies { readonly [provider: string]: { readonly operation: string; readonly rail: Rail } }
export type Provider = keyof typeof providers

/** A command that buys: by its name, or with a flag that says how. */
export interface Buying {
  readonly provider: Provider
  /** The same purchase as a command. */
  readonly commandFor: (quoteId: string, key: string) => Command
}

/**
 * Begins to pay a quote. The order of the checks is the contract's: quote, token, key (contract/cli.md 6.9). A key is
 * never made here, because whoever repeats a purchase has to know it.
 */
export const purchase = Effect.fnUntraced(function* (context: Context, { commandFor, provider }: Buying) {
  const flag = flagReader(context.parsed)
  const { operation, rail } = providers[provider]
  const quoteId = (yield* flag(text("quote-id")))?.trim() ?? ""
  const key = (yield* flag(text("idempotency-key")))?.trim() ?? ""
  if (quoteId === "") return yield* noQuote(context, rail)
  yield* judge(context, requests[operation], { quoteId, idempotencyKey: anyKey })
  const target = yield* resolveTarget(context)
  const token = yield* requireToken(context, target)
  if (key === "") return yield* noKey(context, commandFor(quoteId, purchaseKey(quoteId)))
  const request = { quoteId, idempotencyKey: key }
  yield* judge(context, requests[operation], request)
  const ask = Effect.flatMap(ServiceApi, (service) => service[operation](request, token.value))
  const again = { command: commandFor(quoteId, key), key }
  const note = yield* leaveNote(context, target, again)
  yield* tell({ type: "submitted", again, goesOn: target.isEmbedded ? "next_command" : "service" })
  const answer = relay(context, yield* withService(context, target, ask), { label: labelOf(context) })
  yield* note.settle(answer)
  return withRepeat(context, withCompactUrl(answer), again)
})

/** The quote is judged before the key is known. */
const anyKey = "any"

const noQuote = ({ parsed }: Context, { commands }: Rail): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${parsed.name} needs --quote-id: the quote that is paid; ask for one first`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--quote-id",
      suggestedCommand: commands.quote,
      docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
    }
  })

/** `whole` is the command with a key that can be used as it is. */
const noKey = ({ parsed }: Context, whole: Command): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${parsed.name} needs --idempotency-key: choose one, keep it, and repeat with it to be charged once`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--idempotency-key",
      suggestedCommand: command(parsed.name, flagPart("idempotency-key", placeholders.KEY), json),
      docsUrl: docsUrl("image-skill-credits"),
      nextActions: { buy: { command: whole, effect: "write" } }
    }
  })
