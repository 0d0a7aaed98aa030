import type { Books, Truths } from "@image-skill/core/payments/CheckLedger"
import type { PaymentDump } from "@image-skill/core/payments/PaymentStore"
import type { Reversal } from "@image-skill/core/payments/Receipt"

/** Books, and what the provider says. */
export interface Proved {
  readonly books: Books
  readonly truths: Truths
}

/** One way to spoil sound books, and the invariant of research/payments.md 6.3 that it breaks. */
export interface Spoiled {
  readonly breaks: number
  readonly by: string
  readonly spoil: (proved: Proved) => Proved
}

type Row<Table extends keyof PaymentDump> = PaymentDump[Table][number]

const withPayments = ({ books, truths }: Proved, payments: Partial<PaymentDump>): Proved => ({
  truths,
  books: { ...books, payments: { ...books.payments, ...payments } }
})

/** Changes the first row that is meant, or adds what takes its place. */
const spoilFirst =
  <Table extends keyof PaymentDump>(
    table: Table,
    change: (row: Row<Table>) => ReadonlyArray<Row<Table>>,
    isMeant: (row: Row<Table>, dump: PaymentDump) => boolean = () => true
  ) =>
  (proved: Proved): Proved => {
    const dump = proved.books.payments
    const rows: ReadonlyArray<Row<Table>> = dump[table]
    const at = rows.findIndex((row) => isMeant(row, dump))
    const spoiled = rows.flatMap((row, index) => (index === at ? change(row) : [row]))
    return withPayments(proved, { [table]: spoiled })
  }

const spoilTruth =
  (change: (truth: Truths extends ReadonlyMap<string, infer T> ? T : never) => typeof truth) =>
  (proved: Proved): Proved => {
    const [receipt] = proved.books.payments.receipts
    const truth = proved.truths.get(receipt?.attemptId ?? "")
    if (receipt === undefined || truth === undefined) return proved
    return { ...proved, truths: new Map([...proved.truths, [receipt.attemptId, change(truth)]]) }
  }

const spoilEvents =
  (change: (events: Books["events"]) => Books["events"]) =>
  ({ books, truths }: Proved): Proved => ({ truths, books: { ...books, events: change(books.events) } })

const spoilLedger =
  (change: (ledger: Books["ledger"]) => Partial<Books["ledger"]>) =>
  ({ books, truths }: Proved): Proved => ({
    truths,
    books: { ...books, ledger: { ...books.ledger, ...change(books.ledger) } }
  })

const isReversed = ({ reversedCredits }: Row<"receipts">) => reversedCredits > 0
const isOpen = ({ status }: Row<"attempts">) => status === "requires_action"

const isEvent = (type: string) => (row: Books["events"][number]) => row.type === type
const granted = isEvent("credits.payment_backed_granted")

const firstOf = <A>(rows: ReadonlyArray<A>, is: (row: A) => boolean): ReadonlyArray<A> => rows.filter(is).slice(0, 1)

