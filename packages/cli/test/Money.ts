import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert } from "@effect/vitest"
import type { AnvilChain } from "@image-skill/testing/payments/chain/AnvilChain"
import { start, type StripeEmulator, type StripeEmulatorOptions } from "@image-skill/testing/payments/StripeEmulator"
import { signal } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import {
  at,
  type Envelope,
  executable,
  machineFolder,
  type Options,
  path,
  place,
  type Place,
  prefix,
  type Ran,
  text
} from "./Cli.ts"
import { type Exchange, stub } from "./Stub.ts"

/** What an operator sets for the rails of Stripe. */
export const railsOf = ({ baseUrl, secretKey, webhookSecret }: StripeEmulator) => ({
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_BASE_URL: baseUrl,
  STRIPE_WEBHOOK_SECRET: webhookSecret
})

export interface Served {
  readonly origin: string
  readonly data: string
  readonly process: ChildProcess
  /** Ends it without a word, and waits until it is gone. */
  readonly kill: Effect.Effect<void>
}

type Env = { readonly [name: string]: string }

/** `serve` of the executable, on a folder and a port of its own or of an earlier one. */
export const serve = (env: Env, data = machineFolder(), port = "0", more: ReadonlyArray<string> = []) =>
  served([executable, "serve", "--port", port, "--data-dir", data, ...more], data, env, (line) =>
    line.startsWith('    "api_base_url"') ? (line.split('"')[3] ?? null) : null
  )

const priced = fileURLToPath(new URL("programs/PricedServer.ts", import.meta.url))

/** The service with a model that costs nine credits, for agents that get nothing as a gift. */
export const servePriced = (env: Env, data = machineFolder()) =>
  served(["--conditions=@image-skill/source", "--no-warnings", priced, data], data, env, (line) =>
    text(JSON.parse(line), "origin")
  )

const served = (
  words: ReadonlyArray<string>,
  data: string,
  env: Env,
  originIn: (line: string) => string | null
): Effect.Effect<Served, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, words, {
        env: { PATH: path, HOME: data, ...env },
        stdio: ["pipe", "pipe", "pipe"]
      })
      const ended = new Promise<void>((resolve) => {
        child.once("exit", () => resolve())
      })
      let complaint = ""
      child.stderr.on("data", (chunk: Buffer) => {
        complaint += chunk.toString("utf8")
      })
      const origin = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
          const found = originIn(line)
          if (found !== null) resolve(found)
        })
        void ended.then(() => reject(new Error(`it ended before it listened: ${complaint}`)))
      })
      const kill = Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
      return { origin, data, process: child, kill }
    }),
    ({ kill }) => kill
  )

/** Has the provider tell the service of what happens to its payments. */
export const hears = ({ origin }: Served, { control }: StripeEmulator, events: ReadonlyArray<string>) =>
  control.addWebhook({ url: `${origin}/v1/webhooks/stripe`, events })

/** A wallet of the machine: the key of the chain's first account in a file of its owner, and what the owner allows. */
export const wallet = Effect.fnUntraced(function* (machine: Place, chain: AnvilChain) {
  const [account] = chain.accounts
  assert.isDefined(account)
  yield* chain.mint(account.address, 10_000_000n)
  mkdirSync(machine.data, { recursive: true, mode: 0o700 })
  const keyFile = join(machine.data, "wallet.key")
  writeFileSync(keyFile, account.privateKey, { mode: 0o600 })
  const caps = { per_payment_usd_cents: 500, per_day_usd_cents: 500, per_month_usd_cents: 500 }
  writeFileSync(join(machine.data, "wallet-policy.json"), JSON.stringify(caps), { mode: 0o600 })
  const env: Env = { IMAGE_SKILL_WALLET_KEY_FILE: keyFile, IMAGE_SKILL_BASE_RPC_URL: chain.rpcUrl }
  return { address: account.address, env }
})

