import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { buyCommand, methodsCommand } from "@image-skill/core/payments/PaymentCommands"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import type { Context } from "../../Context.ts"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { type Provider, providers, purchase } from "../../Purchase.ts"

/** Begins to pay a quote, with the provider whose rail the quote is for. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(readProvider(context), (provider) =>
    purchase(context, {
      provider,
      commandFor: (quoteId, key) => buyCommand({ purchaseProvider: provider }, quoteId, key)
    })
  )

const known: ReadonlyArray<Provider> = Struct.keys(providers)

const readProvider = Effect.fnUntraced(function* ({ parsed }: Context) {
  const given = yield* flagReader(parsed)(text("provider"))
  return known.find((provider) => provider === given?.trim()) ?? (yield* noProvider())
})

const noProvider = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `credits buy needs --provider, one of ${known.join(", ")}: the one of the rail that the quote is for`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--provider",
      suggestedCommand: methodsCommand,
      docsUrl: docsUrl("image-skill-credits-buy")
    },
    details: { field: "provider", allowed: known }
  })
