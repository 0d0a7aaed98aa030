import type { AgentId } from "@image-skill/core/identity/Actor"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import type * as Statement from "effect/sql/Statement"
import * as Rows from "./SqlitePaymentRows.ts"

/**
 * What there may be only one of is a unique index, and triggers keep what was proven: the database itself refuses what
 * the services above should never ask for.
 *
 * `unavailable` says what an error of the database means: `SqliteStore` has it.
 */
export const layer = (unavailable: Unavailable): Layer.Layer<PaymentStore, never, SqlClient.SqlClient> =>
  Layer.effect(
    PaymentStore,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const read = readsOf(sql)
      const dump = Effect.all({
        quotes: read.quotes(sql`ORDER BY seq`),
        attempts: read.attempts(sql`ORDER BY seq`),
        receipts: read.receipts(sql`ORDER BY seq`),
        reversals: read.reversals(sql`ORDER BY seq`),
        events: read.events(sql`ORDER BY seq`)
      }).pipe(
        sql.withTransaction,
        // One state of all tables, without keeping writers out.
        Effect.provideService(SqlClient.BeginTransaction, "BEGIN DEFERRED"),
        Effect.mapError(unavailable)
      )
      return PaymentStore.of({
        ...quotes(sql, unavailable),
        ...attempts(sql, unavailable),
        ...receipts(sql, unavailable),
        ...events(sql, unavailable),
        ...notes(sql, unavailable),
        dump
      })
    })
  )

type Unavailable = (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable

/** Rows as they are in code; `rest` is what follows the table in the statement. */
const readsOf = (sql: SqlClient.SqlClient) => ({
  quotes: (rest: Statement.Fragment) => Effect.flatMap(sql`SELECT * FROM credit_quote ${rest}`, Rows.decodeQuotes),
  attempts: (rest: Statement.Fragment) =>
    Effect.flatMap(
      sql`SELECT *, (SELECT json_group_array(handle ORDER BY seq) FROM provider_object
                     WHERE attempt_id = payment_attempt.id) AS handles
          FROM payment_attempt ${rest}`,
      Rows.decodeAttempts
    ),
  receipts: (rest: Statement.Fragment) => Effect.flatMap(sql`SELECT * FROM receipt ${rest}`, Rows.decodeReceipts),
  reversals: (rest: Statement.Fragment) =>
    Effect.flatMap(sql`SELECT * FROM payment_reversal ${rest}`, Rows.decodeReversals),
  events: (rest: Statement.Fragment) => Effect.flatMap(sql`SELECT * FROM provider_event ${rest}`, Rows.decodeEvents)
})

/** Whether a statement that returns the rows it wrote has written one. */
const wrote = <E>(rows: Effect.Effect<ReadonlyArray<unknown>, E>): Effect.Effect<boolean, E> =>
  Effect.map(rows, Array.isReadonlyArrayNonEmpty)

const quotes = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  const read = flow(readsOf(sql).quotes, known)
  const readOne = flow(read, Effect.map(Array.head))
  return {
    insertQuote: (quote) =>
      Effect.flatMap(Rows.encodeQuote(quote), (row) => sql`INSERT INTO credit_quote ${sql.insert(row)}`).pipe(
        Effect.asVoid,
        known
      ),
    quote: (organizationId, id) => readOne(sql`WHERE id = ${id} AND organization_id = ${organizationId}`),
    quoteByKey: (agentId, key) => readOne(sql`WHERE agent_id = ${agentId} AND key = ${key}`),
    updateQuote: ({ id, state }, from) =>
      known(wrote(sql`UPDATE credit_quote SET state = ${state} WHERE id = ${id} AND state = ${from} RETURNING id`)),
    // The states are written out so that the index of just these quotes is used.
    lapsedQuotes: (now, limit) =>
      read(sql`WHERE state IN ('created', 'purchase_started') AND expires_at <= ${now}
               ORDER BY expires_at, seq LIMIT ${limit}`)
  } satisfies Partial<PaymentStore["Service"]>
}

