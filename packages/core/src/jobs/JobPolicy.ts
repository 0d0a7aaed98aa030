import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LedgerStore } from "../credits/LedgerStore.ts"
import { sentenceOf, showPolicy } from "../credits/PolicyRefusals.ts"
import { type SpendBlocked, SpendGuard, type SpendRequest } from "../credits/SpendGuard.ts"
import type { PolicyNote } from "../credits/SpendPolicy.ts"
import { type Command, render } from "../envelope/CommandLine.ts"
import { executable } from "../envelope/Product.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"
import { again } from "./JobCommands.ts"
import type { MediaPlan } from "./MediaPlan.ts"
import type { MediaWish } from "./MediaWish.ts"

/** What of an order the policies look at. */
interface Ordered {
  readonly wish: MediaWish
}

/** The spend policies, asked about media. What the plan costs is judged; the words of the prompt are nobody's business. */
export class JobPolicy extends Context.Service<
  JobPolicy,
  {
    /** Whether a live run would be allowed now; nothing is written. */
    look(
      agent: Agent,
      order: Ordered,
      plan: MediaPlan,
      fingerprint: string
    ): Effect.Effect<PolicyNote | null, SpendBlocked | StoreUnavailable>
    /** The same in the transaction that reserves for `job`: an approval is used up by it. */
    take(
      agent: Agent,
      order: Ordered,
      plan: MediaPlan,
      job: Pick<Job, "id" | "fingerprint">
    ): Effect.Effect<PolicyNote | null, SpendBlocked | StoreUnavailable>
    /** Refuses and asks the owner; the dry run is what may be run meanwhile. */
    ask(blocked: SpendBlocked, order: Ordered): Effect.Effect<never, Refusal | StoreUnavailable>
    /** What a dry run says of it, in a sentence. */
    warn(
      agent: Agent,
      order: Ordered,
      plan: MediaPlan,
      fingerprint: string
    ): Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
  }
>()("core/jobs/JobPolicy") {
  static readonly layer = Layer.effect(
    JobPolicy,
    Effect.gen(function* () {
      const guard = yield* SpendGuard
      const ledger = yield* LedgerStore

      const requestOf = (
        agent: Agent,
        { wish }: Ordered,
        { model, price }: MediaPlan,
        fingerprint: string,
        reference: string
      ): SpendRequest => ({
        agent,
        operation: wish.operation,
        // Which model is the default may change between the question and its answer.
        fingerprint: `${fingerprint}:${model.id}`,
        spending: { _tag: "Job", credits: price.credits, modelId: model.id },
        reference,
        spentSince: ledger.heldSince
      })

      return JobPolicy.of({
        look: (agent, order, plan, fingerprint) => guard.look(requestOf(agent, order, plan, fingerprint, "")),
        take: (agent, order, plan, { fingerprint, id }) => guard.take(requestOf(agent, order, plan, fingerprint, id)),
        ask: (blocked, { wish }) => guard.ask(blocked, planOf(wish)),
        warn: (agent, order, plan, fingerprint) =>
          guard.look(requestOf(agent, order, plan, fingerprint, "")).pipe(
            Effect.as<ReadonlyArray<string>>([]),
            Effect.catchTag("SpendBlocked", ({ objection }) =>
              Effect.succeed([`a live run would wait for the owner: ${sentenceOf(objection)}`])
            )
          )
      })
    })
  )
}

/** The dry run of the same, where an error has room for it. */
const planOf = (wish: MediaWish): Command => {
  const plan = again({ ...wish, dryRun: true })
  return render(plan, executable).length > roomForPlan ? showPolicy : plan
}

const roomForPlan = 110
