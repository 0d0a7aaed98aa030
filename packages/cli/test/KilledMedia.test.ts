import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { EmulatedCall } from "@image-skill/testing/media/emulators/Emulator"
import * as Effect from "effect/Effect"
import { at, prefix, text } from "./Cli.ts"
import { inOrder, isPaid, MediaStudio, type Operation, printed, recovered, statusIn, vendors, type VendorId } from "./MediaStudio.ts"
import { done, runLine } from "./Money.ts"

/** A moment between two steps: what is held where, and on which side of whom it reaches. */
interface Moment {
  readonly name: string
  readonly door: "front" | "back"
  readonly isHeld: (call: EmulatedCall) => boolean
  readonly when: "before" | "after"
}

const asks = (path: string) => (call: EmulatedCall) => call.method === "POST" && call.path === path
const isPoll = ({ method, path }: EmulatedCall) => method === "GET" && path.endsWith("/status")
const isFetch = ({ method, path }: EmulatedCall) => method === "GET" && /^\/files\/(?!in-)/u.test(path)

const moments = (operation: Operation, vendor: VendorId): ReadonlyArray<Moment> => [
  { name: "it asks for the work", door: "front", isHeld: asks(`/v1/${operation}`), when: "before" },
  { name: "the job is written and the provider not reached", door: "back", isHeld: isPaid, when: "before" },
  { name: "the provider took it and did not say so yet", door: "back", isHeld: isPaid, when: "after" },
  ...(vendor === "fal"
    ? ([
        { name: "the provider works on it", door: "back", isHeld: isPoll, when: "after" },
        { name: "its output is fetched", door: "back", isHeld: isFetch, when: "before" }
      ] as const)
    : []),
  { name: "the answer is on its way", door: "front", isHeld: asks(`/v1/${operation}`), when: "after" }
]

const uploading: ReadonlyArray<Moment> = [
  { name: "it sends its picture", door: "front", isHeld: asks("/v1/upload"), when: "before" },
  { name: "its picture is there, and the answer on its way", door: "front", isHeld: asks("/v1/upload"), when: "after" }
]

