import { createHash } from "node:crypto"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { solidPng } from "../media/Png.ts"
import type { Ask } from "./Transcript.ts"

/** Who owns the media of the chapter, and who has nothing to do with them. */
export interface MediaCast {
  readonly painter: Credentials
  readonly stranger: Credentials
  /** What the illustrator drew for the painter. */
  readonly drawnId: string
  readonly drawnJobId: string
}

/** A picture of one colour as somebody sends it. */
export const uploadOf = (bytes: Uint8Array, change: Partial<RequestOf<"upload">> = {}): RequestOf<"upload"> => ({
  sourceKind: "local_path",
  filename: "boat.png",
  remoteOrigin: null,
  mimeType: "image/png",
  contentLength: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  bytesBase64: Buffer.from(bytes).toString("base64"),
  ...change
})

/** Uploads, edits, lists, lineage, thumbnails, cancellation and deletion, as one agent lives through them. */
export const mediaStory = Effect.fnUntraced(function* (ask: Ask, cast: MediaCast) {
  const uploadedId = yield* uploadChapter(ask, cast)
  yield* editChapter(ask, cast, uploadedId)
  yield* assetChapter(ask, cast, uploadedId)
  yield* jobChapter(ask, cast)
})

const uploadChapter = Effect.fnUntraced(function* (ask: Ask, { painter }: MediaCast) {
  const service = yield* ServiceApi
  const picture = solidPng(64, 48, 200, 30, 30)
  const refused = (step: string, code: Parameters<Ask>[2], change: Partial<RequestOf<"upload">>, bytes = picture) =>
    ask(`cannot upload ${step}`, "upload", code, service.upload(uploadOf(bytes, change), painter))
  yield* ask("needs a token to upload", "upload", "AUTH_REQUIRED", service.upload(uploadOf(picture)))
  yield* refused("what is no picture", "INPUT_POLICY_DENIED", { mimeType: "text/html" })
  yield* refused("what is another kind of picture", "INPUT_POLICY_DENIED", { mimeType: "image/webp" })
  yield* refused("nothing", "INPUT_POLICY_DENIED", {}, new Uint8Array(0))
  yield* refused("what only says it is a picture", "INPUT_POLICY_DENIED", {}, new TextEncoder().encode("a picture"))
  yield* refused("another length", "INVALID_ARGUMENTS", { contentLength: 1 })
  yield* refused("another hash", "INVALID_ARGUMENTS", { sha256: "0".repeat(64) })
  yield* refused("what is no base64", "INVALID_ARGUMENTS", { bytesBase64: "AAA" })
  yield* refused("under a path", "INVALID_ARGUMENTS", { filename: "../boat.png" })
  yield* refused("with a query in its origin", "INVALID_ARGUMENTS", { remoteOrigin: "https://a.example/?b" })
  const first = yield* ask("uploads", "upload", "done", service.upload(uploadOf(picture), painter))
  yield* ask("uploads the same again", "upload", "done", service.upload(uploadOf(picture), painter))
  const stream = (step: string, code: Parameters<Ask>[2], contentType: string, contentLength: number | null) =>
    ask(
      `streams ${step}`,
      "uploadStream",
      code,
      service.uploadStream(
        { filename: "boat.png", visibility: "private" },
        { contentType, contentLength, body: Stream.make(picture.subarray(0, 20), picture.subarray(20)) },
        painter
      )
    )
  yield* stream("a private picture", "done", "application/octet-stream", picture.length)
  yield* stream("a picture as another kind", "INPUT_POLICY_DENIED", "image/webp", picture.length)
  return textField(jsonField(first.envelope.data, "asset"), "asset_id")
})

const editChapter = Effect.fnUntraced(function* (
  ask: Ask,
  { drawnId, painter, stranger }: MediaCast,
  uploadedId: string
) {
  const service = yield* ServiceApi
  const adjust: RequestOf<"edit"> = {
    inputAssetId: uploadedId,
    model: "local.adjust",
    modelParameters: { rotate: 90 }
  }
  const edit = (
    step: string,
    code: Parameters<Ask>[2],
    change: Partial<RequestOf<"edit">>,
    credentials: Credentials = painter
  ) => ask(`edits ${step}`, "edit", code, service.edit({ ...adjust, ...change }, credentials))
  yield* edit("without a token", "AUTH_REQUIRED", {}, null)
  yield* edit("somebody else's picture", "ASSET_NOT_FOUND", {}, stranger)
  yield* edit("nothing", "ASSET_NOT_FOUND", { inputAssetId: "image_nobody" })
  yield* edit("with a prompt that the model does not take", "INVALID_ARGUMENTS", { prompt: "turn it" })
  yield* edit("with a model that draws from words", "INVALID_ARGUMENTS", { model: "local.storyboard" })
  yield* edit("with a parameter that is none", "MODEL_PARAMETERS_INVALID", { modelParameters: { rotat: 90 } })
  yield* edit("with somebody else's mask", "ASSET_NOT_FOUND", { maskAssetId: "image_nobody" })
  yield* edit("two pictures where one is taken", "INVALID_ARGUMENTS", { additionalInputAssetIds: [uploadedId] })
  yield* edit("with a model that cannot run", "MODEL_NOT_EXECUTABLE", {
    model: "fal.flux-pro-kontext",
    prompt: "at night",
    modelParameters: {}
  })
  yield* edit("as a plan", "done", { dryRun: true })
  yield* edit("for good", "done", { idempotencyKey: "turn-1" })
  yield* edit("with the same key", "done", { idempotencyKey: "turn-1" })
  yield* edit("something else with that key", "IDEMPOTENCY_KEY_CONFLICT", {
    idempotencyKey: "turn-1",
    modelParameters: { rotate: 180 }
  })
  const drawn = { inputAssetId: drawnId, model: "local.storyboard-edit", modelParameters: {} }
  yield* edit("a picture that was never drawn, as a scene", "INVALID_ARGUMENTS", {
    ...drawn,
    inputAssetId: uploadedId,
    prompt: "make it night"
  })
  yield* edit("a drawn picture without saying how", "INVALID_ARGUMENTS", drawn)
  yield* edit("a drawn picture", "done", { ...drawn, prompt: "make it night" })
})

