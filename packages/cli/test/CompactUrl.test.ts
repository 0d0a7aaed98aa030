import { assert, describe, it } from "@effect/vitest"
import { centsOf } from "@image-skill/core/payments/Cents"
import type * as Schema from "effect/Schema"
import { withCompactUrl } from "../src/CompactUrl.ts"

const handoff = "https://api.example.com/pay/payatt_1"
const page = "https://checkout.example.com/c/pay/cs_test_1#fidkdWxOYHwn%2Fx"
const other = "https://checkout.example.com/other#y"

const compacted = (data: Schema.Json): Schema.Json =>
  withCompactUrl({
    envelope: { ok: true, command: "x", trace_id: "t", actor: null, data, warnings: [], error: null },
    status: 200,
    exitCode: 0
  }).envelope.data

/** contract/cli.md 6.9.1, a row for each rule: what comes, and what it becomes. */
const rows: ReadonlyArray<readonly [what: string, before: Schema.Json, after: Schema.Json]> = [
  [
    "the handoff page, over what stood there",
    { checkout_handoff_url: handoff, checkout_url: page, checkout_compact_url: other },
    { checkout_handoff_url: handoff, checkout_url: page, checkout_compact_url: handoff }
  ],
  [
    "without a handoff page the provider's own, with its fragment and without the space around it",
    { checkout_url: ` ${page}\n`, fallback_checkout_url: other },
    { checkout_url: ` ${page}\n`, fallback_checkout_url: other, checkout_compact_url: page }
  ],
  [
    "without that the fallback",
    { checkout_handoff_url: null, checkout_url: "", fallback_checkout_url: other },
    { checkout_handoff_url: null, checkout_url: "", fallback_checkout_url: other, checkout_compact_url: other }
  ],
  ["of no page nothing", { state: "succeeded", checkout_url: 7 }, { state: "succeeded", checkout_url: 7 }],
  ["what stood there stays where there is no page", { checkout_compact_url: other }, { checkout_compact_url: other }],
  [
    "the same in next, by its own pages",
    { next: { fallback_checkout_url: page } },
    { next: { fallback_checkout_url: page, checkout_compact_url: page } }
  ],
  [
    "next takes that of the whole where it has none",
    { checkout_url: page, next: { human_action: "wait" } },
    { checkout_url: page, next: { human_action: "wait", checkout_compact_url: page }, checkout_compact_url: page }
  ],
  [
    "and keeps its own where it has one",
    { checkout_url: page, next: { checkout_url: other } },
    { checkout_url: page, next: { checkout_url: other, checkout_compact_url: other }, checkout_compact_url: page }
  ],
  [
    "next takes that of the attempt where a person opens it",
    { payment_attempt: { checkout_handoff_url: handoff }, next: { human_action: "open_checkout_url" } },
    {
      payment_attempt: { checkout_handoff_url: handoff, checkout_compact_url: handoff },
      next: { human_action: "open_checkout_url", checkout_compact_url: handoff }
    }
  ],
  [
    "and not where nobody does",
    { payment_attempt: { checkout_url: page }, next: { agent_action: "wait" } },
    { payment_attempt: { checkout_url: page, checkout_compact_url: page }, next: { agent_action: "wait" } }
  ],
  [
    "odd records are left alone",
    { checkout_url: page, next: [], payment_attempt: "x" },
    { checkout_url: page, next: [], payment_attempt: "x", checkout_compact_url: page }
  ],
  ["an answer without data", null, null],
  ["an answer whose data is a list", [{ checkout_url: page }], [{ checkout_url: page }]]
]

describe("the one link that a person opens", () => {
  for (const [what, before, after] of rows) {
    it(`is ${what}`, () => {
      const kept = structuredClone(before)
      assert.deepStrictEqual(compacted(before), after)
      assert.deepStrictEqual(before, kept, "the answer itself is not changed")
      assert.deepStrictEqual(compacted(after), after, "once is enough")
    })
  }
})

describe("cents of an amount in dollars", () => {
  it("are whole and exact for every amount that has whole cents", () => {
    for (let cents = 0; cents <= 100_000; cents += 1) {
      const typed = `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, "0")}`
      if (centsOf(Number(typed)) !== cents) assert.fail(typed)
    }
  })

  it("are never more than the amount", () => {
    for (const [usd, cents] of [
      [0.001, 0],
      [0.009_999, 0],
      [0.289_999, 28],
      [0.295, 29],
      [0.299_999_999, 29],
      [999.999, 99_999]
    ] as const) {
      assert.strictEqual(centsOf(usd), cents, `${usd}`)
    }
  })
})
