import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as AnvilChain from "@image-skill/testing/payments/chain/AnvilChain"
import { start } from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import { at, type Envelope, place, type Place, prefix, text } from "./Cli.ts"
import {
  type Agent,
  follow,
  hears,
  lastOf,
  made,
  payPage,
  pictures,
  railsOf,
  runLine,
  servePriced,
  verbs,
  wallet,
  whileMining
} from "./Money.ts"

const guide = `${prefix} create --guide --prompt 'a red boat' --json`

const isDownload = ({ command }: Envelope): boolean => command === "image-skill assets get"
const isShort = ({ data }: Envelope): boolean => text(data, "stage") === "quota_required"

/** One picture, whole, in the folder that the agent works in. */
const hasPicture = (machine: Place): void => {
  const [name = "none", ...others] = pictures(machine)
  assert.deepStrictEqual(others, [])
  assert.strictEqual(readFileSync(join(machine.work, name)).subarray(1, 4).toString("latin1"), "PNG")
}

/** Five dollars bought 500 credits, and the picture took nine of them. */
const leftOver = Effect.fnUntraced(function* (agent: Agent, answer: Envelope) {
  const line = text(answer.data, "escape_hatches.quota")
  const { data } = yield* runLine(agent, line)
  assert.deepStrictEqual(
    [at(data, "limits.payment_backed_credits_granted"), at(data, "limits.payment_backed_remaining_credits")],
    [500, 491]
  )
})

describe("an agent with an empty purse, by printed commands alone", () => {
  it.live("pays a deposit from its own wallet, and has its picture without a human", () =>
    Effect.gen(function* () {
      const chain = yield* AnvilChain.start()
      const stripe = yield* start({ chain: { rpcUrl: chain.rpcUrl, intervalMilliseconds: 200 } })
      const service = yield* servePriced(railsOf(stripe))
      const machine = place()
      const { address, env } = yield* wallet(machine, chain)
      const agent: Agent = { machine, env: { ...env, IMAGE_SKILL_API_BASE_URL: service.origin } }
      const steps = yield* whileMining(chain, follow(agent, guide, isDownload))
      lastOf(steps)
      assert.deepStrictEqual(verbs(steps), [
        "create --guide",
        "signup",
        "create --guide",
        "credits quote",
        "credits buy",
        "credits settle",
        "create --guide",
        "create",
        "assets get"
      ])
      hasPicture(machine)
      assert.strictEqual(yield* chain.balanceOf(address), 5_000_000n)
      yield* leftOver(agent, (yield* runLine(agent, guide)).envelope)
    })
  )

  it.live("hands one link to a person, asks what became of it, and has its picture", () =>
    Effect.gen(function* () {
      const stripe = yield* start()
      const service = yield* servePriced(railsOf(stripe))
      yield* hears(service, stripe, ["checkout.session.completed"])
      const machine = place()
      const agent: Agent = { machine, env: { IMAGE_SKILL_API_BASE_URL: service.origin } }
      const short = lastOf(yield* follow(agent, guide, isShort))
      const methods = yield* runLine(agent, text(short.data, "escape_hatches.payment_methods"))
      const rails = at(methods.data, "methods") as ReadonlyArray<{ readonly method_id: string }>
      const page = rails.find(({ method_id: id }) => id === "stripe_checkout")
      // The key is the only word that the agent adds.
      const quote = text(page, "recovery.quote_command").replace("KEY", "boat-topup")
      const bought = lastOf(yield* follow(agent, quote, ({ command }) => command === "image-skill credits buy"))
      const waiting = yield* runLine(agent, text(bought.data, "next_command"))
      assert.strictEqual(text(waiting.data, "state"), "action_required")
      const link = text(waiting.data, "next.checkout_handoff_url")
      assert.deepStrictEqual(yield* payPage(link), { status: 303, location: link })
      yield* stripe.control.settled()
      const onward = text(short.data, "after_next")
      const steps = yield* follow(agent, text(waiting.data, "next_command"), isDownload, onward)
      lastOf(steps)
      assert.deepStrictEqual(verbs(steps), ["credits status", "create --guide", "create", "assets get"])
      hasPicture(machine)
      assert.deepStrictEqual(yield* made(stripe), { sessions: 1, received: [500] })
      yield* leftOver(agent, (yield* runLine(agent, guide)).envelope)
    })
  )

  it.live("buys on the fake rail of its own machine, which settles a little later", () =>
    Effect.gen(function* () {
      const machine = place()
      const agent: Agent = { machine, env: { IMAGE_SKILL_RAILS: "fake:duplicate" } }
      const ready = lastOf(yield* follow(agent, guide, ({ data }) => at(data, "ready") === true))
      const methods = yield* runLine(agent, text(ready.data, "escape_hatches.payment_methods"))
      const quote = text(methods.data, "next_actions.recommended_quote.command").replace("KEY", "boat-topup")
      const steps = yield* follow(agent, quote, () => false, text(ready.data, "escape_hatches.quota"))
      const quota = lastOf(steps)
      assert.deepStrictEqual(verbs(steps), ["credits quote", "credits buy", "credits status", "usage quota"])
      assert.strictEqual(text(steps[1]?.ran.data, "state"), "processing")
      assert.strictEqual(text(steps[2]?.ran.data, "state"), "succeeded")
      assert.strictEqual(at(quota.data, "limits.payment_backed_remaining_credits"), 500)
    })
  )
})
