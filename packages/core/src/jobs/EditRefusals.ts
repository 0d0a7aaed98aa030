import { command, flag, json, positional } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { MediaProviderError } from "../media/MediaProvider.ts"
import type { Model } from "../models/Model.ts"
import type { ReferenceProblem } from "../models/References.ts"
import type { Job } from "./Job.ts"
import { again, showJob } from "./JobCommands.ts"
import type { MediaWish } from "./MediaWish.ts"

/** How a request about owned media is refused: inputs, masks, references, and what only its provider can judge. */

const docsOf = ({ operation }: Pick<MediaWish, "operation">) => docsUrl(`image-skill-${operation}`)
const show = (model: Model) => command("models show", positional(model.id), json)

export const assetNotFound = (field: string, wish: MediaWish): Refusal =>
  new Refusal({
    code: "ASSET_NOT_FOUND",
    message: `\`${field}\` names no asset of yours`,
    recovery: { suggestedCommand: command("assets list", json), docsUrl: docsOf(wish) },
    details: { field }
  })

export const referencesWrong = (model: Model, { code, field, flag: name, message }: ReferenceProblem): Refusal =>
  new Refusal({
    code,
    message,
    recovery: {
      suggestedCommand: code === "ASSET_NOT_FOUND" ? command("assets list", json) : show(model),
      docsUrl: docsUrl("image-skill-create")
    },
    details: { field, flag: name, model: model.id }
  })

export const promptForbidden = (model: Model, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${model.id} takes no prompt; leave \`prompt\` (--prompt) out`,
    recovery: { suggestedCommand: again({ ...wish, prompt: "" }), docsUrl: docsOf(wish) },
    details: { field: "prompt", model: model.id }
  })

export const maskNotSupported = (model: Model, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${model.id} takes no mask; leave \`mask_asset_id\` (--mask) out, or choose a model that takes one`,
    recovery: { suggestedCommand: show(model), docsUrl: docsOf(wish) },
    details: { field: "mask_asset_id", model: model.id }
  })

export const maskRequired = (model: Model, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${model.id} needs a mask: \`mask_asset_id\` (--mask)`,
    recovery: { requiredFlag: "--mask", suggestedCommand: show(model), docsUrl: docsOf(wish) },
    details: { field: "mask_asset_id", model: model.id }
  })

/** Without a scene there is nothing that the embedded illustrator could draw again. */
export const sceneRequired = (model: Model, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INPUT_POLICY_DENIED",
    message: `${model.id} changes only pictures that the embedded illustrator drew, and this input is none; local.adjust crops, resizes and recolours any picture`,
    recovery: {
      suggestedCommand: command("models show", positional("local.adjust"), json),
      docsUrl: docsOf(wish)
    },
    details: { field: "input_asset_id", model: model.id }
  })

export const tooManyInputs = (model: Model, count: number, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${model.id} takes ${model.maxInputs} input images at most, and ${count} were given`,
    recovery: { suggestedCommand: show(model), docsUrl: docsOf(wish) },
    details: { field: "additional_input_asset_ids", maximum: model.maxInputs }
  })

export const inputDenied = (field: string, problem: string, wish: MediaWish): Refusal =>
  new Refusal({
    code: "INPUT_POLICY_DENIED",
    message: `\`${field}\` ${problem}`,
    recovery: { suggestedCommand: command("assets list", json), docsUrl: docsOf(wish) },
    details: { field, problem }
  })

/** What the provider's adapter found out without asking anybody. */
export const planRefused = (model: Model, { message, reason }: MediaProviderError, wish: MediaWish): Refusal =>
  new Refusal({
    code: reason === "content_refused" ? "CONTENT_POLICY_DENIED" : "INVALID_ARGUMENTS",
    message: `${model.id} cannot make this: ${message}`,
    recovery: { suggestedCommand: show(model), docsUrl: docsOf(wish) },
    details: { model: model.id }
  })

/** A batch of equal failures stops here: what failed so often for good fails again, and each try may cost money. */
export const keepsFailing = (failures: ReadonlyArray<Job>, retryAfterSeconds: number): Refusal => {
  const [last] = failures
  const code = last?.error?.code ?? "PROVIDER_FAILURE"
  return new Refusal({
    code: "PROVIDER_FAILURE",
    retryable: false,
    message: `this very request has failed ${failures.length} times in a row (${code}), so it was not sent again; the failures cost 0 credits. Change the request, or wait`,
    recovery: {
      retryAfterSeconds,
      docsUrl: docsUrl(`image-skill-${last?.operation ?? "create"}`),
      ...(last === undefined ? {} : { jobId: last.id, suggestedCommand: showJob(last.id) })
    },
    details: { failures: failures.length, last_error: code, credits_captured: 0 }
  })
}

export const uploadDenied = (problem: string, details: { readonly [name: string]: string | number }): Refusal =>
  new Refusal({
    code: "INPUT_POLICY_DENIED",
    message: `the upload ${problem}; nothing was kept`,
    recovery: { suggestedCommand: command("help", positional("upload"), json), docsUrl: docsUrl("image-skill-upload") },
    details
  })

export const uploadBroken = (field: string, problem: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `\`${field}\` ${problem}; nothing was kept`,
    recovery: { suggestedCommand: command("help", positional("upload"), json), docsUrl: docsUrl("image-skill-upload") },
    details: { problems: [{ field, flag: null, problem }] }
  })

export const uploadsLimited = (limit: number, retryAfterSeconds: number): Refusal =>
  new Refusal({
    code: "RATE_LIMITED",
    message: `${limit} uploads an hour are allowed, and they are used up`,
    recovery: {
      retryAfterSeconds,
      suggestedCommand: command("assets list", flag("kind", "uploaded"), json),
      docsUrl: docsUrl("image-skill-upload")
    },
    details: { limit }
  })
