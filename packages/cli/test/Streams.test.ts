import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Seen } from "@image-skill/core/agent/WatchJob"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { ticking } from "../src/JobWatch.ts"
import { type RunEvent, RunEvents } from "../src/RunEvents.ts"
import { at, drive, type DroveCase, envelopeKeys, signedUp, small, text } from "./Cli.ts"
import { mediaService, red } from "./MediaStub.ts"
import { envelope, json, stub } from "./Stub.ts"

const identity = signedUp()
const jobId = "job_3n7v0c5x9m2q8k4t1r6w"

/** The events of a stream, proved to be one: a compact line each, counted from 1, with their time, and one envelope at the end. */
const eventsOf = ({ exitCode, stdout }: Pick<DroveCase, "exitCode" | "stdout">): ReadonlyArray<Schema.JsonObject> => {
  assert.isTrue(stdout.endsWith("\n"), stdout)
  const lines = stdout.slice(0, -1).split("\n")
  const events = lines.map((line) => JSON.parse(line) as Schema.JsonObject)
  for (const [index, event] of events.entries()) {
    assert.strictEqual(lines[index], JSON.stringify(event))
    assert.deepStrictEqual(Object.keys(event).slice(0, 3), ["type", "seq", "ts"])
    assert.strictEqual(event["seq"], index + 1)
    assert.match(text(event, "ts"), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
    assert.strictEqual(event["type"] === "envelope", index === events.length - 1, stdout)
  }
  const last = events.at(-1) ?? {}
  assert.deepStrictEqual(Object.keys(last).slice(3), [...envelopeKeys])
  assert.strictEqual(last["ok"], exitCode === 0)
  return events
}

const typesOf = (events: ReadonlyArray<Schema.JsonObject>) => events.map(({ type }) => type)

describe("a stream", () => {
  it("of the embedded service tells what happens, and ends with the very envelope", async () => {
    const machine = (await identity).copy()
    const create = ["create", "--prompt", "a red cat", "--idempotency-key", "k1", ...small]
    const [made, plain, wrong, unknown, read] = await drive(machine, [
      { args: [...create, "--stream"] },
      { args: create },
      { args: ["create", "--stream"] },
      { args: ["create", "--stream", "--no-such-flag"] },
      { args: ["usage", "quota", "--stream"] }
    ])
    assert.isDefined(made)
    const events = eventsOf(made)
    assert.deepStrictEqual(
      typesOf(events).filter((type) => type !== "job" && type !== "progress"),
      ["started", "submitted", "envelope"]
    )
    const [started] = events
    assert.deepInclude(started, { command: "image-skill create", idempotency_key: "k1" })
    assert.match(text(started, "recover_command"), / create --prompt "a red cat" .*--idempotency-key "k1" --json$/u)
    assert.include(made.stderr, `"in_flight"`)
    // The same key answers the same.
    assert.strictEqual(text(events.at(-1), "data.job_id"), text(plain?.data, "job_id"))
    for (const [ran, code] of [
      [wrong, "INVALID_ARGUMENTS"],
      [unknown, "PUBLIC_CLI_FLAG_NOT_AVAILABLE"]
    ] as const) {
      assert.isDefined(ran)
      const only = eventsOf(ran)
      assert.deepStrictEqual([only.length, text(only[0], "error.code"), ran.exitCode], [1, code, 2])
    }
    assert.isDefined(read)
    assert.deepStrictEqual(typesOf(eventsOf(read)), ["envelope"])
    assert.deepStrictEqual(
      made.changed.filter((file) => file.includes("in-flight/")),
      []
    )
  })

  it("of a service elsewhere has the uploads, the job and its states", async () => {
    const job = (status: string) => envelope("image-skill jobs show", { job: { job_id: jobId, status } })
    const states = ["queued", "running", "completed"]
    const service = await mediaService({
      [`GET /v1/jobs/${jobId}`]: (response: { end: (text: string) => void }) =>
        response.end(JSON.stringify(job(states.shift() ?? "completed")))
    })
    const machine = (await identity).copy()
    writeFileSync(join(machine.work, "a.png"), red)
    const [edited, waited, uploaded] = await drive(
      machine,
      [
        { args: ["edit", "--input", "a.png", "--prompt", "x", "--idempotency-key", "k2", "--stream"] },
        { args: ["jobs", "wait", "--job-id", jobId, "--poll-interval-ms", "100", "--stream"] },
        { args: ["upload", "a.png", "--stream"] }
      ],
      { env: service.env }
    )
    assert.isDefined(edited)
    const edits = eventsOf(edited)
    assert.deepStrictEqual(typesOf(edits), ["started", "uploaded", "submitted", "envelope"])
    assert.strictEqual(edits[1]?.["asset_id"], "image_1")
    assert.isDefined(waited)
    const waits = eventsOf(waited)
    assert.deepStrictEqual(typesOf(waits), ["started", "job", "job", "envelope"])
    assert.deepStrictEqual(
      waits.slice(1, 3).map(({ job_id, status }) => [job_id, status]),
      [
        [jobId, "queued"],
        [jobId, "running"]
      ]
    )
    assert.isDefined(uploaded)
    assert.deepStrictEqual(typesOf(eventsOf(uploaded)), ["started", "uploaded", "envelope"])
  })

  it("is one where the words are no command, too", async () => {
    const lines = [
      ["nonsense", "--stream"],
      ["jobs", "nonsense", "--stream"]
    ]
    const drove = await drive(
      (await identity).copy(),
      lines.map((args) => ({ args }))
    )
    for (const ran of drove) assert.deepStrictEqual(typesOf(eventsOf(ran)), ["envelope"])
  })

  it("has no control of a terminal in it, and neither has an envelope", async () => {
    const { url } = await stub((_, response) =>
      json(response, 200, envelope("image-skill whoami", { a: "\u009b2J\u007f" }))
    )
    const env = { IMAGE_SKILL_API_BASE_URL: url, IMAGE_SKILL_TOKEN: "isk_r_x" }
    const both = [{ args: ["whoami", "--stream"] }, { args: ["whoami"] }]
    for (const { stdout } of await drive((await identity).copy(), both, { env })) {
      assert.notMatch(stdout, /[\u007f-\u009f]/u)
      assert.strictEqual(text(JSON.parse(stdout), "data.a"), "\u009b2J\u007f")
    }
  })

  it("keeps its last line what it is, whatever fields a service puts into its answer", async () => {
    const odd = { ...envelope("image-skill whoami", {}), type: "job", seq: -1, ts: "never" }
    const { url } = await stub((_, response) => json(response, 200, odd))
    const env = { IMAGE_SKILL_API_BASE_URL: url, IMAGE_SKILL_TOKEN: "isk_r_x" }
    const [ran] = await drive((await identity).copy(), [{ args: ["whoami", "--stream"] }], { env })
    assert.isDefined(ran)
    assert.deepStrictEqual(typesOf(eventsOf(ran)), ["envelope"])
  })

  it.live("of a create that runs in the background is the same", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const machine = (yield* Effect.promise(() => identity)).copy()
      const args = ["create", "--prompt", "a red cat", "--model", "openai.gpt-image-2", "--max-usd", "1", "--stream"]
      const env = { OPENAI_API_KEY: provider.apiKey, OPENAI_BASE_URL: provider.origin }
      const ran = yield* Effect.promise(() => machine.run(args, { env }))
      const events = eventsOf(ran)
      assert.deepStrictEqual(
        typesOf(events).filter((type) => type !== "job"),
        ["started", "submitted", "envelope"]
      )
      assert.strictEqual(at(events.at(-1), "ok"), true, ran.stdout)
      assert.strictEqual(text(events[0], "idempotency_key"), text(events.at(-1), "data.idempotency.key"))
    })
  )

  it.effect("says at least every five seconds that it goes on", () =>
    Effect.gen(function* () {
      const heard = yield* Ref.make<ReadonlyArray<RunEvent>>([])
      const seen = yield* Ref.make<Seen>({ jobId, status: "running" })
      const tell = (event: RunEvent) => Ref.update(heard, (all) => [...all, event])
      const fiber = yield* Effect.forkChild(Effect.provideService(ticking(seen), RunEvents, { tell }))
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.interrupt(fiber)
      const times = (yield* Ref.get(heard)).map((event) => (event.type === "progress" ? event.elapsedMs : -1))
      assert.isAtLeast(times.length, 6)
      for (const [index, time] of times.entries()) assert.isAtMost(time - (times[index - 1] ?? 0), 5_000)
    })
  )
})
