import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import * as OpenAi from "@image-skill/adapters/media/providers/OpenAi"
import { configured } from "@image-skill/adapters/payments/StripeRails"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import * as Cassette from "@image-skill/testing/kit/Cassette"
import * as Tape from "@image-skill/testing/kit/Tape"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import { suite as providerSuite } from "@image-skill/testing/media/MediaProviderSuite"
import { type Harness, suite as railSuite } from "@image-skill/testing/payments/PaymentRailSuite"
import * as Sample from "@image-skill/testing/payments/PaymentSample"
import { start, type StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Loopback from "@image-skill/testing/service/Loopback"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "stripe"

/** Cassettes through their files, and in the order in which they were recorded. */
const shelf = () => {
  const folder = mkdtempSync(join(tmpdir(), "cassettes-"))
  const files: Array<string> = []
  return {
    keep: (cassette: Cassette.Cassette, canary: string) => {
      const file = join(folder, `${files.push("")}.cassette.json`)
      Cassette.write(file, cassette)
      assert.notInclude(readFileSync(file, "utf8"), canary)
      files[files.length - 1] = file
    },
    next: (): Cassette.Cassette => Cassette.read(files.shift() ?? assert.fail("there are no more cassettes")),
    isEmpty: () => files.length === 0,
    clear: () => rmSync(folder, { recursive: true })
  }
}

type Shelf = ReturnType<typeof shelf>

const recording = (on: Shelf, upstream: string, secret: string): Effect.Effect<Tape.Tape, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => Tape.record({ upstream, about: "a suite, against an emulator", secrets: [secret] })),
    (tape) =>
      Effect.promise(async () => {
        on.keep(tape.cassette(), secret)
        await tape.close()
      })
  )

const playing = (on: Shelf, order: "strict" | "any" = "strict"): Effect.Effect<Tape.Tape, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => Tape.play(on.next(), { order })),
    (tape) =>
      Effect.promise(async () => {
        await tape.close()
        tape.check()
      })
  )

const network = Layer.mergeAll(NodeHttpClient.layerNodeHttp, NodeRemoteFetch.layer)

const openAi = (baseUrl: string, apiKey: string): Effect.Effect<MediaProvider, never, Scope.Scope> =>
  Effect.flatMap(Layer.build(network), (context) =>
    Effect.provideContext(OpenAi.make({ apiKey: Redacted.make(apiKey), baseUrl: `${baseUrl}/v1` }), context)
  )

const model = publishedModels.find(({ id }) => id === "openai.gpt-image-2") ?? assert.fail("no such model")
const asked = { model, request: { parameters: { size: "1024x1024", quality: "low" }, size: null } }