/** Adds blocks while something goes on. */
export const whileMining = <A, E, R>(chain: AnvilChain, program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mining = yield* Effect.forkChild(Effect.forever(Effect.andThen(chain.mine(1), Effect.sleep("200 millis"))))
    const result = yield* program
    yield* Fiber.interrupt(mining)
    return result
  })

/** One command that was run, and what it said. */
export interface Step {
  readonly line: string
  readonly ran: Ran
}

/** An agent that knows nothing but what is printed to it. */
export interface Agent {
  readonly machine: Place
  readonly env: NonNullable<Options["env"]>
}

export const runLine = ({ env, machine }: Agent, line: string): Effect.Effect<Ran> =>
  Effect.promise(() => machine.shell(line, { env }))

/**
 * Runs a command, then the one that its answer prints, and so on. Where that is one for somebody who has yet to say what
 * they want, it is the one that was printed for afterwards. Ends where nothing is printed, where the same command is
 * printed again, or where `isEnd` says so.
 */
export const follow = Effect.fnUntraced(function* (
  agent: Agent,
  first: string,
  isEnd: (envelope: Envelope) => boolean = () => false,
  start: string | null = null
) {
  const steps: Array<Step> = []
  let afterwards = start
  let line: string | null = first
  while (line !== null && steps.length < 16) {
    const ran: Ran = yield* runLine(agent, line)
    steps.push({ line, ran })
    const { envelope } = ran
    if (!envelope.ok || isEnd(envelope)) break
    afterwards = text(envelope.data, "after_next") || afterwards
    const next = text(envelope.data, "next_command")
    const onward: string | null = next === "" || /\b[A-Z]{3,}(?:_[A-Z]+)*\b/u.test(withoutEnv(next)) ? afterwards : next
    line = onward === line ? null : onward
  }
  return steps
})

/** The assignments before a command are no placeholders. */
const withoutEnv = (line: string): string => line.slice(Math.max(0, line.indexOf(prefix)))

/** The words after the program, for a message and for a test to look at. */
export const verbs = (steps: ReadonlyArray<Step>): ReadonlyArray<string> =>
  steps.map(({ line }) => (/image-skill\.js (\w+ ?(?:--guide|[a-z]+)?)/u.exec(line)?.[1] ?? line).trim())

export const pictures = ({ work }: Place): ReadonlyArray<string> =>
  readdirSync(work).filter((name) => name.endsWith(".png"))

/** The last answer of a walk, with all that led to it as the message when it is not a success. */
export const lastOf = (steps: ReadonlyArray<Step>): Envelope => {
  const last = steps.at(-1)
  assert.isDefined(last)
  assert.isTrue(last.ran.envelope.ok, `${steps.map(({ line }) => line).join("\n")}\n${last.ran.stdout}`)
  return last.ran.envelope
}

/** What a person does with a link: opens it, is led to the provider's page, and presses its button. */
export const payPage = (link: string, action = "pay") =>
  Effect.promise(async () => {
    const opened = await fetch(link, { redirect: "manual" })
    const page = opened.headers.get("location") ?? ""
    const [address = "", fragment = ""] = page.split("#")
    assert.strictEqual((await fetch(address)).status, 200, link)
    const form = new URLSearchParams({ action, fragment, method: "card" })
    const pressed = await fetch(address, { method: "POST", body: form, redirect: "manual" })
    return { status: pressed.status, location: pressed.headers.get("location") ?? "" }
  })

/** How many pages were ever made in the account, and how many cents each payment of it brought in. */
export const made = (stripe: StripeEmulator) =>
  Effect.promise(async () => {
    const [sessions, intents] = [await listed(stripe, "checkout/sessions"), await listed(stripe, "payment_intents")]
    return { sessions: sessions.length, received: intents.map((intent) => at(intent, "amount_received")) }
  })

/** Everything of one kind in the account. */
export const listed = async ({ baseUrl, secretKey }: StripeEmulator, what: string) => {
  const headers = { authorization: `Bearer ${secretKey}`, "stripe-version": "2026-03-04.preview" }
  const response = await fetch(`${baseUrl}/v1/${what}?limit=100`, { headers })
  return ((await response.json()) as { readonly data: ReadonlyArray<Schema.Json> }).data
}

