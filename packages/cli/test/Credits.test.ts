import { assert, beforeAll, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import { at, drive, type Place, place, type Ran, signedUp, text } from "./Cli.ts"
import { envelope, json, refusing, service, stub } from "./Stub.ts"

const token = "isk_r_x"
const fakeRail = { IMAGE_SKILL_RAILS: "fake" }
const quoteKey = /^quote-\d{13}-[0-9a-f]{8}$/u

/** A service that takes every payment request, and what was asked of it. */
const bank = async () => {
  const paid = envelope("image-skill credits buy", { state: "action_required" })
  const server = await stub(
    service({
      "POST /v1/credit-quotes": envelope("image-skill credits quote", { quote_id: "quote_1" }),
      "POST /v1/credit-purchases/stripe-checkout-sessions": paid,
      "POST /v1/credit-purchases/stripe-x402-deposits": paid,
      "POST /v1/credit-purchases": envelope("image-skill credits fake-purchase", { state: "succeeded" }),
      "GET /v1/credit-purchases/status": envelope("image-skill credits status", { state: "succeeded" })
    })
  )
  const env = { IMAGE_SKILL_API_BASE_URL: server.url }
  return { env, requests: server.requests }
}

const buying = ["--quote-id", "quote_1", "--idempotency-key", "topup-01-buy"]
const bought = { quote_id: "quote_1", idempotency_key: "topup-01-buy" }

/** contract/api.md 15: the requests of published clients, which a service has to understand. */
const sent: ReadonlyArray<readonly [args: ReadonlyArray<string>, request: string, body: object | null]> = [
  [
    ["quote", "--pack", "starter-500", "--idempotency-key", "topup-01"],
    "POST /v1/credit-quotes",
    { pack_id: "starter-500", payment_method: "stripe_checkout", idempotency_key: "topup-01" }
  ],
  [
    ["quote", "--credits", "137", "--payment-method", "stripe_x402.exact.usdc", "--idempotency-key", "topup-01"],
    "POST /v1/credit-quotes",
    { credits: 137, payment_method: "stripe_x402.exact.usdc", idempotency_key: "topup-01" }
  ],
  [["buy", "--provider", "stripe", ...buying], "POST /v1/credit-purchases/stripe-checkout-sessions", bought],
  [["buy", "--provider", "stripe_x402", ...buying], "POST /v1/credit-purchases/stripe-x402-deposits", bought],
  [["buy", "--provider", "fake", ...buying], "POST /v1/credit-purchases", bought],
  [["fake-purchase", ...buying], "POST /v1/credit-purchases", bought],
  [["status"], "GET /v1/credit-purchases/status", null],
  [["status", "--quote-id", "quote_1"], "GET /v1/credit-purchases/status?quote_id=quote_1", null],
  [["status", "--payment-attempt-id", "payatt_1"], "GET /v1/credit-purchases/status?payment_attempt_id=payatt_1", null],
  [["status", "--checkout-session-id", "cs_1"], "GET /v1/credit-purchases/status?checkout_session_id=cs_1", null],
  [["status", "--receipt-id", "receipt_1"], "GET /v1/credit-purchases/status?receipt_id=receipt_1", null]
]

describe("what a payment command sends", () => {
  it("is one request of the contract, with the token in its header", async () => {
    const { env, requests } = await bank()
    const ran = await drive(
      place(),
      sent.map(([args]) => ({ args: ["credits", ...args], env: { ...env, IMAGE_SKILL_TOKEN: token } }))
    )
    assert.deepStrictEqual(
      ran.map(({ exitCode }) => exitCode),
      sent.map(() => 0)
    )
    assert.deepStrictEqual(
      requests.map(({ body, method, path }): unknown => [`${method} ${path}`, body === "" ? null : JSON.parse(body)]),
      sent.map(([, request, body]) => [request, body])
    )
    for (const { headers } of requests) assert.strictEqual(headers.authorization, `Bearer ${token}`)
  })

  it("is labelled as it was typed", async () => {
    const { env } = await bank()
    const ran = await drive(
      place(),
      sent.map(([args]) => ({ args: ["credits", ...args], env: { ...env, IMAGE_SKILL_TOKEN: token } }))
    )
    assert.deepStrictEqual(
      ran.map((one) => one.envelope.command),
      sent.map(([[verb]]) => `image-skill credits ${verb}`)
    )
  })

  it("has a key of its own where a quote was asked for without one, and the answer names it once", async () => {
    const { env, requests } = await bank()
    const ran = await place().run(["credits", "quote", "--credits", "60"], {
      env: { ...env, IMAGE_SKILL_TOKEN: token }
    })
    const { idempotency_key: key } = JSON.parse(requests[0]?.body ?? "{}") as { readonly idempotency_key: string }
    assert.match(key, quoteKey)
    assert.strictEqual(ran.envelope.warnings.filter((warning) => warning.includes(key)).length, 1)
  })

  it("is a question for the rails where a plan is wanted, without the token", async () => {
    const server = await stub(service())
    const env = { IMAGE_SKILL_API_BASE_URL: server.url, IMAGE_SKILL_TOKEN: token }
    assert.strictEqual((await place().run(["credits", "plan"], { env })).exitCode, 0)
    assert.deepStrictEqual(
      server.requests.map(({ headers, method, path }) => `${method} ${path} ${headers.authorization ?? "none"}`),
      ["GET /v1/payment-methods none"]
    )
  })
})

/** What each command line lacks, in the order in which it is missed (contract/cli.md 6.9). */
const order: ReadonlyArray<readonly [args: ReadonlyArray<string>, token: boolean, code: string, named: string]> = [
  [["quote", "--card", "4242"], false, "PAYMENT_CREDENTIAL_FLAG_REJECTED", "--card"],
  [["quote"], false, "INVALID_ARGUMENTS", "--pack"],
  [["quote", "--credits", "1.5"], false, "INVALID_ARGUMENTS", "--credits"],
  [["quote", "--credits", "5", "--idempotency-key", "a b"], false, "INVALID_ARGUMENTS", "--idempotency-key"],
  [["quote", "--credits", "5"], false, "AUTH_REQUIRED", "signup"],
  [["buy", "--mnemonic", "x"], false, "PAYMENT_CREDENTIAL_FLAG_REJECTED", "--mnemonic"],
  [["buy"], false, "INVALID_ARGUMENTS", "--provider"],
  [["buy", "--provider", "stripe"], false, "INVALID_ARGUMENTS", "--quote-id"],
  [["buy", "--provider", "stripe", "--quote-id", "q"], false, "AUTH_REQUIRED", "signup"],
  [["buy", "--provider", "stripe", "--quote-id", "q"], true, "INVALID_ARGUMENTS", "--idempotency-key"],
  [["fake-purchase", "--cvc", "1"], false, "PAYMENT_CREDENTIAL_FLAG_REJECTED", "--cvc"],
  [["fake-purchase"], false, "INVALID_ARGUMENTS", "--quote-id"],
  [["fake-purchase", "--quote-id", "q"], false, "AUTH_REQUIRED", "signup"],
  [["fake-purchase", "--quote-id", "q"], true, "INVALID_ARGUMENTS", "--idempotency-key"],
  [["status", "--card", "x"], false, "PAYMENT_CREDENTIAL_FLAG_REJECTED", "--card"],
  [["status", "--quote-id", "q", "--receipt-id", "r"], false, "INVALID_ARGUMENTS", "--receipt-id"],
  [["status"], false, "AUTH_REQUIRED", "signup"]
]

describe("what is missed first", () => {
  it("credentials, then arguments, then the token, then the key of a purchase; nothing is sent", async () => {
    const { env, requests } = await bank()
    const ran = await drive(
      place(),
      order.map(([args, hasToken]) => ({
        args: ["credits", ...args],
        env: { ...env, ...(hasToken ? { IMAGE_SKILL_TOKEN: token } : {}) }
      }))
    )
    for (const [index, [args, , code, named]] of order.entries()) {
      const { error } = ran[index]?.envelope ?? {}
      assert.deepStrictEqual([text(error, "code"), text(error, "outcome")], [code, "not_sent"], args.join(" "))
      assert.include(JSON.stringify(error), named, args.join(" "))
    }
    assert.deepStrictEqual(requests, [])
  })

  it("a purchase without a key is answered with the template of the contract, and with a whole command", async () => {
    const { env } = await bank()
    const options = { env: { ...env, IMAGE_SKILL_TOKEN: token, IMAGE_SKILL_COMMAND_PREFIX: "image-skill" } }
    const { envelope: said } = await place().run(["credits", "buy", "--provider", "stripe", "--quote-id", "q"], options)
    const recovery = at(said.error, "recovery")
    assert.strictEqual(text(recovery, "required_flag"), "--idempotency-key")
    assert.strictEqual(text(recovery, "suggested_command"), "image-skill credits buy --idempotency-key KEY --json")
    assert.match(text(recovery, "docs_url"), /cli\.md#image-skill-credits$/u)
    assert.deepStrictEqual(at(recovery, "next_actions.buy.needs"), [])
  })
})

const page = "https://checkout.example.com/c/pay/cs_test_1#fidkdWxOYHwn"

describe("a page that a person opens", () => {
  it("stands as one link in the answers of buy and status, fragment and all, and in no other", async () => {
    const data = { checkout_url: page, next: { human_action: "open_checkout_url" } }
    const server = await stub(
      service({
        "POST /v1/credit-purchases/stripe-checkout-sessions": envelope("image-skill credits buy", data),
        "GET /v1/credit-purchases/status": envelope("image-skill credits status", { payment_attempt: data }),
        "POST /v1/credit-quotes": envelope("image-skill credits quote", data)
      })
    )
    const env = { IMAGE_SKILL_API_BASE_URL: server.url, IMAGE_SKILL_TOKEN: token }
    const [buy, status, quote] = await drive(place(), [
      { args: ["credits", "buy", "--provider", "stripe", ...buying], env },
      { args: ["credits", "status", "--quote-id", "quote_1"], env },
      { args: ["credits", "quote", "--credits", "60"], env }
    ])
    assert.deepStrictEqual(
      [at(buy?.data, "checkout_compact_url"), at(buy?.data, "next.checkout_compact_url")],
      [page, page]
    )
    assert.strictEqual(at(status?.data, "payment_attempt.checkout_compact_url"), page)
    assert.notInclude(quote?.stdout, "checkout_compact_url")
  })

  it("stands in a refusal, too, where the refusal has data", async () => {
    const refused = { ...envelope("image-skill credits buy", { checkout_url: page }), ok: false, error: { code: "X" } }
    const server = await stub(
      service({ "POST /v1/credit-purchases/stripe-checkout-sessions": refusing(409, 2, refused) })
    )
    const env = { IMAGE_SKILL_API_BASE_URL: server.url, IMAGE_SKILL_TOKEN: token }
    const ran = await place().run(["credits", "buy", "--provider", "stripe", ...buying], { env })
    assert.strictEqual(at(ran.envelope.data, "checkout_compact_url"), page)
  })
})

const rail = (id: string, more: Schema.JsonObject): Schema.JsonObject => ({
  method_id: id,
  available: true,
  quoteable: true,
  purchasable: true,
  live_money: true,
  requires_browser: false,
  agent_settleable: true,
  buyer_modes: ["agent_only"],
  limits: { min_credits: 1, max_credits: 5_000 },
  ...more
})

/** The ids that a plan ranks, and those it rejects with why. */
const planned = async (methods: ReadonlyArray<Schema.JsonObject>, ...flags: ReadonlyArray<string>) => {
  const server = await stub(
    service({ "GET /v1/payment-methods": envelope("image-skill credits methods", { methods }) })
  )
  const ran = await place().run(["credits", "plan", ...flags], {
    env: { IMAGE_SKILL_API_BASE_URL: server.url, IMAGE_SKILL_COMMAND_PREFIX: "image-skill" }
  })
  const rows = (name: string) => at(ran.data, name) as ReadonlyArray<{ readonly method_id: string }>
  return { ran, ranked: rows("ranked"), rejected: rows("rejected") }
}

const person = rail("by-hand", { requires_browser: true, agent_settleable: false, settlement_blocker: "a person pays" })
const wallet = rail("by-wallet", {})
const dear = rail("dear", { limits: { min_credits: 50, max_credits: 5_000 } })

const idsOf = (rows: ReadonlyArray<{ readonly method_id: string }>) => rows.map(({ method_id: id }) => id)

describe("a plan", () => {
  it("ranks what an agent finishes alone before what a person finishes, and its next command is the first", async () => {
    const { ran, ranked, rejected } = await planned([person, wallet], "--credits", "40")
    assert.deepStrictEqual([idsOf(ranked), idsOf(rejected)], [["by-wallet", "by-hand"], []])
    const [, key = ""] = / --idempotency-key (\S+) --json$/u.exec(text(ran.data, "next_command")) ?? []
    assert.match(key, quoteKey)
    assert.strictEqual(
      text(ran.data, "next_command"),
      `image-skill credits quote --credits 40 --payment-method by-wallet --idempotency-key ${key} --json`
    )
    assert.strictEqual(text(ran.data, "next_actions.recommended_quote.command"), text(ran.data, "next_command"))
  })

  it("leaves out what costs too much, and what a person has to finish where none is there", async () => {
    const limits = ["--credits", "10", "--max-usd", "0.29", "--no-human"]
    const { ranked, rejected } = await planned([person, wallet, dear], ...limits)
    assert.deepStrictEqual([idsOf(ranked), idsOf(rejected)], [["by-wallet"], ["dear", "by-hand"]])
  })

  it("takes a limit for what it is: a cent less is too little", async () => {
    assert.deepStrictEqual(idsOf((await planned([wallet], "--credits", "29", "--max-usd", "0.29")).ranked), [
      "by-wallet"
    ])
    assert.deepStrictEqual(idsOf((await planned([wallet], "--credits", "29", "--max-usd", "0.2899")).ranked), [])
    assert.deepStrictEqual(idsOf((await planned([wallet], "--credits", "1", "--max-usd", "0")).ranked), [])
  })

  it("leads back to the rails where none fits, and says so where the service says nothing", async () => {
    const { ran } = await planned([], "--credits", "40")
    assert.strictEqual(text(ran.data, "next_command"), "image-skill credits methods --json")
    assert.isNull(at(ran.data, "preferred_method"))
    const server = await stub(service({ "GET /v1/payment-methods": envelope("x", 7) }))
    const silent = await place().run(["credits", "plan"], { env: { IMAGE_SKILL_API_BASE_URL: server.url } })
    assert.isTrue(silent.envelope.warnings.some((warning) => warning.includes("rails")))
  })

  it("takes no command of the service, only what it says of its rails", async () => {
    const evil = rail("$(touch pwned)", { recovery: { quote_command: "image-skill credits quote --credits 5000" } })
    const { ran } = await planned([evil], "--credits", "40")
    assert.include(text(ran.data, "next_command"), "--credits 40 --payment-method '$(touch pwned)'")
  })
})

/** Digits of a number on the wire of a node. */
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`

/** A node of a chain on which every account holds so much; only what a plan may ask is answered. */
const node = (chainId: number, usdc: bigint) =>
  stub(({ body }, response) => {
    const { method } = JSON.parse(body) as { readonly method: string }
    const results: { readonly [method: string]: unknown } = {
      eth_chainId: `0x${chainId.toString(16)}`,
      eth_call: word(usdc),
      eth_getBalance: word(10n ** 18n).replace(/^0x0+/u, "0x"),
      eth_maxPriorityFeePerGas: "0xf4240",
      eth_getBlockByNumber: { number: "0x10", timestamp: "0x65f00000", baseFeePerGas: "0xf4240" }
    }
    json(response, 200, { jsonrpc: "2.0", id: 1, result: results[method] })
  })

const walletKey = "c0ffee11".repeat(8)

interface WalletScene {
  readonly answers?: { readonly [route: string]: unknown }
  readonly chainId?: number
  readonly credits?: string
  /** Whether a node is configured at all. */
  readonly rpc?: boolean
}

/** The rails as a machine with a wallet of so much USDC plans them, and everything that the service heard. */
const plannedWithWallet = async (
  usdc: bigint,
  { answers = {}, chainId = 8_453, credits = "60", rpc = true }: WalletScene = {}
) => {
  const server = await stub(service(answers))
  const chain = await node(chainId, usdc)
  const ran = await place().run(["credits", "plan", "--credits", credits], {
    env: {
      IMAGE_SKILL_API_BASE_URL: server.url,
      IMAGE_SKILL_WALLET_KEY: walletKey,
      ...(rpc ? { IMAGE_SKILL_BASE_RPC_URL: chain.url } : {})
    }
  })
  const ranked = at(ran.data, "ranked") as unknown as ReadonlyArray<Planned>
  const blockers = ranked.flatMap((row) => row.blockers.map(({ code }) => code))
  return { ran, blockers, heard: server.requests, asked: chain.requests, ranked }
}

interface Planned {
  readonly method_id: string
  readonly settleable_now: boolean | null
  readonly blockers: ReadonlyArray<{ readonly code: string }>
}

const settleable = (rows: ReadonlyArray<Planned>) => rows.map((row) => [row.method_id, row.settleable_now])

const deposit = "stripe_x402.exact.usdc"

describe("a plan on a machine with a wallet", () => {
  it("says that it can be settled now where the wallet holds enough, and tells nobody of it", async () => {
    const { heard, ran, ranked } = await plannedWithWallet(600_000n)
    assert.deepStrictEqual(settleable(ranked), [
      [deposit, true],
      ["stripe_checkout", null]
    ])
    assert.deepStrictEqual(
      heard.map(({ body, method, path }) => `${method} ${path}${body}`),
      ["GET /v1/payment-methods"]
    )
    assert.notInclude(ran.stdout + ran.stderr, "c0ffee11")
  })

  it("leads to a person where it holds a cent too little, and says what is missing", async () => {
    const { blockers, ran, ranked } = await plannedWithWallet(599_999n)
    assert.deepStrictEqual(settleable(ranked), [
      ["stripe_checkout", null],
      [deposit, false]
    ])
    assert.deepStrictEqual(blockers, ["insufficient_usdc"])
    assert.strictEqual(text(ran.data, "preferred_method"), "stripe_checkout")
  })

  it("does not count what lies on another chain, or above the owner's limits", async () => {
    assert.deepStrictEqual((await plannedWithWallet(10n ** 12n, { chainId: 1 })).blockers, ["other_chain"])
    assert.deepStrictEqual((await plannedWithWallet(10n ** 12n, { credits: "501" })).blockers, ["over_payment_cap"])
  })

  it("does not look at the wallet for a rail that it cannot settle", async () => {
    const answers = {
      "GET /v1/payment-methods": envelope("image-skill credits methods", { methods: [wallet, person] })
    }
    const { asked, ranked } = await plannedWithWallet(0n, { answers })
    assert.deepStrictEqual(settleable(ranked), [
      ["by-wallet", null],
      ["by-hand", null]
    ])
    assert.deepStrictEqual(asked, [])
  })

  it("goes on without a wallet that cannot be used, and says why", async () => {
    const { asked, ran, ranked } = await plannedWithWallet(10n ** 12n, { rpc: false })
    assert.deepStrictEqual(settleable(ranked)[1], [deposit, false])
    assert.isTrue(ran.envelope.warnings.some((warning) => warning.includes("IMAGE_SKILL_BASE_RPC_URL")))
    assert.deepStrictEqual(asked, [])
  })
})

let machine: Place

const run = (...args: ReadonlyArray<string>): Promise<Ran> => machine.run(args, { env: fakeRail })

beforeAll(async () => {
  machine = await signedUp()
})

describe("a purchase on the fake rail", () => {
  it("goes from quote to credits by the printed commands alone, and is paid once however often it is repeated", async () => {
    const plan = await run("credits", "plan", "--credits", "40")
    const quote = await machine.shell(text(plan.data, "next_command"), { env: fakeRail })
    const again = await machine.shell(text(plan.data, "next_command"), { env: fakeRail })
    assert.strictEqual(text(again.data, "quote_id"), text(quote.data, "quote_id"))
    const buy = text(quote.data, "next_command")
    const paid = await machine.shell(buy, { env: fakeRail })
    assert.deepStrictEqual([text(paid.data, "state"), at(paid.data, "credits_granted")], ["succeeded", 40])
    const replayed = await machine.shell(buy, { env: fakeRail })
    assert.strictEqual(at(replayed.data, "idempotent_replay"), true)
    assert.strictEqual(text(replayed.data, "receipt_id"), text(paid.data, "receipt_id"))
    const quota = await machine.shell(text(paid.data, "next_command"), { env: fakeRail })
    assert.strictEqual(at(quota.data, "limits.payment_backed_remaining_credits"), 40)
    for (const [flag, id] of [
      ["--quote-id", text(quote.data, "quote_id")],
      ["--payment-attempt-id", text(paid.data, "payment_attempt_id")],
      ["--receipt-id", text(paid.data, "receipt_id")]
    ] as const) {
      const { data } = await run("credits", "status", flag, id)
      assert.deepStrictEqual([text(data, "state"), at(data, "receipt.credits_granted")], ["succeeded", 40], flag)
    }
  })

  it("is the same by either name", async () => {
    const quote = await run(
      "credits",
      "quote",
      "--credits",
      "7",
      "--payment-method",
      "fake",
      "--idempotency-key",
      "two"
    )
    const rest = ["--quote-id", text(quote.data, "quote_id"), "--idempotency-key", "two-buy"]
    const first = await run("credits", "fake-purchase", ...rest)
    const second = await run("credits", "buy", "--provider", "fake", ...rest)
    assert.strictEqual(text(second.data, "receipt_id"), text(first.data, "receipt_id"))
    assert.deepStrictEqual(
      [first.envelope.command, second.envelope.command],
      ["image-skill credits fake-purchase", "image-skill credits buy"]
    )
  })
})
