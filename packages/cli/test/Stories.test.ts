import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as AnvilChain from "@image-skill/testing/payments/chain/AnvilChain"
import { start } from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { at, place, text } from "./Cli.ts"
import { payPage, railsOf, wallet, whileMining } from "./Money.ts"
import { follows, type ScriptedAgent, type Step, type Tale, verbs } from "./ScriptedAgent.ts"
import { asks, type Cost, costOf, paidFor, world } from "./StoryWorld.ts"

/** What the stories cost their agents; `npm run bench` reads it from the file that this variable names. */
const costs: Array<Cost> = []
const figures = process.env["IMAGE_SKILL_STORY_FIGURES"]
afterAll(() => {
  if (figures !== undefined) writeFileSync(figures, JSON.stringify(costs))
})

/** The last file that the agent downloaded is there, and is what it was to be. */
const ends = (story: string, { machine }: ScriptedAgent, tale: Tale, type = "image/"): void => {
  const { data } = tale.steps.at(-1)?.ran.envelope ?? {}
  assert.isTrue(text(data, "download.content_type").startsWith(type), text(data, "download.content_type"))
  const bytes = readFileSync(join(machine.work, text(data, "download.output_path")))
  assert.strictEqual(bytes.length, at(data, "download.bytes"))
  assert.isAbove(bytes.length, 100)
  costs.push(costOf(story, tale))
}

const boat = asks("create --guide --prompt 'a red boat'")
const poor = { preview_credits: 0 }
const given = { preview_credits: 500 }

const failedWith = ({ ran }: Step, code: string): boolean => ran.stdout !== "" && ran.code === code

