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
