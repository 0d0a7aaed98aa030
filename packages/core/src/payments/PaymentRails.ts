import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { stripeCheckout, stripeDeposit } from "./KnownRails.ts"
import { type Opened, type PaymentRail, PaymentRailError } from "./PaymentRail.ts"
import { type Rail, unavailable, unsettleable } from "./Rail.ts"

/** The rails of this deployment, in the order in which they are listed, available or not. */
export class PaymentRails extends Context.Service<
  PaymentRails,
  {
    readonly rails: ReadonlyArray<PaymentRail>
    /** What each says of itself now. */
    readonly described: Effect.Effect<ReadonlyArray<Rail>>
    readonly find: (methodId: string) => PaymentRail | null
    /** What a rail last opened: one that gave an agent nothing to pay to promises no autonomy until it does (D4.4). */
    opened(methodId: string, opened: Opened): Effect.Effect<void>
    /** The provider denied this deployment the rail: for a while it is listed as unavailable, unless it opens again. */
    denied(methodId: string): Effect.Effect<void>
  }
>()("core/payments/PaymentRails") {
  static readonly layerOf = (rails: ReadonlyArray<PaymentRail>) =>
    Layer.effect(
      PaymentRails,
      Effect.gen(function* () {
        const withoutAddress = yield* Ref.make<ReadonlySet<string>>(new Set())
        const deniedAt = yield* Ref.make<ReadonlyMap<string, number>>(new Map())
        const describe = Effect.fnUntraced(function* ({ describe: describeRail, methodId }: PaymentRail) {
          const rail = yield* describeRail
          const since = (yield* Ref.get(deniedAt)).get(methodId)
          if (since !== undefined && (yield* Clock.currentTimeMillis) - since < Duration.toMillis(deniedFor)) {
            return unavailable(rail, "provider_denied", denialHint)
          }
          const lacks = (yield* Ref.get(withoutAddress)).has(methodId)
          return rail.agentSettleable && lacks ? unsettleable(rail, noAddress) : rail
        })
        return PaymentRails.of({
          rails,
          described: Effect.forEach(rails, describe),
          find: (methodId) => rails.find((rail) => rail.methodId === methodId) ?? null,
          opened: (methodId, { checkout, deposit }) =>
            Effect.andThen(
              Ref.update(deniedAt, (before) => new Map([...before].filter(([other]) => other !== methodId))),
              Ref.update(withoutAddress, (before) => {
                const others = [...before].filter((other) => other !== methodId)
                return new Set(checkout === null && deposit === null ? [...others, methodId] : others)
              })
            ),
          denied: (methodId) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              Ref.update(deniedAt, (before) => new Map([...before, [methodId, now]]))
            )
        })
      })
    )

  /** The live rails of the contract, without any configuration. */
  static readonly layer = Layer.suspend(() => PaymentRails.layerOf(unconfigured))
}

const deniedFor = Duration.minutes(10)

const denialHint = "the payment provider answered 401 or 403: look at the permissions of the key, and at the account"

const noAddress = "the provider gave the last payment no address to pay to"

/** A rail that is listed and cannot be used: why in public, and what the operator has to set. */
export const unconfiguredRail = (
  rail: Rail,
  names: Pick<PaymentRail, "provider" | "purchaseProvider">,
  hint: string,
  reason = "not_configured"
): PaymentRail => {
  const refused = Effect.fail(
    new PaymentRailError({ methodId: rail.methodId, reason: "refused", message: "the rail is not configured" })
  )
  return {
    methodId: rail.methodId,
    ...names,
    describe: Effect.succeed(unavailable(rail, reason, hint)),
    open: () => refused,
    read: () => refused,
    close: () => refused
  }
}

const needsKey = "needs STRIPE_SECRET_KEY"

export const unconfigured: ReadonlyArray<PaymentRail> = [
  unconfiguredRail(
    stripeCheckout,
    { provider: "stripe", purchaseProvider: "stripe" },
    `${needsKey}, and for a server STRIPE_WEBHOOK_SECRET`
  ),
  unconfiguredRail(
    { ...stripeDeposit, settlementBlocker: "deposit addresses are not enabled for this deployment" },
    { provider: "stripe", purchaseProvider: "stripe_x402" },
    `${needsKey} of an account with crypto deposits`
  )
]