const assetChapter = Effect.fnUntraced(function* (
  ask: Ask,
  { drawnId, painter, stranger }: MediaCast,
  uploadedId: string
) {
  const service = yield* ServiceApi
  yield* ask("needs a token to list", "assetsList", "AUTH_REQUIRED", service.assetsList({}))
  const page = yield* ask("lists two assets", "assetsList", "done", service.assetsList({ limit: "2" }, painter))
  const cursor = textField(page.envelope.data, "next_cursor")
  yield* ask("lists two more", "assetsList", "done", service.assetsList({ limit: "2", cursor }, painter))
  yield* ask("lists uploads", "assetsList", "done", service.assetsList({ kind: "uploaded" }, painter))
  yield* ask("has no films", "assetsList", "done", service.assetsList({ modality: "video" }, painter))
  yield* ask("lists a stranger's assets", "assetsList", "done", service.assetsList({}, stranger))
  const show = (step: string, code: Parameters<Ask>[2], request: RequestOf<"assetsShow">, who: Credentials = painter) =>
    ask(`shows ${step}`, "assetsShow", code, service.assetsShow(request, who))
  yield* show("an upload", "done", { assetId: uploadedId })
  yield* show("an upload small", "done", { assetId: uploadedId, thumbnail: "16" })
  yield* show("it small again", "done", { assetId: uploadedId, thumbnail: "16" })
  yield* show("it too small", "INVALID_ARGUMENTS", { assetId: uploadedId, thumbnail: "15" })
  yield* show("a stranger an upload", "ASSET_NOT_FOUND", { assetId: uploadedId }, stranger)
  const lineage = (step: string, code: Parameters<Ask>[2], assetId: string, who: Credentials = painter) =>
    ask(`asks where ${step} comes from`, "assetsLineage", code, service.assetsLineage({ assetId }, who))
  yield* lineage("a drawing", "done", drawnId)
  yield* lineage("an upload", "done", uploadedId)
  yield* lineage("a stranger's upload", "ASSET_NOT_FOUND", uploadedId, stranger)
  const edits = yield* ask(
    "lists what was made",
    "assetsList",
    "done",
    service.assetsList({ kind: "generated" }, painter)
  )
  const assets = jsonField(edits.envelope.data, "assets")
  yield* lineage("an edit", "done", textField(isList(assets) ? assets[0] : null, "asset_id"))
  const remove = (step: string, code: Parameters<Ask>[2], assetId: string, who: Credentials = painter) =>
    ask(`deletes ${step}`, "assetsDelete", code, service.assetsDelete({ assetId }, who))
  yield* remove("a stranger's upload", "ASSET_NOT_FOUND", uploadedId, stranger)
  yield* remove("an upload", "done", uploadedId)
  yield* remove("it again", "done", uploadedId)
  yield* show("what is deleted", "ASSET_NOT_FOUND", { assetId: uploadedId })
  yield* lineage("what is deleted", "done", uploadedId)
  yield* ask("edits what is deleted", "edit", "ASSET_NOT_FOUND", service.edit({ inputAssetId: uploadedId }, painter))
})

const jobChapter = Effect.fnUntraced(function* (ask: Ask, { drawnJobId, painter, stranger }: MediaCast) {
  const service = yield* ServiceApi
  yield* ask("needs a token to list jobs", "jobsList", "AUTH_REQUIRED", service.jobsList({}))
  const page = yield* ask("lists three jobs", "jobsList", "done", service.jobsList({ limit: "3" }, painter))
  const cursor = textField(page.envelope.data, "next_cursor")
  yield* ask("lists three more", "jobsList", "done", service.jobsList({ limit: "3", cursor }, painter))
  yield* ask("lists plans", "jobsList", "done", service.jobsList({ status: "planned" }, painter))
  yield* ask("cancels what has ended", "jobsCancel", "done", service.jobsCancel({ jobId: drawnJobId }, painter))
  yield* ask(
    "cancels a stranger's job",
    "jobsCancel",
    "JOB_NOT_FOUND",
    service.jobsCancel({ jobId: drawnJobId }, stranger)
  )
  yield* ask("cancels nothing", "jobsCancel", "JOB_NOT_FOUND", service.jobsCancel({ jobId: "job_nobody" }, painter))
})

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)
