import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { signal } from "@image-skill/testing/service/Loopback"
import type * as Schema from "effect/Schema"
import { at, place, type Place, prefix, type Ran, type Running, text } from "./Cli.ts"
import { type MediaService, mediaService } from "./MediaStub.ts"
import { envelope, stub } from "./Stub.ts"

const jobId = "job_3n7v0c5x9m2q8k4t1r6w"
const jobs = (...rows: ReadonlyArray<Schema.JsonObject>) => envelope("image-skill jobs list", { jobs: rows })
const create = ["create", "--prompt", "a $fox", "--model", "demo.sketch-1", "--idempotency-key", "k1"] as const

interface Held {
  readonly machine: Place
  readonly service: MediaService
  readonly running: Running
  readonly base: string
}

/** A command whose request at this route has arrived, and is never answered. */
const held = async (
  route: string,
  args: ReadonlyArray<string>,
  answers: { readonly [route: string]: unknown } = {}
): Promise<Held> => {
  const arrived = signal()
  const service = await mediaService({ ...answers, [route]: () => arrived.send() })
  const machine = place()
  const base = service.env["IMAGE_SKILL_API_BASE_URL"] ?? ""
  const running = machine.start(args, { env: service.env })
  await Promise.race([arrived.sent, running.ended.then(({ stderr, stdout }) => assert.fail(`${stdout}${stderr}`))])
  return { machine, service, running, base }
}

const stopped = async ({ running }: Held, by: NodeJS.Signals = "SIGINT"): Promise<Ran> => {
  running.child.kill(by)
  const ran = await running.ended
  assert.strictEqual(ran.exitCode, 130, `${ran.signal}\n${ran.stdout}${ran.stderr}`)
  assert.strictEqual(ran.code, "INTERRUPTED")
  return ran
}

/** Outcome, money and way out of what was stopped. */
const facts = ({ envelope: { error } }: Ran) => ({
  outcome: text(error, "outcome"),
  money: text(error, "money_moved"),
  retryable: at(error, "retryable"),
  next: text(error, "recovery.suggested_command"),
  key: at(error, "recovery.idempotency_key"),
  jobId: at(error, "recovery.job_id")
})

const notesOf = ({ home }: Place) => join(home, ".config", "image-skill", "in-flight")

describe("a create that is stopped", () => {
  it("names its job, says that it goes on and is charged once, and keeps its note", async () => {
    const row = { job_id: jobId, status: "running", idempotency_key: "k1" }
    const paused = await held("POST /v1/create", create, { "GET /v1/jobs": jobs({ job_id: "job_other" }, row) })
    const ran = await stopped(paused)
    assert.deepStrictEqual(facts(ran), {
      outcome: "unknown",
      money: "unknown",
      retryable: true,
      next: `${prefix} jobs wait --job-id ${jobId} --json`,
      key: "k1",
      jobId
    })
    assert.include(text(ran.envelope.error, "message"), "goes on and will be charged once when it delivers")
    assert.isBelow(ran.stdout.length, 1_600)
    const file = join(notesOf(paused.machine), "k1.json")
    assert.deepStrictEqual(
      [statSync(file).mode & 0o777, statSync(notesOf(paused.machine)).mode & 0o777],
      [0o600, 0o700]
    )
    const note = JSON.parse(readFileSync(file, "utf8")) as Schema.JsonObject
    assert.deepStrictEqual(note["argv"], [...create, "--api-base-url", paused.base, "--json"])
    assert.notInclude(readFileSync(file, "utf8"), "isk_a_mediatest")
    const [line = ""] = ran.stderr.split("\n")
    const told = at(JSON.parse(line), "in_flight")
    assert.hasAllKeys(told, ["command", "idempotency_key", "recover_command", "note"])
    assert.strictEqual(text(told, "idempotency_key"), "k1")
  })

  it("of which no job is known leads to the same command with its key", async () => {
    const ran = await stopped(await held("POST /v1/create", create), "SIGTERM")
    const { jobId: none, key, money, next } = facts(ran)
    assert.deepStrictEqual([none, key, money], [undefined, "k1", "unknown"])
    assert.strictEqual(next, `${prefix} create --prompt 'a $fox' --model "demo.sketch-1" --idempotency-key "k1" --json`)
  })

  it("before it asked has sent nothing that could cost", async () => {
    const edit = ["edit", "--input", "https://media.example.net/a.png", "--prompt", "x", "--idempotency-key", "k2"]
    const paused = await held("GET /healthz", edit)
    const ran = await stopped(paused)
    const { money, outcome } = facts(ran)
    assert.deepStrictEqual([outcome, money], ["not_sent", "no"])
    assert.isFalse(existsSync(notesOf(paused.machine)))
    assert.deepStrictEqual(paused.service.calls(), ["GET /healthz"])
  })

  it("a second time ends at once", async () => {
    const paused = await held("POST /v1/create", create, { "GET /v1/jobs": () => {} })
    paused.running.child.kill("SIGINT")
    // It is now looking for its job, and nobody answers.
    await until(() => paused.service.calls().includes("GET /v1/jobs"))
    paused.running.child.kill("SIGINT")
    const ran = await paused.running.ended
    assert.deepStrictEqual([ran.signal, ran.stdout], ["SIGINT", ""])
  })
})

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

