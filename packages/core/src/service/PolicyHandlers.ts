import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { PolicyDesk } from "../credits/PolicyDesk.ts"
import { startOfDay } from "../credits/SpendGuard.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Session } from "../identity/Agents.ts"
import { Catalogue } from "../models/Catalogue.ts"
import { PaymentRails } from "../payments/PaymentRails.ts"
import { PaymentStore } from "../payments/PaymentStore.ts"
import { answers } from "./Answers.ts"
import { spendPolicyAnswer } from "./answers/SpendPolicy.ts"
import { unknownFields } from "./DecodeRequest.ts"
import { type Handler, handler, sessionOf } from "./Handler.ts"
import { strangeNames } from "./PolicyNames.ts"
import { requests } from "./Requests.ts"

/** What may be spent: seen by everybody it binds, set by owners, lowered by agents. */
export const policyHandlers = Effect.gen(function* () {
  const desk = yield* PolicyDesk
  const rails = yield* PaymentRails
  const payments = yield* PaymentStore
  const modelIds = (yield* Catalogue).models.map(({ id }) => id)

  const shown = Effect.fnUntraced(function* (
    { agent, isOwner = false }: Session,
    setBy: "owner" | "agent" | null = null
  ) {
    const now = yield* DateTime.now
    const view = yield* desk.view(agent.organizationId, isOwner ? null : agent)
    const listed = yield* rails.described
    const bought = yield* Effect.forEach(listed, ({ methodId }) =>
      Effect.map(
        payments.boughtSince(agent.organizationId, methodId, startOfDay(now)),
        (credits) => [methodId, credits] as const
      )
    )
    const resetsAt = DateTime.formatIso(DateTime.add(DateTime.startOf(now, "day"), { days: 1 }))
    return {
      data: spendPolicyAnswer(view, { purchased: Object.fromEntries(bought), resetsAt, isOwner, setBy }),
      warnings: [
        ...(view.effective === null ? [unusable] : strangeNames(view.effective, modelIds)),
        ...expired(view.effective?.expiresAt, now)
      ]
    }
  })

  const spendPolicyShow = handler({
    request: requests.spendPolicyShow,
    answer: answers.spendPolicyShow,
    run: (_, call) => Effect.flatMap(sessionOf(call), (session) => shown(session))
  })

  const spendPolicySet = handler({
    request: requests.spendPolicySet,
    answer: answers.spendPolicySet,
    run: Effect.fnUntraced(function* (change, call) {
      const session = yield* sessionOf(call)
      const { agent, isOwner = false } = session
      yield* isOwner ? desk.setAsOwner(agent.organizationId, change) : desk.setAsAgent(agent, change)
      return yield* shown(session, isOwner ? "owner" : "agent")
    })
  })

  return { spendPolicyShow, spendPolicySet: strictly(spendPolicySet) }
})

const known = Object.keys(requests.spendPolicySet.from.fields)

/** Whoever mistypes a cap must not be left without one. */
const strictly = ({ run }: Handler): Handler => ({
  run: (body, call) => {
    const unknown = unknownFields(known, body)
    return unknown.length === 0 ? run(body, call) : Effect.fail(unknownRefused(unknown))
  }
})

const unknownRefused = (unknown: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `only ${known.join(", ")} can be set; nothing was changed`,
    details: { unknown_fields: unknown }
  })

const unusable =
  "the owner's file spend-policy.json cannot be used, so nothing that costs credits may be made or bought until it is mended"

const expired = (expiresAt: string | undefined, now: DateTime.DateTime): ReadonlyArray<string> =>
  expiresAt !== undefined && expiresAt <= DateTime.formatIso(now)
    ? [
        `the policy was good until ${expiresAt}: nothing that costs credits may be made or bought until its owner renews it`
      ]
    : []
