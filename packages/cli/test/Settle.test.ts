import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type AnvilChain, start } from "@image-skill/testing/payments/chain/AnvilChain"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { at, type Options, type Place, place, type Ran, text } from "./Cli.ts"
import { type Answering, envelope, json, type Stub, stub } from "./Stub.ts"

const token = "isk_r_0000000000000000000000settlement"
const attemptId = "payatt_2b9n4h6w1d4q9m2x7c3v8k0t5r"
const payee = "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4"
const price = 2_400_000n
const path = `/v1/credit-purchases/status?payment_attempt_id=${attemptId}`

interface Scene {
  readonly chain: AnvilChain
  readonly machine: Place
  readonly keyFile: string
  readonly key: string
  readonly payer: string
  /** Everything that went to the service, and everything that went to the node. */
  readonly service: Stub
  readonly node: Stub
  readonly settle: (more?: ReadonlyArray<string>, env?: Options["env"]) => Effect.Effect<Ran>
}

/** What the service of a scene does otherwise. */
interface Service {
  /** It credits nothing, whatever is paid. */
  readonly isSlow?: boolean
  readonly expiresAt?: string
}

/** A chain, a node before it that remembers what it was asked, a service that credits what arrived, and a wallet. */
const scene = (service: Service = {}) =>
  Effect.gen(function* () {
    const chain = yield* start()
    const [{ address: payer, privateKey: key } = { address: "", privateKey: "" }] = chain.accounts
    yield* chain.mint(payer, 10_000_000n)
    const end = service.expiresAt ?? new Date((Number(yield* chain.time) + 1_800) * 1_000).toISOString()
    const machine = place()
    mkdirSync(machine.data, { recursive: true, mode: 0o700 })
    const keyFile = join(machine.data, "wallet.key")
    writeFileSync(keyFile, key, { mode: 0o600 })
    const node = yield* Effect.promise(() => stub(passedOn(chain)))
    const answering = yield* Effect.promise(() => stub(crediting(chain, end, service)))
    const env = {
      IMAGE_SKILL_API_BASE_URL: answering.url,
      IMAGE_SKILL_TOKEN: token,
      IMAGE_SKILL_BASE_RPC_URL: node.url,
      IMAGE_SKILL_WALLET_KEY_FILE: keyFile
    }
    const settle: Scene["settle"] = (more = [], own = {}) =>
      Effect.promise(() =>
        machine.run(["credits", "settle", "--payment-attempt-id", attemptId, ...more, "--json"], {
          env: { ...env, ...own }
        })
      )
    const made: Scene = { chain, machine, keyFile, key, payer, service: answering, node, settle }
    return made
  })

/** A node that asks the chain, and is remembered. */
const passedOn =
  (chain: AnvilChain): Answering =>
  ({ body }, response) => {
    const passed = Effect.tryPromise(async () => {
      const headers = { "content-type": "application/json" }
      const reply = await fetch(chain.rpcUrl, { method: "POST", headers, body })
      json(response, 200, await reply.json())
    })
    Effect.runFork(passed)
  }

/** A service that credits what it sees in the chain. */
const crediting =
  (chain: AnvilChain, end: string, { isSlow = false }: Service): Answering =>
  (_, response) => {
    const answered = Effect.map(chain.balanceOf(payee), (balance) => {
      const body = envelope("image-skill credits status", statusOf(balance >= price && !isSlow, end))
      json(response, 200, body, { "x-image-skill-exit-code": "0" })
    })
    Effect.runFork(answered)
  }

const statusOf = (isCredited: boolean, expiresAt: string) => ({
  request: { reference_type: "payment_attempt_id", reference: attemptId },
  state: isCredited ? "succeeded" : "action_required",
  quote: { quote_id: "quote_1m6x3c8v0k5t2r7w9d4q", price_amount_cents: 240, currency: "USD", live_money: true },
  payment_attempt: {
    payment_attempt_id: attemptId,
    attempt_status: isCredited ? "succeeded" : "requires_action",
    expires_at: expiresAt,
    stripe_x402: isCredited
      ? null
      : {
          payable_instructions: {
            network: "base",
            token_currency: "usdc",
            token_decimals: 6,
            token_amount_atomic: `${price}`,
            amount_cents: 240,
            deposit_address: payee,
            token_contract_address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            expires_at: expiresAt,
            exact_amount_required: true
          }
        }
  },
  receipt: isCredited ? { receipt_id: "receipt_7x3c9v0k5t2r6w8d1q4m" } : null
})

/** Adds blocks while something goes on. */
const whileMining = <A, E, R>(chain: AnvilChain, program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mining = yield* Effect.forkChild(Effect.forever(Effect.andThen(chain.mine(1), Effect.sleep("300 millis"))))
    const result = yield* program
    yield* Fiber.interrupt(mining)
    return result
  })

const policy = (machine: Place, caps: object): void =>
  writeFileSync(
    join(machine.data, "wallet-policy.json"),
    JSON.stringify({ per_payment_usd_cents: 500, per_day_usd_cents: 500, per_month_usd_cents: 500, ...caps }),
    { mode: 0o600 }
  )

