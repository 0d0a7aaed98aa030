import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { reserveKey } from "../credits/CreditLedger.ts"
import { LedgerStore } from "../credits/LedgerStore.ts"
import { command, json, render } from "../envelope/CommandLine.ts"
import { nextActionsToWire } from "../envelope/NextAction.ts"
import { executable } from "../envelope/Product.ts"
import { bareStart } from "../envelope/Start.ts"
import { AssetCare } from "../jobs/AssetCare.ts"
import { CancelJob } from "../jobs/CancelJob.ts"
import { isTerminal, type Job } from "../jobs/Job.ts"
import { waitForJob } from "../jobs/JobCommands.ts"
import { JobStore } from "../jobs/JobStore.ts"
import { Lineage } from "../jobs/Lineage.ts"
import { decodeBase64, maxJsonUploadBytes, UploadJob } from "../jobs/UploadJob.ts"
import { Assets } from "../media/Assets.ts"
import { MediaLinks } from "../media/MediaLinks.ts"
import { Catalogue } from "../models/Catalogue.ts"
import { answers } from "./Answers.ts"
import { assetsListAnswer, assetsShowAnswer } from "./answers/Assets.ts"
import { actionsAfter } from "./answers/Create.ts"
import { jobsCancelAnswer, jobsListAnswer } from "./answers/JobActions.ts"
import { costBlock, jobRow } from "./answers/Jobs.ts"
import { lineageAnswer } from "./answers/LineageTree.ts"
import { selfFundShort } from "./answers/TopUps.ts"
import { uploadAnswer } from "./answers/Uploads.ts"
import { handler, sessionOf } from "./Handler.ts"
import { notFound } from "./NotFound.ts"
import { requests } from "./Requests.ts"
import { topUpFacts } from "./TopUpFacts.ts"

