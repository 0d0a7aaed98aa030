import { type CommandName, commandNames, specOf } from "../envelope/CommandBook.ts"
import type { FlagSpec } from "../envelope/CommandSpec.ts"
import { type OperationId, operationIds, operationOf } from "./Operations.ts"

/** Commands whose operation has the label of another one. */
const elsewhere: { readonly [N in CommandName]?: ReadonlyArray<OperationId> } = {
  quota: ["quota"],
  "assets get": ["assetsShow"],
  "jobs wait": ["jobsShow"]
}

/** The operations that a command may ask a service for; the first one has its request body. */
export const operationsOf = (name: CommandName): ReadonlyArray<OperationId> =>
  elsewhere[name] ?? operationIds.filter((id) => operationOf(id).label === `image-skill ${name}`)

/** Where a field of a request goes on the command line. */
export type Place =
  | { readonly _tag: "Flag"; readonly name: string; readonly spec: FlagSpec }
  | { readonly _tag: "Positional" }
  /** Each reference becomes one value of the flag of its role. */
  | { readonly _tag: "References" }

/** Fields whose flag is not their name with dashes. */
const otherNames: { readonly [field: string]: string } = {
  model_parameters: "model-parameters-json",
  pack_id: "pack",
  input_asset_id: "input",
  additional_input_asset_ids: "input",
  mask_asset_id: "mask",
  asset_id: "id",
  return_token: "show-token",
  models: "model",
  allowed_models: "allow-model",
  rails: "rail"
}

/** Fields that are the argument of their command, which has no flag for them. */
const argumentFields: ReadonlySet<string> = new Set(["model_id", "capability_id"])

/** Null where the command has no place for it. */
export const placeOf = (name: CommandName, field: string): Place | null => {
  const { flags, positionals } = specOf(name)
  if (field === "references" && Object.hasOwn(flags, "reference-image")) return { _tag: "References" }
  if (argumentFields.has(field) && positionals.length > 0) return { _tag: "Positional" }
  const flag = otherNames[field] ?? field.replaceAll("_", "-")
  const spec = Object.hasOwn(flags, flag) ? flags[flag] : undefined
  return spec === undefined ? null : { _tag: "Flag", name: flag, spec }
}

/** The commands that ask a service for something, each with its operations. */
export const askingCommands: ReadonlyArray<CommandName> = commandNames.filter((name) => operationsOf(name).length > 0)
