import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import * as FakeMediaProvider from "../media/FakeMediaProvider.ts"
import { checkNames, OptionsInvalid } from "./ReadOptions.ts"

/** A model of a harness: a row of the catalogue in few words. */
export interface FakeModel {
  /** `provider.name`; what stands before the dot is the provider that makes it. */
  readonly id: string
  /** For one output, in US cents; `0` is free, and `null` is known only after the run. */
  readonly priceCents?: number | null
  /** `create` makes a picture from a prompt, `edit` one from a picture. */
  readonly endpoint?: "create" | "edit"
  readonly maxOutputs?: number
  /** The prompt's pictures by aspect ratio; the first one is what an agent gets that names none. */
  readonly sizes?: { readonly [ratio: string]: { readonly width: number; readonly height: number } }
  /** JSON Schema of native parameters, as `models show` lists them. */
  readonly parameters?: Model["parameters"]
}

const fields = ["id", "priceCents", "endpoint", "maxOutputs", "sizes", "parameters"]

const known = [FakeMediaProvider.fakePainter, FakeMediaProvider.fakeMystery, FakeMediaProvider.fakeRetoucher]

/** The three models that every fake service has: `fake.painter`, `fake.mystery` and `fake.retoucher`. */
export const standing: ReadonlyArray<Model> = known

export const read = (model: FakeModel, where: string): Model => {
  checkNames(where, model, fields)
  const { endpoint = "create", id, maxOutputs, parameters, priceCents = 5, sizes } = model
  const [provider = "", name] = id.split(".")
  if (provider === "" || name === undefined || name === "")
    throw new OptionsInvalid(`${where}.id: ${JSON.stringify(id)} is not provider.name, e.g. fake.sketcher`)
  if ([...known, ...publishedModels].some((other) => other.id === id))
    throw new OptionsInvalid(`${where}.id: ${id} is there already`)
  const template = endpoint === "create" ? FakeMediaProvider.fakePainter : FakeMediaProvider.fakeRetoucher
  const ratios = Object.keys(sizes ?? {})
  return {
    ...template,
    id,
    provider,
    displayName: `${name}, for harnesses`,
    price: priceOf(priceCents, `${where}.priceCents`),
    ...(maxOutputs === undefined ? {} : { maxOutputs }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(sizes === undefined || ratios[0] === undefined
      ? {}
      : { sizes, aspectRatios: { values: ratios, default: ratios[0], ignored: null } })
  }
}

const priceOf = (cents: number | null, where: string): Model["price"] => {
  if (cents === null) return FakeMediaProvider.fakeMystery.price
  if (cents === 0) return { _tag: "Free" }
  if (!Number.isFinite(cents) || cents < 0 || !Number.isInteger(cents * 10_000))
    throw new OptionsInvalid(`${where}: ${cents} is no price in US cents`)
  return { _tag: "PerOutput", microUsd: cents * 10_000 }
}
