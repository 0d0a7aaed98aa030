import type { Attempt } from "@image-skill/core/payments/Attempt"
import * as ScriptedRail from "@image-skill/testing/kit/ScriptedRail"
import { type Harness, suite } from "@image-skill/testing/payments/PaymentRailSuite"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

const harness = (kind: "hosted" | "deposit"): Effect.Effect<Harness> =>
  Effect.sync(() => {
    const { decline, opened, pay, rail, refund } = ScriptedRail.make(kind)
    return {
      rail,
      pay: ({ id }: Attempt) => Effect.sync(() => pay(id)),
      decline: ({ id }: Attempt) => Effect.sync(() => decline(id)),
      pass: (time) => TestClock.adjust(time),
      refund: ({ id }: Attempt, cents: number) => Effect.sync(() => refund(id, cents)),
      made: (attemptId: string) => Effect.sync(() => opened().filter((id) => id === attemptId).length),
      secrets: []
    }
  })

for (const kind of ["hosted", "deposit"] as const)
  suite(`scripted, ${kind}`, harness(kind), { ending: "awaited", isRemote: true, refunds: true })