/** One tape for all tests of a suite: its instances are those of one service. */
const shared = (open: Effect.Effect<Tape.Tape, never, Scope.Scope>) => {
  const scope = Scope.makeUnsafe()
  let tape: Tape.Tape | null = null
  beforeAll(async () => {
    tape = await Effect.runPromise(Scope.provide(open, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Effect.sync(() => tape?.url ?? "")
}

const openAiShelf = shelf()
let openAiKey = ""

describe("on a tape that records", () => {
  const url = shared(
    Effect.gen(function* () {
      const emulator = yield* OpenAiEmulator.make
      openAiKey = emulator.apiKey
      return yield* recording(openAiShelf, emulator.origin, openAiKey)
    })
  )
  providerSuite(
    "OpenAI, recorded",
    Effect.flatMap(url, (at) => openAi(at, openAiKey)),
    asked
  )
})

describe("on a tape that plays", () => {
  const url = shared(playing(openAiShelf, "any"))
  providerSuite(
    "OpenAI, played",
    Effect.flatMap(url, (at) => openAi(at, "another key")),
    asked
  )
})

const rail = (baseUrl: string, secretKey: string) => {
  const variables = new Map([
    ["STRIPE_SECRET_KEY", secretKey],
    ["STRIPE_BASE_URL", baseUrl]
  ])
  const { rails } = configured((name) => variables.get(name) ?? null)
  return rails.find(({ methodId }) => methodId === "stripe_checkout") ?? assert.fail("no such rail")
}

const nobody = () => Effect.void

/** 2026-11-21 */
const today = 1_795_219_200_000

const stripe = Effect.gen(function* () {
  yield* TestClock.setTime(today)
  const clock = yield* Clock.Clock
  return yield* start({ clock: () => clock.currentTimeMillisUnsafe() })
})

const operatorOf = ({ baseUrl, secretKey }: StripeEmulator): Stripe => {
  const { hostname, port } = new URL(baseUrl)
  return new Stripe(secretKey, { host: hostname, port, protocol: "http", telemetry: false, maxNetworkRetries: 0 })
}

const sessionOf = ({ checkout, handles }: Attempt) =>
  checkout?.sessionId ?? handles.find((handle) => handle.startsWith("cs_")) ?? "no session"

const stripeShelf = shelf()
const counts: Array<number> = []
const payments = { ending: "awaited", isRemote: true, refunds: true } as const

railSuite(
  "Stripe Checkout, recorded",
  Effect.gen(function* () {
    const emulator = yield* stripe
    const tape = yield* recording(stripeShelf, emulator.baseUrl, emulator.secretKey)
    const operator = operatorOf(emulator)
    const harness: Harness = {
      rail: rail(tape.url, emulator.secretKey),
      pay: (attempt) => Effect.asVoid(emulator.control.pay({ session: sessionOf(attempt) })),
      decline: (attempt) => Effect.asVoid(emulator.control.decline({ session: sessionOf(attempt) })),
      pass: (time) => TestClock.adjust(time),
      refund: (attempt, cents) =>
        Effect.promise(async () => {
          const session = await operator.checkout.sessions.retrieve(sessionOf(attempt))
          const intent = session.payment_intent
          await operator.refunds.create({ payment_intent: typeof intent === "string" ? intent : "", amount: cents })
        }),
      made: (attemptId) =>
        Effect.promise(async () => {
          const { data } = await operator.checkout.sessions.list({ limit: 100 })
          const made = data.filter((session) => session.client_reference_id === attemptId).length
          counts.push(made)
          return made
        }),
      secrets: [emulator.secretKey]
    }
    return harness
  }),
  payments
)
railSuite(
  "Stripe Checkout, played",
  Effect.gen(function* () {
    yield* TestClock.setTime(today)
    const tape = yield* playing(stripeShelf)
    const harness: Harness = {
      rail: rail(tape.url, ["sk", "live", "anotherkeyofnobody"].join("_")),
      pay: nobody,
      decline: nobody,
      pass: (time) => TestClock.adjust(time),
      refund: nobody,
      made: () => Effect.sync(() => counts.shift() ?? -1),
      secrets: [["sk", "live", "anotherkeyofnobody"].join("_")]
    }
    return harness
  }),
  payments
)

describe("a cassette that is kept in the repository", () => {
  const file = fileURLToPath(new URL("cassettes/stripe-checkout.cassette.json", import.meta.url))
  const secret = ["sk", "live", "anotherkeyofnobody"].join("_")
  const isRecording = process.env["CASSETTES"] === "record"

  it.effect("opens, finds and closes a Checkout session as it did", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(today)
      const emulator = isRecording ? yield* stripe : null
      const settings = {
        upstream: emulator?.baseUrl ?? "https://api.stripe.com",
        about: "stripe_checkout: the same order opened twice, read, closed; against the emulator",
        secrets: [emulator?.secretKey ?? secret, secret]
      }
      const tape = yield* Effect.acquireRelease(
        Effect.promise(() => Tape.open(file, settings)),
        ({ close }) => Effect.promise(close)
      )
      const { close, open, read } = rail(tape.url, emulator?.secretKey ?? secret)
      const order = {
        attemptId: "payatt_kept",
        quoteId: "quote_kept",
        organizationId: OrganizationId.make("org_kept"),
        credits: 240,
        amountCents: 240,
        expiresAt: "2026-11-21T01:00:00.000Z",
        returnUrl: "https://studio.example.test/pay/payatt_kept"
      }
      const opened = yield* open(order)
      assert.deepStrictEqual(opened, yield* open(order))
      const attempt = Sample.attempt("kept", {
        methodId: "stripe_checkout",
        provider: "stripe",
        status: "requires_action",
        handles: opened.handles,
        checkout: opened.checkout,
        credits: 240,
        amountCents: 240,
        createdAt: "2026-11-21T00:00:00.000Z",
        expiresAt: order.expiresAt
      })
      assert.deepInclude(yield* read(attempt), { status: "requires_action", settled: null })
      assert.deepInclude(yield* close(attempt), { status: "expired", settled: null })
      tape.check()
    })
  )
})

describe("what was recorded", () => {
  it("was played to its end", () => {
    assert.isTrue(openAiShelf.isEmpty() && stripeShelf.isEmpty() && counts.length === 0)
    openAiShelf.clear()
    stripeShelf.clear()
  })
})

const canary = "canary-7f3b9c-do-not-keep"

const exchange = (method: string, target: string, json: unknown, answer: unknown) =>
  ({
    request: { method, target, headers: {}, body: json === null ? null : { json } },
    answer: { status: 200, headers: { "content-type": "application/json" }, body: { json: answer } }
  }) as Cassette.Exchange

const cassette = (...exchanges: ReadonlyArray<Cassette.Exchange>): Cassette.Cassette => ({
  cassette: 1,
  about: "made by hand",
  exchanges
})

const post = (tape: Tape.Tape, path: string, json: unknown) =>
  tape.fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) })

