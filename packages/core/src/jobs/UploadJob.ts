import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Stream from "effect/Stream"
import { ActivityLog } from "../activity/ActivityLog.ts"
import { MicroUsd } from "../credits/Credits.ts"
import { Limits } from "../credits/Limits.ts"
import { known } from "../credits/Pricing.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { ArtifactStore, type ArtifactStoreFailed, type StoredArtifact } from "../media/ArtifactStore.ts"
import { type Asset, expiryOf } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import { concatBytes, sourceOf } from "../media/containers/Source.ts"
import { uprightSize } from "../media/containers/UprightSize.ts"
import { judgeEvidence, judgeFailure } from "../media/JudgeEvidence.ts"
import { applyEdits, locationEdits } from "../media/LocationCuts.ts"
import { type Measured, measure } from "../media/Measure.ts"
import { MediaInspector, type StoredMedia } from "../media/MediaInspector.ts"
import { OwnedBytes } from "../media/OwnedBytes.ts"
import { maxUploadBytes, type UploadBodyFailed } from "../media/UploadBody.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import * as EditRefusals from "./EditRefusals.ts"
import type { Job } from "./Job.ts"
import * as JobEvents from "./JobEvents.ts"
import { JobStore } from "./JobStore.ts"
import * as Refusals from "./Refusals.ts"

/** What the sender says about an upload. Null means that it does not say. */
export interface UploadFacts {
  readonly sourceKind: "local_path" | "remote_url"
  readonly filename: string
  readonly remoteOrigin: string | null
  readonly mimeType: string | null
  readonly contentLength: number | null
  readonly sha256: string | null
  readonly visibility: Asset["visibility"]
}

