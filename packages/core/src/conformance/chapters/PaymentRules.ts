import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { jsonField, textField } from "../../envelope/JsonFields.ts"
import { answers, gives, holds, listAt, textAt } from "../Expect.ts"
import { type Chapter, type Check, must, should } from "../Rule.ts"
import { absent, each, flag, holding, is, like, list, positive, text, whole } from "../Shape.ts"

const methods = { path: "/v1/payment-methods" } as const
const packs = { path: "/v1/credit-packs" } as const

/** True of every method, with what it says where it is not. */
const ofMethods = (expected: string, isSo: (method: Schema.Json) => boolean): Check =>
  Effect.flatMap(gives(methods), (heard) => {
    const wrong = listAt(heard, "data.methods").find((method) => !isSo(method))
    return holds(wrong === undefined, heard, expected, jsonField(wrong, "method_id") ?? wrong)
  })

const says = (method: Schema.Json, name: string): boolean => jsonField(method, name) === true

const command = (method: Schema.Json, name: string): string => textField(jsonField(method, "recovery"), name)

export const paymentRules: Chapter = {
  id: "payments",
  title: "Payment methods and packs",
  rules: [
    must(
      "A5.1-contract",
      "The payment methods are of version v1",
      gives(methods, { "data.contract_version": is("image-skill.payment-methods.v1") })
    ),
    must(
      "A5.1-unit",
      "A credit is one cent of US money",
      gives(methods, { "data.credit_unit_cents": is(1), "data.currency": is("USD") })
    ),
    must(
      "A5.1-endpoints",
      "They say where quotes, packs and states are",
      gives(methods, {
        "data.quote_endpoint": is("/v1/credit-quotes"),
        "data.packs_endpoint": is("/v1/credit-packs"),
        "data.status_endpoint": is("/v1/credit-purchases/status")
      })
    ),
    must("A5.1-list", "They are a list", gives(methods, { "data.methods": list() })),
    must(
      "A5.1-ids",
      "Each has an id of its own",
      Effect.flatMap(gives(methods, { "data.methods.*.method_id": text }), (heard) => {
        const ids = listAt(heard, "data.methods").map((method) => textField(method, "method_id"))
        return holds(new Set(ids).size === ids.length, heard, "no id twice", ids)
      })
    ),
    must(
      "A5.1-flags",
      "Each says in booleans what can be done with it",
      gives(methods, {
        "data.methods.*.available": flag,
        "data.methods.*.quoteable": flag,
        "data.methods.*.purchasable": flag,
        "data.methods.*.live_money": flag,
        "data.methods.*.requires_browser": flag,
        "data.methods.*.agent_initiated": flag,
        "data.methods.*.agent_settleable": flag
      })
    ),
    must(
      "A5.1-buyers",
      "Each says who can buy with it",
      gives(methods, { "data.methods.*.buyer_modes": each(is("agent_only", "hybrid", "human_only")) })
    ),
    must(
      "A5.1-blocker",
      "What an agent cannot finish alone says why",
      ofMethods(
        "settlement_blocker, where agent_settleable is false",
        (method) => says(method, "agent_settleable") || textField(method, "settlement_blocker") !== ""
      )
    ),
    must(
      "A5.1-unavailable",
      "What is not available says why",
      ofMethods(
        "unavailable_reason, where available is false",
        (method) => says(method, "available") || textField(method, "unavailable_reason") !== ""
      )
    ),
    must(
      "A5.1-consistent",
      "What is not available can neither be quoted nor be settled by an agent",
      ofMethods(
        "quoteable, purchasable and agent_settleable false, where available is false",
        (method) =>
          says(method, "available") ||
          ["quoteable", "purchasable", "agent_settleable"].every((name) => !says(method, name))
      )
    ),
    must(
      "A5.1-browser",
      "What needs a browser is not settled by an agent alone",
      ofMethods(
        "requires_browser or agent_settleable, not both",
        (method) => !(says(method, "requires_browser") && says(method, "agent_settleable"))
      )
    ),
    must(
      "A5.1-recovery",
      "Each brings its three commands, and the first names the method",
      ofMethods(
        "recovery.quote_command, purchase_command and status_command",
        (method) =>
          command(method, "quote_command").includes(textField(method, "method_id")) &&
          command(method, "purchase_command").startsWith("image-skill credits ") &&
          command(method, "status_command").startsWith("image-skill credits status")
      )
    ),
    must(
      "A5.1-purchase",
      "Each says where it is bought with",
      gives(methods, {
        "data.methods.*.purchase_endpoint": like(/^\/v1\/credit-purchases(?:\/|$)/u, "a path of /v1/credit-purchases")
      })
    ),
    must(
      "D4.2-fake",
      "A rail of harnesses never says that it moves real money",
      ofMethods(
        "live_money false",
        (method) => textField(method, "method_id") !== "fake" || !says(method, "live_money")
      )
    ),
    should(
      "A5.1-limits",
      "Each says how much it takes",
      gives(methods, { "data.methods.*.limits.min_credits": positive, "data.methods.*.limits.max_credits": positive })
    ),
    must("A5.1-open", "Payment methods need no token", answers(methods, { status: 200, fields: { actor: absent } })),
    must("A5.2-packs", "There are packs", gives(packs, { "data.packs": list(1), "data.currency": is("USD") })),
    must(
      "A5.2-rows",
      "Each pack has an id, credits and a price in cents",
      gives(packs, {
        "data.packs.*.pack_id": text,
        "data.packs.*.credits": positive,
        "data.packs.*.amount_cents": positive,
        "data.packs.*.currency": is("USD")
      })
    ),
    must(
      "A5.2-price",
      "A pack costs a cent a credit",
      Effect.flatMap(gives(packs), (heard) => {
        const wrong = listAt(heard, "data.packs").find(
          (pack) => jsonField(pack, "credits") !== jsonField(pack, "amount_cents")
        )
        return holds(wrong === undefined, heard, "as many cents as credits", wrong)
      })
    ),
    must(
      "A5.2-default",
      "The default pack is one of them",
      Effect.flatMap(gives(packs), (heard) =>
        holds(
          listAt(heard, "data.packs").some(
            (pack) => textField(pack, "pack_id") === textAt(heard, "data.default_pack_id")
          ),
          heard,
          "data.default_pack_id in data.packs",
          textAt(heard, "data.default_pack_id")
        )
      )
    ),
    must(
      "A5.2-starter",
      "The pack that published commands name is there",
      Effect.flatMap(gives(packs), (heard) => {
        const ids = listAt(heard, "data.packs").map((pack) => textField(pack, "pack_id"))
        return holds(holding("starter-500").fits(ids), heard, "a pack starter-500", ids)
      })
    ),
    should(
      "A5.2-custom",
      "The bounds of other quotes are given",
      gives(packs, { "data.custom_quotes.min_credits": whole, "data.custom_quotes.max_credits": positive })
    )
  ]
}
