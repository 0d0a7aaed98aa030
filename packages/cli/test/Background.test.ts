import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { configured } from "@image-skill/adapters/media/providers/Providers"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { ProviderEmulator } from "@image-skill/testing/media/emulators/Emulator"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import { signal } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import { providerVariables } from "../src/BackgroundNeed.ts"
import {
  at,
  drive,
  type DroveCase,
  executable,
  type Options,
  type Place,
  type Ran,
  type Running,
  signedUp,
  small,
  text
} from "./Cli.ts"
import { stub } from "./Stub.ts"

const model = ["--model", "openai.gpt-image-2", "--max-usd", "1"] as const
const create = ["create", "--prompt", "a red cat", ...model] as const
const identity = signedUp()

interface Shop {
  readonly machine: Place
  readonly env: { readonly [name: string]: string }
  /** Processes that `run` or `start` began, and what they began themselves, since it was last asked. */
  readonly started: () => ReadonlyArray<number>
  readonly run: (args: ReadonlyArray<string>, options?: Options) => Effect.Effect<Ran>
  readonly start: (args: ReadonlyArray<string>, options?: Options) => Running
  /** One after the other in one further process. */
  readonly look: (...cases: ReadonlyArray<ReadonlyArray<string>>) => Effect.Effect<ReadonlyArray<DroveCase>>
}

/** An agent on a machine of its own, with these variables. */
const shop = Effect.fnUntraced(function* (variables: { readonly [name: string]: string }) {
  const machine = (yield* Effect.promise(() => identity)).copy()
  const list = join(machine.root, "started")
  const hook = join(machine.root, "hook.cjs")
  writeFileSync(
    hook,
    `if (require("node:worker_threads").isMainThread)
       require("node:fs").appendFileSync(${JSON.stringify(list)}, process.pid + "\\n")`
  )
  writeFileSync(list, "")
  const env = { ...variables, NODE_OPTIONS: `--require=${hook}` }
  const start: Shop["start"] = (args, options = {}) =>
    machine.start(args, { ...options, env: { ...env, ...options.env } })
  const open: Shop = {
    machine,
    env,
    start,
    run: (args, options) => Effect.promise(() => start(args, options).ended),
    look: (...cases) =>
      Effect.promise(() =>
        drive(
          machine,
          cases.map((args) => ({ args })),
          { env }
        )
      ),
    started: () => {
      const ids = readFileSync(list, "utf8").trim().split("\n").filter(Boolean).map(Number)
      writeFileSync(list, "")
      return ids
    }
  }
  return open
})

const openAi = ({ apiKey }: ProviderEmulator, origin: string) => ({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: origin })

/** Stands before a provider: paid requests wait at it until it is opened. */
const door = Effect.fnUntraced(function* (target: string) {
  const opened = signal()
  let count = 0
  const { url } = yield* Effect.promise(() =>
    stub((exchange, response) => {
      if (exchange.method === "POST") count += 1
      const pass = async () => {
        await opened.sent
        const { authorization = "" } = exchange.headers
        const headers = { authorization, "content-type": "application/json" }
        const reply = await fetch(`${target}${exchange.path}`, { method: "POST", headers, body: exchange.body })
        response.writeHead(reply.status, { "content-type": "application/json" })
        response.end(Buffer.from(await reply.arrayBuffer()))
      }
      void pass().catch(() => response.destroy())
    })
  )
  const arrived = (wanted: number) => until(() => count >= wanted)
  return { url, arrived, open: opened.send }
})

const until = (isSo: () => boolean) =>
  Effect.repeat(Effect.sync(isSo), { until: (so) => so, schedule: Schedule.spaced("50 millis") })

/** A process that has ended may keep its id until the first process of the machine takes note of it. */
const isAlive = (id: number): boolean => {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=", "-p", `${id}`], { encoding: "utf8" })
  return status === 0 && !stdout.trim().startsWith("Z")
}

/** Each of these processes has ended by itself. */
const gone = (ids: ReadonlyArray<number>) => until(() => !ids.some(isAlive))

