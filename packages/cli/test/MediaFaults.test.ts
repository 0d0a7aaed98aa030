import { assert, it } from "@effect/vitest"
import type { Fault } from "@image-skill/testing/media/emulators/Emulator"
import { answering, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import { at, type Ran, text } from "./Cli.ts"
import { inOrder, MediaStudio, printed, recovered, statusIn, type VendorId, vendors } from "./MediaStudio.ts"
import { done, runLine } from "./Money.ts"

/**
 * What the answer says of a request that the provider failed.
 *
 * - `made`: nothing of the fault.
 * - `turned down`: the provider did nothing, the same command may try again, and its credits wait for that.
 * - `failed`, `refused`: it is over, and everything is given back.
 * - `goes on`: the wait is over, the work is not.
 * - `unknown`: nobody knows whether it was accepted; it is never asked again.
 * - `not stored`: it was made, and nobody has it yet.
 */
type Saying = "made" | "turned down" | "failed" | "refused" | "goes on" | "unknown" | "not stored"

const failures: { readonly [S in Exclude<Saying, "made">]: ReadonlyArray<string | number | boolean> } = {
  "turned down": [7, "PROVIDER_FAILURE", "rejected", "no", true],
  failed: [7, "PROVIDER_FAILURE", "rejected", "no", false],
  refused: [6, "CONTENT_POLICY_DENIED", "rejected", "no", false],
  "goes on": [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true],
  unknown: [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true],
  "not stored": [9, "ARTIFACT_STORAGE_WRITE_FAILED", "succeeded", "no", false]
}

/** The command that each leads to. */
const ways: { readonly [S in Saying]: string } = {
  made: "assets get",
  "turned down": "create",
  failed: "jobs show",
  refused: "jobs show",
  "goes on": "jobs wait",
  unknown: "create",
  "not stored": "jobs show"
}

interface Case {
  readonly name: string
  readonly fault: Fault
  /** How often; for ever where it is left out. */
  readonly times?: number
  readonly wait?: number
  readonly says: { readonly [V in VendorId]: Saying | null }
  /** How many requests the provider takes of the first command. */
  readonly accepted: 0 | 1
}

const refuse = (status: number): Fault => ({ _tag: "refuse", status })

/** Stands for where the test puts it. */
const elsewhere = "http://127.0.0.1:1/"

const cases: ReadonlyArray<Case> = [
  ...[429, 500, 503].map((status): Case => ({
    name: `refuses with ${status}`,
    fault: refuse(status),
    says: { fal: "turned down", openai: "turned down" },
    accepted: 0
  })),
  { name: "refuses with 401", fault: refuse(401), says: { fal: "failed", openai: "failed" }, accepted: 0 },
  {
    name: "answers late",
    fault: { _tag: "slow", millis: 1_500 },
    wait: 500,
    says: { fal: "goes on", openai: "goes on" },
    accepted: 1
  },
  { name: "drops the answer", fault: { _tag: "drop" }, says: { fal: "unknown", openai: "unknown" }, accepted: 1 },
  { name: "delivers twice", fault: { _tag: "duplicate" }, says: { fal: "made", openai: "made" }, accepted: 1 },
  {
    name: "delivers a page for a picture",
    fault: { _tag: "wrong_type" },
    says: { fal: "failed", openai: "failed" },
    accepted: 1
  },
  {
    name: "breaks off once in the middle of what it delivers",
    fault: { _tag: "truncated" },
    times: 1,
    says: { fal: "made", openai: "unknown" },
    accepted: 1
  },
  {
    name: "breaks off again and again in the middle of what it delivers",
    fault: { _tag: "truncated" },
    says: { fal: "not stored", openai: null },
    accepted: 1
  },
  {
    name: "sends whoever fetches it to a private address",
    fault: { _tag: "redirect", to: elsewhere },
    says: { fal: "not stored", openai: null },
    accepted: 1
  },
  { name: "refuses the content", fault: { _tag: "content" }, says: { fal: "refused", openai: "refused" }, accepted: 0 },
  {
    name: "never gets done",
    fault: { _tag: "endless" },
    wait: 500,
    says: { fal: "goes on", openai: "goes on" },
    accepted: 1
  }
]

const keyOf = ({ name }: Case) => name.replaceAll(" ", "-")

/** The words after the program. */
const verbsOf = (line: string): string => /image-skill\.js (create|[a-z]+ [a-z]+)/u.exec(line)?.[1] ?? line

const facts = ({ code, envelope: { error }, exitCode }: Ran) => [
  exitCode,
  code,
  text(error, "outcome"),
  text(error, "money_moved"),
  at(error, "retryable")
]

const given = { status: "failed", step: "ended", assets: 0, charged: 0, reserved: 0 }

for (const vendor of vendors) {
  it.layer(MediaStudio.layer(vendor), { excludeTestServices: true })(`${vendor}, when it`, (it) => {
    /** What is left to be looked at when time has passed: the command that was printed, by the key. */
    const left = new Map<string, string>()

    const asked = Effect.fnUntraced(function* ({ accepted, fault, name, says, times, wait }: Case) {
      const { agent, booked, command, emulator } = yield* MediaStudio
      const key = keyOf({ name, fault, says, accepted })
      const before = emulator.accepted()
      const words = [...(yield* command("create", key)), ...(wait === undefined ? [] : ["--wait-ms", `${wait}`])]
      emulator.fail(fault, times)
      const ran = yield* Effect.promise(() => agent.machine.run(words, { env: agent.env }))
      emulator.fail(null)
      assert.strictEqual(emulator.accepted(), before + accepted)
      assert.strictEqual(verbsOf(printed(ran)), ways[says[vendor] ?? "made"], ran.stdout)
      assert.notInclude(text(ran.envelope.error, "message"), "a fox")
      const once = Effect.fnUntraced(function* (line: string) {
        const last = yield* recovered(agent, line)
        assert.strictEqual(statusIn(last), "completed")
        assert.strictEqual(emulator.accepted(), before + 1)
        const { assets, charged, reserved } = booked(key)
        assert.deepStrictEqual([assets, charged > 0, reserved], [1, true, 0])
      })
      return { key, ran, once, books: booked(key) }
    })

    const ends: { readonly [S in Saying]: (one: Case) => Effect.Effect<void, never, MediaStudio> } = {
      made: Effect.fnUntraced(function* (one) {
        const { books, ran } = yield* asked(one)
        const { warnings } = done(ran)
        assert.lengthOf(warnings, one.fault._tag === "duplicate" ? 1 : 0)
        const { charged, ...rest } = books
        assert.deepStrictEqual(rest, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
        assert.isAbove(charged, 0)
        const { agent } = yield* MediaStudio
        done(yield* runLine(agent, printed(ran)))
      }),
      "turned down": Effect.fnUntraced(function* (one) {
        const { books, once, ran } = yield* asked(one)
        assert.deepStrictEqual(facts(ran), failures["turned down"])
        assert.deepInclude(books, { step: "retryable", assets: 0, charged: 0 })
        assert.isAbove(books.reserved, 0)
        yield* once(printed(ran))
      }),
      failed: (one) => over(one, failures.failed),
      refused: (one) => over(one, failures.refused),
      "goes on": Effect.fnUntraced(function* (one) {
        const { books, key, once, ran } = yield* asked(one)
        assert.deepStrictEqual(facts(ran), failures["goes on"])
        assert.deepInclude(books, { status: "running", outcome: null, assets: 0, charged: 0 })
        assert.isAbove(books.reserved, 0)
        const { queue } = yield* MediaStudio
        // A provider that answers at once and never does is waited for by the last test.
        if (one.fault._tag === "endless" && queue === null) return void left.set(key, printed(ran))
        if (one.fault._tag === "endless") queue?.finish()
        yield* once(printed(ran))
      }),
      unknown: Effect.fnUntraced(function* (one) {
        const { books, key, ran } = yield* asked(one)
        assert.deepStrictEqual(facts(ran), failures.unknown)
        const { agent, booked, emulator } = yield* MediaStudio
        const accepted = emulator.accepted()
        const again = yield* runLine(agent, printed(ran))
        assert.deepStrictEqual(facts(again), failures.unknown)
        assert.strictEqual(emulator.accepted(), accepted)
        assert.deepInclude(books, { status: "running", outcome: "unknown", assets: 0, charged: 0 })
        assert.isAbove(books.reserved, 0)
        assert.deepStrictEqual(booked(key), books)
        left.set(key, printed(again))
      }),
      "not stored": Effect.fnUntraced(function* (one) {
        const { books, key, once, ran } = yield* asked(one)
        assert.deepStrictEqual(facts(ran), failures["not stored"])
        assert.deepInclude(books, { step: "repair", assets: 0, charged: 0 })
        assert.isAbove(books.reserved, 0)
        const { agent, kill, restart } = yield* MediaStudio
        const shown = done(yield* runLine(agent, printed(ran)))
        assert.strictEqual(statusIn(shown), "running", key)
        yield* kill
        // A repair is tried every minute.
        yield* restart(90_000)
        yield* once(printed(ran))
      })
    }

    const over = Effect.fnUntraced(function* (one: Case, expected: ReadonlyArray<string | number | boolean>) {
      const { books, ran } = yield* asked(one)
      assert.deepStrictEqual(facts(ran), expected)
      assert.deepStrictEqual(books, { ...given, outcome: null })
      const { agent } = yield* MediaStudio
      assert.strictEqual(statusIn(done(yield* runLine(agent, printed(ran)))), "failed")
    })

    for (const one of cases) {
      const saying = one.says[vendor]
      if (saying !== null)
        it.effect(`${one.name}: ${saying}`, () =>
          Effect.gen(function* () {
            const { fault } = one
            if (fault._tag !== "redirect") return yield* ends[saying](one)
            const secret = yield* loopback(answering(200, "a secret"))
            yield* ends[saying]({ ...one, fault: { ...fault, to: secret.origin } })
            assert.deepStrictEqual(secret.arrived, [])
          }).pipe(Effect.scoped)
        )
    }

    it.effect("never says what became of it: everything is given back when the reservation is over", () =>
      Effect.gen(function* () {
        const { agent, booked, emulator, kill, restart } = yield* MediaStudio
        const accepted = emulator.accepted()
        assert.isAbove(left.size, 0)
        yield* kill
        yield* restart(20 * 60_000)
        for (const [key, line] of left) {
          const ran = yield* runLine(agent, line)
          const shown = ran.envelope.ok ? ran.envelope : done(yield* runLine(agent, printed(ran)))
          assert.strictEqual(statusIn(shown), "failed", key)
          assert.deepStrictEqual(booked(key), { ...given, outcome: "unknown" })
        }
        assert.strictEqual(emulator.accepted(), accepted)
      })
    )

    it.effect("is done with all of this, the books are in order and nothing is reserved", () =>
      Effect.flatMap(MediaStudio, ({ data }) => inOrder(data))
    )
  })
}

it.layer(MediaStudio.layer("fal"), { excludeTestServices: true })("jobs cancel, of a job that", (it) => {
  /** A job that its client does not wait for any more, and what `jobs cancel` says of it. */
  const canceled = Effect.fnUntraced(function* (key: string) {
    const { agent, command } = yield* MediaStudio
    const words = [...(yield* command("create", key)), "--wait-ms", "500"]
    const ran = yield* Effect.promise(() => agent.machine.run(words, { env: agent.env }))
    const job = text(ran.envelope.error, "recovery.job_id") || text(ran.envelope.data, "job_id")
    const said = done(yield* Effect.promise(() => agent.machine.run(["jobs", "cancel", "--job-id", job, "--json"], { env: agent.env })))
    return { said, state: text(said.data, "cancellation.state"), billing: text(said.data, "cancellation.billing") }
  })

  it.effect("waits in the queue of its provider: canceled, 0 credits", () =>
    Effect.gen(function* () {
      const { agent, booked, queue } = yield* MediaStudio
      queue?.hold("IN_QUEUE")
      const { billing, said, state } = yield* canceled("queued")
      queue?.hold(null)
      assert.deepStrictEqual([state, statusIn(said)], ["canceled", "canceled"])
      assert.include(billing, "0 credits were charged")
      assert.deepStrictEqual(booked("queued"), { ...given, status: "canceled", outcome: null })
      const shown = done(yield* runLine(agent, text(said.data, "next_command")))
      assert.strictEqual(statusIn(shown), "canceled")
    })
  )

  it.effect("its provider works on, and finishes all the same: asked to stop, then charged", () =>
    Effect.gen(function* () {
      const { agent, booked, queue } = yield* MediaStudio
      queue?.hold("IN_PROGRESS")
      const { billing, said, state } = yield* canceled("running")
      assert.deepStrictEqual([state, /up to \d+ credits are charged/u.test(billing)], ["requested", true])
      assert.deepInclude(booked("running"), { status: "running", charged: 0 })
      queue?.hold(null)
      queue?.finish()
      const last = yield* recovered(agent, text(said.data, "next_command"))
      assert.strictEqual(statusIn(last), "completed")
      const { assets, charged, reserved } = booked("running")
      assert.deepStrictEqual([assets, charged > 0, reserved], [1, true, 0])
    })
  )

  it.effect("had ended: too late, and what it was charged", () =>
    Effect.gen(function* () {
      const { booked } = yield* MediaStudio
      const { billing, state } = yield* canceled("done")
      const { charged } = booked("done")
      assert.isAbove(charged, 0)
      assert.deepStrictEqual([state, billing.includes(`${charged} credits were charged`)], ["too_late", true])
    })
  )

  it.effect("leaves books in order", () => Effect.flatMap(MediaStudio, ({ data }) => inOrder(data)))
})
