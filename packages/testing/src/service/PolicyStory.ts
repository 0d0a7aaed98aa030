import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type { Ask } from "./Transcript.ts"

/** An agent looks at what it may spend, and lowers it. */
export const policyStory = Effect.fnUntraced(function* (ask: Ask, agent: Credentials) {
  const service = yield* ServiceApi
  const show = (step: string) => ask(step, "spendPolicyShow", "done", service.spendPolicyShow({}, agent))
  yield* ask("looks at a policy without a token", "spendPolicyShow", "AUTH_REQUIRED", service.spendPolicyShow({}))
  yield* show("looks at what it may spend")
  const lowered = {
    maxCreditsPerCall: 900,
    models: { "fake.mystery": 800 },
    rails: { stripe_checkout: 0 },
    expiresAt: "2999-12-31T00:00:00.000Z"
  }
  yield* ask("lowers what it may spend", "spendPolicySet", "done", service.spendPolicySet(lowered, agent))
  yield* ask("lowers it again to the same", "spendPolicySet", "done", service.spendPolicySet(lowered, agent))
  yield* ask(
    "asks for a cap of nothing",
    "spendPolicySet",
    "INVALID_ARGUMENTS",
    service.spendPolicySet({ maxCreditsPerDay: 0 }, agent)
  )
  yield* show("looks at what it may spend now")
})