describe("a tape that records", () => {
  it("gives the client everything, and keeps no secret by name, by shape or by value", async () => {
    const told = {
      id: "obj_1",
      client_secret: "pi_1_secret_abcdefgh",
      receipt_email: "ann@studio-bots.dev",
      note: `see ${canary}`,
      url: "https://media.example.com/a.png?X-Amz-Signature=0123456789abcdef&X-Amz-Date=1"
    }
    const cassettes = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const server = yield* Loopback.loopback(
            Loopback.answering(200, JSON.stringify(told), {
              "content-type": "application/json",
              "set-cookie": `session=${canary}`,
              "x-request-id": "req_1"
            })
          )
          return yield* Effect.promise(async () => {
            await using tape = await Tape.record({ upstream: server.origin, about: "by hand", secrets: [canary] })
            const response = await fetch(`${tape.url}/v1/things?api_key=${canary}&page=2`, {
              method: "POST",
              headers: { authorization: `Bearer ${canary}`, "content-type": "application/json" },
              body: JSON.stringify({
                name: "boat",
                token: "isk_r_abcdefghijklmnop",
                base: `${tape.url}/cb`,
                hidden: Buffer.from(canary).toString("base64")
              })
            })
            assert.deepStrictEqual(await response.json(), told)
            assert.include(server.arrived[0]?.body, `${server.origin}/cb`)
            assert.strictEqual(server.arrived[0]?.headers.authorization, `Bearer ${canary}`)
            return tape.cassette()
          })
        })
      )
    )
    const text = Cassette.format(cassettes)
    for (const secret of [canary, "pi_1_secret", "studio-bots", "0123456789abcdef", "isk_r_", "session="])
      assert.notInclude(text, secret)
    assert.deepStrictEqual(cassettes.exchanges[0]?.request, {
      method: "POST",
      target: "/v1/things?api_key=redacted&page=2",
      headers: { accept: "*/*", "content-type": "application/json" },
      body: { json: { name: "boat", token: "[redacted]", base: "{tape}/cb", hidden: "[redacted]" } }
    })
    assert.include(text, '"x-request-id": "req_1"')
  })
})

describe("a tape that plays", () => {
  const two = cassette(
    exchange("POST", "/v1/first", { prompt: "a boat" }, { at: "{tape}/media/1" }),
    exchange("GET", "/v1/second", null, { done: true })
  )

  it("answers over a socket and without one, and its own address stands where the other side's stood", async () => {
    await using tape = await Tape.play(two)
    const first = await fetch(`${tape.url}/v1/first`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ prompt: "a boat" })
    })
    assert.deepStrictEqual(await first.json(), { at: `${tape.url}/media/1` })
    assert.deepStrictEqual(await (await tape.fetch("/v1/second")).json(), { done: true })
    tape.check()
  })

  it.each<readonly [string, (tape: Tape.Tape) => Promise<unknown>, RegExp]>([
    ["another path", (tape) => tape.fetch("/v1/secnd"), /GET \/v1\/secnd.*nearest.*GET \/v1\/second/u],
    ["another body", (tape) => post(tape, "/v1/first", { prompt: "a ship" }), /a boat.*a ship/u],
    ["another order", (tape) => tape.fetch("/v1/second"), /yet: POST \/v1\/first comes before it/u]
  ])("refuses %s, naming what comes closest", async (_, ask, words) => {
    await using tape = await Tape.play(two)
    const miss: unknown = await ask(tape).then(
      () => null,
      (error: unknown) => error
    )
    assert.instanceOf(miss, Tape.CassetteMiss)
    assert.match(miss.message, words)
    assert.throws(() => tape.check(), Tape.CassetteMiss)
    assert.strictEqual((await fetch(`${tape.url}/v1/nothing`)).status, 501)
  })

  it("takes any order where that is wanted, and says what never came where it is not", async () => {
    await using loose = await Tape.play(two, { order: "any" })
    assert.strictEqual((await loose.fetch("/v1/second")).status, 200)
    loose.check()
    await using strict = await Tape.play(two)
    assert.throws(() => strict.check(), /2 recorded requests never came/u)
  })
})
