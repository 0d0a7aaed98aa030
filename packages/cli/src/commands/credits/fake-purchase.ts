import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import type { Leaf } from "../../Leaf.ts"
import { purchase } from "../../Purchase.ts"

/** Pays a quote of the fake rail, which moves no money. */
export const leaf: Leaf = (context) =>
  purchase(context, {
    provider: "fake",
    commandFor: (quoteId, key) =>
      command("credits fake-purchase", flag("quote-id", quoteId), flag("idempotency-key", key), json)
  })
