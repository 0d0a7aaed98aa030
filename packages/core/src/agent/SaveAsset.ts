import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Answer } from "../envelope/Envelope.ts"
import { isJsonObject, jsonField } from "../envelope/JsonFields.ts"
import { maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { AssetReference } from "../media/AssetReference.ts"
import { downloadName } from "../media/DownloadName.ts"
import { type LocalFileFailed, LocalFiles } from "../media/LocalFiles.ts"
import { type MediaFetchFailed, MediaSource } from "../media/MediaSource.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"

/** What a download needs to know of an asset. */
const AssetFacts = Schema.Struct({
  asset_id: maybeText,
  url: Schema.String,
  mime_type: maybeText,
  content_length: maybeNumber,
  sha256: maybeText
})
type AssetFacts = typeof AssetFacts.Type

export interface Saving {
  readonly service: ServiceApi["Service"]
  readonly token: Redacted.Redacted
  readonly reference: AssetReference
  /** The file to make; null for one named after the asset. */
  readonly output: string | null
  readonly overwrite: boolean
}

export interface SavedAnswer {
  /** What the service said of the asset, or why it did not. */
  readonly shown: Answer
  /** Puts the file that was made into that answer; changes nothing where none was. */
  readonly finish: (shown: Answer) => Answer
}

/**
 * Downloads an owned asset beside its target, compares length and hash with what the service says, and only then gives
 * it its name. Whatever fails, a file that was there before is still there.
 */
export const saveAsset = Effect.fnUntraced(function* ({
  output,
  overwrite,
  reference,
  service,
  token
}: Saving): Effect.fn.Return<SavedAnswer, Refusal, LocalFiles | MediaSource> {
  const shown = yield* service.assetsShow({ assetId: reference.assetId }, token)
  if (!shown.envelope.ok) return { shown, finish: (answer) => answer }
  const asset = assetOf(shown.envelope.data)
  const facts = Option.getOrNull(Schema.decodeUnknownOption(AssetFacts)(asset))
  if (facts === null) return yield* withoutUrl()
  const path = output ?? downloadName({ url: facts.url, assetId: facts.asset_id, mimeType: facts.mime_type })
  const saved = yield* Effect.scoped(save(facts, path, overwrite))
  return {
    shown,
    finish: (answer) => downloaded(answer, reference, asset, { ...saved, overwritten: overwrite })
  }
})

const assetOf = (data: Schema.Json): Schema.Json => jsonField(data, "asset") ?? data

interface Saved {
  readonly path: string
  readonly bytes: number
  readonly contentType: string | null
  readonly announced: number | null
}

const save = (
  facts: AssetFacts,
  path: string,
  overwrite: boolean
): Effect.Effect<Saved, Refusal, LocalFiles | MediaSource | Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* LocalFiles
    const source = yield* MediaSource
    if (!overwrite && (yield* files.exists(path))) return yield* outputExists(path)
    const media = yield* Effect.mapError(source.fetch(facts.url), downloadFailed)
    const file = yield* Effect.mapError(files.create(path, overwrite), (error) => writeFailed(error, path))
    yield* media.body.pipe(
      Stream.runForEach((chunk) => Effect.mapError(file.write(chunk), (error) => writeFailed(error, path))),
      Effect.catchTag("MediaFetchFailed", (error) => Effect.fail(downloadFailed(error)))
    )
    const { bytes, sha256 } = yield* file.digest
    const expected = media.contentLength ?? facts.content_length
    if (expected !== null && bytes !== expected) return yield* differs(`${bytes} of ${expected} bytes arrived`)
    if (facts.content_length !== null && bytes !== facts.content_length) {
      return yield* differs(`${bytes} bytes arrived, the service says ${facts.content_length}`)
    }
    if (facts.sha256 !== null && sha256 !== facts.sha256)
      return yield* differs("its SHA-256 is not the one the service says")
    yield* Effect.mapError(file.commit, (error) =>
      error.reason === "exists" ? outputExists(path) : writeFailed(error, path)
    )
    const saved: Saved = { path, bytes, contentType: media.contentType, announced: media.contentLength }
    return saved
  })

const downloaded = (
  answer: Answer,
  reference: AssetReference,
  asset: Schema.Json,
  saved: Saved & { readonly overwritten: boolean }
): Answer => ({
  ...answer,
  envelope: {
    ...answer.envelope,
    command: "image-skill assets get",
    data: {
      request: { reference: reference.assetId, reference_type: reference.type },
      asset,
      download: {
        output_path: saved.path,
        bytes: saved.bytes,
        content_type: saved.contentType ?? mimeOf(asset),
        content_length_header: saved.announced,
        overwritten: saved.overwritten
      },
      ...remaining(answer.envelope.data)
    }
  }
})

/** What else the service says can be done with the asset; the download is done. */
const remaining = (data: Schema.Json): Schema.JsonObject => {
  const actions = jsonField(data, "next_actions")
  return isJsonObject(actions)
    ? { next_actions: Object.fromEntries(Object.entries(actions).filter(([id]) => id !== "download")) }
    : {}
}

const mimeOf = (asset: Schema.Json): string | null => {
  const facts = Option.getOrNull(Schema.decodeUnknownOption(AssetFacts)(asset))
  return facts?.mime_type ?? null
}

const assetsDocs = docsUrl("image-skill-assets")

const withoutUrl = (): Refusal =>
  new Refusal({
    code: "ASSET_DOWNLOAD_FAILED",
    message: "the service answered without the URL of the asset",
    retryable: false,
    outcome: "rejected",
    recovery: { docsUrl: assetsDocs }
  })

const outputExists = (path: string): Refusal =>
  new Refusal({
    code: "OUTPUT_EXISTS",
    message: `${path} is there already and was left as it is; choose another --output, or say --overwrite`,
    outcome: "rejected",
    recovery: { requiredFlag: "--overwrite", docsUrl: assetsDocs }
  })

const writeFailed = ({ message, reason }: LocalFileFailed, path: string): Refusal =>
  new Refusal({
    code: "OUTPUT_WRITE_FAILED",
    message: `${path} cannot be written: ${message}`,
    outcome: "rejected",
    recovery: { requiredFlag: "--output", docsUrl: assetsDocs },
    details: { reason }
  })

const downloadFailed = ({ message, reason }: MediaFetchFailed): Refusal =>
  new Refusal({
    code: "ASSET_DOWNLOAD_FAILED",
    message: `the media could not be downloaded: ${message}; nothing was written`,
    retryable: reason === "unreachable" || reason === "interrupted",
    outcome: "rejected",
    recovery: { docsUrl: assetsDocs }
  })

const differs = (how: string): Refusal =>
  new Refusal({
    code: "ASSET_DOWNLOAD_FAILED",
    message: `the download is not what the service announced: ${how}; nothing was written`,
    outcome: "rejected",
    recovery: { docsUrl: assetsDocs }
  })
