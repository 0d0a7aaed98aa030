import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { AgentId, OrganizationId, restrictedGrants } from "@image-skill/core/identity/Actor"
import { Administration } from "@image-skill/core/service/Administration"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { FakeAgent, Settings } from "./FakeOptions.ts"
import type { FakeWorld } from "./FakeWorld.ts"
import type { Process } from "./FaultyPorts.ts"

/** An agent of the fake service, as its test sees it. */
export interface SignedUpAgent {
  readonly name: string
  readonly token: string
  readonly agentId: AgentId
  readonly organizationId: OrganizationId
  /** Of its organization: reads everything of it, and sets what may be spent. */
  readonly ownerToken: string
}

/** What an organization has, in whole credits. */
export interface Balance {
  readonly preview: number
  readonly paid: number
  /** Reserved by work that is under way, of both. */
  readonly held: number
  readonly spent: number
  /** Taken back by refunds and disputes, and spent before that. */
  readonly owed: number
}

/** Nothing befalls whoever prepares the test. */
const undisturbed: Process = {
  isDead: () => false,
  take: () => null,
  crash: Effect.die(new Error("nobody crashes here"))
}

/** Signs the agents up, and gives them what they should have, by the ways in which it is given in earnest. */
export const signUp = Effect.fn("FakeAgents.signUp")(function* (world: FakeWorld, { agents }: Settings) {
  const prepare = Effect.forEach(agents, (agent, index) => prepareOne(agent, index))
  return yield* prepare.pipe(
    Effect.provide(world.life(undisturbed, [FakePaymentRail.make({ script: "succeed" })])),
    Effect.scoped
  )
})

const prepareOne = Effect.fnUntraced(function* (agent: FakeAgent, index: number) {
  const service = yield* ServiceApi
  const administration = yield* Administration
  const { claimed = false, credits = 0, frozen = false, grants, name, revoked = false } = agent
  const signup = yield* service.signup({
    agentName: name,
    runtime: "fake-service",
    agentContact: `agent-${index + 1}@example.test`,
    returnToken: true
  })
  const { actor } = signup.envelope
  const token = textField(signup.envelope.data, "token")
  const made: SignedUpAgent = {
    name,
    token,
    agentId: AgentId.make(textField(actor, "actor_id")),
    organizationId: OrganizationId.make(textField(actor, "organization_id")),
    ownerToken: ""
  }
  yield* buy(Redacted.make(token), name, credits)
  if (claimed) yield* administration.claim(made.agentId)
  if (grants !== undefined)
    yield* administration.grant(
      made.agentId,
      grants,
      restrictedGrants.filter((grant) => !grants.includes(grant))
    )
  const owner = yield* administration.ownerToken(made.organizationId)
  if (frozen) yield* administration.freeze(made.organizationId, true)
  if (revoked) yield* administration.revokeAgent(made.agentId)
  return { ...made, ownerToken: Redacted.value(owner.token) }
}, Effect.orDie)

const mostAtOnce = 5_000

/** Bought on the fake rail, so that every credit has its quote, its attempt and its receipt. */
const buy = Effect.fnUntraced(function* (token: Redacted.Redacted, name: string, credits: number) {
  const service = yield* ServiceApi
  for (let left = credits, part = 1; left > 0; left -= mostAtOnce, part += 1) {
    const idempotencyKey = `fake-service:${name}:${part}`
    const quote = yield* service.creditsQuote(
      { credits: Math.min(left, mostAtOnce), paymentMethod: "fake", idempotencyKey },
      token
    )
    const quoteId = textField(quote.envelope.data, "quote_id")
    const bought = yield* service.creditsFakePurchase({ quoteId, idempotencyKey }, token)
    if (!bought.envelope.ok)
      return yield* Effect.die(new Error(`${name} could not buy its credits: ${JSON.stringify(bought.envelope.error)}`))
  }
})

/** What the ledger says that an organization has. */
export const balanceOf = Effect.fn("FakeAgents.balanceOf")(function* (organizationId: OrganizationId) {
  const accounts = yield* (yield* LedgerStore).accounts(organizationId)
  const sum = (...kinds: ReadonlyArray<string>) =>
    accounts.filter(({ kind }) => kinds.includes(kind)).reduce((total, { balance }) => total + balance, 0)
  const balance: Balance = {
    preview: sum("preview:available"),
    paid: sum("paid:available"),
    held: sum("preview:held", "paid:held"),
    spent: sum("preview:spent", "paid:spent"),
    owed: sum("owed")
  }
  return balance
})
