import { assert, describe, it } from "@effect/vitest"
import { Identity } from "@image-skill/core/identity/Identity"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { UploadJob } from "@image-skill/core/jobs/UploadJob"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import { InspectionFailed } from "@image-skill/core/media/MediaInspector"
import { UploadBodyFailed } from "@image-skill/core/media/UploadBody"
import * as MemoryInspector from "@image-skill/testing/media/MemoryInspector"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import sharp from "sharp"
import { assetIdOf, code, type World, world } from "./JobWorld.ts"

const picture = solidPng(8, 8, 1, 2, 3)

/** A photograph that says where it was taken. */
const placed = Effect.promise(() =>
  sharp(Buffer.alloc(48 * 48 * 3, 90), { raw: { width: 48, height: 48, channels: 3 } })
    .withExif({ IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } })
    .jpeg()
    .toBuffer()
    .then((buffer) => new Uint8Array(buffer))
)

/** A photograph that is to be turned before it is shown. */
const turned = Effect.promise(() =>
  sharp(Buffer.alloc(30 * 20 * 3, 90), { raw: { width: 30, height: 20, channels: 3 } })
    .withMetadata({ orientation: 8 })
    .jpeg()
    .toBuffer()
    .then((buffer) => new Uint8Array(buffer))
)

const assetOf = Effect.fnUntraced(function* ({ agent, run }: World, id: string) {
  const assets = yield* run(Assets)
  return Option.getOrThrow(yield* assets.find(agent.organizationId, id))
})
/** Whether the bytes are there once everything that waits to be freed was looked at. */
const readable = Effect.fnUntraced(function* ({ run }: World, sha256: string) {
  const [care, artifacts] = yield* run(Effect.all([AssetCare, ArtifactStore]))
  yield* TestClock.adjust("11 minutes")
  yield* care.tidy(100)
  return yield* Effect.isSuccess(artifacts.get(sha256))
})
const sha256Of = (bytes: Uint8Array) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new Uint8Array(bytes))),
    (hash) => Buffer.from(hash).toString("hex")
  )

/** Uploads with words of its own about what it sends. */
const sent = Effect.fnUntraced(function* (
  w: World,
  bytes: Uint8Array,
  facts: { readonly mimeType?: string | null; readonly contentLength?: number; readonly sha256?: string },
  isLocal: boolean
) {
  const { authenticate } = yield* w.run(Identity)
  const { agent } = yield* authenticate({ token: w.agent.token, network: null, isLocal: true })
  const { upload } = yield* w.run(UploadJob)
  return yield* Effect.result(
    upload({
      agent,
      facts: {
        sourceKind: "local_path",
        filename: "boat.png",
        remoteOrigin: null,
        mimeType: null,
        contentLength: null,
        sha256: null,
        visibility: "public",
        ...facts
      },
      body: Stream.fromIterable([bytes.slice(0, 10), bytes.slice(10)]),
      maxBytes: 10_000,
      traceId: "trace_upload",
      isLocal
    })
  )
})

