import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { embedded, ImageSkill, type OpenOptions } from "@image-skill/adapters/agent/ImageSkill"
import { ImageSkillError } from "@image-skill/adapters/agent/ImageSkillError"
import { NotMade, providerFrom } from "@image-skill/adapters/agent/OwnProvider"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import { listen } from "@image-skill/adapters/service/Server"
import { Agent } from "@image-skill/core/agent/Agent"
import type { AgentEvent } from "@image-skill/core/agent/AgentEvents"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { solidPng } from "@image-skill/testing/media/Png"
import { signal } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"

const folders: Array<string> = []
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })))

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "image-skill-library-"))
  folders.push(made)
  return made
}

const picture = solidPng(64, 64, 200, 40, 40)
const prompt = "a red square"

/** A model that costs 0.05 USD a picture, so 9 credits. */
const painter = (generate: Parameters<typeof providerFrom>[0]["generate"] = () => Promise.resolve(picture)) =>
  providerFrom({
    id: "mine",
    models: [{ id: "mine.painter", price: { _tag: "PerOutput", microUsd: 50_000 } }],
    generate
  })

const opened = async (options: Partial<OpenOptions> = {}) => {
  const place = options.folder ?? folder()
  const skill = await ImageSkill.open({ providers: [painter()], ...options, folder: place })
  return { place, skill }
}

const signedUp = async (options: Partial<OpenOptions> = {}) => {
  const { place, skill } = await opened(options)
  await skill.signup({ agent_name: "a-painter" })
  return { place, skill }
}

/** What a call was refused with. */
const refusal = async (call: Promise<unknown>): Promise<ImageSkillError> => {
  const error: unknown = await call.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason
  )
  assert.instanceOf(error, ImageSkillError)
  return error
}

const lost = () => Promise.reject(new Error("a listener of the program"))

