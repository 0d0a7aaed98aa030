import { type Listed, publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"

/** A published model by its id. */
export const modelNamed = (id: string): Model => {
  const model = publishedModels.find((row) => row.id === id)
  if (model === undefined) throw new Error(`no model ${id}`)
  return model
}

/** The rows of the contract, and the embedded ones. */
const contractModels = publishedModels.filter(({ provider }) => ["xai", "fal", "openai", "local"].includes(provider))

/** The catalogue of the contract where exactly these providers can run something. */
export const deploymentOf = (...providers: ReadonlyArray<string>): ReadonlyArray<Listed> =>
  contractModels.map((model) => ({
    model,
    availability: providers.includes(model.provider)
      ? { _tag: "Available" }
      : { _tag: "Unavailable", reason: "provider_credentials_missing", variable: `${model.provider.toUpperCase()}_KEY` }
  }))

/** Every hosted provider has credentials. */
export const everything = deploymentOf("xai", "fal", "openai", "local")

/** A machine without any credentials. */
export const offline = deploymentOf("local")
