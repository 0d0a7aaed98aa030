import { accountKinds } from "@image-skill/core/credits/Account"
import type { Debt } from "@image-skill/core/credits/Debt"
import type { Hold } from "@image-skill/core/credits/Hold"
import { type Journal, journalKinds, type Posting } from "@image-skill/core/credits/Journal"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { PolicyNote } from "@image-skill/core/credits/SpendPolicy"
import { wire } from "@image-skill/core/envelope/Wire"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/**
 * Accounts are locked because a transaction here takes the write lock of the whole database when it begins.
 *
 * `unavailable` says what an error of the database means: `SqliteStore` has it.
 */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<LedgerStore, never, SqlClient.SqlClient> =>
  Layer.effect(
    LedgerStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const append = Effect.fnUntraced(
        function* (journal: Journal, postings: ReadonlyArray<Posting>) {
          yield* sql`INSERT INTO journal ${sql.insert(yield* encodeJournal(journal))}`
          const rows = yield* encodePostings(postings)
          if (!Array.isReadonlyArrayNonEmpty(rows)) return
          yield* sql`INSERT INTO posting ${sql.insert(rows)}`
          yield* sql`INSERT INTO account ${sql.insert(Array.map(rows, accountAfter))}
                     ON CONFLICT (organization_id, kind) DO UPDATE SET balance = excluded.balance, seq = excluded.seq`
        },
        sql.withTransaction,
        Effect.mapError(unavailable)
      )

      const insertHold = Effect.fnUntraced(function* (hold: Hold) {
        yield* sql`INSERT INTO hold ${sql.insert(yield* encodeHold(hold))}`
      }, Effect.mapError(unavailable))

      const closeHold = Effect.fnUntraced(function* (hold: Hold) {
        const row = yield* encodeHold(hold)
        const closed = yield* sql`UPDATE hold SET ${sql.update(row, ["id"])}
                                    WHERE id = ${hold.id} AND state = 'open' RETURNING id`
        return closed.length > 0
      }, Effect.mapError(unavailable))

      const holds = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
        rows.pipe(Effect.flatMap(decodeHolds), Effect.map(Array.map(toHold)), Effect.mapError(unavailable))

      /** A debt that was repaid has no row: one that is made later is a new one. */
      const setDebt = ({ organizationId, owed, paymentId }: Debt) =>
        owed === 0
          ? sql`DELETE FROM debt WHERE organization_id = ${organizationId} AND payment_id = ${paymentId}`
          : sql`INSERT INTO debt (organization_id, payment_id, owed) VALUES (${organizationId}, ${paymentId}, ${owed})
                ON CONFLICT (organization_id, payment_id) DO UPDATE SET owed = excluded.owed`

      const dump = Effect.gen(function* () {
        return {
          accounts: yield* decodeAccounts(yield* sql`SELECT * FROM account`),
          journals: yield* decodeJournals(yield* sql`SELECT * FROM journal ORDER BY at, id`),
          postings: yield* decodePostings(yield* sql`SELECT * FROM posting`),
          holds: Array.map(yield* decodeHolds(yield* sql`SELECT * FROM hold`), toHold),
          debts: yield* decodeDebts(yield* sql`SELECT * FROM debt ORDER BY seq`)
        }
      }).pipe(
        sql.withTransaction,
        // One state of all tables, without keeping writers out.
        Effect.provideService(SqlClient.BeginTransaction, "BEGIN DEFERRED"),
        Effect.mapError(unavailable)
      )

      return LedgerStore.of({
        accounts: (organizationId) =>
          sql`SELECT * FROM account WHERE organization_id = ${organizationId}`.pipe(
            Effect.flatMap(decodeAccounts),
            Effect.mapError(unavailable)
          ),
        journalByKey: (key) =>
          sql`SELECT * FROM journal WHERE key = ${key}`.pipe(
            Effect.flatMap(decodeJournals),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: Array.head })
          ),
        append,
        insertHold,
        hold: (id) => Effect.map(holds(sql`SELECT * FROM hold WHERE id = ${id}`), Array.head),
        closeHold,
        expiredHolds: (now, limit) =>
          holds(
            sql`SELECT * FROM hold WHERE state = 'open' AND expires_at <= ${now} ORDER BY expires_at LIMIT ${limit}`
          ),
        debts: (organizationId) =>
          sql`SELECT * FROM debt WHERE organization_id = ${organizationId} ORDER BY seq`.pipe(
            Effect.flatMap(decodeDebts),
            Effect.mapError(unavailable)
          ),
        heldSince: (organizationId, since) =>
          sql`SELECT COALESCE(SUM(CASE hold.state
                       WHEN 'open' THEN held_preview + held_paid
                       WHEN 'captured' THEN captured_preview + captured_paid
                       ELSE 0 END), 0) AS credits
              FROM journal JOIN hold ON hold.id = journal.reference
              WHERE journal.kind = 'operation_reserve' AND journal.at >= ${since}
              ${organizationId === null ? sql`` : sql`AND journal.organization_id = ${organizationId}`}`.pipe(
            Effect.flatMap(decodeSums),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: ([row]) => row.credits })
          ),
        setDebt: flow(setDebt, Effect.asVoid, Effect.mapError(unavailable)),
        dump
      })
    })
  )

