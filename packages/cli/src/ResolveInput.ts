import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { recognise } from "@image-skill/core/media/AssetReference"
import { LocalFiles } from "@image-skill/core/media/LocalFiles"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import { sourceKindOf, typeOfName } from "@image-skill/core/media/UploadSource"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { mediaBases } from "./MediaBases.ts"
import { judgePicture, type Named, openPicture } from "./Picture.ts"
import { relay } from "./Relay.ts"
import { tell } from "./RunEvents.ts"
import { sendPicture, type Sending } from "./SendPicture.ts"
import type { Target } from "./Target.ts"

/** What a flag names, before anything was uploaded: an asset that is there, or a picture that is not yet one. */
export interface Planned extends Named {
  readonly assetId: string | null
  readonly warnings: ReadonlyArray<string>
}

/** Recognises assets, and judges everything else as far as that is possible without sending it (contract/cli.md 8.3). */
export const planInputs = (
  context: Context,
  target: Target,
  named: ReadonlyArray<Named>
): Effect.Effect<ReadonlyArray<Planned>, Refusal, ServiceApi | LocalFiles | RemoteFetch> =>
  Effect.gen(function* () {
    // Where the media of the service are matters only for what might be the URL of one.
    const bases = named.some(({ text }) => sourceKindOf(text) === "remote") ? yield* mediaBases(target) : []
    const files = yield* LocalFiles
    return yield* Effect.forEach(named, (one) =>
      Effect.gen(function* () {
        const asset = recognise(one.text, bases)
        const isFile = asset?.type === "asset_id" && typeOfName(one.text) !== null && (yield* files.exists(one.text))
        if (asset !== null && !isFile) return { ...one, assetId: asset.assetId, warnings: [] }
        yield* judgePicture(context, one)
        const warnings = isFile
          ? [`${one.what}: ${one.text} looks like an asset id, but there is a file of that name, which was uploaded`]
          : []
        return { ...one, assetId: null, warnings }
      })
    )
  })

/** The asset of each input, in order, as far as the uploads went. */
export interface Resolved {
  readonly assetIds: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
  /** The answer of the upload that failed; null when all are there. */
  readonly failure: Answer | null
}

/** Uploads what is no asset yet, one after the other, and each text once. The first failure ends it. */
export const resolveInputs = (
  context: Context,
  planned: ReadonlyArray<Planned>,
  sending: Sending
): Effect.Effect<Resolved, Refusal, ServiceApi | LocalFiles | RemoteFetch | Ids> =>
  Effect.gen(function* () {
    const uploaded = new Map<string, string>()
    const assetIds: Array<string> = []
    const warnings: Array<string> = []
    for (const one of planned) {
      warnings.push(...one.warnings)
      const known = one.assetId ?? uploaded.get(one.text)
      if (known !== undefined) {
        assetIds.push(known)
        continue
      }
      const { answer, assetId, told } = yield* uploadOne(context, one, sending)
      warnings.push(...told)
      if (assetId === null) return { assetIds, warnings: [...warnings, ...alreadyThere(uploaded)], failure: answer }
      uploaded.set(one.text, assetId)
      yield* tell({ type: "uploaded", assetId })
      assetIds.push(assetId)
    }
    return { assetIds, warnings, failure: null }
  })

/** So that nobody uploads them again. */
const alreadyThere = (uploaded: ReadonlyMap<string, string>): ReadonlyArray<string> =>
  [...uploaded].map(([text, assetId]) => `${text} was uploaded before that, as ${assetId}; name it so from now on`)

const uploadOne = (context: Context, named: Named, sending: Sending) =>
  Effect.gen(function* () {
    const picture = yield* openPicture(context, named)
    const answer = relay(context, yield* sendPicture(picture, sending))
    const { data, ok, warnings } = answer.envelope
    const told = [...picture.warnings, ...(ok ? warnings.map((warning) => `${named.what}: ${warning}`) : [])]
    const assetId = textField(jsonField(data, "asset"), "asset_id")
    if (!ok) return { answer, assetId: null, told }
    return assetId === "" ? { answer: yield* withoutId(context), assetId: null, told } : { answer, assetId, told }
  }).pipe(Effect.scoped)

/** A service that keeps a picture and does not say as what. */
const withoutId = ({ host }: Context): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) =>
      toAnswer(
        new Refusal({
          code: "UPLOAD_ASSET_ID_MISSING",
          message: "the service took the upload and did not say as which asset; nothing was made of it",
          recovery: { docsUrl: docsUrl("image-skill-upload") }
        }),
        { command: "image-skill upload", traceId, actor: null, effect: "write", start: host }
      )
  )