/** This many jobs ended well, each with its picture, and were charged their price once; the books are in order. */
const provedStored = Effect.fnUntraced(function* ({ look }: Shop, price: number, count: number) {
  // Quota first: it is the one that goes on with nothing that was left behind.
  const [quota, listed, doctor] = yield* look(["usage", "quota"], ["jobs", "list"], ["doctor", "--ledger"])
  const jobs = at(listed?.data, "jobs")
  const all: ReadonlyArray<Schema.Json> = Array.isArray(jobs) ? jobs : []
  assert.lengthOf(all, count)
  const waits = all.map((job) => ["jobs", "wait", "--job-id", text(job, "job_id"), "--poll-interval-ms", "100"])
  for (const { data } of yield* look(...waits)) {
    assert.strictEqual(text(data, "job.status"), "completed")
    const bytes = readFileSync(new URL(text(data, "job.assets.0.url")))
    const sha256 = createHash("sha256").update(bytes).digest("hex")
    assert.strictEqual(text(data, "job.assets.0.sha256"), sha256)
  }
  assert.strictEqual(at(doctor?.data, "embedded.ledger.ok"), true)
  const credits = ["preview_credits_used", "preview_credits_reserved"].map((name) => at(quota?.data, `limits.${name}`))
  assert.deepStrictEqual(credits, [price * count, 0])
})

describe("a create whose provider takes longer than its caller waits", () => {
  it.live("answers in time with the job's id, and the picture is stored although nobody waits", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const held = yield* door(provider.origin)
      const all = yield* shop(openAi(provider, held.url))
      const ran = yield* all.run([...create, "--wait-ms", "1000"])
      const [parent, child, ...others] = all.started()
      assert.deepStrictEqual([ran.exitCode, ran.code, others], [8, "PROVIDER_TIMEOUT", []])
      assert.deepStrictEqual([isAlive(parent ?? 0), isAlive(child ?? 0)], [false, true])
      const jobId = text(ran.envelope.error, "recovery.job_id")
      assert.include(ran.stderr, `"in_flight"`)
      assert.notInclude(ran.stdout + ran.stderr, provider.apiKey)
      const waiting = all.start(["jobs", "wait", "--job-id", jobId, "--poll-interval-ms", "100"])
      held.open()
      const waited = yield* Effect.promise(() => waiting.ended)
      assert.strictEqual(text(waited.data, "job.status"), "completed")
      yield* gone([child ?? 0])
      yield* provedStored(all, 9, 1)
      assert.strictEqual(provider.accepted(), 1)
    })
  )

  it.live("at a queue: the job is waited for and stored, without another command", () =>
    Effect.gen(function* () {
      const provider = yield* FalEmulator.make
      provider.hold("IN_PROGRESS")
      const all = yield* shop({ FAL_KEY: provider.apiKey, FAL_BASE_URL: provider.origin })
      const args = ["create", "--prompt", "a red cat", "--model", "fal.flux-dev", "--max-usd", "1", "--wait-ms", "500"]
      const ran = yield* all.run(args)
      assert.deepStrictEqual([ran.exitCode, ran.code], [8, "PROVIDER_TIMEOUT"])
      provider.hold(null)
      yield* gone(all.started())
      yield* provedStored(all, 5, 1)
      assert.strictEqual(provider.accepted(), 1)
    })
  )
})

