import { facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"
import { yesNo } from "./Values.ts"

export const methodsPage = (data: Sheet): Page => {
  const methods = data.each("methods")
  const ready = methods.filter((method) => method.is("available")).length
  return {
    title: `${ready} of ${methods.length} rails can be used`,
    blocks: [
      ...table(
        null,
        [
          { title: "Rail", wraps: true },
          { title: "Ready" },
          { title: "Money" },
          { title: "Who pays", wraps: true },
          { title: "Credits" },
          { title: "In the way", wraps: true }
        ],
        methods.map((method) => {
          const [reason, blocker] = [method.state("unavailable_reason"), method.text("settlement_blocker")]
          method.skip("status", "quoteable", "purchasable", "limits.min_amount_cents", "limits.max_amount_cents")
          return [
            method.text("method_id"),
            yesNo(method.is("available")),
            method.is("live_money") ? "real" : "none",
            method.is("agent_settleable") ? "an agent, alone" : "a person",
            rangeOf(method.text("limits.min_credits"), method.text("limits.max_credits")),
            [reason, blocker].filter((part) => part !== null).join("; ")
          ]
        })
      ),
      ...facts(null, ["A credit costs", data.money("credit_unit_cents", "currency")])
    ]
  }
}

const rangeOf = (low: string | null, high: string | null): string | null =>
  low === null ? null : `${low}${high === null ? " or more" : ` to ${high}`}`

export const packsPage = (data: Sheet): Page => {
  const chosen = data.text("default_pack_id")
  const packs = data.each("packs")
  return {
    title: `${packs.length} packs of credits`,
    blocks: [
      ...table(
        null,
        [{ title: "Pack" }, { title: "Credits", align: "right" }, { title: "Price", align: "right" }, { title: "" }],
        packs.map((pack) => {
          const id = pack.text("pack_id")
          pack.skip("name", "display_name", "amount_usd")
          return [id, pack.text("credits"), pack.money("amount_cents", "currency"), id === chosen ? "default" : null]
        })
      ),
      ...facts(
        null,
        ["A credit costs", data.money("credit_unit_cents", "currency")],
        [
          "Any number",
          data.is("custom_quotes.supported")
            ? rangeOf(data.text("custom_quotes.min_credits"), data.text("custom_quotes.max_credits"))
            : "not here, only packs"
        ]
      )
    ]
  }
}

export const planPage = (data: Sheet): Page => {
  data.skip("schema")
  const preferred = data.text("preferred_method")
  const wanted = data.credits("wish.credits")
  return {
    title:
      preferred === null ? `No rail can pay for ${wanted ?? "this"}` : `${preferred} fits best for ${wanted ?? "this"}`,
    blocks: [
      ...facts(
        null,
        ["At most", dollars(data.text("wish.max_usd"))],
        ["Without a person", data.is("wish.no_human") ? "yes" : null]
      ),
      ...table(
        "Ranked",
        [
          { title: "Rail", wraps: true },
          { title: "Price", align: "right" },
          { title: "Money" },
          { title: "Why", wraps: true },
          { title: "In the way", wraps: true }
        ],
        data.each("ranked").map((rail) => {
          rail.skip("credits", "quote_command")
          const blockers = rail.text("blockers")
          return [
            rail.text("method_id"),
            dollars(rail.text("amount_usd")),
            rail.is("live_money") ? "real" : "none",
            rail.text("reason"),
            blockers === "none" ? null : blockers
          ]
        })
      ),
      ...table(
        "Left out",
        [
          { title: "Rail", wraps: true },
          { title: "Why", wraps: true }
        ],
        data.each("rejected").map((rail) => [rail.text("method_id"), rail.state("reason")])
      )
    ]
  }
}

const dollars = (amount: string | null): string | null => (amount === null ? null : `$${amount}`)
