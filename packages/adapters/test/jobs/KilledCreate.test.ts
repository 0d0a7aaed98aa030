import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { type Child, start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"
import { serviceOver, stores } from "./Composition.ts"

const Killed = Schema.Struct({ killedAt: Schema.String })
const Ended = Schema.Struct({ ended: Schema.Boolean, boundaries: Schema.Number })
const Told = Schema.Union([Killed, Ended])

/** An agent with 50 credits in a folder of its own. */
const signedUp = Effect.fnUntraced(function* (folder: string) {
  const provider = yield* FakeMediaProvider.make()
  const signup = yield* Effect.flatMap(ServiceApi, (service) =>
    service.signup({ agentName: "painter", runtime: "test", returnToken: true })
  ).pipe(Effect.provide(serviceOver(stores(folder), provider)))
  return textField(signup.envelope.data, "token")
})

/** What a process finds and does that comes by after the first one died. */
const aftermath = (folder: string, token: string, kind: Kind) =>
  Effect.gen(function* () {
    const provider = yield* FakeMediaProvider.make(undefined, { repeatable: kind === "repeatable" })
    const redacted = Redacted.make(token)
    const facts = yield* Effect.gen(function* () {
      const service = yield* ServiceApi
      const runner = yield* JobRunner
      yield* TestClock.setTime((yield* TestClock.withLive(Clock.currentTimeMillis)) + 20_000)
      yield* runner.sweep(10)
      const again = yield* service.create(
        { prompt: "a red boat", model: "fake.painter", idempotencyKey: "boat-1" },
        redacted
      )
      yield* TestClock.adjust("16 minutes")
      yield* runner.sweep(10)
      yield* TestClock.adjust("25 hours")
      yield* runner.sweep(10)
      const quota = yield* service.quota({}, redacted)
      const limits = jsonField(quota.envelope.data, "limits")
      const job = yield* service.jobsShow({ jobId: jobIdOf(again) }, redacted)
      return {
        again,
        job: jsonField(job.envelope.data, "job"),
        remaining: jsonField(limits, "remaining_credits"),
        reserved: jsonField(limits, "preview_credits_reserved"),
        broken: yield* brokenBooks
      }
    }).pipe(Effect.provide(serviceOver(stores(folder), provider)))
    return { ...facts, calls: callsIn(folder) + (yield* provider.calls).length }
  })

type Kind = "repeatable" | "single"

const jobIdOf = ({ envelope }: Answer): string =>
  envelope.ok ? textField(envelope.data, "job_id") : textField(jsonField(envelope.error, "recovery"), "job_id")

const callsIn = (folder: string): number => {
  const file = join(folder, "calls")
  return existsSync(file) ? readFileSync(file, "utf8").length : 0
}

const first = (child: Child) => Effect.flatMap(child.next, Schema.decodeUnknownEffect(Told))

const died = Effect.fnUntraced(function* (kind: Kind, boundary: number) {
  const folder = yield* temporaryFolder
  const token = yield* signedUp(folder)
  const child = yield* start("jobs/programs/Create.ts", [folder, token, kind, `${boundary}`])
  const told = yield* first(child)
  yield* child.ended
  return { folder, token, told }
})

describe("a create that is killed", () => {
  it.effect(
    "is one debit and one asset, or neither, wherever it dies",
    () =>
      Effect.gen(function* () {
        const { told: whole } = yield* Effect.scoped(died("single", 0))
        assert.isTrue("boundaries" in whole && whole.ended)
        const boundaries = Array.from({ length: "boundaries" in whole ? whole.boundaries : 0 }, (_, index) => index + 1)
        const outcomes = yield* Effect.forEach(boundaries, (boundary) => Effect.scoped(provedAt("single", boundary)))
        const unknown = outcomes.filter(({ outcome }) => outcome === "unknown")
        assert.deepStrictEqual(
          unknown.map(({ killedAt }) => killedAt),
          ["before MediaProvider.generate", "before ArtifactStore.put", "before JobStore.update"]
        )
        // A provider that takes the same key for the same request may be asked again, so there nothing stays unknown.
        for (const { boundary } of unknown) {
          const { outcome } = yield* Effect.scoped(provedAt("repeatable", boundary))
          assert.strictEqual(outcome, "made")
        }
      }),
    180_000
  )
})

const provedAt = Effect.fnUntraced(function* (kind: Kind, boundary: number) {
  const { folder, told, token } = yield* died(kind, boundary)
  const killedAt = "killedAt" in told ? told.killedAt : "nowhere"
  const where = `${boundary}: ${killedAt}`
  assert.notStrictEqual(killedAt, "nowhere", where)
  const { again, broken, calls, job, remaining, reserved } = yield* aftermath(folder, token, kind)
  const assets = jsonField(job, "assets")
  const count = Array.isArray(assets) ? assets.length : -1
  assert.deepStrictEqual(broken, [], where)
  assert.strictEqual(reserved, 0, where)
  if (again.envelope.ok) {
    assert.deepStrictEqual([remaining, count, jsonField(job, "status")], [41, 1, "completed"], where)
  } else {
    assert.strictEqual(textField(again.envelope.error, "code"), "PROVIDER_TIMEOUT", where)
    assert.strictEqual(textField(again.envelope.error, "outcome"), "unknown", where)
    assert.deepStrictEqual([remaining, count, jsonField(job, "status")], [50, 0, "failed"], where)
  }
  if (kind === "single") assert.isAtMost(calls, 1, where)
  return { boundary, killedAt, outcome: again.envelope.ok ? "made" : "unknown" }
})