/** One asset and one charge of one paid request. */
const madeOnce = Effect.fnUntraced(function* (key: string, acceptedBefore: number) {
  const { booked, emulator } = yield* MediaStudio
  const { charged, ...books } = booked(key)
  assert.deepStrictEqual(books, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
  assert.isAbove(charged, 0)
  assert.strictEqual(emulator.accepted(), acceptedBefore + 1)
})

const lineOf = (words: ReadonlyArray<string>) => `${prefix} ${words.map((word) => `'${word}'`).join(" ")}`

for (const vendor of vendors) {
  it.layer(MediaStudio.layer(vendor), { excludeTestServices: true })(`a client of ${vendor} that is killed`, (it) => {
    const killed = Effect.fnUntraced(function* (operation: Operation, key: string, moment: Moment) {
      const studio = yield* MediaStudio
      const { agent, emulator } = studio
      const accepted = emulator.accepted()
      const words = yield* studio.command(operation, key)
      const door = studio[moment.door]
      door.hold(moment.isHeld, moment.when)
      const running = agent.machine.start(words, { env: agent.env })
      yield* door.held
      running.child.kill("SIGKILL")
      const ran = yield* Effect.promise(() => running.ended)
      assert.deepStrictEqual([ran.signal, ran.stdout], ["SIGKILL", ""])
      door.open()
      return { ran, accepted, line: lineOf(words) }
    })

    for (const operation of ["create", "edit"] as const)
      for (const [index, moment] of moments(operation, vendor).entries())
        it.effect(`while ${moment.name} (${operation}): the command on stderr gets the one result`, () =>
          Effect.gen(function* () {
            const key = `client-${operation}-${index}`
            const { accepted, ran } = yield* killed(operation, key, moment)
            const { agent, uploads } = yield* MediaStudio
            const last = yield* recovered(agent, printed(ran))
            assert.strictEqual(statusIn(last), "completed")
            yield* madeOnce(key, accepted)
            if (operation === "edit") assert.strictEqual(uploads(key), 1)
          })
        )

    for (const [index, moment] of uploading.entries())
      it.effect(`while ${moment.name}: nothing was asked for yet, and its own command again makes it once`, () =>
        Effect.gen(function* () {
          const key = `upload-${index}`
          const { accepted, line, ran } = yield* killed("edit", key, moment)
          assert.strictEqual(printed(ran), "")
          const { agent } = yield* MediaStudio
          const last = yield* recovered(agent, line)
          assert.strictEqual(statusIn(last), "completed")
          yield* madeOnce(key, accepted)
        })
      )

    it.effect("leaves books that are in order, and nothing reserved", () =>
      Effect.flatMap(MediaStudio, ({ data }) => inOrder(data))
    )
  })
}

/** Longer than a dead process keeps its jobs, and longer than an unanswered request keeps its credits. */
const aLittleLater = 12_000
const muchLater = 20 * 60_000

for (const vendor of vendors) {
  it.layer(MediaStudio.layer(vendor), { excludeTestServices: true })(`a service of ${vendor} that is killed`, (it) => {
    /** What the client says whose service was killed under it; the next service is not there yet. */
    const killed = Effect.fnUntraced(function* (operation: Operation, key: string, moment: Moment) {
      const studio = yield* MediaStudio
      const accepted = studio.emulator.accepted()
      const words = yield* studio.command(operation, key)
      const door = studio[moment.door]
      door.hold(moment.isHeld, moment.when)
      const { ended } = studio.agent.machine.start(words, { env: studio.agent.env })
      yield* door.held
      yield* studio.kill
      door.cut()
      const ran = yield* Effect.promise(() => ended)
      assert.deepStrictEqual([ran.code, text(ran.envelope.error, "outcome")], ["HOSTED_API_REQUEST_FAILED", "unknown"])
      return { ran, accepted }
    })

    const isLost = ({ door, isHeld }: Moment) => door === "back" && isHeld === isPaid
    const found = [...uploading.slice(1), ...moments("edit", vendor).filter((moment) => !isLost(moment))]
    for (const [index, moment] of found.entries())
      it.effect(`while ${moment.name}: the next one goes on, and the printed command gets the one result`, () =>
        Effect.gen(function* () {
          const key = `service-${index}`
          const { accepted, ran } = yield* killed("edit", key, moment)
          const { agent, restart, uploads } = yield* MediaStudio
          yield* restart(aLittleLater)
          const last = yield* recovered(agent, printed(ran))
          assert.strictEqual(statusIn(last), "completed")
          yield* madeOnce(key, accepted)
          assert.strictEqual(uploads(key), moment.isHeld === uploading[1]?.isHeld ? 2 : 1)
        })
      )

    for (const operation of ["create", "edit"] as const)
      for (const moment of moments(operation, vendor).filter(isLost))
        it.effect(`while ${moment.name} (${operation}): it is unknown, never asked again, and given back in time`, () =>
          Effect.gen(function* () {
            const key = `lost-${operation}-${moment.when}`
            const { accepted, ran } = yield* killed(operation, key, moment)
            const { agent, booked, emulator, restart } = yield* MediaStudio
            yield* restart(aLittleLater)
            const lost = yield* runLine(agent, printed(ran))
            const { error } = lost.envelope
            assert.deepStrictEqual(
              [lost.exitCode, lost.code, text(error, "outcome"), text(error, "money_moved"), at(error, "retryable")],
              [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true]
            )
            const { reserved, ...books } = booked(key)
            assert.deepStrictEqual(books, {
              status: "running",
              step: "submitting",
              outcome: "unknown",
              assets: 0,
              charged: 0
            })
            assert.isAbove(reserved, 0)
            yield* (yield* MediaStudio).kill
            yield* restart(muchLater)
            const over = yield* runLine(agent, printed(lost))
            assert.deepStrictEqual(
              [over.code, text(over.envelope.error, "outcome"), text(over.envelope.error, "money_moved")],
              ["PROVIDER_TIMEOUT", "unknown", "no"]
            )
            assert.strictEqual(at(over.envelope.error, "retryable"), false)
            const shown = done(yield* runLine(agent, printed(over)))
            assert.strictEqual(statusIn(shown), "failed")
            assert.deepStrictEqual(booked(key), {
              status: "failed",
              step: "ended",
              outcome: "unknown",
              assets: 0,
              charged: 0,
              reserved: 0
            })
            assert.strictEqual(emulator.accepted(), accepted + (moment.when === "after" ? 1 : 0))
          })
        )

    it.effect("after the provider answered and nothing could be stored: the next one stores it", () =>
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
        yield* restart(90_000)
        assert.strictEqual(statusIn(yield* recovered(agent, printed(ran))), "completed")
        yield* madeOnce("stored", accepted)
      })
    )

    it.effect("leaves books that are in order, and nothing reserved", () =>
      Effect.flatMap(MediaStudio, ({ data }) => inOrder(data))
    )
  })
}
