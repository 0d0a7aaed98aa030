import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import { RemoteFetch, type RemoteFetchFailed } from "@image-skill/core/media/RemoteFetch"
import { UploadBodyFailed } from "@image-skill/core/media/UploadBody"
import { judgeType, sourceKindOf, uploadLimits, uploadName } from "@image-skill/core/media/UploadSource"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as NodeLocalFiles from "./NodeLocalFiles.ts"
import * as NodeRemoteFetch from "./NodeRemoteFetch.ts"

/** A picture that was named by a path or a URL, on its way to the service. Its bytes may be read once. */
export interface Picture {
  readonly sourceKind: "local_path" | "remote_url"
  readonly filename: string
  readonly remoteOrigin: string | null
  readonly mimeType: string
  readonly contentLength: number
  readonly body: Stream.Stream<Uint8Array, UploadBodyFailed>
  readonly warnings: ReadonlyArray<string>
}

/** `what` names the flag or the argument in messages. */
export interface Named {
  readonly what: string
  readonly text: string
}

/** Where pictures come from: files of this machine, and URLs, of private addresses only the ones that were trusted. */
export const sources: Layer.Layer<LocalFiles | RemoteFetch> = Layer.merge(NodeLocalFiles.layer, NodeRemoteFetch.layer)

/** Origins whose pictures are fetched though their addresses are private: of a developer's own machine, ordinarily none. */
export type TrustedOrigins = Effect.Effect<ReadonlyArray<string>, Refusal>

export const openPicture = (
  named: Named,
  trusted: TrustedOrigins
): Effect.Effect<Picture, Refusal, LocalFiles | RemoteFetch | Scope.Scope> => {
  switch (sourceKindOf(named.text)) {
    case "stdin":
      return fromStdin(named)
    case "local":
      return fromFile(named)
    case "remote":
      return fromUrl(named, trusted)
  }
}

/** What can be known before anything is sent: whether a file is there, and is a picture; whether a URL is one. */
export const judgePicture = (
  named: Named,
  trusted: TrustedOrigins
): Effect.Effect<void, Refusal, LocalFiles | RemoteFetch> => {
  switch (sourceKindOf(named.text)) {
    case "stdin":
      return Effect.void
    case "local":
      return Effect.scoped(Effect.asVoid(fromFile(named)))
    case "remote":
      return Effect.andThen(trusted, judgeUrl(named))
  }
}

const judgeUrl = (named: Named): Effect.Effect<void, Refusal> => {
  const url = URL.canParse(named.text) ? new URL(named.text) : null
  if (url === null) return Effect.fail(badUrl(named, "is no URL"))
  return url.username === "" && url.password === ""
    ? Effect.void
    : Effect.fail(badUrl(named, "carries a user name or a password, which is never sent"))
}

const fromFile = Effect.fnUntraced(function* (named: Named) {
  const files = yield* LocalFiles
  const { body, bytes, head } = yield* Effect.mapError(files.open(named.text, uploadLimits.stream), (error) =>
    unreadable(named, error)
  )
  const first = yield* Effect.mapError(head(uploadLimits.head), (error) => unreadable(named, error))
  const filename = uploadName(named.text, "upload")
  return yield* judged(
    named,
    { filename, contentType: null, head: first, contentLength: bytes },
    {
      sourceKind: "local_path",
      remoteOrigin: null,
      body: Stream.mapError(body, toBodyFailed)
    }
  )
})

const fromStdin = Effect.fnUntraced(function* (named: Named) {
  const files = yield* LocalFiles
  const bytes = yield* Effect.mapError(files.readBytes("-", uploadLimits.memory), (error) => unreadable(named, error))
  return yield* judged(
    named,
    { filename: "stdin", contentType: null, head: bytes, contentLength: bytes.length },
    {
      sourceKind: "local_path",
      remoteOrigin: null,
      body: Stream.make(bytes)
    }
  )
})

const timeout = Duration.seconds(30)

