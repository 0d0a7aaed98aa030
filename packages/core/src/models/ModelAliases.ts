import { type Command, command, flag, json, positional, render } from "../envelope/CommandLine.ts"
import { executable } from "../envelope/Product.ts"
import type { Model } from "./Model.ts"

/** Short names that published clients and documents use (contract/api.md 16). */
const aliases: { readonly [alias: string]: string } = {
  "nano-banana": "fal.nano-banana-2",
  "nano-banana-edit": "fal.nano-banana-2-edit",
  "nano-banana-pro": "fal.nano-banana-pro",
  "nano-banana-pro-edit": "fal.nano-banana-pro-edit",
  imagen4: "fal.imagen4-preview",
  "imagen4-fast": "fal.imagen4-preview-fast",
  "imagen4-ultra": "fal.imagen4-preview-ultra"
}

/** Stands for the model that a create without a name takes: `models/default`. */
export const defaultModelAlias = "default"

/** The id of the model that is meant: an id of these models, one that an alias names, else what was typed. */
export const resolveModelId = (id: string, models: ReadonlyArray<Pick<Model, "id">>): string => {
  if (models.some((model) => model.id === id)) return id
  const target = Object.hasOwn(aliases, id) ? aliases[id] : undefined
  return target !== undefined && models.some((model) => model.id === target) ? target : id
}

export const aliasesOf = ({ id }: Model): ReadonlyArray<string> =>
  Object.entries(aliases).flatMap(([alias, target]) => (target === id ? [alias] : []))

/** What a reader of older documents, or of another provider's, should know about a model. */
const hints: { readonly [id: string]: string } = {
  "xai.grok-imagine-image-quality": "the default of create for every intent but drafts",
  "fal.flux-dev": "the default of create for drafts; the oldest documents know it as the only default",
  "fal.nano-banana-2": "listed only; fal.nano-banana-pro is the model of this family that is wired",
  "fal.nano-banana-2-edit": "the default of edit; the oldest documents know it as the only edit model",
  "fal.ideogram-v2-edit": "the default of edit where a mask is given"
}

/** What becomes of older names. `replaces` holds ids that were withdrawn; none was so far. */
export const migrationOf = (
  model: Model
): {
  readonly hints: ReadonlyArray<string>
  readonly replaces: ReadonlyArray<string>
  readonly aliases: ReadonlyArray<string>
} => {
  const hint = Object.hasOwn(hints, model.id) ? hints[model.id] : undefined
  return { hints: hint === undefined ? [] : [hint], replaces: [], aliases: aliasesOf(model) }
}

/** Where whoever uses a model that is on its way out should look. */
export const migrationCommand = ({ deprecation, operation }: Model): Command =>
  deprecation?.replacementModelId === undefined || deprecation.replacementModelId === null
    ? command("models list", flag("available"), flag("operation", operation), json)
    : command("models show", positional(deprecation.replacementModelId), json)

/** What whoever names it should know; nothing of a model that stays. */
export const deprecationNotice = (model: Model): ReadonlyArray<string> => {
  if (model.deprecation === undefined) return []
  const { replacementModelId, sunsetAt } = model.deprecation
  const ends = sunsetAt === null ? "will be withdrawn" : `will be withdrawn after ${sunsetAt}`
  const instead = replacementModelId ?? "another model"
  return [`${model.id} is deprecated and ${ends}; use ${instead}: ${render(migrationCommand(model), executable)}`]
}
