import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import type * as SqlError from "effect/sql/SqlError"

/** How many transactions share one commit at most: the first of them waits for the last. */
export const largestGroup = 32

export interface Options {
  /** Leases the one connection: nobody else uses it before the scope ends. */
  readonly acquire: Effect.Effect<SqlConnection.Connection, SqlError.SqlError, Scope.Scope>
  /** Begins a group. A transaction that says itself how it begins is a group of its own. */
  readonly begin: string
  /** Why the database has undone the transaction by itself, e.g. because the disk is full; null while it is open. */
  readonly lost: () => SqlError.SqlError | null
  /** Undoes what is open, or makes the connection unusable. */
  readonly abandon: (connection: SqlConnection.Connection) => Effect.Effect<void, SqlError.SqlError>
}

/**
 * Transactions that wait at the same moment share one commit, and with it one wait for the disk. They take turns in the
 * order in which they came, each in its own fiber, as savepoints of one transaction that holds the connection: a
 * failure, a defect or an interruption undoes only what its own transaction wrote, and nobody else reads what is not
 * committed. None is answered before the commit, not even one that was undone, since it may have read what the others
 * wrote. When the commit fails, or the database gives the transaction up before it, all of them are undone, and those
 * that would have been kept fail.
 *
 * One that is alone waits for one turn of the event loop, in which others may join it. None may wait for the answer of
 * another: those that began before it are answered after its end, and those that come later begin then.
 */
export const make = (
  { transactionService }: SqlClient.SqlClient,
  options: Options
): SqlClient.SqlClient["withTransaction"] => {
  const { abandon, acquire, lost } = options
  const waiting: Array<Member> = []
  let isLed = false
  /** Set by every turn, for who has it. */
  let endTurn = (_state: "kept" | "undone", _answer: Member["answer"]): void => {}

  const end = (state: "kept" | "undone") => Effect.callback<void, SqlError.SqlError>((answer) => endTurn(state, answer))

  /** The transaction runs meanwhile in its own fiber, which says when it is at its end. */
  const turn = (member: Member, connection: SqlConnection.Connection) =>
    Effect.callback<void>((resume) => {
      endTurn = (state, answer) => {
        member.state = state
        member.answer = answer
        resume(Effect.void)
      }
      member.state = "running"
      member.go(Effect.succeed(connection))
    })

  const together = Effect.fnUntraced(function* (connection: SqlConnection.Connection, { begin, members }: Group) {
    const isShared = members.length > 1
    yield* run(connection, begin)
    for (const member of members) {
      if (member.state === "left") continue
      if (isShared) yield* run(connection, "SAVEPOINT member")
      yield* turn(member, connection)
      const reason = lost()
      if (reason !== null) return yield* reason
      const isUndone = member.state === "undone"
      if (isUndone && !isShared) return yield* run(connection, "ROLLBACK")
      if (isUndone) yield* run(connection, "ROLLBACK TO SAVEPOINT member")
      if (isShared) yield* run(connection, "RELEASE SAVEPOINT member")
    }
    yield* run(connection, "COMMIT")
  })

  const serve = (group: Group) =>
    acquire.pipe(
      Effect.flatMap((connection) =>
        Effect.catchCause(together(connection, group), (cause) =>
          Effect.andThen(Effect.orDie(abandon(connection)), Effect.failCause(cause))
        )
      ),
      Effect.scoped
    )

  /** Serves who waits, until nobody does. It is nobody's child, so that it outlives whoever started it. */
  const lead = Effect.gen(function* () {
    while (waiting.length > 0) {
      yield* Effect.yieldNow
      const group = takeGroup(waiting, options.begin)
      const exit = yield* Effect.exit(serve(group))
      for (const member of group.members) settle(member, exit)
    }
    isLed = false
  })

  const ask = (member: Member) =>
    Effect.callback<SqlConnection.Connection, SqlError.SqlError>((go) => {
      member.go = go
      waiting.push(member)
      if (isLed) return
      isLed = true
      Effect.runFork(lead)
    })

  /** An interruption may come at the very moment at which its turn has come. */
  const leave = (member: Member) =>
    Effect.suspend(() => {
      if (member.state === "running") return end("undone")
      member.state = "left"
      return Effect.void
    })

  const unlessLost = (connection: SqlConnection.Connection, statement: string) =>
    Effect.suspend(() => (lost() === null ? run(connection, statement) : Effect.void))

  return SqlClient.makeWithTransaction({
    transactionService,
    spanAttributes: [],
    acquireConnection: (restore) =>
      Effect.withFiber((fiber) => {
        const begin = fiber.getRef(SqlClient.BeginTransaction) ?? options.begin
        const member: Member = { begin, state: "waiting", go: () => {}, answer: () => {} }
        return Effect.onInterrupt(restore(ask(member)), () => leave(member))
      }),
    begin: () => Effect.void,
    commit: () => end("kept"),
    rollback: () => end("undone"),
    savepoint: (connection, id) => run(connection, `SAVEPOINT nested_${id}`),
    rollbackSavepoint: (connection, id) => unlessLost(connection, `ROLLBACK TO SAVEPOINT nested_${id}`),
    releaseSavepoint: (connection, id) => unlessLost(connection, `RELEASE SAVEPOINT nested_${id}`)
  })
}

/** A transaction, from when it asks for its turn until it is answered. */
interface Member {
  readonly begin: string
  state: "waiting" | "left" | "running" | "kept" | "undone"
  /** It has the connection, or cannot have it. */
  go: (connection: Effect.Effect<SqlConnection.Connection, SqlError.SqlError>) => void
  /** What it wrote is durable, or nothing of it is there. */
  answer: (outcome: Effect.Effect<void, SqlError.SqlError>) => void
}

interface Group {
  readonly begin: string
  readonly members: ReadonlyArray<Member>
}

const takeGroup = (waiting: Array<Member>, usual: string): Group => {
  const begin = waiting[0]?.begin ?? usual
  const other = waiting.findIndex((member) => member.begin !== usual)
  const length = begin === usual ? Math.min(largestGroup, other === -1 ? waiting.length : other) : 1
  return { begin, members: waiting.splice(0, length) }
}

const settle = (member: Member, exit: Exit.Exit<void, SqlError.SqlError>): void => {
  if (member.state === "undone") member.answer(Effect.void)
  else if (member.state === "kept") member.answer(exit)
  else if (Exit.isFailure(exit)) member.go(Effect.failCause(exit.cause))
}

const run = (connection: SqlConnection.Connection, statement: string): Effect.Effect<void, SqlError.SqlError> =>
  Effect.asVoid(connection.execute(statement, [], undefined))