/** `sent` is what arrived, `asset` what is kept: without its location metadata. */
export interface Uploaded {
  readonly facts: UploadFacts
  readonly sent: StoredMedia
  readonly asset: Asset
  readonly job: Job
  readonly checks: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

/** Until an upload of an hour ago no longer counts, in whole seconds. */
export const secondsUntilFree = (startedAt: string, now: DateTime.DateTime): number => {
  const free = DateTime.addDuration(DateTime.makeUnsafe(startedAt), Duration.hours(1))
  return Math.max(1, Math.ceil(Duration.toSeconds(DateTime.distance(now, free))))
}

type Body = Stream.Stream<Uint8Array, UploadBodyFailed>

/** Keeps somebody's own picture as an asset: judged by its bytes, measured, without the place where it was taken. */
export class UploadJob extends Context.Service<
  UploadJob,
  {
    upload(input: {
      readonly agent: Agent
      readonly facts: UploadFacts
      readonly body: Body
      readonly maxBytes: number
      readonly traceId: string
      /** Callers on this machine are not limited. */
      readonly isLocal: boolean
    }): Effect.Effect<Uploaded, Refusal | StoreUnavailable>
  }
>()("core/jobs/UploadJob") {
  static readonly layer = Layer.effect(
    UploadJob,
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const owned = yield* OwnedBytes
      const assets = yield* Assets
      const jobs = yield* JobStore
      const inspector = yield* MediaInspector
      const activity = yield* ActivityLog
      const limits = yield* Limits
      const store = yield* Store
      const ids = yield* Ids

      const checkRate = Effect.fnUntraced(function* ({ organizationId }: Agent, isLocal: boolean) {
        if (isLocal || limits.uploadsPerHour === null) return
        const now = yield* DateTime.now
        const since = DateTime.formatIso(DateTime.subtractDuration(now, Duration.hours(1)))
        const started = yield* jobs.countSince(organizationId, "upload", since)
        if (started < limits.uploadsPerHour) return
        const first = (yield* jobs.firstSince(organizationId, "upload", since)) ?? since
        return yield* EditRefusals.uploadsLimited(limits.uploadsPerHour, secondsUntilFree(first, now))
      })

      const put = (body: Body, maxBytes: number) =>
        Effect.mapError(artifacts.putStream(body, maxBytes), (error) =>
          error._tag === "UploadBodyFailed" ? bodyRefused(error, maxBytes) : storeRefused(error, maxBytes)
        )

      const freedOnFailure = ({ sha256 }: StoredArtifact) =>
        Effect.addFinalizer((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.ignore(owned.free(sha256))))

      const headOf = ({ bytes, sha256 }: StoredArtifact) =>
        Effect.mapError(artifacts.get(sha256, { start: 0, end: Math.min(bytes, headBytes) - 1 }), (error) =>
          storeRefused(error, bytes)
        )

      /** The same picture without the place where it was taken; itself where it names none. */
      const withoutLocation = Effect.fnUntraced(function* (sent: StoredArtifact) {
        const readAt = (start: number, end: number) => artifacts.get(sent.sha256, { start, end: end - 1 })
        const edits = yield* locationEdits(readAt, sent.bytes)
        if (edits.length === 0) return sent
        const kept = yield* artifacts.putStream(applyEdits(artifacts.stream(sent.sha256), edits), maxUploadBytes)
        yield* freedOnFailure(kept)
        yield* owned.free(sent.sha256)
        return kept
      })

      const inspect = Effect.fnUntraced(function* (media: StoredMedia) {
        const seen = yield* Effect.result(inspector.inspect(media))
        if (Result.isFailure(seen)) {
          if (seen.failure.reason === "too_large")
            return yield* EditRefusals.uploadDenied("has more pixels than are safe to decode", {})
          return { evidence: judgeFailure(seen.failure), size: null }
        }
        return { evidence: judgeEvidence(seen.success, noExpectations), size: seen.success.size }
      })

      const upload: UploadJob["Service"]["upload"] = Effect.fn("UploadJob.upload")(function* (input) {
        const { agent, body, facts, isLocal, maxBytes, traceId } = input
        yield* checkRate(agent, isLocal)
        if (facts.mimeType !== null && !allowedTypes.has(facts.mimeType) && facts.mimeType !== anyBytes)
          return yield* EditRefusals.uploadDenied(
            `has the type ${facts.mimeType.slice(0, 60)}; PNG, JPEG, WebP, GIF and AVIF are taken`,
            { field: "mime_type" }
          )
        yield* Effect.catchTag(artifacts.check, "ArtifactStoreFailed", () => Effect.fail(Refusals.storageUnavailable()))
        yield* owned.storing
        const sent = yield* put(body, maxBytes)
        yield* freedOnFailure(sent)
        return yield* Effect.catchTag(keep(agent, facts, sent, traceId), "ArtifactStoreFailed", (error) =>
          Effect.fail(storeRefused(error, maxBytes))
        )
      }, Effect.scoped)

      const keep = Effect.fnUntraced(function* (
        agent: Agent,
        facts: UploadFacts,
        sent: StoredArtifact,
        traceId: string
      ) {
        const measured = yield* judge(facts, sent, sent.bytes === 0 ? null : measure(yield* headOf(sent)))
        const kept = yield* withoutLocation(sent)
        const { evidence, size: seen } = yield* inspect({ ...kept, mimeType: measured.mimeType })
        const readAt = (start: number, end: number) => artifacts.get(kept.sha256, { start, end: end - 1 })
        const size = seen ?? (yield* uprightSize(sourceOf(readAt, kept.bytes), measured))
        if (size !== null && Math.max(size.width, size.height) > maxEdge)
          return yield* EditRefusals.uploadDenied(
            `is ${size.width}x${size.height}; no side may be over ${maxEdge} pixels`,
            {
              max_edge: maxEdge
            }
          )
        const createdAt = DateTime.formatIso(yield* DateTime.now)
        const asset: Asset = {
          id: yield* ids.next("image"),
          organizationId: agent.organizationId,
          jobId: yield* ids.next("job"),
          kind: "uploaded",
          modality: "image",
          mimeType: measured.mimeType,
          contentLength: kept.bytes,
          width: size?.width ?? null,
          height: size?.height ?? null,
          sha256: kept.sha256,
          createdAt,
          visibility: facts.visibility,
          parentId: null,
          evidence,
          expiresAt: expiryOf(createdAt, limits.mediaRetentionDays),
          deletedAt: null
        }
        const job = jobOf(agent, asset, traceId, yield* ids.next("usage"))
        const eventId = yield* ids.next("evt")
        const { organizationId } = agent
        yield* Effect.all([
          jobs.insert(job),
          assets.insert(asset),
          activity.append({
            id: eventId,
            occurredAt: createdAt,
            organizationId,
            traceId,
            ...JobEvents.uploaded(job, asset)
          })
        ]).pipe(store.transaction)
        const isCut = kept.sha256 !== sent.sha256
        const uploaded: Uploaded = {
          facts,
          sent: { ...sent, mimeType: measured.mimeType },
          asset,
          job,
          checks: ["mime", "size", "signature", "pixels", "location_metadata"],
          warnings: [
            ...(isCut ? ["location metadata was cut out; the stored picture is the same without it"] : []),
            ...(evidence.flags.includes("unreadable")
              ? ["the picture could not be decoded; it is kept as it is, and no model may be able to use it"]
              : [])
          ]
        }
        return uploaded
      })

      return UploadJob.of({ upload })
    })
  )
}