describe("an agent of the library, with a service of its own", () => {
  it("goes from nothing to a verified file, and finds its token again", async () => {
    const { place, skill } = await opened()
    assert.strictEqual(skill.target, "embedded:")
    assert.strictEqual((await skill.guide({ prompt })).stage, "auth_required")
    const signup = await skill.signup({ agent_name: "a-painter" })
    assert.isNull(signup.token)
    const made = await skill.create({ prompt, max_usd: 0.1, idempotency_key: "square-1" })
    const [asset_id = ""] = made.asset_ids
    const output = join(place, "square.png")
    const { download } = await skill.assets.get({ asset_id, output })
    assert.deepStrictEqual([download.output_path, download.bytes], [output, picture.length])
    assert.deepStrictEqual(new Uint8Array(readFileSync(output)), picture)
    await skill.close()

    const again = await ImageSkill.open({ folder: place, providers: [painter()] })
    const repeated = await again.create({ prompt, max_usd: 0.1, idempotency_key: "square-1" })
    assert.deepStrictEqual(repeated.asset_ids, [asset_id])
    assert.strictEqual((await again.quota()).limits.remaining_credits, 41)
    assert.lengthOf((await again.jobs.list({ limit: 5 })).jobs, 1)
    await again.close()
  })

  it("says why it refuses, what that cost, and what to call next", async () => {
    const { skill } = await opened()
    const unsigned = await refusal(skill.quota())
    assert.deepInclude(unsigned, { code: "AUTH_REQUIRED", outcome: "not_sent", moneyMoved: "no", retryable: false })
    assert.strictEqual(unsigned.next[0]?.tool, "signup")
    assert.match(unsigned.nextCommand ?? "", /^image-skill signup /u)
    await skill.signup({ agent_name: "a-painter" })
    const wrong = await refusal(skill.create({ prompt, max_usd: -1, output_count: 0 }))
    assert.strictEqual(wrong.code, "INVALID_ARGUMENTS")
    const dear = await refusal(skill.create({ prompt, max_usd: 0.01, model: "mine.painter" }))
    assert.strictEqual(dear.code, "BUDGET_GUARD_EXCEEDED")
    assert.isFalse((await skill.ask("create", { prompt, max_usd: -1 })).ok)
    assert.isTrue((await skill.ask("credits_methods")).ok)
    assert.isTrue((await skill.ask("modelsList", { limit: 1, provider: undefined })).ok)
    assert.isFalse((await skill.ask("rm -rf")).ok)
    await skill.close()
    await skill.close()
    assert.deepInclude(await refusal(skill.quota()), { code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE", outcome: "not_sent" })
  })

  it("tells what happens while it makes something", async () => {
    const { skill } = await signedUp()
    const events: Array<AgentEvent> = []
    const onEvent = (event: AgentEvent) => {
      events.push(event)
      throw new Error("a listener that fails is no reason to fail")
    }
    await skill.create({ prompt, idempotency_key: "square-1" }, { onEvent })
    assert.deepStrictEqual(events[0], { type: "submitted", idempotencyKey: "square-1" })
    await skill.close()
  })

  it("stops waiting when it is told to, and the job goes on and is charged once", async () => {
    const [asked, goOn, known] = [signal(), signal(), signal()]
    const generate = async () => {
      asked.send()
      await goOn.sent
      return picture
    }
    const { skill } = await signedUp({ providers: [painter(generate)] })
    const controller = new AbortController()
    const onEvent = ({ type }: AgentEvent) => (type === "job" ? known.send() : undefined)
    const request = { prompt, idempotency_key: "square-1" }
    const waiting = refusal(skill.create(request, { signal: controller.signal, onEvent }))
    await Promise.all([asked.sent, known.sent])
    controller.abort()
    const stopped = await waiting
    assert.deepInclude(stopped, { code: "INTERRUPTED", outcome: "unknown", moneyMoved: "unknown", retryable: true })
    const [next] = stopped.next
    assert.strictEqual(next?.tool, "jobs_wait")
    goOn.send()
    const envelope = await skill.ask("jobs_wait", next?.arguments)
    assert.isTrue(envelope.ok, JSON.stringify(envelope.error))
    assert.strictEqual((await skill.quota()).limits.remaining_credits, 41)
    const never = await refusal(skill.create({ prompt: "another" }, { signal: AbortSignal.abort() }))
    assert.deepInclude(never, { code: "INTERRUPTED", outcome: "not_sent", moneyMoved: "no" })
    assert.lengthOf((await skill.jobs.list()).jobs, 1)
    await skill.close()
  })

  it("keeps its token where the program keeps secrets, and tells it to nobody", async () => {
    const kept = new Map<string, string>()
    const secretStore = {
      read: (origin: string) => Promise.resolve(kept.get(origin)),
      write: (origin: string, token: string) => Promise.resolve(void kept.set(origin, token))
    }
    const { place, skill } = await opened({ secretStore })
    const signup = await skill.ask("signup", { agent_name: "a-painter" })
    const token = kept.get("embedded:") ?? ""
    assert.match(token, /^isk_r_/u)
    assert.isFalse(existsSync(join(place, "config.json")))
    const error = await refusal(skill.assets.show({ asset_id: "image_00000000000000000000" }))
    assert.notInclude(`${JSON.stringify(signup)}${JSON.stringify(error)}${error.stack}`, token)
    await skill.signup({ agent_name: "another-painter" })
    assert.strictEqual(kept.get("embedded:#previous"), token, "the token of another identity is not lost")
    assert.notStrictEqual(kept.get("embedded:"), token)
    secretStore.read = () => Promise.reject(new Error(`cannot read ${token}`))
    const broken = await refusal(skill.quota())
    assert.strictEqual(broken.code, "SECRET_STORE_UNAVAILABLE")
    assert.notInclude(`${broken.stack}${JSON.stringify(broken.envelope)}`, token)
    await skill.close()
  })

  it("answers what is no JSON, and lives on when a listener fails", async () => {
    const { skill } = await opened({ now: () => 1_767_323_045_678.25 })
    const circle: { self?: object } = {}
    circle.self = circle
    const refused = await skill.ask("create", circle)
    assert.deepInclude(refused.error, { code: "INVALID_ARGUMENTS", outcome: "not_sent" })
    await skill.signup({ agent_name: "a-painter" })
    // oxlint-disable-next-line typescript/no-misused-promises -- nothing keeps a program from handing one over
    const onEvent: () => void = lost
    const made = await skill.create({ prompt: "a boat", dry_run: false }, { onEvent })
    assert.strictEqual(made.status, "completed")
    await skill.close()
  })

  it("goes by the clock and the names of the program", async () => {
    let count = 0
    const id = () => `${(count += 1)}`.padStart(20, "0")
    const { skill } = await signedUp({ now: () => Date.parse("2031-05-04T03:02:01Z"), id })
    const { job_id } = await skill.create({ prompt, idempotency_key: "square-1" })
    assert.match(job_id ?? "", /^job_0{15,19}\d+$/u)
    assert.match((await skill.activity.list()).events[0]?.occurred_at ?? "", /^2031-05-04T03:02:01/u)
    await skill.close()
  })

  it("takes pictures from bytes, files and URLs, and reads from them what they are", async () => {
    const site = createServer((_, response) => response.end(solidPng(40, 20, 4, 5, 6)))
    await new Promise<void>((resolve) => void site.listen(0, "127.0.0.1", resolve))
    const address = site.address()
    const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
    const { place, skill } = await signedUp({ trustedOrigins: [origin] })
    const fetched = await skill.upload({ input: `${origin}/a.png` })
    assert.deepInclude(fetched.asset, { width: 40, height: 20 })
    const elsewhere = await refusal(skill.upload({ input: "http://127.0.0.1:9/a.png" }))
    assert.deepInclude(elsewhere, { code: "INVALID_ARGUMENTS", outcome: "not_sent" })
    site.closeAllConnections()
    site.close()
    const { asset } = await skill.upload({ bytes: picture, filename: "square.jpg", visibility: "private" })
    assert.deepInclude(asset, { mime_type: "image/png", width: 64 })
    writeFileSync(join(place, "other.png"), solidPng(32, 16, 1, 2, 3))
    const file = await skill.upload({ input: join(place, "other.png") })
    assert.deepInclude(file.asset, { width: 32, height: 16 })
    assert.strictEqual(
      (await refusal(skill.upload({ bytes: new Uint8Array([1, 2]) }))).code,
      "UPLOAD_MIME_TYPE_UNKNOWN"
    )
    assert.strictEqual((await refusal(skill.upload({ input: "missing.png" }))).code, "INPUT_FILE_UNREADABLE")
    await skill.close()
  })

  it("buys credits on a rail of its own", async () => {
    let now = Date.parse("2031-05-04T03:02:01Z")
    const { skill } = await signedUp({ rails: [FakePaymentRail.make({ script: "delay" })], now: () => now })
    const plan = await skill.credits.plan({ credits: 500 })
    assert.strictEqual(plan.preferred_method, "fake")
    const { quote_id } = await skill.credits.quote({ credits: 500, payment_method: "fake" })
    const request = { quote_id, provider: "fake", idempotency_key: "buy-1" } as const
    await skill.credits.buy(request)
    assert.strictEqual((await skill.credits.status({ quote_id })).state, "processing")
    now += 10_000
    assert.strictEqual((await skill.credits.status({ quote_id })).state, "succeeded")
    const unpayable = await refusal(skill.credits.settle({ payment_attempt_id: "payatt_none" }))
    assert.strictEqual(unpayable.code, "PAYMENT_NOT_FOUND")
    await skill.close()
  })
})

describe("a provider over one promise", () => {
  it("is asked again only when it is certain that it made nothing", async () => {
    let tries = 0
    const generate = () => {
      tries += 1
      return tries === 1 ? Promise.reject(new NotMade("unavailable", "the painter is away")) : Promise.resolve(picture)
    }
    const { skill } = await signedUp({ providers: [painter(generate)] })
    const request = { prompt, idempotency_key: "square-1" }
    const away = await refusal(skill.create(request))
    assert.deepInclude(away, { code: "PROVIDER_FAILURE", moneyMoved: "no", retryable: true })
    assert.strictEqual((await skill.create(request)).status, "completed")
    assert.strictEqual(tries, 2)
    await skill.close()
  })

  it("that fails in any other way has perhaps made it, and is never asked twice", async () => {
    let tries = 0
    const generate = () => {
      tries += 1
      return Promise.reject(new Error("socket hang up"))
    }
    const { skill } = await signedUp({ providers: [painter(generate)] })
    const request = { prompt, idempotency_key: "square-1" }
    for (const _ of [1, 2]) {
      const lost = await refusal(skill.create(request))
      assert.deepInclude(lost, { code: "PROVIDER_TIMEOUT", outcome: "unknown", moneyMoved: "unknown" })
    }
    assert.strictEqual(tries, 1)
    await skill.close()
  })
})

describe("an agent of the library, at a service elsewhere", () => {
  it.live("goes the same way over HTTP, and keeps its token in a file of its own", () =>
    Effect.gen(function* () {
      const { provider, models } = painter()
      const { apiBaseUrl } = yield* listen({
        host: "127.0.0.1",
        port: 0,
        dataFolder: folder(),
        limits: contractLimits,
        contentRules: [],
        variable: () => null,
        publicApiUrl: null,
        publicMediaUrl: null,
        providers: [provider],
        models
      })
      const place = folder()
      const config = join(place, "config.json")
      yield* Effect.promise(async () => {
        const skill = await ImageSkill.connect({ baseUrl: apiBaseUrl, config })
        await skill.signup({ agent_name: "a-caller", agent_contact: "caller@agents.example.com" })
        const { asset_ids } = await skill.create({ prompt, max_usd: 0.1, idempotency_key: "square-1" })
        await skill.close()
        const again = await ImageSkill.connect({ baseUrl: `${apiBaseUrl}/`, config })
        const [asset_id = ""] = asset_ids
        await again.assets.get({ asset_id, output: join(place, "square.png") })
        assert.deepStrictEqual(new Uint8Array(readFileSync(join(place, "square.png"))), picture)
        const there = await refusal(again.assets.get({ asset_id, output: join(place, "square.png") }))
        assert.strictEqual(there.code, "OUTPUT_EXISTS")
        const { asset } = await again.upload({ bytes: picture })
        assert.strictEqual(asset.mime_type, "image/png")
        await again.close()
        const stranger = await ImageSkill.connect({ baseUrl: apiBaseUrl, token: "isk_r_none" })
        assert.strictEqual((await refusal(stranger.quota())).code, "AUTH_REQUIRED")
        await stranger.close()
      })
    }).pipe(Effect.scoped)
  )

  it("says that an address is none, and that nobody is there", async () => {
    const nonsense = await refusal(ImageSkill.connect({ baseUrl: "ftp://user:pass@example.com" }))
    assert.deepInclude(nonsense, { code: "INVALID_ARGUMENTS", outcome: "not_sent" })
    const skill = await ImageSkill.connect({ baseUrl: "http://127.0.0.1:9", token: "isk_r_none" })
    assert.deepInclude(await refusal(skill.create({ prompt })), {
      code: "HOSTED_API_REQUEST_FAILED",
      outcome: "not_sent"
    })
    await skill.close()
  })
})

describe("the layers below the library's agent", () => {
  it.live("give an Effect program the agent and its service", () =>
    Effect.gen(function* () {
      const agent = yield* Agent
      const service = yield* ServiceApi
      assert.isTrue((yield* agent.ask("signup", { agent_name: "an-effect" })).envelope.ok)
      assert.isTrue((yield* service.healthz({})).envelope.ok)
    }).pipe(Effect.provide(embedded({ folder: folder() })))
  )
})
