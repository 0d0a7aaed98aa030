import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Answer } from "../envelope/Envelope.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { RailFacts } from "../payments/RailChoice.ts"
import type { LocalFacts } from "../payments/RailPlan.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"
import type { SaveRequest, SettleRequest, UploadFileRequest } from "./AgentRequests.ts"

/** Whom an ability works for. */
export interface AgentSession {
  readonly service: ServiceApi["Service"]
  readonly token: Redacted.Redacted
}

type Ability<Q> = (request: Q, session: AgentSession) => Effect.Effect<Answer, Refusal>

/** What needs files, a network or a wallet of this machine; null where a program has none. */
export class AgentAbilities extends Context.Service<
  AgentAbilities,
  {
    readonly settle: Ability<typeof SettleRequest.Type> | null
    readonly upload: Ability<typeof UploadFileRequest.Type> | null
    readonly save: Ability<typeof SaveRequest.Type> | null
    /** What this machine's wallet could pay now. None of it is sent anywhere. */
    readonly localRails: (
      rails: ReadonlyArray<RailFacts>
    ) => Effect.Effect<{ readonly facts: LocalFacts; readonly warnings: ReadonlyArray<string> }>
  }
>()("core/agent/AgentAbilities") {
  static readonly none = Layer.succeed(
    AgentAbilities,
    AgentAbilities.of({
      settle: null,
      upload: null,
      save: null,
      localRails: () => Effect.succeed({ facts: () => null, warnings: [] })
    })
  )
}
