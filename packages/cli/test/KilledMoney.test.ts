import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as AnvilChain from "@image-skill/testing/payments/chain/AnvilChain"
import { start } from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { at, place, prefix, text } from "./Cli.ts"
import {
  type Agent,
  deposit,
  done,
  type Gate,
  gate,
  hears,
  listed,
  made,
  page,
  payPage,
  quoted,
  railsOf,
  runLine,
  type Shop,
  shop,
  wallet,
  whileMining
} from "./Money.ts"

/** Five dollars came in once, 500 credits went out once, and the books of the data folder are in order. */
const provedOnce = Effect.fnUntraced(function* ({ agent, buy, service, stripe }: Shop, sessions: number) {
  const replay = done(yield* runLine(agent, buy))
  const status = `${prefix} credits status --payment-attempt-id ${text(replay.data, "payment_attempt_id")} --json`
  const { data } = done(yield* runLine(agent, status))
  assert.deepStrictEqual([text(data, "state"), at(data, "receipt.credits_granted")], ["succeeded", 500])
  const quota = done(yield* runLine(agent, `${prefix} usage quota --json`))
  assert.strictEqual(at(quota.data, "limits.payment_backed_credits_granted"), 500)
  assert.deepStrictEqual(yield* made(stripe), { sessions, received: [500] })
  yield* inOrder(service.data)
})

const inOrder = (home: string) =>
  Effect.promise(async () => {
    const ran = await place().run(["doctor", "--ledger"], { env: { IMAGE_SKILL_HOME: home } })
    assert.strictEqual(at(ran.data, "embedded.ledger.ok"), true, ran.stdout)
  })

const asksForPage = ({ method, path }: { method: string; path: string }) =>
  method === "POST" && path === "/v1/checkout/sessions"

/** The words after the program of a line without quotation marks. */
const words = (line: string): ReadonlyArray<string> => line.slice(prefix.length + 1).split(" ")

/** A process of the executable that is killed once the gate holds what it asked for. */
const killedAt = Effect.fnUntraced(function* ({ env, machine }: Agent, args: ReadonlyArray<string>, held: Gate) {
  const running = machine.start(args, { env })
  yield* held.held
  running.child.kill("SIGKILL")
  assert.strictEqual((yield* Effect.promise(() => running.ended)).signal, "SIGKILL")
  held.open()
})

/** Waits until the wallet holds no more than this. */
const arrived = (chain: AnvilChain.AnvilChain, address: string, left: bigint) =>
  Effect.repeat(chain.balanceOf(address), { until: (held) => held <= left })

describe("a service that is killed", () => {
  for (const when of ["before", "after"] as const)
    it.live(`${when} its provider made a page: the printed command leads to one page, paid once`, () =>
      Effect.gen(function* () {
        const all = yield* shop(page)
        const { agent, again, buy, door, service } = all
        door.hold(asksForPage, when)
        const buying = yield* Effect.forkChild(runLine(agent, buy))
        yield* door.held
        yield* service.kill
        const { envelope } = yield* Fiber.join(buying)
        assert.strictEqual(text(envelope.error, "outcome"), "unknown")
        door.open()
        yield* again
        const bought = done(yield* runLine(agent, text(envelope.error, "recovery.suggested_command")))
        yield* payPage(text(bought.data, "checkout_handoff_url"))
        yield* provedOnce(all, 1)
      })
    )

  it.live("while it looks at a payment that it heard of: the next one grants it, and once", () =>
    Effect.gen(function* () {
      const all = yield* shop(page)
      const { agent, again, buy, door, service, stripe } = all
      yield* hears(service, stripe, ["checkout.session.completed"])
      const bought = done(yield* runLine(agent, buy))
      door.hold(({ method, path }) => method === "GET" && path.startsWith("/v1/checkout/sessions/"), "after")
      yield* payPage(text(bought.data, "checkout_handoff_url"))
      yield* door.held
      yield* service.kill
      door.open()
      yield* again
      yield* provedOnce(all, 1)
    })
  )

  it.live("while a wallet waits for its credits: the command waits for the next one, and ends well", () =>
    Effect.gen(function* () {
      const chain = yield* AnvilChain.start()
      const machine = place()
      const { address, env } = yield* wallet(machine, chain)
      // The provider looks at the chain when it is told to.
      const options = { chain: { rpcUrl: chain.rpcUrl } }
      const all = yield* shop(deposit, options, env, machine)
      const { agent, again, buy, door, service, stripe } = all
      const settle = text(done(yield* runLine(agent, buy)).data, "next_command")
      const settling = yield* Effect.forkChild(whileMining(chain, runLine(agent, settle)))
      yield* arrived(chain, address, 5_000_000n)
      door.hold(({ method, path }) => method === "GET" && path.startsWith("/v1/payment_intents/"), "before")
      yield* door.held
      yield* service.kill
      door.open()
      yield* again
      yield* stripe.control.scanChain()
      const settled = done(yield* Fiber.join(settling))
      assert.strictEqual(text(settled.data, "state"), "succeeded")
      assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
      yield* provedOnce(all, 0)
    })
  )
})

