import { append, type Command, command, flag, json, quoted, type Word } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { type Asset, extensionOf } from "../media/Asset.ts"
import { type MediaWish, mediaOf, referencesIn, type WishedMedia } from "./MediaWish.ts"

/** What to change in a repeated command. */
export interface Changes {
  readonly model?: string
  readonly maxEstimatedUsdPerImage?: string
  readonly maxUsd?: string
  readonly acceptUnknownCost?: true
  readonly idempotencyKey?: Word
}

/**
 * The caller's own request again, with `PROMPT` in place of the text: raw prompts are never echoed (contract/api.md 2.3).
 * Media stand by their ids, so that nothing is uploaded again.
 */
export const again = (wish: MediaWish, changes: Changes = {}): Command => {
  const model = changes.model ?? wish.model
  const perImage = changes.maxEstimatedUsdPerImage ?? dollars(wish.guard.perOutputUsd)
  const total = changes.maxUsd ?? dollars(wish.guard.totalUsd)
  const defaultRatio = wish.operation === "create" ? "1:1" : "auto"
  return command(
    wish.operation,
    wish.dryRun ? flag("dry-run") : null,
    ...mediaOf(wish, "input").map(({ assetId }) => flag("input", assetId)),
    ...mediaOf(wish, "mask").map(({ assetId }) => flag("mask", assetId)),
    // An edit that had no prompt is one of a model that takes none.
    wish.operation === "edit" && wish.prompt === "" ? null : flag("prompt", placeholders.PROMPT),
    wish.provider === null ? null : flag("provider", wish.provider),
    model === null ? null : flag("model", model),
    wish.intent === "explore" ? null : flag("intent", wish.intent),
    wish.aspectRatio === defaultRatio ? null : flag("aspect-ratio", wish.aspectRatio),
    wish.outputCount === 1 ? null : flag("output-count", `${wish.outputCount}`),
    ...referencesIn(wish.media).map(referenceFlag),
    perImage === null ? null : flag("max-estimated-usd-per-image", perImage),
    total === null ? null : flag("max-usd", total),
    Object.keys(wish.parameters).length === 0
      ? null
      : flag("model-parameters-json", quoted(JSON.stringify(wish.parameters))),
    wish.visibility === "private" ? flag("visibility", "private") : null,
    wish.acceptUnknownCost || changes.acceptUnknownCost === true ? flag("accept-unknown-cost") : null,
    changes.idempotencyKey === undefined ? null : flag("idempotency-key", changes.idempotencyKey),
    json
  )
}

/** The suffix grammar of contract/cli.md 8.2. */
const referenceFlag = ({ assetId, index, referenceIndex, role, task }: WishedMedia) => {
  const slot = referenceIndex === null ? "" : `:${referenceIndex}`
  switch (role) {
    case "element_frontal":
      return flag("element-frontal", `${assetId}@${index}`)
    case "element_reference":
      return flag("element-reference", `${assetId}@${index}${slot}`)
    default:
      return flag("reference-image", `${assetId}@${index}${task === null ? "" : `:${task}`}`)
  }
}

const dollars = (usd: number | null): string | null => (usd === null ? null : formatUsd(usd))

/**
 * The figure itself, never rounded up and never with an exponent, with at least two decimals unless it is whole
 * (contract/cli.md 9.4). A cap printed higher than the caller's would be a cap that was widened.
 */
export const formatUsd = (usd: number): string => {
  const [digits = "", exponent] = `${usd}`.split("e-")
  const text = exponent === undefined ? digits : shifted(digits.replace(".", ""), Number(exponent))
  return text.replace(/\.(\d)$/u, ".$10")
}

/** Digits below a millionth; what is finer than a trillionth of a dollar is cut off. */
const shifted = (digits: string, exponent: number): string => `0.${"0".repeat(exponent - 1)}${digits}`.slice(0, 14)

export const showJob = (id: string): Command => command("jobs show", flag("job-id", id), json)
export const cancelJob = (id: string): Command => command("jobs cancel", flag("job-id", id), json)
export const waitForJob = (id: string): Command => command("jobs wait", flag("job-id", id), json)

/** Where an output of a job is downloaded to when the caller named no place. */
export const getAsset = (id: string, output: string): Command =>
  append(command("assets get", flag("id", id), flag("output", output)), json)

/** The same under its own id and the extension of its type. */
export const downloadAsset = ({ id, mimeType }: Pick<Asset, "id" | "mimeType">): Command => {
  const extension = extensionOf(mimeType)
  return getAsset(id, extension === null ? id : `${id}.${extension}`)
}