/** The bytes of a JSON upload, slice by slice, so that whoever else is served need not wait for twenty megabytes. */
export const decodeBase64 = Effect.fnUntraced(function* (text: string) {
  const slices: Array<Uint8Array> = []
  for (let at = 0; at < text.length; at += sliceLength) {
    const slice = text.slice(at, at + sliceLength)
    const isLast = at + sliceLength >= text.length
    // The decoder skips line breaks, and knows of padding only at the end of what it is given.
    const isStandard = (isLast || !slice.includes("=")) && !/[\r\n]/u.test(slice)
    const decoded = isStandard ? Base64.decode(slice) : Result.fail(null)
    if (Result.isFailure(decoded)) return yield* EditRefusals.uploadBroken("bytes_base64", "must be standard base64")
    slices.push(decoded.success)
    if (!isLast) yield* Effect.yieldNow
  }
  return concatBytes(slices)
})

/** A multiple of four, so that each slice is base64 by itself. */
const sliceLength = 262_144

/** What `POST /v1/upload` takes, decoded (contract/api.md 8.4). */
export const maxJsonUploadBytes = 20 * 1024 * 1024

const allowedTypes = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"])
/** Says nothing, so it contradicts nothing. */
const anyBytes = "application/octet-stream"
const maxEdge = 16_384
const headBytes = 256 * 1024

const noExpectations = {
  modality: "image",
  exactSize: null,
  minShortEdge: null,
  siblings: [],
  inputs: [],
  changedOutside: null
} as const

const judge = (
  facts: UploadFacts,
  sent: StoredArtifact,
  measured: Measured | null
): Effect.Effect<Measured, Refusal> => {
  if (facts.contentLength !== null && facts.contentLength !== sent.bytes)
    return Effect.fail(
      EditRefusals.uploadBroken("content_length", `says ${facts.contentLength} bytes and ${sent.bytes} arrived`)
    )
  if (facts.sha256 !== null && facts.sha256 !== sent.sha256)
    return Effect.fail(EditRefusals.uploadBroken("sha256", "is not the hash of the bytes that arrived"))
  if (sent.bytes === 0) return Effect.fail(EditRefusals.uploadDenied("is empty", { bytes: 0 }))
  if (measured === null || !allowedTypes.has(measured.mimeType))
    return Effect.fail(
      EditRefusals.uploadDenied("is none of PNG, JPEG, WebP, GIF and AVIF by its first bytes", {
        detected: measured?.mimeType ?? "unknown"
      })
    )
  if (facts.mimeType !== null && facts.mimeType !== anyBytes && facts.mimeType !== measured.mimeType)
    return Effect.fail(
      EditRefusals.uploadDenied(`is sent as ${facts.mimeType}, and its first bytes are those of ${measured.mimeType}`, {
        detected: measured.mimeType
      })
    )
  return Effect.succeed(measured)
}

const bodyRefused = ({ message, reason }: UploadBodyFailed, maxBytes: number): Refusal =>
  reason === "too_large"
    ? EditRefusals.uploadDenied(`is larger than ${maxBytes} bytes`, { max_bytes: maxBytes })
    : EditRefusals.uploadBroken("body", message)

const storeRefused = ({ reason }: ArtifactStoreFailed, maxBytes: number): Refusal =>
  reason === "too_large"
    ? EditRefusals.uploadDenied(`is larger than ${maxBytes} bytes`, { max_bytes: maxBytes })
    : Refusals.storageUnavailable()

const free = known(MicroUsd.make(0), "model_registry")

/** Uploads cost nothing, and end as they begin; the job is there so that everything an asset came from can be looked up. */
const jobOf = (agent: Agent, asset: Asset, traceId: string, usageEventId: string): Job => ({
  id: asset.jobId,
  organizationId: agent.organizationId,
  agentId: agent.id,
  allowanceKey: agent.allowanceKey,
  operation: "upload",
  status: "completed",
  step: "ended",
  traceId,
  modelId: "upload",
  capabilityId: "is.asset.upload.v1",
  request: {
    wish: {
      operation: "edit",
      provider: null,
      model: null,
      intent: "upload",
      aspectRatio: "auto",
      outputCount: 1,
      parameters: {},
      guard: { perOutputUsd: null, totalUsd: null },
      acceptUnknownCost: false,
      visibility: asset.visibility
    },
    media: [],
    promptCharacters: 0,
    promptSha256: "",
    modelParameters: { acceptedKeys: [], provenance: {} },
    selection: {
      policy: "explicit_model",
      reason: "an upload runs no model",
      intent: "upload",
      intentClass: "general",
      parameterKeys: [],
      defaultsApplied: [],
      output: { resolutionClass: null, size: null, minShortEdge: null },
      considered: [],
      preferredCredits: null
    }
  },
  price: free,
  holdId: null,
  idempotencyKey: null,
  keyActive: false,
  fingerprint: "",
  input: null,
  handle: null,
  cancelRequestedAt: null,
  produced: null,
  safetyChecks: [],
  error: null,
  outcome: null,
  usageEventId,
  receipt: null,
  createdAt: asset.createdAt,
  startedAt: asset.createdAt,
  endedAt: asset.createdAt,
  reservedUntil: asset.createdAt,
  owner: null,
  dueAt: asset.createdAt
})
