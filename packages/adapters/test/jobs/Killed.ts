import { createHash } from "node:crypto"
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@effect/vitest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Child, start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"
import { serviceOver, stores } from "./Composition.ts"
import { type JumpClock, withJumpClock } from "./JumpClock.ts"
import { ask, type Life, type Operation, price, providerOf, type Vendor } from "./Lives.ts"
import { watchedProvider, watchedStores } from "./Watched.ts"

/** A data folder with an agent in it, before the emulator of a vendor. */
export interface World extends Life {
  readonly folder: string
  readonly organizationId: OrganizationId
  /** How many requests the vendor took so far, of all lives. */
  readonly accepted: () => number
  readonly emulator: Pick<FalEmulator.FalEmulator, "fail" | "origin" | "apiKey">
}

const emulated = Effect.fnUntraced(function* (vendor: Vendor) {
  if (vendor === "openai") return yield* OpenAiEmulator.make
  const emulator = yield* FalEmulator.make
  emulator.setPace({ queued: 1, running: 0 })
  return emulator
})

export const world = Effect.fnUntraced(function* (vendor: Vendor, operation: Operation) {
  const folder = yield* temporaryFolder
  const emulator = yield* emulated(vendor)
  const { apiKey, origin } = emulator
  const provider = yield* providerOf({ apiKey, origin, vendor })
  const told = yield* Effect.gen(function* () {
    const service = yield* ServiceApi
    const signup = yield* service.signup({ agentName: "painter", runtime: "test", returnToken: true })
    const token = textField(signup.envelope.data, "token")
    const organizationId = OrganizationId.make(textField(signup.envelope.data, "organization_id"))
    if (operation === "create") return { token, organizationId, input: "" }
    const bytes = yield* Effect.promise(() => picture({ width: 64, height: 64, seed: 3 }))
    const upload = yield* service.uploadStream(
      { filename: "boat.png" },
      { contentType: "image/png", contentLength: bytes.length, body: Stream.succeed(bytes) },
      Redacted.make(token)
    )
    return { token, organizationId, input: textField(jsonField(upload.envelope.data, "asset"), "asset_id") }
  }).pipe(Effect.provide(serviceOver(stores(folder), provider)))
  const made: World = { folder, operation, vendor, apiKey, origin, emulator, accepted: emulator.accepted, ...told }
  return made
})

/** The data folder as it was at a boundary, which is what a process leaves that dies there. */
export interface Remains {
  readonly at: string
  readonly folder: string
  /** How many requests the vendor had taken by then. */
  readonly accepted: number
}

/** Lives a whole life, and keeps what would be left of it at every boundary; what is the same as before only once. */
export const remainsOf = Effect.fnUntraced(function* (life: World) {
  const base = yield* temporaryFolder
  const remains: Array<Remains> = []
  let last = ""
  let boundaries = 0
  const pass = (at: string): void => {
    boundaries += 1
    const state = `${stateOf(life.folder)} ${life.accepted()}`
    if (state === last) return
    last = state
    const folder = join(base, `${remains.length}`)
    cpSync(life.folder, folder, { recursive: true })
    remains.push({ at, folder, accepted: life.accepted() })
  }
  const provider = watchedProvider(pass, yield* providerOf(life))
  const answer = yield* Effect.provide(ask(life), serviceOver(watchedStores(life.folder, pass), provider))
  pass("at the end")
  assert.isTrue(answer.envelope.ok, JSON.stringify(answer.envelope.error))
  return { remains, boundaries }
})

/** Everything on the disk but the index of SQLite's log, which reading changes. */
const stateOf = (folder: string): string => {
  const hash = createHash("sha256")
  for (const file of filesIn(folder).filter((name) => !name.endsWith("-shm")))
    hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  return hash.digest("hex")
}

const filesIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .toSorted()
    : []

export const jobIdOf = ({ envelope }: Answer): string =>
  envelope.ok ? textField(envelope.data, "job_id") : textField(jsonField(envelope.error, "recovery"), "job_id")

/** What a later process finds that does as the first one printed: the same again, `jobs wait`, and a day of sweeps. */
const recovered = Effect.fnUntraced(function* (life: World, folder: string, clock: JumpClock) {
  const provider = yield* providerOf(life)
  return yield* Effect.gen(function* () {
    const runner = yield* JobRunner
    const again = yield* ask(life)
    yield* runner.sweep(10)
    clock.jump("16 minutes")
    yield* runner.sweep(10)
    clock.jump("25 hours")
    yield* runner.sweep(10)
    const last = yield* ask(life)
    return { again, last, ...(yield* accounts(life, jobIdOf(again))), left: leftovers(folder) }
  }).pipe(Effect.provide(serviceOver(stores(folder), provider)))
})

