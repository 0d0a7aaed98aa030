import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import type { EmulatedCall } from "@image-skill/testing/media/emulators/Emulator"
import * as Effect from "effect/Effect"
import { at, prefix, text } from "./Cli.ts"
import {
  inOrder,
  isPaid,
  MediaStudio,
  type Operation,
  printed,
  recovered,
  statusIn,
  type VendorId,
  vendors
} from "./MediaStudio.ts"
import { done, runLine } from "./Money.ts"

/** A moment between two steps: which request is held, between whom, and whether it reaches the one it is for. */
interface Moment {
  readonly name: string
  readonly operation: Operation
  readonly door: "front" | "back"
  readonly isHeld: (call: EmulatedCall) => boolean
  readonly when: "before" | "after"
}

const asks = (path: string) => (call: EmulatedCall) => call.method === "POST" && call.path === path
const isPoll = ({ method, path }: EmulatedCall) => method === "GET" && path.endsWith("/status")
const isFetch = ({ method, path }: EmulatedCall) => method === "GET" && /^\/files\/(?!in-)/u.test(path)
const isUpload = asks("/v1/upload")

const uploading: ReadonlyArray<Moment> = [
  { name: "it sends its picture", operation: "edit", door: "front", isHeld: isUpload, when: "before" },
  { name: "its picture is there, not the answer", operation: "edit", door: "front", isHeld: isUpload, when: "after" }
]

const asking = (operation: Operation): ReadonlyArray<Moment> => [
  { name: `it asks for the ${operation}`, operation, door: "front", isHeld: asks(`/v1/${operation}`), when: "before" }
]

/** The service that is killed here does not know whether its provider took the work. */
const submitting = (operation: Operation): ReadonlyArray<Moment> => [
  { name: `the provider is not reached yet (${operation})`, operation, door: "back", isHeld: isPaid, when: "before" },
  {
    name: `the provider took it, without a word (${operation})`,
    operation,
    door: "back",
    isHeld: isPaid,
    when: "after"
  }
]

const working: Moment = {
  name: "the provider works on it",
  operation: "edit",
  door: "back",
  isHeld: isPoll,
  when: "after"
}

/** What is known to have been taken. A provider that answers at once is waited for by the moment before. */
const taken = (operation: Operation, vendor: VendorId): ReadonlyArray<Moment> => [
  ...(vendor === "fal" && operation === "edit"
    ? [working, { ...working, name: "its output is fetched", isHeld: isFetch, when: "before" } as const]
    : []),
  {
    name: `the answer is on its way (${operation})`,
    operation,
    door: "front",
    isHeld: asks(`/v1/${operation}`),
    when: "after"
  }
]

/** Nothing of it depends on the vendor, so one is enough. */
const onlyOnce = (vendor: VendorId, moments: ReadonlyArray<Moment>) => (vendor === "fal" ? moments : [])

