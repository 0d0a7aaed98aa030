import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { ask, checkout, deposit, healthy, quota } from "./ServiceStates.ts"

const rails = { stripe_checkout: checkout, "stripe_x402.exact.usdc": deposit }

const methods = Object.entries(rails).map(([id, rail]) => {
  const rest = "--idempotency-key KEY --json"
  return {
    ...rail,
    recovery: {
      quote_command: `image-skill credits quote --pack starter-500 --payment-method ${id} ${rest}`,
      purchase_command: `image-skill credits buy --provider stripe --quote-id QUOTE_ID ${rest}`,
      status_command: "image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID --json"
    }
  }
})

const poor = { ...healthy, payments: { methods }, quota: quota(4) }
const asked = { wish: { prompt: "a fox" }, token: "env", state: poor } as const
/** Two rails with all their commands are more than a short answer holds. */
const whole = { ...asked, wish: { ...asked.wish, explain: true } }

describe("the guide of somebody without enough credits", () => {
  it.effect("gives a quote that can be run as it stands, under a key of its own", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_780_000_000_000)
      const { answer } = yield* ask(asked)
      assert.strictEqual(answer.stage, "quota_required")
      assert.match(answer.nextCommand, /^image-skill credits quote .*--payment-method stripe_x402\.exact\.usdc /u)
      assert.include(answer.nextCommand, " --idempotency-key quote-1780000000000-0badcafe ")
      assert.isTrue(answer.nextCommandCopyRunnable)
      const { answer: explained } = yield* ask(whole)
      assert.deepStrictEqual(explained.nextActions["quote"]?.needs, [])
      assert.deepStrictEqual([explained.nextActions["quote"]?.command], [answer.nextCommand])
    })
  )

  it.effect("leaves the key of every other command to be filled in", () =>
    Effect.gen(function* () {
      const { answer } = yield* ask(whole)
      const { suggestedCommands } = answer.checks.payments
      const buying = suggestedCommands.filter((line) => / credits (?:quote|buy) /u.test(line))
      assert.isAtLeast(buying.length, 2)
      for (const line of buying) assert.include(line, "--idempotency-key KEY")
    })
  )

  it.effect("gives no quote where no rail can be used, and looks at the rails instead", () =>
    Effect.gen(function* () {
      const closed = methods.map((method) => ({ ...method, available: false }))
      const { answer } = yield* ask({ ...asked, state: { ...poor, payments: { methods: closed } } })
      assert.strictEqual(answer.nextCommand, "image-skill credits methods --json")
    })
  )
})
