import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { authRequired } from "../identity/SignupCommand.ts"
import { missingGrant } from "../identity/SignupCommand.ts"
import { Assets } from "../media/Assets.ts"
import { ContentPolicy } from "../media/ContentPolicy.ts"
import { type GenerationRequest, MediaProviders } from "../media/MediaProvider.ts"
import { Catalogue, type Listed, ProviderStatus } from "../models/Catalogue.ts"
import { grantFor } from "../models/Model.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import * as EditRefusals from "./EditRefusals.ts"
import type { JobMedia } from "./Job.ts"
import { JobInputs, jobMedia } from "./JobInputs.ts"
import type { Decided } from "./LiveJobs.ts"
import type { MediaPlan } from "./MediaPlan.ts"
import type { MediaWish, WishedMedia } from "./MediaWish.ts"
import * as Refusals from "./Refusals.ts"

/** Everything that decides about a request before anything is spent. */
export class MediaDecision extends Context.Service<
  MediaDecision,
  {
    /** The owned assets that the wish names, in its order. */
    mediaFor(agent: Agent | null, wish: MediaWish): Effect.Effect<ReadonlyArray<JobMedia>, Refusal | StoreUnavailable>
    /** The same by their bytes, where they are known: what makes one request equal to another. */
    identify(agent: Agent | null, wish: MediaWish): Effect.Effect<ReadonlyArray<Schema.Json>, StoreUnavailable>
    /** The plan, then the grant, the content policy and what the provider can say without being asked. */
    decide(
      agent: Agent | null,
      wish: MediaWish,
      plan: (listed: ReadonlyArray<Listed>) => Result.Result<MediaPlan, Refusal>
    ): Effect.Effect<Decided, Refusal | StoreUnavailable>
  }
>()("core/jobs/MediaDecision") {
  static readonly layer = Layer.effect(
    MediaDecision,
    Effect.gen(function* () {
      const assets = yield* Assets
      const inputs = yield* JobInputs
      const policy = yield* ContentPolicy
      const catalogue = yield* Catalogue
      const status = yield* ProviderStatus
      const providers = yield* MediaProviders

      const listed = (): ReadonlyArray<Listed> =>
        catalogue.models.map((model) => ({ model, availability: status.of(model.provider) }))

      const mediaFor = Effect.fn("MediaDecision.mediaFor")(function* (agent: Agent | null, wish: MediaWish) {
        if (wish.media.length === 0) return []
        if (agent === null) return yield* authRequired()
        return yield* Effect.forEach(wish.media, (wished) =>
          Effect.flatMap(assets.find(agent.organizationId, wished.assetId), (found) => {
            const asset = Option.getOrNull(found)
            return asset?.deletedAt === null
              ? Effect.succeed(jobMedia(wished, asset))
              : Effect.fail(EditRefusals.assetNotFound(fieldOf(wished), wish))
          })
        )
      })

      const identify = (agent: Agent | null, wish: MediaWish) =>
        Effect.forEach(wish.media, ({ assetId, ...rest }) =>
          Effect.map(
            agent === null ? Effect.succeedNone : assets.find(agent.organizationId, assetId),
            (found): Schema.Json => ({
              ...rest,
              content: Option.match(found, { onNone: () => assetId, onSome: ({ sha256 }) => sha256 })
            })
          )
        )

      /** An adapter knows what its provider would refuse at once. */
      const preflight = Effect.fnUntraced(function* (agent: Agent | null, wish: MediaWish, plan: MediaPlan) {
        const provider = providers.find(plan.model.provider)
        if (provider === undefined) return
        const request: GenerationRequest = {
          key: "plan",
          model: plan.model,
          prompt: plan.model.prompt === "forbidden" ? null : plan.prompt,
          parameters: plan.parameters,
          aspectRatio: plan.aspectRatio,
          outputCount: plan.outputCount,
          size: plan.expected.size,
          inputs: agent === null ? [] : yield* inputs.inputsOf(agent.organizationId, plan.media)
        }
        const planned = provider.plan(request)
        if (Result.isFailure(planned)) return yield* EditRefusals.planRefused(plan.model, planned.failure, wish)
      })

      const decide: MediaDecision["Service"]["decide"] = Effect.fn("MediaDecision.decide")(
        function* (agent, wish, plan) {
          const decided = yield* Effect.fromResult(plan(listed()))
          const grant = grantFor(decided.model)
          if (agent !== null && !agent.grants.includes(grant)) return yield* missingGrant(grant)
          const { checks, verdict } = yield* policy.prompt(decided.prompt)
          if (verdict._tag === "Deny") return yield* Refusals.contentDenied(verdict.reason)
          yield* preflight(agent, wish, decided)
          return { plan: decided, safetyChecks: checks }
        }
      )

      return MediaDecision.of({ mediaFor, identify, decide })
    })
  )
}

const fieldOf = ({ index, role }: WishedMedia): string => {
  switch (role) {
    case "input":
      return index === 0 ? "input_asset_id" : `additional_input_asset_ids[${index - 1}]`
    case "mask":
      return "mask_asset_id"
    default:
      return "references"
  }
}
