import { resolve } from "node:path"
import { AgentAbilities, type AgentSession } from "@image-skill/core/agent/AgentAbilities"
import { tell } from "@image-skill/core/agent/AgentEvents"
import type { SaveRequest, SettleRequest, UploadFileRequest } from "@image-skill/core/agent/AgentRequests"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { maybeText } from "@image-skill/core/envelope/Lenient"
import { docsUrl, embeddedTarget } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { publishedMediaBase, recognise } from "@image-skill/core/media/AssetReference"
import type { MediaSource } from "@image-skill/core/media/MediaSource"
import { centsOf } from "@image-skill/core/payments/Cents"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AgentUpkeep } from "./AgentUpkeep.ts"
import type { WalletPlace } from "./WalletPlaces.ts"

export interface NodeAbilitiesOptions {
  /** The service, as the wallet's policy knows it: an origin, or `embedded:`. */
  readonly target: string
  /** The wallet is settled from these places. */
  readonly place: WalletPlace
  /** Private addresses that pictures may be fetched from, such as `http://127.0.0.1:8080`. */
  readonly trustedOrigins: ReadonlyArray<string>
  /** Where media are downloaded from. `bases` are the media origins that the service announced. */
  readonly mediaSource: (bases: ReadonlyArray<string>) => Layer.Layer<MediaSource>
}

/** Files, downloads and the wallet of this machine. What each needs is loaded by its first use. */
export const layer = (options: NodeAbilitiesOptions): Layer.Layer<AgentAbilities, never, Ids> =>
  Layer.effect(
    AgentAbilities,
    Effect.map(Ids, (ids) =>
      AgentAbilities.of({
        settle: settle(options, ids),
        upload: upload(options),
        save: save(options),
        localRails: (rails) =>
          Effect.flatMap(
            Effect.promise(() => import("./LocalRails.ts")),
            ({ localRails }) => localRails(options.place, rails, options.target)
          )
      })
    )
  )

const upload = ({ place, trustedOrigins }: NodeAbilitiesOptions) =>
  Effect.fnUntraced(function* (
    { input, visibility }: typeof UploadFileRequest.Type,
    { service, token }: AgentSession
  ): Effect.fn.Return<Answer, Refusal> {
    if (input === "-") return yield* noStdin()
    const { openPicture, sources } = yield* Effect.promise(() => import("../media/Picture.ts"))
    const { sendPicture } = yield* Effect.promise(() => import("./SendPicture.ts"))
    const text = /^https?:\/\//iu.test(input) ? input : resolve(place.workingDirectory, input)
    return yield* Effect.gen(function* () {
      const picture = yield* openPicture({ what: "input", text }, Effect.succeed(trustedOrigins))
      const answer = yield* sendPicture(service, picture, { visibility: visibility ?? null, token })
      const { envelope } = answer
      return { ...answer, envelope: { ...envelope, warnings: [...envelope.warnings, ...picture.warnings] } }
    }).pipe(Effect.scoped, Effect.provide(sources))
  })

const HealthFacts = Schema.Struct({ media_base_url: maybeText })

/** Where the service says its media are; a service that says nothing keeps them on the public host or on its own. */
const mediaBases = ({ service }: AgentSession): Effect.Effect<ReadonlyArray<string>> =>
  service.target === embeddedTarget
    ? Effect.succeed([])
    : Effect.map(service.healthz({}), ({ envelope }) => {
        const announced = Option.getOrNull(Schema.decodeUnknownOption(HealthFacts)(envelope.data))?.media_base_url
        return typeof announced === "string" ? [announced] : [publishedMediaBase, service.target]
      })

const save = ({ mediaSource, place }: NodeAbilitiesOptions) =>
  Effect.fnUntraced(function* (
    { assetId, output, overwrite = false }: typeof SaveRequest.Type,
    session: AgentSession
  ): Effect.fn.Return<Answer, Refusal> {
    const { saveAsset } = yield* Effect.promise(() => import("@image-skill/core/agent/SaveAsset"))
    const files = yield* Effect.promise(() => import("../media/NodeLocalFiles.ts"))
    const bases = yield* mediaBases(session)
    const reference = recognise(assetId, bases) ?? { assetId, type: "asset_id" as const }
    const { finish, shown } = yield* saveAsset({
      ...session,
      reference,
      output: output === undefined ? null : resolve(place.workingDirectory, output),
      overwrite
    }).pipe(Effect.provide(Layer.merge(mediaSource(bases), files.layer)))
    return finish(shown)
  })

const settle = ({ place }: NodeAbilitiesOptions, ids: Ids["Service"]) =>
  Effect.fnUntraced(function* (
    { maxUsd, paymentAttemptId, timeoutMs = 120_000 }: typeof SettleRequest.Type,
    { service, token }: AgentSession
  ): Effect.fn.Return<Answer, Refusal> {
    const { settleAttempt } = yield* Effect.promise(() => import("./SettleAttempt.ts"))
    const upkeep = yield* AgentUpkeep
    return yield* settleAttempt({
      place,
      attemptId: paymentAttemptId,
      origin: service.target,
      timeoutMs,
      maxUsdCents: maxUsd === undefined ? null : centsOf(maxUsd),
      ask: service.creditsStatus({ paymentAttemptId }, token),
      before: upkeep.before("creditsStatus"),
      submitted: tell({ type: "submitted", idempotencyKey: null }),
      seen: () => Effect.void,
      relayed: (answer) => ({ ...answer, envelope: { ...answer.envelope, command: label } }),
      refused: (refusal) =>
        Effect.map(ids.trace, (traceId) => toAnswer(refusal, { command: label, traceId, actor: null, effect: "spend" }))
    })
  })

const label = "image-skill credits settle"

const noStdin = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "input must be a path or a URL; a program's standard input is its own",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-upload") }
  })