export const spoiledBooks: ReadonlyArray<Spoiled> = [
  {
    breaks: 7,
    by: "a receipt that is there twice",
    spoil: spoilFirst("receipts", (row) => [row, { ...row, id: "receipt_again", creditEventId: "credit_event_again" }])
  },
  {
    breaks: 7,
    by: "a receipt whose grant was of something else",
    spoil: spoilLedger(({ journals }) => ({
      journals: journals.map((row) =>
        row.kind === "payment_backed_grant" ? { ...row, reference: "payatt_none" } : row
      )
    }))
  },
  {
    breaks: 7,
    by: "one transaction that proves two payments",
    spoil: (proved) => {
      const chain = { network: "base", transaction: "0xabc", payer: null }
      return withPayments(proved, { receipts: proved.books.payments.receipts.map((row) => ({ ...row, chain })) })
    }
  },
  {
    breaks: 7,
    by: "one object of the provider that belongs to two payments",
    spoil: (proved) =>
      withPayments(proved, {
        attempts: proved.books.payments.attempts.map((row) => ({ ...row, handles: ["session_1"] }))
      })
  },
  {
    breaks: 8,
    by: "a grant that no receipt proves",
    spoil: spoilFirst("receipts", () => [])
  },
  {
    breaks: 8,
    by: "a receipt for a payment that did not succeed",
    spoil: spoilFirst(
      "attempts",
      (row) => [{ ...row, status: "failed" }],
      ({ status }) => status === "succeeded"
    )
  },
  {
    breaks: 8,
    by: "a receipt of another mode than its quote's",
    spoil: spoilFirst("receipts", (row) => [{ ...row, liveMoney: !row.liveMoney }])
  },
  {
    breaks: 8,
    by: "a receipt of the payment of somebody else",
    spoil: spoilFirst(
      "attempts",
      (row) => [{ ...row, quoteId: "quote_none" }],
      ({ status }) => status === "succeeded"
    )
  },
  {
    breaks: 8,
    by: "a grant that the provider knows nothing of",
    spoil: spoilTruth((truth) => ({ ...truth, settled: null }))
  },
  {
    breaks: 8,
    by: "a grant for less than the price",
    spoil: spoilTruth((truth) => ({
      ...truth,
      settled: truth.settled === null ? null : { ...truth.settled, quotedCents: 1, paidCents: 1 }
    }))
  },
  {
    breaks: 9,
    by: "a payment that succeeded and has no receipt",
    spoil: spoilFirst("attempts", (row) => [{ ...row, status: "succeeded" }], isOpen)
  },
  {
    breaks: 9,
    by: "a payment that the provider settled and nobody granted",
    spoil: (proved) => {
      const open = proved.books.payments.attempts.find(isOpen)
      if (open === undefined) return proved
      const { amountCents, id, liveMoney } = open
      const settled = { quotedCents: amountCents, paidCents: amountCents, currency: "usd", liveMoney, chain: null }
      const truth = {
        status: "succeeded",
        reason: null,
        handles: [],
        settled,
        refundedCents: 0,
        disputedCents: 0
      } as const
      return { ...proved, truths: new Map([...proved.truths, [id, truth]]) }
    }
  },
  {
    breaks: 10,
    by: "a receipt of more credits than were issued",
    spoil: (proved) => {
      const grown = spoilFirst("receipts", (row) => [{ ...row, credits: row.credits + 1 }])(proved)
      return spoilFirst("quotes", (row) => [{ ...row, credits: row.credits + 1 }])(grown)
    }
  },
  {
    breaks: 10,
    by: "a reversal in the ledger that no receipt knows",
    spoil: spoilFirst(
      "receipts",
      (row) => [{ ...row, reversedCredits: 0, refundedCents: 0, disputedCents: 0 }],
      isReversed
    )
  },
  {
    breaks: 11,
    by: "more money back than was paid",
    spoil: spoilFirst("receipts", (row) => [{ ...row, refundedCents: row.paidCents + 1 }])
  },
  {
    breaks: 11,
    by: "more credits reversed than were granted",
    spoil: spoilFirst("receipts", (row) => [{ ...row, reversedCredits: row.credits + 1 }])
  },
  {
    breaks: 11,
    by: "a debt above what was reversed",
    spoil: spoilLedger(({ debts }) => ({ debts: debts.map((debt) => ({ ...debt, owed: debt.owed + 10_000 })) }))
  },
  {
    breaks: 12,
    by: "a debt that belongs to no payment",
    spoil: spoilLedger(({ debts }) => ({ debts: debts.map((debt) => ({ ...debt, paymentId: "payatt_none" })) }))
  },
  {
    breaks: 12,
    by: "debts that are not what is owed",
    spoil: spoilLedger(() => ({ debts: [] }))
  },
  {
    breaks: 13,
    by: "more given back than was taken",
    spoil: spoilFirst(
      "reversals",
      (row) => [{ ...row, credits: row.credits + 100_000 }],
      ({ kind }) => kind === "reinstatement"
    )
  },
  {
    breaks: 13,
    by: "credits that were given back before their debt was canceled",
    spoil: (proved) => {
      const { books } = proved
      const [debt] = books.ledger.debts
      const receipt = books.payments.receipts.find(({ attemptId }) => attemptId === debt?.paymentId)
      const again = (kind: Reversal["kind"], owed: number): Reversal => ({
        id: `payrev_${kind}_again`,
        receiptId: receipt?.id ?? "",
        organizationId: receipt?.organizationId ?? books.ledger.accounts[0]?.organizationId ?? ("" as never),
        kind,
        cents: 1,
        credits: 1,
        owed,
        creditEventId: null,
        at: "2026-02-02T00:00:00.000Z"
      })
      return withPayments(proved, {
        reversals: [...books.payments.reversals, again("reinstatement", 0), again("refund", 0)]
      })
    }
  },
  {
    breaks: 14,
    by: "a key with two quotes",
    spoil: spoilFirst("quotes", (row) => [row, { ...row, id: "quote_again", state: "created" }])
  },
  {
    breaks: 14,
    by: "a key with two purchases",
    spoil: spoilFirst(
      "attempts",
      (row) => [row, { ...row, id: "payatt_again", handles: [], status: "failed" }],
      ({ status }) => status === "succeeded"
    )
  },
  {
    breaks: 15,
    by: "two open payments of one quote",
    spoil: spoilFirst("attempts", (row) => [row, { ...row, id: "payatt_again", key: "again", handles: [] }], isOpen)
  },
  {
    breaks: 16,
    by: "a reversal that is gone",
    spoil: (proved) => withPayments(proved, { reversals: [] })
  },
  {
    breaks: 17,
    by: "a paid quote that is not fulfilled",
    spoil: spoilFirst(
      "quotes",
      (row) => [{ ...row, state: "expired" }],
      ({ state }) => state === "fulfilled"
    )
  },
  {
    breaks: 17,
    by: "a fulfilled quote that nobody paid",
    spoil: spoilFirst(
      "quotes",
      (row) => [{ ...row, state: "fulfilled" }],
      ({ state }) => state === "created" || state === "expired"
    )
  },
  {
    breaks: 17,
    by: "a payment that was begun on an expired quote",
    spoil: spoilFirst(
      "attempts",
      (row) => [{ ...row, createdAt: "2099-01-01T00:00:00.000Z" }],
      ({ status }) => status === "succeeded"
    )
  },
  {
    breaks: 17,
    by: "a quote that expired under an open payment",
    spoil: spoilFirst(
      "quotes",
      (row) => [{ ...row, state: "expired" }],
      (row, { attempts }) => attempts.some((attempt) => attempt.quoteId === row.id && isOpen(attempt))
    )
  },
  {
    breaks: 18,
    by: "a grant that nobody was told of",
    spoil: spoilEvents((events) => events.filter((row) => !granted(row)))
  },
  {
    breaks: 18,
    by: "a grant that was told twice",
    spoil: spoilEvents((events) => [...events, ...firstOf(events, granted).map((row) => ({ ...row, id: "evt_again" }))])
  },
  {
    breaks: 18,
    by: "a grant that was told as something else",
    spoil: spoilEvents((events) =>
      events.map((row) => (granted(row) ? { ...row, type: "credits.payment_backed_refunded" as const } : row))
    )
  },
  {
    breaks: 18,
    by: "a grant of another amount than was told",
    spoil: spoilEvents((events) => events.map((row) => (granted(row) ? { ...row, details: { credits: 1 } } : row)))
  },
  {
    breaks: 18,
    by: "an event of a reversal that never was",
    spoil: spoilEvents((events) => [
      ...events,
      ...firstOf(events, granted).map((row) => ({
        ...row,
        id: "evt_again",
        type: "credits.payment_backed_refunded" as const,
        subject: { type: "credit" as const, id: "payrev_none" }
      }))
    ])
  },
  ...[
    "whsec_0123456789",
    "pi_1_secret_2",
    "sk_live_0123456789",
    "rk_test_0123456789",
    "isk_r_0123456789",
    "0123456789abcdef".repeat(4)
  ].flatMap((secret): ReadonlyArray<Spoiled> => [
    {
      breaks: 19,
      by: `an event with ${secret}`,
      spoil: spoilFirst("events", (row) => [{ ...row, payload: `{"client":"${secret}"}` }])
    },
    {
      breaks: 19,
      by: `a reason with ${secret}`,
      spoil: spoilFirst("attempts", (row) => [{ ...row, reason: `refused: ${secret}` }])
    },
    {
      breaks: 19,
      by: `a handle with ${secret}`,
      spoil: spoilFirst("attempts", (row) => [{ ...row, handles: [...row.handles, secret] }])
    },
    { breaks: 19, by: `a key with ${secret}`, spoil: spoilFirst("quotes", (row) => [{ ...row, key: secret }]) }
  ]),
  {
    breaks: 21,
    by: "credits that are not the share of the money that went back",
    spoil: spoilFirst("receipts", (row) => [{ ...row, refundedCents: 0, disputedCents: 0 }], isReversed)
  },
  {
    breaks: 21,
    by: "a refund that nobody looked at",
    spoil: spoilTruth((truth) => ({ ...truth, refundedCents: truth.refundedCents === 0 ? 1 : 0 }))
  },
  {
    breaks: 21,
    by: "money of a payment that the books do not know",
    spoil: ({ books, truths }) => ({
      books,
      truths: new Map([...truths].map(([id, truth]) => [truth.settled === null ? id : `${id}_of_others`, truth]))
    })
  }
]