/** One asset and one charge of one paid request, and nothing is reserved. */
const madeOnce = Effect.fnUntraced(function* (key: string, acceptedBefore: number) {
  const { booked, emulator } = yield* MediaStudio
  const { charged, ...books } = booked(key)
  assert.deepStrictEqual(books, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
  assert.isAbove(charged, 0)
  assert.strictEqual(emulator.accepted(), acceptedBefore + 1)
})

const lineOf = (words: ReadonlyArray<string>) => `${prefix} ${words.map((word) => `'${word}'`).join(" ")}`

/** A command that is stopped at the moment, with whatever is needed to look at it afterwards. */
const stopped = Effect.fnUntraced(function* (moment: Moment, key: string) {
  const studio = yield* MediaStudio
  const { agent, emulator } = studio
  const accepted = emulator.accepted()
  const words = yield* studio.command(moment.operation, key)
  const door = studio[moment.door]
  door.hold(moment.isHeld, moment.when)
  const running = agent.machine.start(words, { env: agent.env })
  yield* door.held
  return { accepted, door, line: lineOf(words), running }
})

/** The client is killed there; what it asked for goes on. */
const clientKilled = Effect.fnUntraced(function* (moment: Moment, key: string) {
  const { accepted, door, line, running } = yield* stopped(moment, key)
  running.child.kill("SIGKILL")
  const ran = yield* Effect.promise(() => running.ended)
  assert.deepStrictEqual([ran.signal, ran.stdout], ["SIGKILL", ""])
  door.open()
  return { accepted, line, printed: printed(ran) }
})

/** The service is killed there, and what it said or was told is lost. The next one is not there yet. */
const serviceKilled = Effect.fnUntraced(function* (moment: Moment, key: string) {
  const { accepted, door, running } = yield* stopped(moment, key)
  yield* (yield* MediaStudio).kill
  door.cut()
  const ran = yield* Effect.promise(() => running.ended)
  const { error } = ran.envelope
  assert.deepStrictEqual(
    [ran.exitCode, ran.code, text(error, "outcome"), text(error, "money_moved"), at(error, "retryable")],
    [7, "HOSTED_API_REQUEST_FAILED", "unknown", moment.isHeld === isUpload ? "no" : "unknown", true]
  )
  return { accepted, printed: printed(ran) }
})

/** Longer than a dead process keeps its jobs, and longer than an unanswered request keeps its credits. */
const aLittleLater = 12_000
const muchLater = 20 * 60_000

for (const vendor of vendors) {
  it.layer(MediaStudio.layer(vendor), { excludeTestServices: true })(`with a provider such as ${vendor}`, (it) => {
    const paid = [...asking("edit"), ...submitting("edit"), ...taken("edit", vendor), ...taken("create", vendor)]
    for (const [index, moment] of paid.entries())
      it.effect(`a client killed while ${moment.name}: the command on its stderr gets the one result`, () =>
        Effect.gen(function* () {
          const key = `client-${index}`
          const killed = yield* clientKilled(moment, key)
          const { agent, uploads } = yield* MediaStudio
          const last = yield* recovered(agent, killed.printed)
          assert.strictEqual(statusIn(last), "completed")
          yield* madeOnce(key, killed.accepted)
          if (moment.operation === "edit") assert.strictEqual(uploads(key), 1)
          else done(yield* runLine(agent, text(last.data, "next_command")))
        })
      )

    for (const [index, moment] of onlyOnce(vendor, uploading).entries())
      it.effect(
        `a client killed while ${moment.name}: nothing was asked for, its own command again makes it once`,
        () =>
          Effect.gen(function* () {
            const key = `upload-${index}`
            const killed = yield* clientKilled(moment, key)
            assert.strictEqual(killed.printed, "")
            const { agent } = yield* MediaStudio
            assert.strictEqual(statusIn(yield* recovered(agent, killed.line)), "completed")
            yield* madeOnce(key, killed.accepted)
          })
      )

    const kept = [...onlyOnce(vendor, uploading.slice(1)), ...taken("edit", vendor)]
    for (const [index, moment] of kept.entries())
      it.effect(
        `a service killed while ${moment.name}: with the next one, the printed command gets the one result`,
        () =>
          Effect.gen(function* () {
            const key = `service-${index}`
            const killed = yield* serviceKilled(moment, key)
            const { agent, restart, uploads } = yield* MediaStudio
            yield* restart(aLittleLater)
            assert.strictEqual(statusIn(yield* recovered(agent, killed.printed)), "completed")
            yield* madeOnce(key, killed.accepted)
            // The answer of the first upload was lost, and with it the only name of what it made.
            assert.strictEqual(uploads(key), moment.isHeld === isUpload ? 2 : 1)
          })
      )

    const lost = [...submitting("edit"), ...onlyOnce(vendor, submitting("create").slice(1))]
    /** By key, the command that was printed. */
    const open = new Map<string, string>()
    for (const [index, moment] of lost.entries())
      it.effect(`a service killed while ${moment.name}: nobody knows, and it is never asked for again`, () =>
        Effect.gen(function* () {
          const key = `lost-${index}`
          const killed = yield* serviceKilled(moment, key)
          const { agent, booked, emulator, restart } = yield* MediaStudio
          yield* restart(aLittleLater)
          const ran = yield* runLine(agent, killed.printed)
          const { error } = ran.envelope
          assert.deepStrictEqual(
            [ran.exitCode, ran.code, text(error, "outcome"), text(error, "money_moved"), at(error, "retryable")],
            [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true]
          )
          const { reserved, ...books } = booked(key)
          const unknown = { status: "running", step: "submitting", outcome: "unknown", assets: 0, charged: 0 }
          assert.deepStrictEqual(books, unknown)
          assert.isAbove(reserved, 0)
          assert.strictEqual(emulator.accepted(), killed.accepted + (moment.when === "after" ? 1 : 0))
          open.set(key, printed(ran))
        })
      )

    it.effect("what nobody knows of is given back when its reservation is over, and the printed command says so", () =>
      Effect.gen(function* () {
        const { agent, booked, emulator, kill, restart } = yield* MediaStudio
        const accepted = emulator.accepted()
        assert.strictEqual(open.size, lost.length)
        yield* kill
        yield* restart(muchLater)
        for (const [key, line] of open) {
          const over = yield* runLine(agent, line)
          const { error } = over.envelope
          assert.deepStrictEqual(
            [over.code, text(error, "outcome"), text(error, "money_moved"), at(error, "retryable")],
            ["PROVIDER_TIMEOUT", "unknown", "no", false]
          )
          assert.strictEqual(statusIn(done(yield* runLine(agent, printed(over)))), "failed")
          const released = { status: "failed", step: "ended", outcome: "unknown", assets: 0, charged: 0, reserved: 0 }
          assert.deepStrictEqual(booked(key), released)
        }
        assert.strictEqual(emulator.accepted(), accepted)
      })
    )

    for (const moment of onlyOnce(vendor, [working]))
      it.effect("a command that is run again while the job is still the dead service's is told to wait for it", () =>
        Effect.gen(function* () {
          const killed = yield* serviceKilled(moment, "at-once")
          const { agent, kill, restart } = yield* MediaStudio
          yield* restart(0)
          const busy = yield* runLine(agent, killed.printed)
          assert.deepStrictEqual([busy.code, busy.exitCode], ["IDEMPOTENT_REQUEST_IN_PROGRESS", 1])
          yield* kill
          yield* restart(aLittleLater)
          assert.strictEqual(statusIn(yield* recovered(agent, printed(busy))), "completed")
          yield* madeOnce("at-once", killed.accepted)
        })
      )

    it.effect("a service killed after it could not store what was made: the next one stores it", () =>
      Effect.gen(function* () {
        const { agent, back, booked, command, data, emulator, kill, restart } = yield* MediaStudio
        const accepted = emulator.accepted()
        const objects = join(data, "objects")
        back.hold(isPaid, "after")
        const { ended } = agent.machine.start(yield* command("edit", "stored"), { env: agent.env })
        yield* back.held
        renameSync(objects, `${objects}-aside`)
        writeFileSync(objects, "")
        back.open()
        const ran = yield* Effect.promise(() => ended)
        yield* kill
        rmSync(objects)
        renameSync(`${objects}-aside`, objects)
        assert.deepStrictEqual([ran.code, ran.exitCode], ["ARTIFACT_STORAGE_WRITE_FAILED", 9])
        assert.deepInclude(booked("stored"), { step: "repair", assets: 0, charged: 0 })
        // A repair is tried every minute.
        yield* restart(90_000)
        assert.strictEqual(statusIn(yield* recovered(agent, printed(ran))), "completed")
        yield* madeOnce("stored", accepted)
      })
    )

    it.effect("after all of this the books are in order, and nothing is reserved", () => inOrder)
  })
}
