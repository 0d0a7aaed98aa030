import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { temporaryFolder } from "../Folder.ts"
import { overHttp, serve, until } from "../service/Compositions.ts"
import { gitHub } from "./GitHub.ts"

const signedUp = Effect.gen(function* () {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "reporter", runtime: "suite", returnToken: true })
  return Redacted.make(textField(signup.envelope.data, "token"))
})

/** Everything that a data folder holds, byte by byte. */
const bytesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path).toString("latin1"))
    .join("\n")

const secrets = [
  "isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ",
  ["sk", "live", "0123456789abcdefCANARY"].join("_"),
  "4242 4242 4242 4242",
  "abandon ability able about above absent absorb abstract absurd abuse access accident"
]

const said = (field: string) => `in ${field}: ${secrets.join(" ; ")}`

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

describe("feedback in a database", () => {
  it.effect("no secret of any field reaches a file", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.gen(function* () {
        const service = yield* ServiceApi
        const token = yield* signedUp
        const answer = yield* service.feedbackCreate(
          {
            title: said("title").slice(0, 200),
            body: said("body"),
            command: said("command"),
            expected: said("expected"),
            actual: said("actual"),
            friction: said("friction"),
            proofNeeded: said("proof_needed"),
            strategicReason: said("strategic_reason"),
            dedupeKey: `key-${secrets[0]}`,
            source: `source-${secrets[1]}`,
            traceId: `trace-${secrets[2]}`,
            evidence: secrets.map((secret) => `trace:${secret}`)
          },
          token
        )
        assert.isTrue(answer.envelope.ok, JSON.stringify(answer.envelope.error))
        const text = JSON.stringify(answer.envelope)
        for (const secret of secrets) assert.notInclude(text, secret)
        assert.include(text, "possible_secret_redacted")
        yield* service.claimRequest({ contact: "Canary.Inbox@Studio-Bots.Example" }, token)
      }).pipe(Effect.provide(Embedded.inFolder(folder), { local: true }))
      const stored = bytesIn(folder)
      assert.include(stored, "in strategic_reason: [redacted token] ; [redacted key]", "the rest is there")
      for (const secret of [...secrets, "canary.inbox", "studio-bots"]) assert.notInclude(stored, secret)
    })
  )

  it.effect("what cannot be stored is not accepted, and the service says that it is not ready", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.gen(function* () {
        const service = yield* ServiceApi
        const token = yield* signedUp
        const database = new DatabaseSync(join(folder, SqliteStore.fileName))
        database.exec("ALTER TABLE feedback RENAME TO gone")
        database.close()
        const answer = yield* service.feedbackCreate({ title: "lost?" }, token)
        assert.deepStrictEqual(
          [answer.status, answer.exitCode, textField(answer.envelope.error, "code"), answer.retryAfterSeconds],
          [503, 9, "FEEDBACK_STORAGE_UNAVAILABLE", 60]
        )
        const events = yield* service.activityList({}, token)
        assert.deepStrictEqual(jsonField(events.envelope.data, "events"), [])
        const health = yield* service.healthz({})
        assert.deepStrictEqual(jsonField(jsonField(health.envelope.error, "details"), "checks"), {
          database: "ok",
          artifact_storage: "ok",
          feedback_storage: "failed",
          model_registry: "ok"
        })
      }).pipe(Effect.provide(Embedded.inFolder(folder), { local: true }))
    })
  )

  it.effect("asking whether a fresh folder can store feedback makes nothing in it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const health = yield* Effect.provide(
        Effect.flatMap(ServiceApi, (service) => service.healthz({})),
        Embedded.inFolder(folder),
        { local: true }
      )
      assert.isTrue(health.envelope.ok)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("a server hands it over to the queue that its variables name, and keeps records of the requests", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const hub = gitHub()
      const { origin } = yield* loopback(hub.answer)
      const variables: { readonly [name: string]: string } = {
        IMAGE_SKILL_FEEDBACK_REPO: "acme/reports",
        IMAGE_SKILL_FEEDBACK_MODE: "live",
        IMAGE_SKILL_FEEDBACK_GITHUB_TOKEN: "ghp_CANARY0123456789abcdef",
        IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL: origin
      }
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { apiBaseUrl } = yield* serve(folder, { variable: (name) => variables[name] ?? null })
          yield* Effect.gen(function* () {
            const service = yield* ServiceApi
            const token = yield* signedUp
            const report = { title: "Waits end too early", body: "slow", nextState: "triage" }
            const given = yield* service.feedbackCreate(report, token)
            const reference = textField(given.envelope.data, "feedback_id")
            yield* TestClock.adjust("2 seconds")
            const types = Effect.map(service.activityShow({ reference }, token), ({ envelope }) => {
              const events = jsonField(envelope.data, "events")
              return isList(events) ? events.map((event) => textField(event, "type")) : []
            })
            yield* until(Effect.map(types, ({ length }) => length === 2))
            assert.deepStrictEqual(yield* types, ["feedback.github_queue.processed", "feedback.created"])
            assert.deepStrictEqual(
              hub.issues.map(({ title }) => title),
              ["[user_feedback] Waits end too early"]
            )
          }).pipe(Effect.provide(overHttp(apiBaseUrl)))
        })
      )
      const database = new DatabaseSync(join(folder, "telemetry.sqlite"), { readOnly: true })
      const rows = database.prepare("SELECT operation, status, client_version FROM request ORDER BY seq LIMIT 2").all()
      database.close()
      assert.deepStrictEqual(
        rows.map(({ operation, status }) => [operation, status]),
        [
          ["signup", 200],
          ["feedbackCreate", 200]
        ]
      )
      assert.match(String(rows[0]?.["client_version"]), /^\d+\.\d+\.\d+/u)
      assert.notInclude(bytesIn(folder), "ghp_CANARY")
    })
  )
})