describe("a command that is killed", () => {
  it.live("while the service asks for a page: run again, it gets the one page", () =>
    Effect.gen(function* () {
      const all = yield* shop(page)
      const { agent, buy, door } = all
      door.hold(asksForPage, "after")
      yield* killedAt(agent, words(buy), door)
      const bought = done(yield* runLine(agent, buy))
      yield* payPage(text(bought.data, "checkout_handoff_url"))
      yield* provedOnce(all, 1)
    })
  )

  it.live("while it is the service itself and its provider made a page: run again, it finds that page", () =>
    Effect.gen(function* () {
      const stripe = yield* start()
      const door = yield* gate(stripe.baseUrl)
      const machine = place()
      const agent: Agent = { machine, env: { ...railsOf(stripe), STRIPE_BASE_URL: door.url } }
      const buy = yield* quoted(agent, page)
      door.hold(asksForPage, "after")
      yield* killedAt(agent, words(buy), door)
      const bought = done(yield* runLine(agent, buy))
      const [first] = yield* Effect.promise(() => listed(stripe, "checkout/sessions"))
      const session = text(first, "id")
      assert.strictEqual(text(bought.data, "checkout_session_id"), session)
      yield* stripe.control.pay({ session })
      const status = done(yield* runLine(agent, text(bought.data, "next_command")))
      assert.deepStrictEqual(
        [text(status.data, "state"), at(status.data, "receipt.credits_granted")],
        ["succeeded", 500]
      )
      assert.deepStrictEqual(yield* made(stripe), { sessions: 1, received: [500] })
      yield* inOrder(machine.data)
    })
  )

  for (const when of ["before", "after"] as const)
    it.live(`while it pays, ${when} the node took the transaction: run again, it has paid once`, () =>
      Effect.gen(function* () {
        const chain = yield* AnvilChain.start()
        const machine = place()
        const { address, env } = yield* wallet(machine, chain)
        const node = yield* gate(chain.rpcUrl)
        const options = { chain: { rpcUrl: chain.rpcUrl, intervalMilliseconds: 200 } }
        const all = yield* shop(deposit, options, { ...env, IMAGE_SKILL_BASE_RPC_URL: node.url }, machine)
        const { agent, buy } = all
        const bought = done(yield* runLine(agent, buy))
        node.hold(({ body }) => body.includes("eth_sendRawTransaction"), when)
        yield* killedAt(agent, words(text(bought.data, "next_command")), node)
        const settle = text(bought.data, "next_command")
        const settled = done(yield* whileMining(chain, runLine(agent, settle)))
        assert.strictEqual(text(settled.data, "state"), "succeeded")
        assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
        done(yield* runLine(agent, settle))
        yield* provedOnce(all, 0)
        assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
      })
    )
})

