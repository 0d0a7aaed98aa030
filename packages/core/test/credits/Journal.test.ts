import { assert, describe, it } from "@effect/vitest"
import { type Account, type AccountKind, accountKinds } from "@image-skill/core/credits/Account"
import { type Entries, type Journal, type LedgerFault, post, type Posting } from "@image-skill/core/credits/Journal"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const organizationId = OrganizationId.make("org_1")

const journal: Journal = {
  id: "journal_1",
  organizationId,
  key: "key",
  kind: "operation_reserve",
  reference: "hold_1",
  traceId: "trace_1",
  at: "2026-06-02T18:41:20.300Z"
}

const account = (kind: AccountKind, balance: number, seq = 1): Account => ({ organizationId, kind, balance, seq })

const faultOf = (result: Result.Result<ReadonlyArray<Posting>, LedgerFault>): string =>
  Result.match(result, { onSuccess: () => "posted", onFailure: ({ account, reason }) => `${reason} ${account}` })

const refused: ReadonlyArray<
  readonly [what: string, entries: Entries, accounts: ReadonlyArray<Account>, fault: string]
> = [
  ["that makes a credit", { "preview:available": 1 }, [], "unbalanced null"],
  ["that loses a credit", { "preview:available": -1 }, [account("preview:available", 5)], "unbalanced null"],
  [
    "that sums to zero only over both signs of a part",
    { "preview:available": -1, "preview:held": 2 },
    [account("preview:available", 5)],
    "unbalanced null"
  ],
  ["of a part of a credit", { "preview:issued": -0.5, "preview:available": 0.5 }, [], "not_an_integer null"],
  ["of what is no number", { "preview:issued": Number.NaN, "preview:available": 1 }, [], "not_an_integer null"],
  [
    "beyond what can be counted exactly",
    { "preview:issued": -(2 ** 53), "preview:available": 2 ** 53 },
    [],
    "not_an_integer null"
  ],
  [
    "that takes more than there is",
    { "preview:available": -6, "preview:held": 6 },
    [account("preview:available", 5)],
    "below_zero preview:available"
  ],
  [
    "that takes from an account that is not there",
    { "paid:available": -1, "paid:held": 1 },
    [account("preview:available", 5)],
    "below_zero paid:available"
  ],
  ["that takes back what was spent", { "paid:spent": -1, "paid:available": 1 }, [], "below_zero paid:spent"],
  ["that makes a debt negative", { owed: -1, "paid:available": 1 }, [], "below_zero owed"]
]

const amount = Schema.Int.check(Schema.isBetween({ minimum: -50, maximum: 50 }))
const balances = Schema.Record(Schema.Literals(accountKinds), Schema.Natural.check(Schema.isLessThanOrEqualTo(60)))
const moves = Schema.Record(Schema.Literals(accountKinds), amount)

describe("Journal", () => {
  it("each entry becomes a posting that continues its account", () => {
    const accounts = [account("preview:available", 50, 3), account("preview:held", 0, 2)]
    const postings = Result.getOrThrow(
      post(journal, { "preview:available": -12, "preview:held": 12, owed: 0 }, accounts)
    )
    const common = { journalId: "journal_1", organizationId }
    assert.deepStrictEqual(postings, [
      { ...common, kind: "preview:available", amount: -12, seq: 4, balanceAfter: 38 },
      { ...common, kind: "preview:held", amount: 12, seq: 3, balanceAfter: 12 }
    ])
  })

  it("an account starts at nothing, and the source of grants may go below", () => {
    const postings = Result.getOrThrow(post(journal, { "preview:issued": -50, "preview:available": 50 }, []))
    assert.deepStrictEqual(
      postings.map(({ balanceAfter, kind, seq }) => [kind, seq, balanceAfter]),
      [
        ["preview:issued", 1, -50],
        ["preview:available", 1, 50]
      ]
    )
  })

  for (const [what, entries, accounts, fault] of refused) {
    it(`a journal ${what} is refused`, () => {
      assert.strictEqual(faultOf(post(journal, entries, accounts)), fault)
    })
  }

  it.prop(
    "a journal is written exactly if it sums to zero and leaves no account below its floor",
    [balances, moves, Schema.Literals(accountKinds)],
    ([before, drawn, last]) => {
      const rest = accountKinds.reduce((total, kind) => (kind === last ? total : total + drawn[kind]), 0)
      const entries: Entries = { ...drawn, [last]: -rest }
      const accounts = accountKinds.map((kind) => account(kind, before[kind], 7))
      const result = post(journal, entries, accounts)
      const floorHolds = accountKinds.every(
        (kind) => kind.endsWith(":issued") || before[kind] + (entries[kind] ?? 0) >= 0
      )
      assert.strictEqual(Result.isSuccess(result), floorHolds)
      for (const off of [1, -1]) {
        assert.strictEqual(faultOf(post(journal, { ...drawn, [last]: off - rest }, accounts)), "unbalanced null")
      }
      if (Result.isFailure(result)) return
      assert.strictEqual(
        result.success.reduce((sum, { amount }) => sum + amount, 0),
        0
      )
      for (const { amount, balanceAfter, kind, seq } of result.success) {
        assert.notStrictEqual(amount, 0)
        assert.strictEqual(balanceAfter, before[kind] + amount)
        assert.strictEqual(seq, 8)
      }
    },
    { arbitrary: { runs: 300 } }
  )
})
