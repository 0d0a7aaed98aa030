import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import * as NodeSqlite from "@image-skill/adapters/store/NodeSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

const client = Effect.gen(function* () {
  const filename = join(yield* temporaryFolder, "test.sqlite")
  return yield* NodeSqlite.make({
    filename,
    prepare: Effect.void,
    initialise: (connection) =>
      Effect.asVoid(connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)", [], undefined))
  })
})

it.effect.each([
  ["18.20.8", false],
  ["20.20.2", false],
  ["22.5.0", false],
  ["22.18.0", false],
  ["22.19.0", true],
  ["22.23.3", true],
  ["24.0.0", true],
  ["26.10.0", true]
] as const)("Node %s can open a database: %s", ([version, supported]) =>
  Effect.sync(() => assert.strictEqual(NodeSqlite.isSupported(version), supported))
)

it.effect("a row id above 2^53 gets nobody into trouble", () =>
  Effect.gen(function* () {
    const sql = yield* client
    const huge = 9_007_199_254_740_993n
    yield* sql`INSERT INTO t VALUES (${huge}, 'huge')`
    yield* sql.withTransaction(sql`UPDATE t SET name = 'still huge'`)
    const rows = yield* Effect.provideService(sql`SELECT id, name FROM t`, SqlClient.SafeIntegers, true)
    assert.deepStrictEqual(
      rows.map((row) => ({ ...row })),
      [{ id: huge, name: "still huge" }]
    )
  })
)

it.effect("rows come as records, as arrays and as a stream", () =>
  Effect.gen(function* () {
    const sql = yield* client
    yield* sql`INSERT INTO t ${sql.insert([
      { id: 1, name: "one" },
      { id: 2, name: "two" }
    ])}`
    const select = sql`SELECT id, name FROM t ORDER BY id`
    assert.deepStrictEqual(
      (yield* select).map((row) => ({ ...row })),
      [
        { id: 1, name: "one" },
        { id: 2, name: "two" }
      ]
    )
    assert.deepStrictEqual(yield* select.values, [
      [1, "one"],
      [2, "two"]
    ])
    assert.deepStrictEqual(yield* sql`SELECT 1 AS twin, 2 AS twin`.values, [[1, 2]])
    assert.strictEqual((yield* Stream.runCollect(select.stream)).length, 2)
  })
)

it.effect("more statements than are kept prepared still run", () =>
  Effect.gen(function* () {
    const sql = yield* client
    for (let index = 0; index < 600; index += 1) {
      const [row] = yield* sql.unsafe<{ readonly value: number }>(`SELECT ${index} AS value`)
      assert.strictEqual(row?.value, index)
    }
  })
)

it.effect.each([{ value: true }, { value: undefined }, { value: {} }, { value: new Date(0) }])(
  "$value is nothing that a column can hold",
  ({ value }) =>
    Effect.gen(function* () {
      const sql = yield* client
      const failure = yield* Effect.flip(sql`INSERT INTO t VALUES (1, ${value})`)
      assert.match(failure.message, /SQLite has no place for/u)
    })
)

it.effect("a file that cannot be brought up to date is closed, and opened again by the next statement", () =>
  Effect.gen(function* () {
    let attempts = 0
    const sql = yield* NodeSqlite.make({
      filename: join(yield* temporaryFolder, "test.sqlite"),
      prepare: Effect.void,
      initialise: Effect.fnUntraced(function* ({ execute }) {
        attempts += 1
        if (attempts > 1) return
        yield* execute("BEGIN IMMEDIATE", [], undefined)
        yield* execute("nonsense", [], undefined)
      })
    })
    yield* Effect.flip(sql`SELECT 1`)
    yield* sql`CREATE TABLE t (a)`
    yield* sql`SELECT * FROM t`
    assert.strictEqual(attempts, 2)
  })
)

it.effect("a new file that somebody else is changing is waited for", () =>
  Effect.gen(function* () {
    const filename = join(yield* temporaryFolder, "test.sqlite")
    const child = yield* start("store/programs/BusyNewFile.ts", [filename])
    assert.strictEqual(yield* child.next, "locked")
    yield* child.say("go on")
    const sql = yield* NodeSqlite.make({ filename, prepare: Effect.void, initialise: () => Effect.void })
    assert.deepStrictEqual(yield* sql`SELECT a FROM theirs`.values, [["theirs"]])
  })
)
