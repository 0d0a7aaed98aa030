import type { BudgetGuard } from "../credits/Pricing.ts"
import type { Asset } from "../media/Asset.ts"
import type { Wish } from "../models/DefaultSelection.ts"
import type { ReferenceRole, ReferenceTask } from "../models/Model.ts"
import { defaultModelAlias } from "../models/ModelAliases.ts"
import { withReferenceIndexes } from "../models/References.ts"
import type { CreateRequest } from "./CreateRequest.ts"
import type { EditRequest } from "./EditRequest.ts"

export const mediaRoles = ["input", "mask", "element_frontal", "element_reference", "reference_image"] as const

/** Owned media that a request names. `index` counts within the role. */
export interface WishedMedia {
  readonly role: "input" | "mask" | ReferenceRole
  readonly assetId: string
  readonly index: number
  readonly referenceIndex: number | null
  readonly task: ReferenceTask | null
}

/** What is asked for, by create and edit alike, with the contract's defaults filled in. */
export interface MediaWish extends Wish {
  readonly operation: "create" | "edit"
  readonly prompt: string
  readonly model: string | null
  /** The primary input first, then further inputs, the mask, the references in their order. */
  readonly media: ReadonlyArray<WishedMedia>
  readonly guard: BudgetGuard
  readonly acceptUnknownCost: boolean
  /** Null where nothing was said: then it is private as soon as one of its media is. */
  readonly visibility: Asset["visibility"] | null
  readonly dryRun: boolean
}

type Shared = Omit<CreateRequest, "prompt"> & { readonly prompt?: string }

const shared = (request: Shared, aspectRatio: string) => ({
  prompt: request.prompt ?? "",
  provider: request.provider ?? null,
  model: request.model === undefined || request.model === defaultModelAlias ? null : request.model,
  intent: request.intent ?? "explore",
  aspectRatio: request.aspectRatio ?? aspectRatio,
  outputCount: request.outputCount ?? 1,
  parameters: request.modelParameters ?? {},
  guard: { perOutputUsd: request.maxEstimatedUsdPerImage ?? null, totalUsd: request.maxUsd ?? null },
  acceptUnknownCost: request.acceptUnknownCost ?? false,
  visibility: request.visibility ?? null,
  dryRun: request.dryRun ?? false
})

/** Views of an element that were left open take the free slots, in order of appearance. */
const referencesOf = ({ references = [] }: Shared): ReadonlyArray<WishedMedia> =>
  withReferenceIndexes(
    references.map((reference) => ({
      ...reference,
      referenceIndex: reference.referenceIndex ?? null,
      referenceTask: reference.referenceTask ?? null
    }))
  ).map(({ referenceTask: task, ...reference }) => ({ ...reference, task }))

const whole = (role: "input" | "mask", assetId: string, index: number): WishedMedia => ({
  role,
  assetId,
  index,
  referenceIndex: null,
  task: null
})

export const wishOf = (request: CreateRequest): MediaWish => ({
  operation: "create",
  ...shared(request, "1:1"),
  media: referencesOf(request)
})

export const wishOfEdit = (request: EditRequest): MediaWish => ({
  operation: "edit",
  ...shared(request, "auto"),
  media: [
    ...[request.inputAssetId, ...(request.additionalInputAssetIds ?? [])].map((id, index) => whole("input", id, index)),
    ...(request.maskAssetId === undefined ? [] : [whole("mask", request.maskAssetId, 0)]),
    ...referencesOf(request)
  ]
})

export const mediaOf = (wish: Pick<MediaWish, "media">, role: WishedMedia["role"]): ReadonlyArray<WishedMedia> =>
  wish.media.filter((media) => media.role === role)

/** References are whatever guides a model without being worked on. */
export const referencesIn = <M extends Pick<WishedMedia, "role">>(media: ReadonlyArray<M>): ReadonlyArray<M> =>
  media.filter(({ role }) => role !== "input" && role !== "mask")