describe("a create of a hosted provider", () => {
  it.live("survives that its whole process group is killed in the middle, as a shell does", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const held = yield* door(provider.origin)
      const all = yield* shop(openAi(provider, held.url))
      const shell = spawn("/bin/sh", ["-c", '"$0" "$@"; exit', process.execPath, executable, ...create], {
        cwd: all.machine.work,
        env: { ...all.machine.env, ...all.env },
        detached: true,
        stdio: ["ignore", "pipe", "pipe"]
      })
      const closed = new Promise((resolve) => {
        shell.once("close", resolve)
      })
      for (const stream of [shell.stdout, shell.stderr]) stream.resume()
      yield* held.arrived(1)
      process.kill(-(shell.pid ?? 0), "SIGKILL")
      // The ends of its pipes are held by nobody else.
      yield* Effect.promise(() => closed)
      const [parent = 0, child = 0] = all.started()
      yield* gone([parent])
      assert.isTrue(isAlive(child))
      held.open()
      yield* gone([child])
      yield* provedStored(all, 9, 1)
      assert.strictEqual(provider.accepted(), 1)
    })
  )

  it.live("stopped by its user says how to go on, and goes on", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const held = yield* door(provider.origin)
      const all = yield* shop(openAi(provider, held.url))
      const running = all.start([...create, "--idempotency-key", "k1"])
      yield* held.arrived(1)
      running.child.kill("SIGINT")
      const ran = yield* Effect.promise(() => running.ended)
      const { error } = ran.envelope
      assert.deepStrictEqual([ran.exitCode, ran.code], [130, "INTERRUPTED"])
      assert.deepStrictEqual([text(error, "outcome"), text(error, "money_moved")], ["unknown", "unknown"])
      assert.include(text(error, "message"), "the job goes on and will be charged once when it delivers")
      assert.match(text(error, "recovery.suggested_command"), /jobs wait --job-id job_[0-9a-z]{20} --json$/u)
      assert.strictEqual(text(error, "recovery.idempotency_key"), "k1")
      assert.match(
        ran.stderr,
        /stopped waiting; to find out what happened, run:\n {2}.* --idempotency-key "k1" --json\n$/u
      )
      held.open()
      yield* gone(all.started())
      const again = yield* all.run([...create, "--idempotency-key", "k1"])
      assert.strictEqual(text(again.data, "status"), "completed")
      assert.strictEqual(provider.accepted(), 1)
    })
  )

  it.live("whose work is killed says so, with the key under which it is charged once", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const held = yield* door(provider.origin)
      const all = yield* shop(openAi(provider, held.url))
      const running = all.start(create)
      yield* held.arrived(1)
      process.kill(all.started()[1] ?? 0, "SIGKILL")
      const ran = yield* Effect.promise(() => running.ended)
      const { error } = ran.envelope
      assert.deepStrictEqual([ran.exitCode, ran.code, text(error, "outcome")], [1, "PUBLIC_CLI_FAILED", "unknown"])
      const key = text(error, "recovery.idempotency_key")
      assert.match(key, /^create-\d+-[0-9a-f]{12}$/u)
      assert.include(text(error, "recovery.suggested_command"), `--idempotency-key "${key}"`)
      assert.include(ran.stderr, "(SIGKILL)")
    })
  )

  it.live("works for two at once, without a home, with a prompt on standard input, and when nobody reads", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const held = yield* door(provider.origin)
      const all = yield* shop(openAi(provider, held.url))
      const homeless = { HOME: undefined, XDG_DATA_HOME: join(all.machine.home, ".local", "share") }
      const reading = all.start(["create", "--prompt-file", "-", ...model], { env: homeless, stdin: "a blue cat" })
      const deaf = all.start(create, { env: homeless, stdin: "open" })
      deaf.child.stdout.destroy()
      deaf.child.stderr.destroy()
      yield* held.arrived(2)
      held.open()
      const [one, two] = yield* Effect.promise(() => Promise.all([reading.ended, deaf.ended]))
      assert.deepStrictEqual([one.exitCode, text(one.data, "status"), two.exitCode], [0, "completed", 0], one.stdout)
      const ids = all.started()
      assert.lengthOf(ids, 4)
      yield* gone(ids)
      yield* provedStored(all, 9, 2)
      assert.strictEqual(provider.accepted(), 2)
    })
  )
})

describe("another process", () => {
  it.live("is started for nothing but a live create or edit that may be paid for", () =>
    Effect.gen(function* () {
      const provider = yield* OpenAiEmulator.make
      const all = yield* shop(openAi(provider, provider.origin))
      const cases = [
        [...create, "--dry-run"],
        [...create, "--guide"],
        [...create, "--help"],
        [...create, "--no-such-flag"],
        [...create, "--wait-ms", "soon"],
        [...create, "--output-count", "0"],
        [...create, "a word too many", "and another"],
        [...create, "--api-base-url", "http://127.0.0.1:9"],
        ["create", ...model],
        ["edit", "--prompt", "make it snow"],
        ["edit", "--input", "image_1", "--prompt", "make it snow", "--dry-run"],
        ["models", "list"]
      ]
      yield* all.look(...cases)
      const unpaid = ["create", "--prompt", "a red cat", "--model", "local.storyboard", ...small]
      const { machine, env } = all
      const blank = { args: unpaid, env: { OPENAI_API_KEY: " " } }
      const [made] = yield* Effect.promise(() => drive(machine, [blank], { env }))
      assert.strictEqual(made?.exitCode, 0)
      assert.deepStrictEqual([all.started(), provider.accepted()], [[], 0])
      const created = yield* all.run(create)
      assert.deepStrictEqual([created.exitCode, all.started().length, provider.accepted()], [0, 2, 1], created.stdout)
      const edit = ["edit", "--model", "openai.gpt-image-2-edit", "--accept-unknown-cost", "--prompt", "make it snow"]
      const edited = yield* all.run([...edit, "--input", text(created.data, "asset_ids.0")])
      assert.deepStrictEqual([edited.exitCode, all.started().length, provider.accepted()], [0, 2, 2], edited.stdout)
    })
  )

  it("is wanted for each variable that makes a provider runnable", () => {
    const none = configured(() => null)
    const named = new Set(
      [...publishedModels.map(({ provider }) => provider), "compatible"].flatMap((id) => {
        const missing = none.missing(id)
        return missing._tag === "Unavailable" && missing.variable !== null ? [missing.variable] : []
      })
    )
    assert.deepStrictEqual([...named].toSorted(), [...providerVariables].toSorted())
  })
})
