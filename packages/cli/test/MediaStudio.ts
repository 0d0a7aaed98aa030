import { createHash } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { assert } from "@effect/vitest"
import type { EmulatedCall, ProviderEmulator } from "@image-skill/testing/media/emulators/Emulator"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { at, type Envelope, place, type Place, prefix, type Ran, text } from "./Cli.ts"
import { door, type Door } from "./MediaDoor.ts"
import { type Agent, done, runLine, serve } from "./Money.ts"

/** A vendor with a queue, and one that answers at once. */
export const vendors = ["fal", "openai"] as const
export type VendorId = (typeof vendors)[number]

export type Operation = "create" | "edit"

const lowest = '{"quality":"low","size":"1024x1024"}'

/** What is asked for. The mask has the size of the input. */
const wishes: { readonly [V in VendorId]: { readonly [O in Operation]: ReadonlyArray<string> } } = {
  fal: {
    create: ["create", "--model", "fal.flux-dev", "--model-parameters-json", '{"image_size":"square"}'],
    edit: ["edit", "--model", "fal.flux-pro-kontext"]
  },
  openai: {
    create: ["create", "--model", "openai.gpt-image-2", "--model-parameters-json", lowest],
    edit: ["edit", "--mask", "mask.png", "--accept-unknown-cost", "--model", "openai.gpt-image-2-edit"]
  }
}

/** A request that the vendor bills. */
export const isPaid = ({ method, path }: EmulatedCall): boolean =>
  method === "POST" && (path.startsWith("/fal-ai/") || path.startsWith("/v1/images/"))

/** An agent, the service in a process of its own on a data folder, and one vendor behind it. */
export class MediaStudio extends Context.Service<
  MediaStudio,
  {
    readonly agent: Agent
    readonly data: string
    readonly emulator: ProviderEmulator
    /** Null for a vendor without a queue. */
    readonly queue: FalEmulator.FalEmulator | null
    /** Between the agent and the service. */
    readonly front: Door
    /** Between the service and its vendor. */
    readonly back: Door
    /** Ends the service without a word. */
    readonly kill: Effect.Effect<void>
    /** The service once more, where it was, so many milliseconds later. */
    readonly restart: (laterMillis: number) => Effect.Effect<void>
    /** The words of a command under a key of its own; an edit has a picture of its own. */
    readonly command: (operation: Operation, key: string) => Effect.Effect<ReadonlyArray<string>>
    /** What the books say of a key. */
    readonly booked: (key: string) => Booked
    /** How many assets the picture of a key became. */
    readonly uploads: (key: string) => number
  }
>()("test/MediaStudio") {
  /** To be called where a suite is described: the folders are gone when the suite has ended. */
  static readonly layer = (vendor: VendorId) => Layer.effect(MediaStudio, make(vendor, place()))
}

const make = Effect.fnUntraced(function* (vendor: VendorId, machine: Place) {
  const fal = yield* FalEmulator.make
  fal.setPace({ queued: 0, running: 0 })
  const emulator = vendor === "fal" ? fal : yield* OpenAiEmulator.make
  const back = yield* door(() => emulator.origin, true)
  const data = join(machine.root, "served")
  const limits = join(machine.root, "limits.json")
  writeFileSync(limits, JSON.stringify({ preview_credits: 5_000, daily_jobs_on_preview: 1_000 }))
  const scope = yield* Effect.scope
  let ahead = 0
  const start = (port: string) =>
    serve({ ...keyOf(vendor, emulator.apiKey, back.origin), ...clock(ahead) }, data, port, ["--limits", limits]).pipe(
      Effect.provideService(Scope.Scope, scope)
    )
  let service = yield* start("0")
  const { port } = new URL(service.origin)
  const front = yield* door(() => service.origin, false)
  const agent: Agent = { machine, env: { IMAGE_SKILL_API_BASE_URL: front.origin } }
  done(yield* runLine(agent, `${prefix} signup --agent --agent-name painter --runtime tests --json`))
  writeFileSync(join(machine.work, "mask.png"), yield* Effect.promise(() => mask(side, side)))
  const inputs = new Map<string, string>()
  return MediaStudio.of({
    agent,
    data,
    emulator,
    queue: vendor === "fal" ? fal : null,
    front,
    back,
    kill: Effect.suspend(() => service.kill),
    restart: Effect.fnUntraced(function* (laterMillis: number) {
      ahead += laterMillis
      service = yield* start(port)
    }),
    command: Effect.fnUntraced(function* (operation: Operation, key: string) {
      const words = [...wishes[vendor][operation], "--prompt", "a fox", "--idempotency-key", key, "--json"]
      if (operation === "create") return words
      const input = yield* Effect.promise(() => picture({ width: side, height: side, seed: inputs.size }))
      inputs.set(key, createHash("sha256").update(input).digest("hex"))
      writeFileSync(join(machine.work, `${key}.png`), input)
      return [...words, "--input", `${key}.png`]
    }),
    booked: (key) => bookedIn(data, key),
    uploads: (key) => rowsIn(data, "SELECT id FROM asset WHERE sha256 = ?", inputs.get(key) ?? "").length
  })
})