/** The handlers of owned media and of the jobs that made them. */
export const mediaHandlers = Effect.gen(function* () {
  const assets = yield* Assets
  const jobs = yield* JobStore
  const care = yield* AssetCare
  const lineage = yield* Lineage
  const uploads = yield* UploadJob
  const canceling = yield* CancelJob
  const links = yield* MediaLinks
  const catalogue = yield* Catalogue
  const ledger = yield* LedgerStore
  const topUps = yield* topUpFacts

  const upload = handler({
    request: requests.upload,
    answer: answers.upload,
    run: Effect.fnUntraced(function* ({ bytesBase64, ...facts }, call) {
      const { agent } = yield* sessionOf(call)
      const bytes = yield* decodeBase64(bytesBase64)
      const uploaded = yield* uploads.upload({
        agent,
        facts: {
          ...facts,
          remoteOrigin: facts.remoteOrigin ?? null,
          mimeType: facts.mimeType.toLowerCase(),
          visibility: facts.visibility ?? "public"
        },
        body: Stream.succeed(bytes),
        maxBytes: maxJsonUploadBytes,
        traceId: call.traceId,
        isLocal: call.caller.isLocal
      })
      return { data: uploadAnswer(uploaded, yield* links.urlsOf([uploaded.asset])), warnings: uploaded.warnings }
    })
  })

  const assetsList = handler({
    request: requests.assetsList,
    answer: answers.assetsList,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const limit = Number(request.limit ?? "20")
      const kind = request.kind ?? null
      const modality = request.modality ?? null
      const query = { limit: limit + 1, before: request.cursor ?? null, kind, modality }
      const found = yield* assets.list(agent.organizationId, query)
      const page = found.slice(0, limit)
      const nextCursor = found.length > limit ? (page.at(-1)?.id ?? null) : null
      const urlOf = yield* links.urlsOf(page)
      const actions = selfFundShort(yield* topUps.open(agent))
      return { data: assetsListAnswer({ limit, kind, modality }, page, nextCursor, urlOf, actions) }
    })
  })

  const assetsShow = handler({
    request: requests.assetsShow,
    answer: answers.assetsShow,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const asset = Option.getOrNull(yield* care.find(agent.organizationId, request.assetId))
      if (asset === null) return yield* noAsset()
      const thumbnail = request.thumbnail === undefined ? null : yield* care.thumbnail(asset, Number(request.thumbnail))
      const urlOf = yield* links.urlsOf(thumbnail === null ? [asset] : [asset, thumbnail])
      return { data: assetsShowAnswer(asset, thumbnail, urlOf, selfFundShort(yield* topUps.open(agent))) }
    })
  })

  const assetsLineage = handler({
    request: requests.assetsLineage,
    answer: answers.assetsLineage,
    run: Effect.fnUntraced(function* ({ assetId }, call) {
      const { agent } = yield* sessionOf(call)
      const tree = yield* lineage.of(agent.organizationId, assetId)
      return Option.isNone(tree) ? yield* noAsset() : { data: lineageAnswer(assetId, tree.value) }
    })
  })

  const assetsDelete = handler({
    request: requests.assetsDelete,
    answer: answers.assetsDelete,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const asset = Option.getOrNull(yield* assets.find(agent.organizationId, request.assetId))
      if (asset === null) return yield* noAsset()
      // Deleting twice is deleting: the second answer says the same as the first.
      yield* care.delete(asset)
      const gone = Option.getOrElse(yield* assets.find(agent.organizationId, asset.id), () => asset)
      return {
        data: {
          request,
          asset: { assetId: asset.id, deleted: true as const, deletedAt: gone.deletedAt },
          bytesShared: yield* assets.isInUse(asset.sha256)
        }
      }
    })
  })

  const jobsList = handler({
    request: requests.jobsList,
    answer: answers.jobsList,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const limit = Number(request.limit ?? "20")
      const status = request.status ?? null
      const found = yield* jobs.list(agent.organizationId, { limit: limit + 1, before: request.cursor ?? null, status })
      const page = found.slice(0, limit)
      return {
        data: jobsListAnswer({ limit, status }, page, found.length > limit ? (page.at(-1)?.id ?? null) : null)
      }
    })
  })

  const jobsCancel = handler({
    request: requests.jobsCancel,
    answer: answers.jobsCancel,
    run: Effect.fnUntraced(function* ({ jobId }, call) {
      const { agent } = yield* sessionOf(call)
      const canceled = yield* canceling.cancel(agent, jobId)
      return Option.isNone(canceled) ? yield* noJob() : { data: jobsCancelAnswer(canceled.value) }
    })
  })

  /** As the ledger keeps it, with the reservation. */
  const policyOf = ({ holdId }: Job) =>
    holdId === null
      ? Effect.succeed(null)
      : Effect.map(ledger.journalByKey(reserveKey(holdId)), (journal) => Option.getOrNull(journal)?.policy ?? null)

  const jobsShow = handler({
    request: requests.jobsShow,
    answer: answers.jobsShow,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const found = yield* jobs.find(agent.organizationId, request.jobId)
      if (Option.isNone(found)) return yield* noJob()
      const job = found.value
      const made = (yield* assets.ofJob(job.id)).filter(({ deletedAt }) => deletedAt === null)
      const planned = catalogue.models.find(({ id }) => id === job.modelId)?.output.mimeTypes[0] ?? "image/png"
      const policy = yield* policyOf(job)
      const row = jobRow(job, made, yield* links.urlsOf(made), planned)
      const actions =
        isTerminal(job) || job.status === "planned"
          ? actionsAfter(job, made)
          : { wait: { command: waitForJob(job.id), effect: "read" as const } }
      const more = selfFundShort(yield* topUps.open(agent))
      const [next] = job.status === "planned" ? [] : Object.values(actions)
      return {
        data: {
          request,
          job: policy === null ? row : { ...row, policy },
          status: job.status,
          state: job.status,
          assets: row.assets,
          cost: costBlock(job.price, job.produced),
          nextActions: nextActionsToWire({ ...actions, ...more }, bareStart),
          nextCommand: next === undefined || job.status === "failed" ? null : render(next.command, executable)
        }
      }
    })
  })

  return { upload, assetsList, assetsShow, assetsLineage, assetsDelete, jobsList, jobsCancel, jobsShow }
})

const noAsset = () => notFound("ASSET_NOT_FOUND", "asset", command("assets list", json))
const noJob = () => notFound("JOB_NOT_FOUND", "job", command("jobs list", json))
