import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { EmulatedCall } from "@image-skill/testing/media/emulators/Emulator"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import * as Effect from "effect/Effect"
import { place, type Place, prefix, text } from "./Cli.ts"
import { door } from "./MediaDoor.ts"
import { bookedIn, clock, isPaid, keyOf, printed, recovered, statusIn } from "./MediaStudio.ts"
import { type Agent, done, runLine } from "./Money.ts"

/** Longer than a dead process keeps its jobs, and longer than an unanswered request keeps its credits. */
const aLittleLater = 12_000
const muchLater = 20 * 60_000

/** Everything that runs on a machine, in the background, too: its home is nobody else's. */
const processesOf = ({ home }: Place): ReadonlyArray<number> =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name) && environmentOf(name).split("\0").includes(`HOME=${home}`))
    .map(Number)

/** Empty for a process that has ended meanwhile. */
const environmentOf = (pid: string): string => {
  try {
    return readFileSync(join("/proc", pid, "environ"), "utf8")
  } catch {
    return ""
  }
}

// Processes are found by their environment, which not every system shows.
describe.skipIf(!existsSync("/proc/self/environ"))("a command that is the service itself", () => {
  /** An agent whose service is embedded, and all of whose processes are killed at the moment. */
  const killed = Effect.fnUntraced(function* (isHeld: (call: EmulatedCall) => boolean) {
    const fal = yield* FalEmulator.make
    const back = yield* door(() => fal.origin, true)
    const machine = place()
    const later = (millis: number): Agent => ({
      machine,
      env: { ...keyOf("fal", fal.apiKey, back.origin), ...clock(millis) }
    })
    const agent = later(0)
    done(yield* runLine(agent, `${prefix} signup --agent --agent-name painter --runtime tests --json`))
    back.hold(isHeld, "after")
    const words = ["create", "--model", "fal.flux-dev", "--prompt", "a fox", "--idempotency-key", "mine", "--json"]
    const running = machine.start(words, { env: agent.env })
    yield* back.held
    const pids = processesOf(machine)
    assert.isAtLeast(pids.length, 2, "the command, and what works for it in the background")
    for (const pid of pids) process.kill(pid, "SIGKILL")
    const ran = yield* Effect.promise(() => running.ended)
    back.cut()
    assert.strictEqual(ran.signal, "SIGKILL")
    return { booked: () => bookedIn(machine.data, "mine"), fal, later, line: printed(ran) }
  })

  it.live("killed with all that works for it: a little later the printed command gets the one result", () =>
    Effect.gen(function* () {
      const { booked, fal, later, line } = yield* killed(({ path }) => path.endsWith("/status"))
      assert.strictEqual(statusIn(yield* recovered(later(aLittleLater), line)), "completed")
      const { charged, ...books } = booked()
      assert.deepStrictEqual(books, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
      assert.isAbove(charged, 0)
      assert.strictEqual(fal.accepted(), 1)
    })
  )

  it.live("killed before it heard from its provider: never asked for again, and given back in time", () =>
    Effect.gen(function* () {
      const { booked, fal, later, line } = yield* killed(isPaid)
      const unknown = yield* runLine(later(aLittleLater), line)
      assert.deepStrictEqual([unknown.exitCode, unknown.code], [8, "PROVIDER_TIMEOUT"])
      const over = yield* runLine(later(muchLater), printed(unknown))
      assert.deepStrictEqual([over.code, text(over.envelope.error, "money_moved")], ["PROVIDER_TIMEOUT", "no"])
      const released = { status: "failed", step: "ended", outcome: "unknown", assets: 0, charged: 0, reserved: 0 }
      assert.deepStrictEqual(booked(), released)
      assert.strictEqual(fal.accepted(), 1)
    })
  )
})