describe("processes at once", () => {
  it.live("that buy one quote, under one key or several, all get the one page", () =>
    Effect.gen(function* () {
      const all = yield* shop(page)
      const { agent, buy, stripe } = all
      const slow = { kind: "delay", method: "POST", path: "/v1/checkout/sessions", milliseconds: 1_500 } as const
      yield* stripe.control.fault(slow)
      const other = buy.replace(/--idempotency-key \S+/u, "--idempotency-key other")
      const lines = [buy, buy, other, other].map((line) => runLine(agent, line))
      const ran = yield* Effect.all(lines, { concurrency: lines.length })
      const links = ran.map((one) => text(done(one).data, "checkout_handoff_url"))
      assert.lengthOf(new Set(links), 1)
      yield* payPage(links[0] ?? "")
      yield* provedOnce(all, 1)
    })
  )

  it.live("that settle one deposit have paid it once, and each ends well when it is run again", () =>
    Effect.gen(function* () {
      const chain = yield* AnvilChain.start()
      const machine = place()
      const { address, env } = yield* wallet(machine, chain)
      const options = { chain: { rpcUrl: chain.rpcUrl, intervalMilliseconds: 200 } }
      const all = yield* shop(deposit, options, env, machine)
      const { agent, buy } = all
      const settle = text(done(yield* runLine(agent, buy)).data, "next_command")
      // The last one is on another machine, with the same wallet and without the journal of the others.
      const elsewhere: Agent = { ...agent, machine: machine.copy() }
      const runs = [agent, agent, elsewhere].map((one) => runLine(one, settle))
      const ran = yield* whileMining(chain, Effect.all(runs, { concurrency: runs.length }))
      for (const { envelope } of ran) {
        const line = envelope.ok ? settle : text(envelope.error, "recovery.suggested_command")
        const last = done(yield* runLine(agent, line))
        assert.strictEqual(text(last.data, "state"), "succeeded")
      }
      assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
      yield* provedOnce(all, 0)
    })
  )
})

const canMount = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0

/** A line whose answer and exit code stand apart from the others'. */
const answer = (line: string): string => `${line}; printf '\\036%s\\036' $?`

/** What each disk does to a folder that was written to before, and what undoes it. */
const disks = {
  full: ['head -c 8000000 /dev/zero > "$disk/ballast" 2>/dev/null', 'rm "$disk/ballast"'],
  "read-only": ['mount -o remount,ro "$disk"', 'mount -o remount,rw "$disk"']
} as const

// A disk of its own needs mounts, which some machines forbid.
describe.skipIf(!canMount)("a data folder", () => {
  for (const [name, [spoil, mend]] of Object.entries(disks))
    it.live(`on a ${name} disk: nothing is bought, the provider is not asked, and the same command buys it later`, () =>
      Effect.gen(function* () {
        const stripe = yield* start()
        const machine = place()
        const disk = join(machine.root, "disk")
        const quote = `${prefix} credits quote --pack starter-500 --payment-method ${page} --idempotency-key topup --json`
        const script = [
          `disk=${disk}; mkdir "$disk"; mount -t tmpfs -o size=4m tmpfs "$disk"; mkdir "$disk/home"; export HOME="$disk/home"`,
          `${prefix} signup --agent --agent-name buyer --runtime tests --json > /dev/null`,
          `buy=$(${quote} | sed -n 's/^    "next_command": "\\(.*\\)"$/\\1/p')`,
          spoil,
          answer('sh -c "$buy"'),
          mend,
          answer('sh -c "$buy"'),
          answer(`${prefix} doctor --ledger --json`)
        ]
        const file = join(machine.root, "disk.sh")
        writeFileSync(file, script.join("\n"))
        const agent: Agent = { machine, env: railsOf(stripe) }
        const { stderr, stdout } = yield* runLine(agent, `unshare -Urm sh ${file}`)
        const fields = stdout.split("\u001e")
        const [refused, bought, doctor] = [0, 2, 4].map((index) => JSON.parse(fields[index] ?? "null") as unknown)
        assert.deepStrictEqual([fields[1], text(refused, "error.code")], ["9", "STORE_UNAVAILABLE"], stdout + stderr)
        assert.strictEqual(text(refused, "error.money_moved"), "no")
        assert.deepStrictEqual([fields[3], text(bought, "data.state")], ["0", "action_required"], stdout)
        assert.strictEqual(at(bought, "data.idempotent_replay"), false)
        assert.strictEqual(at(doctor, "data.embedded.ledger.ok"), true)
        const asked = (yield* stripe.control.requests()).filter(({ method }) => method === "POST")
        assert.deepStrictEqual(
          asked.map(({ path }) => path),
          ["/v1/checkout/sessions"]
        )
      })
    )
})