describe("an upload", () => {
  it.effect("is an asset with what was measured in its bytes, a free job and one event", () =>
    Effect.gen(function* () {
      const w = yield* world()
      const answer = yield* w.upload(picture, { visibility: "private" })
      assert.isTrue(answer.envelope.ok)
      const asset = yield* assetOf(w, assetIdOf(answer))
      assert.deepInclude(asset, {
        kind: "uploaded",
        mimeType: "image/png",
        width: 8,
        height: 8,
        contentLength: picture.length,
        visibility: "private",
        sha256: yield* sha256Of(picture)
      })
      const job = yield* w.row(asset.jobId)
      assert.deepInclude(job, { operation: "upload", status: "completed", step: "ended", holdId: null })
      yield* w.settled(0)
    })
  )

  it.effect("is judged by its first bytes, not by what is said of it", () =>
    Effect.gen(function* () {
      const w = yield* world()
      const html = new TextEncoder().encode("<!doctype html><title>no picture</title>")
      for (const [bytes, facts, expected] of [
        [html, {}, "INPUT_POLICY_DENIED"],
        [new Uint8Array(), {}, "INPUT_POLICY_DENIED"],
        [picture, { mimeType: "image/jpeg" }, "INPUT_POLICY_DENIED"],
        [picture, { mimeType: "image/svg+xml" }, "INPUT_POLICY_DENIED"],
        [picture, { contentLength: picture.length + 1 }, "INVALID_ARGUMENTS"],
        [picture, { sha256: "0".repeat(64) }, "INVALID_ARGUMENTS"],
        [new Uint8Array(10_001), {}, "INPUT_POLICY_DENIED"],
        [solidPng(16_385, 1, 1, 1, 1), {}, "INPUT_POLICY_DENIED"]
      ] as const) {
        const refused = yield* sent(w, bytes, facts, true)
        assert(refused._tag === "Failure" && refused.failure._tag === "Refusal")
        assert.strictEqual(refused.failure.code, expected)
        assert.isFalse(yield* readable(w, yield* sha256Of(bytes)))
      }
      assert.strictEqual((yield* sent(w, picture, { mimeType: "application/octet-stream" }, true))._tag, "Success")
    })
  )

  it.effect("of a photograph is kept without the place where it was taken, and the original is not kept", () =>
    Effect.gen(function* () {
      const w = yield* world()
      const photograph = yield* placed
      const answer = yield* w.upload(photograph)
      const asset = yield* assetOf(w, assetIdOf(answer))
      const original = yield* sha256Of(photograph)
      assert.notStrictEqual(asset.sha256, original)
      assert.isFalse(yield* readable(w, original))
      assert.isTrue(answer.envelope.warnings.some((warning) => warning.includes("location metadata was cut out")))
    })
  )

  it.effect("that is refused after its place was cut out leaves nothing behind", () =>
    Effect.gen(function* () {
      const photograph = yield* placed
      const plain = yield* world()
      const { sha256 } = yield* assetOf(plain, assetIdOf(yield* plain.upload(photograph)))
      const bomb = new InspectionFailed({ reason: "too_large", message: "too many pixels" })
      const w = yield* world({ inspector: MemoryInspector.layer(new Map([[sha256, { fails: bomb }]])) })
      assert.strictEqual(code(yield* w.upload(photograph)), "INPUT_POLICY_DENIED")
      assert.isFalse(yield* readable(w, sha256))
      assert.isFalse(yield* readable(w, yield* sha256Of(photograph)))
    })
  )

  it.effect("has the size in which it is shown, also when it cannot be decoded", () =>
    Effect.gen(function* () {
      const bytes = yield* turned
      const fails = new InspectionFailed({ reason: "unreadable", message: "no luck" })
      for (const inspector of [
        MemoryInspector.layer(),
        MemoryInspector.layer(new Map([[yield* sha256Of(bytes), { fails }]]))
      ]) {
        const w = yield* world({ inspector })
        const { height, width } = yield* assetOf(w, assetIdOf(yield* w.upload(bytes)))
        assert.deepStrictEqual([width, height], [20, 30])
      }
    })
  )

  it.effect("that is refused leaves equal bytes of another asset where they are", () =>
    Effect.gen(function* () {
      const w = yield* world()
      const { sha256 } = yield* assetOf(w, assetIdOf(yield* w.upload(picture)))
      assert.strictEqual((yield* sent(w, picture, { sha256: "0".repeat(64) }, true))._tag, "Failure")
      assert.isTrue(yield* readable(w, sha256))
    })
  )

  it.effect("that cannot be decoded is kept and says so; one that cannot be looked at now, too", () =>
    Effect.gen(function* () {
      const sha256 = yield* sha256Of(picture)
      for (const [reason, flags] of [
        ["unreadable", ["unreadable"]],
        ["crashed", []]
      ] as const) {
        const fails = new InspectionFailed({ reason, message: "no luck" })
        const w = yield* world({ inspector: MemoryInspector.layer(new Map([[sha256, { fails }]])) })
        const answer = yield* w.upload(picture)
        assert.isTrue(answer.envelope.ok)
        assert.strictEqual(answer.envelope.warnings.length, flags.length)
        assert.deepStrictEqual((yield* assetOf(w, assetIdOf(answer))).evidence?.flags, flags)
      }
    })
  )

  it.effect("whose sender breaks off, or that cannot be stored, is not kept and may be tried again", () =>
    Effect.gen(function* () {
      const w = yield* world()
      const { authenticate } = yield* w.run(Identity)
      const { agent } = yield* authenticate({ token: w.agent.token, network: null, isLocal: true })
      const { upload } = yield* w.run(UploadJob)
      const facts = {
        sourceKind: "local_path",
        filename: "boat.png",
        remoteOrigin: null,
        mimeType: null,
        contentLength: null,
        sha256: null,
        visibility: "public"
      } as const
      const broken = new UploadBodyFailed({ reason: "interrupted", message: "the sender went away" })
      const body = Stream.concat(Stream.succeed(picture.slice(0, 20)), Stream.fail(broken))
      const input = { agent, facts, body, maxBytes: 10_000, traceId: "trace_upload", isLocal: true }
      const refused = yield* Effect.flip(upload(input))
      assert.deepInclude(refused, { _tag: "Refusal", code: "INVALID_ARGUMENTS" })
      w.faults.store = "full"
      assert.strictEqual(code(yield* w.upload(picture)), "ARTIFACT_STORAGE_UNAVAILABLE")
      w.faults.store = null
      assert.isTrue((yield* w.upload(picture)).envelope.ok)
      const jobs = yield* w.run(JobStore)
      const all = yield* jobs.list(w.agent.organizationId, { limit: 10, before: null, status: null })
      assert.strictEqual(all.length, 1)
    })
  )

  it.effect("from elsewhere is one of a number in an hour; from this machine it is not counted", () =>
    Effect.gen(function* () {
      const w = yield* world({ limits: { uploadsPerHour: 2 } })
      for (const _ of [1, 2]) assert.strictEqual((yield* sent(w, picture, {}, false))._tag, "Success")
      const third = yield* sent(w, picture, {}, false)
      assert(third._tag === "Failure" && third.failure._tag === "Refusal")
      assert.strictEqual(third.failure.code, "RATE_LIMITED")
      assert.strictEqual((yield* sent(w, picture, {}, true))._tag, "Success")
      yield* TestClock.adjust("61 minutes")
      assert.strictEqual((yield* sent(w, picture, {}, false))._tag, "Success")
    })
  )
})