/** What stands between a program and whom it talks to over HTTP. */
export interface Gate {
  readonly url: string
  /** From now on, requests of this kind get no answer; with `after`, what they ask for is done all the same. */
  readonly hold: (isHeld: (exchange: Exchange) => boolean, when: "before" | "after") => void
  /** Waits until the first request is held, and what it asks for is done or not. */
  readonly held: Effect.Effect<void>
  readonly open: () => void
}

export const gate = (target: string): Effect.Effect<Gate> =>
  Effect.promise(async () => {
    let rule: { readonly isHeld: (exchange: Exchange) => boolean; readonly when: "before" | "after" } | null = null
    const held = signal()
    const pass = async (exchange: Exchange, response: ServerResponse) => {
      const now = rule?.isHeld(exchange) === true ? rule.when : null
      if (now === "before") return held.send()
      const { body, headers, method, path: to } = exchange
      const sent = Object.entries(headers).filter(([name]) => !hopByHop.has(name)) as Array<[string, string]>
      const reply = await fetch(`${target}${to}`, { method, headers: sent, ...(body === "" ? {} : { body }) })
      const answer = Buffer.from(await reply.arrayBuffer())
      if (now === "after") return held.send()
      const own = [...reply.headers].filter(([name]) => !hopByHop.has(name))
      response.writeHead(reply.status, Object.fromEntries(own)).end(answer)
    }
    const { url } = await stub((exchange, response) => void pass(exchange, response))
    return {
      url,
      hold: (isHeld, when) => {
        rule = { isHeld, when }
      },
      held: Effect.promise(() => held.sent),
      open: () => {
        rule = null
      }
    }
  })

/** What belongs to one connection only: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1. */
const hopByHop = new Set(["connection", "content-length", "host", "keep-alive", "transfer-encoding"])

/** A service with a provider behind it, and an agent that is about to buy. */
export interface Shop {
  readonly stripe: StripeEmulator
  /** Between the service and its provider. */
  readonly door: Gate
  readonly service: Served
  readonly agent: Agent
  /** What the quote's answer printed. */
  readonly buy: string
  /** The service once more, where it was. */
  readonly again: ReturnType<typeof serve>
}

export const page = "stripe_checkout"
export const deposit = "stripe_x402.exact.usdc"

/** `serve` of the executable with a provider behind it, and an agent that has a quote for 500 credits. */
export const shop = Effect.fnUntraced(function* (
  methodId: typeof page | typeof deposit,
  options: StripeEmulatorOptions = {},
  env: Agent["env"] = {},
  machine: Place = place()
) {
  const stripe = yield* start(options)
  const door = yield* gate(stripe.baseUrl)
  const rails = { ...railsOf(stripe), STRIPE_BASE_URL: door.url }
  const service = yield* serve(rails)
  const agent: Agent = { machine, env: { ...env, IMAGE_SKILL_API_BASE_URL: service.origin } }
  const buy = yield* quoted(agent, methodId)
  const again = serve(rails, service.data, new URL(service.origin).port)
  const open: Shop = { stripe, door, service, agent, buy, again }
  return open
})

/** Signs up and asks for the price of 500 credits; gives the printed command that buys them. */
export const quoted = Effect.fnUntraced(function* (agent: Agent, methodId: string) {
  done(yield* runLine(agent, `${prefix} signup --agent --agent-name buyer --runtime tests --json`))
  const line = `${prefix} credits quote --pack starter-500 --payment-method ${methodId} --idempotency-key topup --json`
  return text(done(yield* runLine(agent, line)).data, "next_command")
})

/** The answer of a command that did what it was asked for. */
export const done = (ran: Ran): Envelope => {
  assert.isTrue(ran.envelope.ok, ran.stdout)
  return ran.envelope
}