/** What a job came to, and whether that is all there is. */
export const accounts = Effect.fnUntraced(function* ({ organizationId, token }: World, jobId: string) {
  const service = yield* ServiceApi
  const jobs = yield* JobStore
  const assets = yield* Assets
  const all = yield* jobs.list(organizationId, { limit: 10, before: null, status: null })
  const quota = yield* service.quota({}, Redacted.make(token))
  const limits = jsonField(quota.envelope.data, "limits")
  const job = all.find(({ id }) => id === jobId)
  return {
    jobs: all.filter(({ operation }) => operation !== "upload").length,
    status: job?.status,
    outcome: job?.outcome,
    step: job?.step,
    assets: (yield* assets.ofJob(jobId)).length,
    remaining: Number(jsonField(limits, "remaining_credits")),
    reserved: jsonField(limits, "preview_credits_reserved"),
    broken: yield* brokenBooks
  }
})

/** Answers that were not forgotten, and bytes that do not wait to be freed: an edit has those of its input, too. */
export const leftovers = (folder: string) => {
  const going = leaving(folder)
  return {
    answers: filesIn(join(folder, "spool")).length,
    objects: filesIn(join(folder, "objects")).filter((path) => !going.has(basename(path))).length
  }
}

const leaving = (folder: string): ReadonlySet<unknown> => {
  const database = new DatabaseSync(join(folder, "image-skill.sqlite"), { readOnly: true })
  const rows = database.prepare("SELECT sha256 FROM unused_bytes").all()
  database.close()
  return new Set(rows.map((row) => row["sha256"]))
}

/** Recovers from what is left, and says whether it was made: once and paid once, or not at all and given back. */
export const prove = Effect.fnUntraced(function* (life: World, { accepted, at, folder }: Remains) {
  const before = life.accepted()
  const facts = yield* withJumpClock((clock) => {
    // The lease of whoever died is over.
    clock.jump("20 seconds")
    return recovered(life, folder, clock)
  })
  const where = `${life.vendor} ${life.operation} ${at}`
  const { again, assets, broken, jobs, last, left, outcome, remaining, reserved, status } = facts
  const taken = accepted + life.accepted() - before
  const inputs = life.operation === "edit" ? 1 : 0
  assert.deepStrictEqual(broken, [], where)
  assert.strictEqual(reserved, 0, where)
  assert.strictEqual(left.answers, 0, where)
  assert.strictEqual(jobs, 1, where)
  if (again.envelope.ok) {
    const charged = price[life.vendor][life.operation]
    assert.deepStrictEqual([status, assets, 50 - remaining], ["completed", 1, charged], where)
    assert.strictEqual(left.objects, 1 + inputs, where)
    assert.strictEqual(jsonField(jsonField(last.envelope.data, "idempotency"), "replayed"), true, where)
    if (life.vendor !== "repeatable") assert.strictEqual(taken, 1, where)
  } else {
    assert.strictEqual(textField(again.envelope.error, "code"), "PROVIDER_TIMEOUT", where)
    assert.strictEqual(textField(again.envelope.error, "outcome"), "unknown", where)
    assert.deepStrictEqual([status, outcome, assets, remaining], ["failed", "unknown", 0, 50], where)
    assert.strictEqual(left.objects, inputs, where)
    assert.strictEqual(textField(last.envelope.error, "code"), "PROVIDER_TIMEOUT", where)
    assert.isAtMost(taken, 1, where)
  }
  return { at, made: again.envelope.ok }
})

/** The same for all boundaries of a life: at which of them anything changed, and where nobody could tell what became of it. */
export const provedEverywhere = Effect.fnUntraced(function* (vendor: Vendor, operation: Operation) {
  const life = yield* world(vendor, operation)
  const { boundaries, remains } = yield* remainsOf(life)
  const proved = yield* Effect.forEach(remains, (left) => Effect.scoped(prove(life, left)))
  return { boundaries, at: proved.map(({ at }) => at), unknown: proved.filter(({ made }) => !made).map(({ at }) => at) }
})

const Killed = Schema.Struct({ killedAt: Schema.String })

/** The same life in a process of its own, which is killed there. */
export const killedAt = Effect.fnUntraced(function* (vendor: Vendor, operation: Operation, boundary: string) {
  const life = yield* world(vendor, operation)
  const { apiKey, folder, input, origin, token } = life
  const words = [folder, token, operation, vendor, origin, apiKey, input, boundary]
  const child: Child = yield* start("jobs/programs/Live.ts", words)
  const told = yield* Effect.flatMap(child.next, Schema.decodeUnknownEffect(Killed))
  yield* child.ended
  assert.strictEqual(told.killedAt, boundary)
  return yield* prove(life, { at: boundary, folder, accepted: life.accepted() })
})