const AccountRow = wire({
  organizationId: OrganizationId,
  kind: Schema.Literals(accountKinds),
  balance: Schema.Int,
  seq: Schema.Natural
})

const JournalRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  key: Schema.String,
  kind: Schema.Literals(journalKinds),
  reference: Schema.String,
  traceId: Schema.String,
  at: Schema.String,
  policy: Schema.NullOr(Schema.fromJsonString(PolicyNote))
})

const PostingRow = wire({
  journalId: Schema.String,
  organizationId: OrganizationId,
  kind: Schema.Literals(accountKinds),
  amount: Schema.Int,
  seq: Schema.Natural,
  balanceAfter: Schema.Int
})

const HoldRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  jobId: Schema.String,
  heldPreview: Schema.Natural,
  heldPaid: Schema.Natural,
  capturedPreview: Schema.Natural,
  capturedPaid: Schema.Natural,
  state: Schema.Literals(["open", "captured", "released", "expired"]),
  expiresAt: Schema.String
})

const DebtRow = wire({ organizationId: OrganizationId, paymentId: Schema.String, owed: Schema.Natural })

const toJournal = ({ policy, ...journal }: typeof JournalRow.Type): Journal =>
  policy === null ? journal : { ...journal, policy }

const decodeAccounts = Schema.decodeUnknownEffect(Schema.Array(AccountRow))
const decodeJournals = flow(Schema.decodeUnknownEffect(Schema.Array(JournalRow)), Effect.map(Array.map(toJournal)))
const decodePostings = Schema.decodeUnknownEffect(Schema.Array(PostingRow))
const decodeHolds = Schema.decodeUnknownEffect(Schema.Array(HoldRow))
const decodeDebts = Schema.decodeUnknownEffect(Schema.Array(DebtRow))

const decodeSums = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ credits: Schema.Natural })]))

const encodeJournal = (journal: Journal): Effect.Effect<typeof JournalRow.Encoded> =>
  Effect.orDie(Schema.encodeEffect(JournalRow)({ ...journal, policy: journal.policy ?? null }))

const encodePostings: (postings: ReadonlyArray<Posting>) => Effect.Effect<ReadonlyArray<typeof PostingRow.Encoded>> =
  flow(Schema.encodeEffect(Schema.Array(PostingRow)), Effect.orDie)

const encodeHold = ({ captured, held, ...hold }: Hold): Effect.Effect<typeof HoldRow.Encoded> =>
  Effect.orDie(
    Schema.encodeEffect(HoldRow)({
      ...hold,
      heldPreview: held.preview,
      heldPaid: held.paid,
      capturedPreview: captured.preview,
      capturedPaid: captured.paid
    })
  )

const toHold = ({ capturedPaid, capturedPreview, heldPaid, heldPreview, ...hold }: typeof HoldRow.Type): Hold => ({
  ...hold,
  held: { preview: heldPreview, paid: heldPaid },
  captured: { preview: capturedPreview, paid: capturedPaid }
})

const accountAfter = ({ balance_after, kind, organization_id, seq }: typeof PostingRow.Encoded) => ({
  organization_id,
  kind,
  balance: balance_after,
  seq
})