describe("a wait that is stopped", () => {
  it("names the job that goes on", async () => {
    const job = envelope("image-skill jobs show", { job: { job_id: jobId, status: "running" } })
    let looks = 0
    const seen = signal()
    const service = await mediaService({
      [`GET /v1/jobs/${jobId}`]: (response: { end: (text: string) => void }) => {
        looks += 1
        if (looks > 1) seen.send()
        response.end(JSON.stringify(job))
      }
    })
    const machine = place()
    const args = ["jobs", "wait", "--job-id", jobId, "--poll-interval-ms", "100"]
    const running = machine.start(args, { env: service.env })
    await seen.sent
    const ran = await stopped({ machine, service, running, base: "" })
    assert.deepStrictEqual(facts(ran), {
      outcome: "unknown",
      money: "unknown",
      retryable: true,
      next: `${prefix} jobs wait --job-id ${jobId} --json`,
      key: undefined,
      jobId
    })
  })
})

describe("a download that is stopped", () => {
  it("leaves no half a file, and says how to begin again", async () => {
    const arrived = signal()
    const half = await stub((_, response) => {
      response.writeHead(200, { "content-type": "image/png", "content-length": "100" })
      response.write("half")
      arrived.send()
    })
    const shown = { asset: { asset_id: "image_1", url: `${half.url}/a/image_1.png`, mime_type: "image/png" } }
    const service = await mediaService({
      "GET /healthz": envelope("image-skill doctor", { status: "ok", media_base_url: half.url }),
      "GET /v1/assets/image_1": envelope("image-skill assets show", shown)
    })
    const machine = place()
    const args = ["assets", "get", "--id", "image_1", "--output", "fox.png"]
    const running = machine.start(args, { env: service.env })
    await arrived.sent
    const ran = await stopped({ machine, service, running, base: half.url })
    const { money, next, outcome } = facts(ran)
    assert.deepStrictEqual([outcome, money], ["not_sent", "no"])
    assert.strictEqual(next, `${prefix} assets get --id "image_1" --output "fox.png" --json`)
    assert.deepStrictEqual(readdirSync(machine.work), [])
  })
})

describe("a settlement that is stopped", () => {
  it("before it paid has paid nothing, and may be run again", async () => {
    const attempt = "payatt_3n7v0c5x9m2q8k4t1r6w3n7v0c"
    const settle = ["credits", "settle", "--payment-attempt-id", attempt]
    const ran = await stopped(await held("GET /v1/credit-purchases/status", settle))
    assert.deepInclude(facts(ran), {
      outcome: "not_sent",
      money: "no",
      next: `${prefix} credits settle --payment-attempt-id ${attempt} --json`
    })
  })
})

describe("a purchase that is stopped", () => {
  it("may have been made, and is found by its key", async () => {
    const route = "POST /v1/credit-purchases/stripe-checkout-sessions"
    const buy = ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1", "--idempotency-key", "k1"]
    const paused = await held(route, buy)
    const ran = await stopped(paused)
    const { key, money, next, outcome } = facts(ran)
    assert.deepStrictEqual([outcome, money, key], ["unknown", "unknown", "k1"])
    assert.include(next, "credits buy --provider stripe --quote-id quote_1 --idempotency-key k1")
    assert.deepStrictEqual(readdirSync(notesOf(paused.machine)), ["k1.json"])
  })
})

describe("a read that is stopped", () => {
  it("has changed nothing", async () => {
    const ran = await stopped(await held("GET /v1/quota", ["usage", "quota"]))
    assert.deepInclude(facts(ran), { outcome: "not_sent", money: "no", next: `${prefix} usage quota --json` })
  })
})