const side = 128

/** What an operator sets for a vendor. */
export const keyOf = (vendor: VendorId, key: string, origin: string) =>
  vendor === "fal" ? { FAL_KEY: key, FAL_BASE_URL: origin } : { OPENAI_API_KEY: key, OPENAI_BASE_URL: origin }

const clockFile = fileURLToPath(new URL("programs/MediaClock.ts", import.meta.url))

/** Time that passed while nothing ran, for a process that is about to start. */
export const clock = (aheadMillis: number) => ({
  NODE_OPTIONS: `--no-warnings --import=${clockFile}`,
  MEDIA_CLOCK_AHEAD_MILLIS: `${aheadMillis}`
})

/** What the books of a data folder say of one idempotency key; the numbers are credits. */
export interface Booked {
  readonly status: string
  readonly step: string
  readonly outcome: string | null
  readonly assets: number
  readonly charged: number
  readonly reserved: number
}

export const bookedIn = (data: string, key: string): Booked => {
  const jobs = rowsIn(data, "SELECT id, status, step, outcome FROM job WHERE idempotency_key = ?", key)
  assert.lengthOf(jobs, 1, `${key} is one job`)
  const [job] = jobs
  const id = text(job, "id")
  const holds = rowsIn(data, "SELECT * FROM hold WHERE job_id = ?", id)
  const sum = (of: typeof holds, column: string) =>
    of.reduce((total, hold) => total + Number(hold[`${column}_preview`]) + Number(hold[`${column}_paid`]), 0)
  return {
    status: text(job, "status"),
    step: text(job, "step"),
    outcome: text(job, "outcome") || null,
    assets: rowsIn(data, "SELECT id FROM asset WHERE job_id = ?", id).length,
    charged: sum(holds, "captured"),
    reserved: sum(
      holds.filter(({ state }) => state === "open"),
      "held"
    )
  }
}

/** Whoever writes at the moment is waited for. */
const rowsIn = (data: string, sql: string, ...values: ReadonlyArray<string>) => {
  const database = new DatabaseSync(join(data, "image-skill.sqlite"), { readOnly: true, timeout: 5_000 })
  try {
    return database.prepare(sql).all(...values)
  } finally {
    database.close()
  }
}

/** The books of the service's folder are in order, and hold nothing for anybody. */
export const inOrder = Effect.gen(function* () {
  const { agent, data } = yield* MediaStudio
  const ran = yield* Effect.promise(() =>
    agent.machine.run(["doctor", "--ledger"], { env: { HOME: agent.machine.root, IMAGE_SKILL_HOME: data } })
  )
  assert.strictEqual(at(ran.data, "embedded.ledger.ok"), true, ran.stdout)
  const held = rowsIn(data, "SELECT balance FROM account WHERE kind LIKE '%:held' AND balance <> 0")
  assert.deepStrictEqual(held, [])
})

/** The command that an answer prints, or that stood on stderr when no answer came. */
export const printed = ({ stderr, stdout }: Ran): string => {
  const [note = ""] = stderr.split("\n")
  if (stdout === "") return note === "" ? "" : text(JSON.parse(note), "in_flight.recover_command")
  const { data, error, ok } = JSON.parse(stdout) as Envelope
  return ok ? text(data, "next_command") : text(error, "recovery.suggested_command")
}

/** Where an answer says that a job stands. */
export const statusIn = ({ data }: Envelope): string => text(data, "job.status") || text(data, "status")

/** Runs a printed command, then what that prints, until a job has ended; the answer that says so. */
export const recovered = Effect.fnUntraced(function* (agent: Agent, first: string) {
  let line = first
  const seen: Array<string> = []
  while (seen.length < 12) {
    const ran = yield* runLine(agent, line)
    seen.push(line, ran.stdout)
    const isLive = ran.envelope.ok && /^(?:queued|running)$/u.test(statusIn(ran.envelope))
    if (ran.envelope.ok && !isLive) return ran.envelope
    line = printed(ran) || line
  }
  return assert.fail(seen.join("\n"))
})