describe("an agent with one rule, from an empty machine", () => {
  it.live("first image: on its own machine, without an account or a network", () =>
    Effect.gen(function* () {
      const agent = { machine: place(), env: {} }
      const tale = yield* follows(agent, boat)
      assert.deepStrictEqual(verbs(tale), ["create --guide", "signup", "create --guide", "create", "assets get"])
      ends("first image", agent, tale)
      paidFor(agent.machine.data, { jobs: 0, purchases: 0 })
    })
  )

  it.live("funded image on the fake rail", () =>
    Effect.gen(function* () {
      const { agent, data, provider } = yield* world({ limits: poor, operator: { IMAGE_SKILL_RAILS: "fake" } })
      const tale = yield* follows(agent, boat)
      ends("funded image, fake rail", agent, tale)
      assert.strictEqual(provider.accepted(), 1)
      paidFor(data, { jobs: 1, purchases: 1 })
    })
  )

  it.live("funded image on the deposit rail, from its own wallet and without a human", () =>
    Effect.gen(function* () {
      const chain = yield* AnvilChain.start()
      const stripe = yield* start({ chain: { rpcUrl: chain.rpcUrl, intervalMilliseconds: 200 } })
      const { agent, data, provider } = yield* world({ limits: poor, operator: railsOf(stripe) })
      const { address, env } = yield* wallet(agent.machine, chain)
      const tale = yield* whileMining(chain, follows({ ...agent, env: { ...agent.env, ...env } }, boat))
      ends("funded image, deposit rail", agent, tale)
      assert.strictEqual(provider.accepted(), 1)
      assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
      paidFor(data, { jobs: 1, purchases: 1 })
    })
  )

  it.live("funded image on the checkout rail, when the first choice is denied and a person pays once", () =>
    Effect.gen(function* () {
      const stripe = yield* start({ permissions: checkoutOnly })
      const operator = { ...railsOf(stripe), STRIPE_SECRET_KEY: stripe.restrictedKey }
      const { agent, data, provider } = yield* world({ limits: poor, operator })
      let visits = 0
      const tale = yield* follows(agent, boat, {
        meanwhile: ({ ran }) =>
          Effect.gen(function* () {
            const link = text(ran.envelope.data, "next.checkout_handoff_url")
            if (link === "" || visits > 0) return
            visits += 1
            yield* payPage(link)
            yield* stripe.control.settled()
          })
      })
      assert.isTrue(tale.steps.some((step) => failedWith(step, "PAYMENT_PROVIDER_FAILURE")))
      ends("funded image, checkout rail", agent, tale)
      assert.deepStrictEqual([visits, provider.accepted()], [1, 1])
      paidFor(data, { jobs: 1, purchases: 1 })
    })
  )

  it.live("edit: of a picture that it made before", () =>
    Effect.gen(function* () {
      const agent = { machine: place(), env: {} }
      const first = yield* follows(agent, boat)
      const asset = text(first.steps.find(({ line }) => line.includes(" create --model"))?.ran.data, "asset_ids.0")
      const tale = yield* follows(agent, asks(`edit --guide --input ${asset} --prompt 'make it night'`))
      ends("edit", agent, tale)
      assert.notStrictEqual(text(tale.steps.at(-1)?.ran.data, "asset.asset_id"), asset)
    })
  )

  it.live("video", () =>
    Effect.gen(function* () {
      const { agent, data, provider } = yield* world({ limits: given })
      const tale = yield* follows(agent, asks("video create --guide --prompt 'a red boat in the waves'"))
      ends("video", agent, tale, "video/")
      assert.strictEqual(provider.accepted(), 1)
      paidFor(data, { jobs: 1, purchases: 0 })
    })
  )

  it.live("recovery after a kill: the process that waits is gone, the picture is not", () =>
    Effect.gen(function* () {
      const { agent, data, provider } = yield* world({ limits: given })
      provider.hold("IN_PROGRESS")
      let killed = false
      const tale = yield* follows(agent, boat, {
        running: (line) => {
          if (killed || !/ create --model/u.test(line)) return null
          killed = true
          return Effect.promise(async () => {
            const running = agent.machine.startShell(`exec ${line}`, { env: agent.env })
            await running.stderrLine
            running.child.kill("SIGKILL")
            return running.ended
          })
        },
        meanwhile: () => Effect.sync(() => killed && provider.hold(null))
      })
      assert.isTrue(killed)
      ends("recovery after a kill", agent, tale)
      assert.strictEqual(provider.accepted(), 1)
      paidFor(data, { jobs: 1, purchases: 0 })
    })
  )

  it.live("blocked config path: what cannot be written there is written elsewhere", () =>
    Effect.gen(function* () {
      const { agent, data } = yield* world({ limits: given })
      const blocked = join(agent.machine.home, "blocked")
      writeFileSync(blocked, "not a folder")
      const tale = yield* follows(
        { ...agent, env: { ...agent.env, IMAGE_SKILL_CONFIG_PATH: join(blocked, "c.json") } },
        boat
      )
      ends("blocked config path", agent, tale)
      paidFor(data, { jobs: 1, purchases: 0 })
    })
  )

  it.live("expired quote: asked for anew, and paid once", () =>
    Effect.gen(function* () {
      const { agent, data, later } = yield* world({ limits: poor, operator: { IMAGE_SKILL_RAILS: "fake" } })
      let expired = false
      const tale = yield* follows(agent, boat, {
        meanwhile: (step) =>
          Effect.gen(function* () {
            if (expired || !step.line.includes("credits quote")) return
            expired = true
            yield* later(25 * 3_600_000)
          })
      })
      assert.isTrue(tale.steps.some((step) => failedWith(step, "CREDIT_QUOTE_EXPIRED")))
      ends("expired quote", agent, tale)
      paidFor(data, { jobs: 1, purchases: 1 })
    })
  )

  it.live("revoked token: signs up again, and goes on", () =>
    Effect.gen(function* () {
      const { agent, data } = yield* world({ limits: given, operator: { IMAGE_SKILL_RAILS: "fake" } })
      let revoked = false
      const tale = yield* follows(agent, boat, {
        meanwhile: ({ line, ran }) =>
          Effect.gen(function* () {
            if (revoked || !line.includes(" signup ")) return
            revoked = true
            const id = text(ran.data, "agent_id") || text(ran.envelope.actor, "actor_id")
            const done = yield* Effect.promise(() =>
              agent.machine.run(["admin", "revoke", "--agent", id, "--data-dir", data, "--json"])
            )
            assert.strictEqual(done.exitCode, 0, done.stdout)
          })
      })
      assert.isTrue(revoked)
      ends("revoked token", agent, tale)
      // What the first identity was given is not given again to another one of the same place.
      paidFor(data, { jobs: 1, purchases: 1 })
    })
  )

  it.live("reached daily cap: waits for the day to end, as it is told", () =>
    Effect.gen(function* () {
      const { agent, data, later } = yield* world({ limits: { ...given, daily_jobs_on_preview: 1 } })
      yield* follows(agent, boat)
      let waited = false
      const tale = yield* follows(agent, asks("create --prompt 'a blue boat'"), {
        meanwhile: (step) =>
          Effect.gen(function* () {
            if (waited || !failedWith(step, "DAILY_JOB_CAP_REACHED")) return
            waited = true
            const seconds = Number(at(step.ran.envelope.error, "recovery.retry_after_seconds"))
            assert.isAbove(seconds, 0)
            yield* later(seconds * 1_000 + 1_000)
          })
      })
      assert.isTrue(waited)
      ends("reached daily cap", agent, tale)
      paidFor(data, { jobs: 2, purchases: 0 })
    })
  )

  it.live("provider outage: nothing is charged for what did not come, and the same command makes it", () =>
    Effect.gen(function* () {
      const { agent, data, provider } = yield* world({ limits: given })
      provider.fail({ _tag: "refuse", status: 503 })
      const tale = yield* follows(agent, boat, {
        meanwhile: ({ ran }) => Effect.sync(() => ran.envelope.ok || provider.fail(null))
      })
      assert.isTrue(tale.steps.some(({ ran }) => !ran.envelope.ok))
      ends("provider outage", agent, tale)
      assert.strictEqual(provider.accepted(), 1)
      paidFor(data, { jobs: 1, purchases: 0 })
    })
  )
})

/** A key that an operator made for the hosted page alone: it makes nothing else, and reads what became of it. */
const checkoutOnly = {
  charges: "read",
  checkout_sessions: "write",
  disputes: "read",
  events: "read",
  payment_intents: "read",
  refunds: "read"
} as const
