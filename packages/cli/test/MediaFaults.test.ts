import { assert, it } from "@effect/vitest"
import { answering, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { at, type Envelope, prefix, type Ran, text } from "./Cli.ts"
import { type Case, cases, type Facts, failures, type Saying, ways } from "./MediaFaultCases.ts"
import { type Booked, inOrder, MediaStudio, printed, recovered, statusIn, vendors } from "./MediaStudio.ts"
import { done, runLine } from "./Money.ts"

/** The words after the program. */
const verbsOf = (line: string): string => /image-skill\.js (create|[a-z]+ [a-z]+)/u.exec(line)?.[1] ?? line

const facts = ({ code, envelope: { error }, exitCode }: Ran): Facts => [
  exitCode,
  code,
  text(error, "outcome"),
  text(error, "money_moved"),
  at(error, "retryable")
]

/** A request that met a fault: how often its provider took one before, and what was said and booked. */
interface Met {
  readonly key: string
  readonly acceptedBefore: number
  readonly ran: Ran
  readonly books: Booked
}

const met = Effect.fnUntraced(function* ({ accepted, fault, name, times, wait }: Case, saying: Saying) {
  const { agent, booked, command, emulator } = yield* MediaStudio
  const key = name.replaceAll(" ", "-")
  const acceptedBefore = emulator.accepted()
  const words = [...(yield* command("create", key)), ...(wait === undefined ? [] : ["--wait-ms", `${wait}`])]
  emulator.fail(fault, times)
  const ran = yield* Effect.promise(() => agent.machine.run(words, { env: agent.env }))
  emulator.fail(null)
  assert.strictEqual(emulator.accepted(), acceptedBefore + accepted)
  assert.strictEqual(verbsOf(printed(ran)), ways[saying], ran.stdout)
  assert.notInclude(text(ran.envelope.error, "message"), "a fox")
  if (saying !== "made") assert.deepStrictEqual(facts(ran), failures[saying])
  const one: Met = { key, acceptedBefore, ran, books: booked(key) }
  return one
})

/** The printed command leads to one asset and one charge of one paid request. */
const madeOnce = Effect.fnUntraced(function* ({ acceptedBefore, key, ran }: Met) {
  const { agent, booked, emulator } = yield* MediaStudio
  assert.strictEqual(statusIn(yield* recovered(agent, printed(ran))), "completed")
  assert.strictEqual(emulator.accepted(), acceptedBefore + 1)
  const { charged, ...rest } = booked(key)
  assert.deepStrictEqual(rest, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
  assert.isAbove(charged, 0)
})

const nothingGained = (step: string, status: string, outcome: string | null) => ({
  status,
  step,
  outcome,
  assets: 0,
  charged: 0
})

/** Nothing was made, its credits wait, and the printed command makes it. */
const waits = Effect.fnUntraced(function* (one: Met) {
  const { reserved, ...books } = one.books
  assert.deepStrictEqual(books, nothingGained("retryable", "failed", null))
  assert.isAbove(reserved, 0)
  yield* madeOnce(one)
})

/** It is over, nothing is reserved any more, and the printed command says so. */
const isOver = Effect.fnUntraced(function* ({ books, ran }: Met) {
  assert.deepStrictEqual(books, { ...nothingGained("ended", "failed", null), reserved: 0 })
  const { agent } = yield* MediaStudio
  assert.strictEqual(statusIn(done(yield* runLine(agent, printed(ran)))), "failed")
})

const isMade = Effect.fnUntraced(function* ({ books, ran }: Met, warnings: number) {
  assert.lengthOf(done(ran).warnings, warnings)
  const { charged, ...rest } = books
  assert.deepStrictEqual(rest, { status: "completed", step: "ended", outcome: null, assets: 1, reserved: 0 })
  assert.isAbove(charged, 0)
  const { agent } = yield* MediaStudio
  done(yield* runLine(agent, printed(ran)))
})

/** The same command asks nobody again and says the same. */
const staysUnknown = Effect.fnUntraced(function* ({ books, key, ran }: Met) {
  const { reserved, ...rest } = books
  assert.deepStrictEqual(rest, nothingGained("submitting", "running", "unknown"))
  assert.isAbove(reserved, 0)
  const { agent, booked, emulator } = yield* MediaStudio
  const accepted = emulator.accepted()
  assert.deepStrictEqual(facts(yield* runLine(agent, printed(ran))), failures.unknown)
  assert.strictEqual(emulator.accepted(), accepted)
  assert.deepStrictEqual(booked(key), books)
})

const isRepaired = Effect.fnUntraced(function* ({ books, ran }: Met) {
  assert.deepInclude(books, { step: "repair", assets: 0, charged: 0 })
  assert.isAbove(books.reserved, 0)
  const { agent } = yield* MediaStudio
  assert.strictEqual(statusIn(done(yield* runLine(agent, printed(ran)))), "running")
})

const goesOn = ({ books }: Met) => {
  assert.deepInclude(books, { status: "running", outcome: null, assets: 0, charged: 0 })
  assert.isAbove(books.reserved, 0)
}

for (const vendor of vendors) {
  it.layer(MediaStudio.layer(vendor), { excludeTestServices: true })(`when ${vendor}`, (it) => {
    /** What only time mends, and what it ends. */
    const repairs: Array<Met> = []
    const unknowns: Array<Met> = []

    const judge = Effect.fnUntraced(function* (one: Case, saying: Saying) {
      const seen = yield* met(one, saying)
      switch (saying) {
        case "made":
          return yield* isMade(seen, one.fault._tag === "duplicate" ? 1 : 0)
        case "turned down":
          return yield* waits(seen)
        case "failed":
        case "refused":
          return yield* isOver(seen)
        case "unknown":
          unknowns.push(seen)
          return yield* staysUnknown(seen)
        case "not stored":
          repairs.push(seen)
          return yield* isRepaired(seen)
        case "goes on": {
          goesOn(seen)
          const { queue } = yield* MediaStudio
          if (one.fault._tag === "endless" && queue === null) return void unknowns.push(seen)
          if (one.fault._tag === "endless") queue?.finish()
          return yield* madeOnce(seen)
        }
      }
    })

    for (const one of cases) {
      const { fault, name, says } = one
      const saying = says[vendor]
      if (saying === null) continue
      it.effect(`it ${name}: ${saying}`, () =>
        Effect.gen(function* () {
          if (fault._tag !== "redirect") return yield* judge(one, saying)
          const secret = yield* loopback(answering(200, "a secret"))
          yield* judge({ ...one, fault: { ...fault, to: secret.origin } }, saying)
          assert.deepStrictEqual(secret.arrived, [])
        }).pipe(Effect.scoped)
      )
    }

    it.effect("a minute later what could not be stored is stored, from the one paid request", () =>
      Effect.gen(function* () {
        const { emulator, kill, restart } = yield* MediaStudio
        assert.lengthOf(repairs, cases.filter(({ says }) => says[vendor] === "not stored").length)
        yield* kill
        yield* restart(90_000)
        const accepted = emulator.accepted()
        for (const one of repairs) yield* madeOnce({ ...one, acceptedBefore: accepted - 1 })
      })
    )

    it.effect("twenty minutes later what nobody knows of is given back, and its command says so", () =>
      Effect.gen(function* () {
        const { agent, booked, emulator, kill, restart } = yield* MediaStudio
        const accepted = emulator.accepted()
        assert.isNotEmpty(unknowns)
        yield* kill
        yield* restart(20 * 60_000)
        for (const { key, ran } of unknowns) {
          const again = yield* runLine(agent, printed(ran))
          const shown = again.envelope.ok ? again : yield* runLine(agent, printed(again))
          assert.strictEqual(statusIn(done(shown)), "failed")
          assert.deepStrictEqual(booked(key), { ...nothingGained("ended", "failed", "unknown"), reserved: 0 })
        }
        assert.strictEqual(emulator.accepted(), accepted)
      })
    )

    it.effect("after all of this the books are in order, and nothing is reserved", () => inOrder)
  })
}

/** Whether it was canceled, and what that costs. */
const toldOf = ({ data }: Envelope) => [text(data, "cancellation.state"), text(data, "cancellation.billing")]

it.layer(MediaStudio.layer("fal"), { excludeTestServices: true })("jobs cancel, of a job that", (it) => {
  /** A job that its client does not wait for any more: its id. */
  const left = Effect.fnUntraced(function* (key: string) {
    const { agent, command } = yield* MediaStudio
    const words = [...(yield* command("create", key)), "--wait-ms", "500"]
    const { envelope } = yield* Effect.promise(() => agent.machine.run(words, { env: agent.env }))
    return text(envelope.error, "recovery.job_id") || text(envelope.data, "job_id")
  })

  const cancel = Effect.fnUntraced(function* (job: string) {
    const { agent } = yield* MediaStudio
    return done(yield* runLine(agent, `${prefix} jobs cancel --job-id ${job} --json`))
  })

  it.effect("waits in the queue of its provider: canceled, 0 credits", () =>
    Effect.gen(function* () {
      const { agent, booked, queue } = yield* MediaStudio
      queue?.hold("IN_QUEUE")
      const said = yield* cancel(yield* left("queued"))
      queue?.hold(null)
      assert.strictEqual(statusIn(said), "canceled")
      const none = "nothing was made; whatever was reserved was given back, and 0 credits were charged"
      assert.deepStrictEqual(toldOf(said), ["canceled", none])
      assert.deepStrictEqual(booked("queued"), { ...nothingGained("ended", "canceled", null), reserved: 0 })
      assert.strictEqual(statusIn(done(yield* runLine(agent, text(said.data, "next_command")))), "canceled")
    })
  )

  it.effect("its provider works on and finishes all the same: charged, and says so", () =>
    Effect.gen(function* () {
      const { back, booked, queue } = yield* MediaStudio
      queue?.hold("IN_PROGRESS")
      const job = yield* left("running")
      back.hold(({ path }) => path.endsWith("/cancel"), "after")
      const canceling = yield* Effect.forkChild(cancel(job))
      yield* back.held
      queue?.hold(null)
      queue?.finish()
      back.open()
      const said = yield* Fiber.join(canceling)
      const { assets, charged, reserved } = booked("running")
      assert.deepStrictEqual([assets, charged > 0, reserved], [1, true, 0])
      const paid = `the job had ended before; its ${charged} credits were charged for what it made`
      assert.deepStrictEqual(toldOf(said), ["too_late", paid])
    })
  )

  it.effect("is done: too late, and what it was charged", () =>
    Effect.gen(function* () {
      const { booked } = yield* MediaStudio
      const said = yield* cancel(yield* left("done"))
      const { assets, charged } = booked("done")
      assert.deepStrictEqual([assets, charged > 0], [1, true])
      const paid = `the job had ended before; its ${charged} credits were charged for what it made`
      assert.deepStrictEqual(toldOf(said), ["too_late", paid])
    })
  )

  it.effect("leaves books in order, and nothing reserved", () => inOrder)
})