const attempts = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  const read = flow(readsOf(sql).attempts, known)
  const readOne = flow(read, Effect.map(Array.head))

  /** A key that leads to the attempt already stays as it is; one that leads to another is a conflict. */
  const addKey = (agentId: AgentId, key: string, id: string) =>
    sql`INSERT INTO payment_key (agent_id, key, attempt_id) SELECT ${agentId}, ${key}, ${id} WHERE NOT EXISTS
        (SELECT 1 FROM payment_key WHERE agent_id = ${agentId} AND key = ${key} AND attempt_id = ${id})`

  /** The same for handles. */
  const addHandles = ({ handles, id }: Attempt) =>
    Effect.forEach(
      Array.dedupe(handles),
      (handle) => sql`INSERT INTO provider_object (handle, attempt_id) SELECT ${handle}, ${id}
                      WHERE NOT EXISTS (SELECT 1 FROM provider_object WHERE handle = ${handle} AND attempt_id = ${id})`,
      { discard: true }
    )

  const insertAttempt = Effect.fnUntraced(
    function* (attempt: Attempt) {
      yield* sql`INSERT INTO payment_attempt ${sql.insert(yield* Rows.encodeAttempt(attempt))}`
      yield* addKey(attempt.agentId, attempt.key, attempt.id)
      yield* addHandles(attempt)
    },
    sql.withTransaction,
    known
  )

  const updateAttempt = Effect.fnUntraced(
    function* (attempt: Attempt, from: Attempt["status"]) {
      const row = yield* Rows.encodeAttempt(attempt)
      const isWritten = yield* wrote(sql`UPDATE payment_attempt SET ${sql.update(row, ["id"])}
                                         WHERE id = ${attempt.id} AND status = ${from} RETURNING id`)
      if (isWritten) yield* addHandles(attempt)
      return isWritten
    },
    sql.withTransaction,
    known
  )

  return {
    insertAttempt,
    attempt: (id) => readOne(sql`WHERE id = ${id}`),
    attemptByHandle: (handle) =>
      readOne(sql`WHERE id = (SELECT attempt_id FROM provider_object WHERE handle = ${handle})`),
    attemptBySession: (organizationId, sessionId) =>
      readOne(sql`WHERE checkout_session_id = ${sessionId} AND organization_id = ${organizationId}`),
    attemptsOfQuote: (quoteId) => read(sql`WHERE quote_id = ${quoteId} ORDER BY seq`),
    attemptByKey: (agentId, key) =>
      readOne(sql`WHERE id = (SELECT attempt_id FROM payment_key WHERE agent_id = ${agentId} AND key = ${key})`),
    rememberKey: (agentId, key, attemptId) => known(Effect.asVoid(addKey(agentId, key, attemptId))),
    updateAttempt,
    boughtSince: (organizationId, methodId, since) =>
      sql`SELECT COALESCE(SUM(credits), 0) AS credits FROM payment_attempt
          WHERE method_id = ${methodId} AND created_at >= ${since}
          AND status IN ('opening', 'requires_action', 'processing', 'succeeded')
          ${organizationId === null ? sql`` : sql`AND organization_id = ${organizationId}`}`.pipe(
        Effect.flatMap(Rows.decodeSums),
        Effect.map(([row]) => row.credits),
        known
      ),
    dueAttempts: (now, limit) => read(sql`WHERE check_at <= ${now} ORDER BY check_at, seq LIMIT ${limit}`)
  } satisfies Partial<PaymentStore["Service"]>
}

const receipts = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  const readOne = flow(readsOf(sql).receipts, Effect.map(Array.head), known)
  return {
    insertReceipt: (receipt) =>
      Effect.flatMap(Rows.encodeReceipt(receipt), (row) => sql`INSERT INTO receipt ${sql.insert(row)}`).pipe(
        Effect.asVoid,
        known
      ),
    receipt: (organizationId, id) => readOne(sql`WHERE id = ${id} AND organization_id = ${organizationId}`),
    receiptOfAttempt: (attemptId) => readOne(sql`WHERE attempt_id = ${attemptId}`),
    receiptOfQuote: (quoteId) => readOne(sql`WHERE quote_id = ${quoteId}`),
    updateReversed: (receipt) =>
      Effect.flatMap(
        Rows.encodeReceipt(receipt),
        (row) => sql`UPDATE receipt SET refunded_cents = ${row.refunded_cents}, disputed_cents = ${row.disputed_cents},
                     reversed_credits = ${row.reversed_credits}, rejected_cents = ${row.rejected_cents},
                     reversal_state = ${row.reversal_state} WHERE id = ${row.id}`
      ).pipe(Effect.asVoid, known),
    insertReversal: (reversal) =>
      Effect.flatMap(Rows.encodeReversal(reversal), (row) => sql`INSERT INTO payment_reversal ${sql.insert(row)}`).pipe(
        Effect.asVoid,
        known
      )
  } satisfies Partial<PaymentStore["Service"]>
}

const events = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  const read = flow(readsOf(sql).events, known)
  return {
    insertEvent: (event) =>
      Effect.flatMap(Rows.encodeEvent(event), (row) =>
        wrote(sql`INSERT INTO provider_event ${sql.insert(row)} ON CONFLICT (id) DO NOTHING RETURNING id`)
      ).pipe(known),
    dueEvents: (now, limit) =>
      read(sql`WHERE processed_at IS NULL AND due_at <= ${now} ORDER BY due_at, seq LIMIT ${limit}`),
    updateEvent: ({ dueAt, id, problem, processedAt, tries }) =>
      sql`UPDATE provider_event SET processed_at = ${processedAt}, due_at = ${dueAt}, tries = ${tries},
          problem = ${problem} WHERE id = ${id}`.pipe(Effect.asVoid, known)
  } satisfies Partial<PaymentStore["Service"]>
}

const notes = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  return {
    note: (name) =>
      sql`SELECT value FROM payment_note WHERE name = ${name}`.pipe(
        Effect.flatMap(Rows.decodeNotes),
        Effect.map(([row]) => Option.map(Option.fromUndefinedOr(row), ({ value }) => value)),
        known
      ),
    setNote: (name, value) =>
      sql`INSERT INTO payment_note ${sql.insert({ name, value })}
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`.pipe(Effect.asVoid, known)
  } satisfies Partial<PaymentStore["Service"]>
}