/** Held in memory, because a sender may stop in the middle, or announce less than it sends. */
const fromUrl = Effect.fnUntraced(function* (named: Named, trusted: TrustedOrigins) {
  yield* judgeUrl(named)
  const remote = yield* RemoteFetch
  const options = { maxBytes: uploadLimits.memory, timeout, trustedOrigins: yield* trusted }
  const { bytes, contentType, origin } = yield* remote.fetch(named.text, options).pipe(
    Effect.flatMap(({ body, contentType: type, origin: from }) =>
      Effect.map(Stream.runCollect(body), (chunks) => ({
        bytes: Buffer.concat(chunks),
        contentType: type,
        origin: from
      }))
    ),
    Effect.mapError((error) => notFetched(named, error)),
    Effect.scoped
  )
  const filename = uploadName(new URL(named.text).pathname, "remote-upload")
  return yield* judged(
    named,
    { filename, contentType, head: bytes, contentLength: bytes.length },
    {
      sourceKind: "remote_url",
      remoteOrigin: origin,
      body: Stream.make(bytes)
    }
  )
})

interface Seen {
  readonly filename: string
  readonly contentType: string | null
  readonly head: Uint8Array
  readonly contentLength: number
}

const judged = (
  named: Named,
  { contentLength, contentType, filename, head }: Seen,
  rest: Pick<Picture, "sourceKind" | "remoteOrigin" | "body">
): Effect.Effect<Picture, Refusal> =>
  contentLength === 0
    ? Effect.fail(empty(named))
    : Result.match(judgeType(head, { filename, contentType }), {
        onFailure: (why) => Effect.fail(noPicture(named, why)),
        onSuccess: ({ mimeType, warning }) =>
          Effect.succeed({
            ...rest,
            filename,
            mimeType,
            contentLength,
            warnings: warning === null ? [] : [`${named.what}: ${warning}`]
          })
      })

const toBodyFailed = ({ message }: LocalFileFailed): UploadBodyFailed =>
  new UploadBodyFailed({ reason: "interrupted", message })

const uploadDocs = docsUrl("image-skill-upload")

const badUrl = ({ what }: Named, problem: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the URL of ${what} ${problem}`,
    outcome: "not_sent",
    recovery: { docsUrl: uploadDocs }
  })

const empty = ({ what }: Named): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the picture of ${what} is empty; nothing was sent`,
    outcome: "not_sent",
    recovery: { docsUrl: uploadDocs }
  })

const noPicture = ({ what }: Named, why: string): Refusal =>
  new Refusal({
    code: "UPLOAD_MIME_TYPE_UNKNOWN",
    message: `what ${what} names ${why}; nothing was sent`,
    recovery: { docsUrl: uploadDocs }
  })

const unreadable = ({ text, what }: Named, { message, reason }: LocalFileFailed): Refusal =>
  reason === "too_large"
    ? tooLarge(what, message)
    : new Refusal({
        code: "INPUT_FILE_UNREADABLE",
        message: `the picture ${shown(text)} of ${what} cannot be read: ${shown(message)}`,
        recovery: { docsUrl: uploadDocs },
        details: { reason }
      })

/** A path may be as long as somebody likes. */
const shown = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text)

const tooLarge = (what: string, message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the picture of ${what} is too large to be uploaded: ${message}`,
    outcome: "not_sent",
    recovery: { docsUrl: uploadDocs }
  })

const notFetched = (named: Named, { message, reason, status }: RemoteFetchFailed): Refusal => {
  if (reason === "not_allowed") return badUrl(named, `is not fetched: ${message}`)
  if (reason === "too_large") return tooLarge(named.what, message)
  return new Refusal({
    code: "REMOTE_UPLOAD_FETCH_FAILED",
    message: `the picture of ${named.what} could not be fetched: ${message}; nothing was sent`,
    recovery: { docsUrl: uploadDocs },
    details: { reason, ...(status === null ? {} : { status }) }
  })
}