const sent = ({ requests }: Stub): string => requests.map(({ body, path: to }) => `${to} ${body}`).join("\n")

/** How an end is named; decision D3.8 gives the exit codes. */
const codes: { readonly [reason: string]: string } = {
  not_credited_yet: "TIMEOUT",
  wallet_policy: "WALLET_POLICY_DENIED",
  wallet_malformed: "WALLET_UNAVAILABLE",
  wallet_missing: "WALLET_UNAVAILABLE",
  attempt_expired: "PAYMENT_ATTEMPT_EXPIRED",
  insufficient_gas: "WALLET_FUNDS_INSUFFICIENT",
  insufficient_usdc: "WALLET_FUNDS_INSUFFICIENT",
  chain_unreachable: "SETTLEMENT_UNKNOWN",
  not_payable: "PAYMENT_NOT_SETTLEABLE"
}

const failed = (ran: Ran, exitCode: number, reason: string, moneyMoved: string) => {
  assert.strictEqual(ran.exitCode, exitCode, ran.stdout)
  assert.strictEqual(ran.code, codes[reason])
  assert.strictEqual(text(ran.envelope.error, "details.reason"), reason)
  assert.strictEqual(text(ran.envelope.error, "money_moved"), moneyMoved)
}

describe("credits settle", () => {
  it.live("a deposit is paid, its credits are waited for, and a second run pays nothing", () =>
    Effect.gen(function* () {
      const { chain, settle } = yield* scene()
      const ran = yield* whileMining(chain, settle())
      assert.strictEqual(ran.exitCode, 0, ran.stdout)
      assert.strictEqual(ran.envelope.command, "image-skill credits settle")
      assert.strictEqual(text(ran.data, "state"), "succeeded")
      assert.strictEqual(text(ran.data, "settlement.outcome"), "paid")
      assert.match(text(ran.data, "settlement.transaction"), /^0x[0-9a-f]{64}$/u)
      assert.strictEqual((yield* settle()).exitCode, 0)
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("only the attempt's id and the token go to the service, and neither of them to the node", () =>
    Effect.gen(function* () {
      const { chain, key, machine, node, payer, service, settle } = yield* scene()
      policy(machine, { confirmed_attempts: ["payatt_canary"] })
      yield* whileMining(chain, settle())
      assert.isAbove(service.requests.length, 1)
      for (const { body, headers, method, path: to } of service.requests) {
        assert.deepStrictEqual({ method, to, body }, { method: "GET", to: path, body: "" })
        assert.strictEqual(headers.authorization, `Bearer ${token}`)
        const rest = Object.entries(headers).filter(([name]) => name !== "authorization")
        const said = JSON.stringify(rest).toLowerCase()
        for (const secret of [key, payer, payee, "payatt_canary"])
          assert.notInclude(said, secret.slice(2).toLowerCase())
      }
      const asked = `${sent(node)}${JSON.stringify(node.requests.map(({ headers }) => headers))}`.toLowerCase()
      assert.include(asked, "eth_sendrawtransaction")
      for (const secret of [token, attemptId, key.slice(2), "payatt_canary"]) assert.notInclude(asked, secret)
    })
  )

  it.live("the key stands in nothing that is printed or written, whatever happens", () =>
    Effect.gen(function* () {
      const { chain, key, keyFile, machine, settle } = yield* scene()
      const secret = key.slice(2)
      const odd = join(machine.data, "odd.key")
      writeFileSync(odd, `${secret}0`, { mode: 0o600 })
      const loose = join(machine.data, "loose.key")
      writeFileSync(loose, secret)
      chmodSync(loose, 0o644)
      const runs = [
        yield* settle([], { IMAGE_SKILL_WALLET_KEY_FILE: odd }),
        yield* settle([], { IMAGE_SKILL_WALLET_KEY_FILE: loose }),
        yield* settle([], { IMAGE_SKILL_WALLET_KEY_FILE: undefined, IMAGE_SKILL_WALLET_KEY: `0x${secret}ff` }),
        yield* settle([], { IMAGE_SKILL_BASE_RPC_URL: "http://127.0.0.1:9" }),
        yield* settle(["--max-usd", "0.01"]),
        yield* whileMining(chain, settle([], { IMAGE_SKILL_WALLET_KEY_FILE: undefined, IMAGE_SKILL_WALLET_KEY: key }))
      ]
      assert.deepStrictEqual(
        runs.map(({ exitCode }) => exitCode),
        [9, 9, 9, 7, 4, 0]
      )
      for (const { stderr, stdout } of runs) assert.notInclude(`${stdout}${stderr}`.toLowerCase(), secret)
      const holders = readdirSync(machine.root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).includes(secret))
      assert.sameMembers(holders, [keyFile, odd, loose])
      assert.match(runs.at(-1)?.envelope.warnings.join() ?? "", /stands in the environment/u)
    })
  )

  it.live("what is paid and not credited is pending, and the printed command goes on", () =>
    Effect.gen(function* () {
      const { chain, machine, settle } = yield* scene({ isSlow: true })
      const ran = yield* whileMining(chain, settle(["--timeout-ms", "4000"]))
      failed(ran, 8, "not_credited_yet", "yes")
      assert.strictEqual(ran.code, "TIMEOUT")
      assert.match(text(ran.envelope.error, "details.settlement.transaction"), /^0x[0-9a-f]{64}$/u)
      assert.match(
        text(ran.envelope.error, "recovery.suggested_command"),
        /credits settle --payment-attempt-id payatt_/u
      )
      yield* settle(["--timeout-ms", "0"])
      assert.strictEqual(yield* chain.balanceOf(payee), price)
      assert.lengthOf(readdirSync(join(machine.data, "wallet")), 1)
    })
  )

  it.live("the owner's policy ends with 4, a flag only lowers it, and nothing is signed", () =>
    Effect.gen(function* () {
      const { chain, machine, node, settle } = yield* scene()
      failed(yield* settle(["--max-usd", "2.39"]), 4, "wallet_policy", "no")
      policy(machine, { per_payment_usd_cents: 239 })
      failed(yield* settle(["--max-usd", "100"]), 4, "wallet_policy", "no")
      policy(machine, { per_dya_usd_cents: 1 })
      failed(yield* settle(), 9, "wallet_malformed", "no")
      assert.notInclude(sent(node), "eth_sendRawTransaction")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("an attempt without enough time ends with 2", () =>
    Effect.gen(function* () {
      const { chain, settle } = yield* scene({ expiresAt: "2026-01-01T00:00:00.000Z" })
      failed(yield* settle(), 2, "attempt_expired", "no")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("too little money for the amount or for the fee ends with 5", () =>
    Effect.gen(function* () {
      const { chain, payer, settle } = yield* scene()
      yield* chain.fund(payer, 5n)
      failed(yield* settle(), 5, "insufficient_gas", "no")
      yield* chain.transfer({ from: payer, to: "0x52908400098527886E0F7030069857D2E4169EE7", amount: 9_000_000n })
      const ran = yield* settle()
      failed(ran, 5, "insufficient_usdc", "no")
      assert.strictEqual(text(ran.envelope.error, "details.held_atomic"), "1000000")
    })
  )

  it.live("a node that does not answer ends with 7, and another chain's node is refused", () =>
    Effect.gen(function* () {
      const { settle } = yield* scene()
      const ran = yield* settle([], { IMAGE_SKILL_BASE_RPC_URL: "http://127.0.0.1:9" })
      failed(ran, 7, "chain_unreachable", "no")
      assert.strictEqual(at(ran.envelope.error, "retryable"), true)
      const other = yield* Effect.promise(() =>
        stub((_, response) => json(response, 200, { jsonrpc: "2.0", id: 1, result: "0x1" }))
      )
      failed(yield* settle([], { IMAGE_SKILL_BASE_RPC_URL: other.url }), 2, "not_payable", "no")
    })
  )

  it.live("without a wallet it says so, and prints what other wallets need", () =>
    Effect.gen(function* () {
      const { node, settle } = yield* scene()
      const bare = { IMAGE_SKILL_WALLET_KEY_FILE: undefined, IMAGE_SKILL_BASE_RPC_URL: node.url }
      const none = yield* settle([], bare)
      failed(none, 9, "wallet_missing", "no")
      assert.match(text(none.envelope.error, "recovery.suggested_command"), /--print/u)
      const nothing = yield* settle([], { ...bare, IMAGE_SKILL_BASE_RPC_URL: undefined })
      failed(nothing, 9, "wallet_missing", "no")
      assert.match(text(nothing.envelope.error, "recovery.suggested_commands.1"), /credits plan/u)
      const ran = yield* settle(["--print"], {
        IMAGE_SKILL_WALLET_KEY_FILE: undefined,
        IMAGE_SKILL_BASE_RPC_URL: undefined
      })
      assert.strictEqual(ran.exitCode, 0, ran.stdout)
      assert.strictEqual(
        text(ran.data, "other_wallets.payment_uri"),
        `ethereum:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913@8453/transfer?address=${payee}&uint256=2400000`
      )
      assert.strictEqual(text(ran.data, "other_wallets.amount"), "2.4")
      assert.include(text(ran.data, "other_wallets.cast_command"), `${payee} 2400000`)
      assert.lengthOf(node.requests, 0)
    })
  )

  it.live("bad arguments are refused before anybody is asked", () =>
    Effect.gen(function* () {
      const { machine, service, settle } = yield* scene()
      for (const more of [
        ["--timeout-ms", "-1"],
        ["--max-usd", "-1"],
        ["--payment-attempt-id", "../x"]
      ]) {
        assert.strictEqual((yield* settle(more)).code, "INVALID_ARGUMENTS")
      }
      const ran = yield* Effect.promise(() => machine.run(["credits", "settle", "--wallet-private-key", "0x1"]))
      assert.strictEqual(ran.exitCode, 2)
      assert.lengthOf(service.requests, 0)
    })
  )
})
