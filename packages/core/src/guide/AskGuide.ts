import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Ids } from "../envelope/Ids.ts"
import { embeddedTarget } from "../envelope/Product.ts"
import { AuthConfig } from "../identity/AuthConfig.ts"
import type { Host } from "../identity/ConfigRecovery.ts"
import type { TokenSource } from "../identity/SecretStore.ts"
import { ServiceApi } from "../service/ServiceApi.ts"
import type { GuideFacts, GuideWish } from "./GuideFacts.ts"
import { choiceOf } from "./GuideStage.ts"
import { type Guidance, GuideState } from "./GuideState.ts"
import type { ModelChoice } from "./ModelChoice.ts"
import { readActor, readCheck, readHealth, readPayments, readQuota, readRefusal } from "./ReadAnswers.ts"
import { readModels } from "./ReadModels.ts"

export interface GuideQuestion {
  readonly wish: GuideWish
  readonly token: { readonly source: TokenSource; readonly value: Redacted.Redacted } | null
  /** The program this agent runs in, for a signup. */
  readonly runtime: string
}

/** Asks the service everything a guide needs, all at once, and decides. Reads only; with a broken service, too. */
export class AskGuide extends Context.Service<
  AskGuide,
  { readonly ask: (question: GuideQuestion, host: Host) => Effect.Effect<Guidance> }
>()("core/guide/AskGuide") {
  static readonly layer = Layer.effect(
    AskGuide,
    Effect.gen(function* () {
      const service = yield* ServiceApi
      const config = yield* AuthConfig
      const state = yield* GuideState
      const ids = yield* Ids

      /**
       * Whether the model takes what was wished, is the service's to say: a plan without a token stores nothing. Only a
       * refusal of the arguments counts; a service that does not plan for strangers has not refused the wish.
       */
      const judge = Effect.fnUntraced(function* (wish: GuideWish, { aspectRatio, model }: ModelChoice) {
        const parameters = parse(wish.modelParametersJson ?? "{}")
        if (Option.isNone(parameters)) return "--model-parameters-json must be a JSON object"
        const plan = service.create({
          prompt: wish.prompt,
          model: model.id,
          aspectRatio: aspectRatio ?? "1:1",
          modelParameters: parameters.value,
          dryRun: true,
          ...(wish.outputCount === null ? {} : { outputCount: wish.outputCount })
        })
        const answer = yield* Effect.timeoutOption(plan, patience)
        const check = Option.isNone(answer) ? null : readRefusal(answer.value.envelope)
        return check !== null && check.code !== null && misfits.has(check.code) ? (check.message ?? check.code) : null
      })

      const ask = Effect.fn("AskGuide.ask")(function* ({ runtime, token, wish }: GuideQuestion, host: Host) {
        const questions = {
          health: Effect.map(service.healthz({}), (answer) => readCheck(answer, readHealth)),
          models: Effect.map(service.modelsList({}), (answer) => readCheck(answer, readModels)),
          payments: Effect.map(service.paymentMethods({}), (answer) => readCheck(answer, readPayments)),
          quota:
            token === null
              ? Effect.succeed(null)
              : Effect.map(service.quota({}, token.value), (answer) => ({
                  check: readCheck(answer, readQuota),
                  actor: readActor(answer)
                }))
        }
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        const { health, models, payments, quota } = yield* Effect.all(questions, { concurrency: "unbounded" })
        const choice = choiceOf({ models, wish })
        const facts: GuideFacts = {
          wish,
          target: service.target,
          health,
          models,
          payments,
          quota: quota?.check ?? null,
          actor: quota?.actor ?? null,
          misfit: choice === null || !isPlannable(wish, choice) ? null : yield* judge(wish, choice),
          tokenSource: token?.source ?? null,
          configPath: config.path,
          configWrite: null,
          agentName: `agent-${yield* ids.hex(6)}`,
          runtime,
          mediaKey: `${choice?.operation ?? wish.operation}-guide-${now}-${yield* ids.hex(8)}`,
          quoteKey: `quote-${now}-${yield* ids.hex(8)}`
        }
        // Only somebody who has to sign up needs a place for a token, so only then is one looked for. The embedded service
        // may be ill for want of that very place.
        const { _tag: stage } = state.decide(facts)
        const mayLackHome = stage === "ServiceUnreachable" && service.target === embeddedTarget && token === null
        const isNewcomer = stage === "AuthRequired" || mayLackHome
        return state.guide(isNewcomer ? { ...facts, configWrite: yield* config.probe } : facts, host)
      })

      return AskGuide.of({ ask })
    })
  )
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

/** A live create may take minutes, a plan may not: it is a question like the others. */
const patience = Duration.seconds(30)

/** Any model takes a prompt alone; and an edit is planned only for somebody known, which would store the plan. */
const isPlannable = (
  { aspectRatio, modelParametersJson, outputCount, prompt }: GuideWish,
  { operation }: ModelChoice
): boolean =>
  operation === "create" &&
  prompt !== "" &&
  (aspectRatio !== null || modelParametersJson !== null || outputCount !== null)

const misfits: ReadonlySet<string> = new Set(["INVALID_ARGUMENTS", "MODEL_PARAMETERS_INVALID"])
