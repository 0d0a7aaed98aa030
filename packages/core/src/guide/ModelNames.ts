import { defaultModelAlias, resolveModelId } from "../models/ModelAliases.ts"
import type { ModelFacts } from "./GuideFacts.ts"

/**
 * The row that a name means: its id, `default`, an alias that the row or this program knows, then an id that differs
 * only in how it is spelled, then the only id that holds the name (contract/after-0.1.24.md 5). Null where none or
 * several could be meant.
 */
export const modelNamed = (models: ReadonlyArray<ModelFacts>, typed: string): ModelFacts | null => {
  const name = typed.trim()
  const exact = models.find(({ id }) => id === name)
  if (exact !== undefined) return exact
  if (name === defaultModelAlias) return models.find(({ isDefault }) => isDefault) ?? null
  const alias = resolveModelId(name, models)
  const known = models.find(({ aliases, id }) => aliases.includes(name) || id === alias)
  return known ?? alike(models, plain(name))
}

const alike = (models: ReadonlyArray<ModelFacts>, name: string): ModelFacts | null => {
  if (name.length < shortestGuess) return null
  const same = models.filter(({ id }) => plain(id) === name || plain(withoutProvider(id)) === name)
  return only(same) ?? (same.length > 0 ? null : only(models.filter(({ id }) => plain(id).includes(name))))
}

/** Fewer letters stand in too many ids by chance. */
const shortestGuess = 4

const only = (models: ReadonlyArray<ModelFacts>): ModelFacts | null =>
  models.length === 1 ? (models[0] ?? null) : null

/** Letters and digits alone; `fal-ai/` is how fal itself writes its own prefix. */
const plain = (id: string): string =>
  id
    .toLowerCase()
    .replace(/^fal-ai\//u, "fal.")
    .replaceAll(/[^a-z0-9]/gu, "")

const withoutProvider = (id: string): string => id.slice(id.indexOf(".") + 1)
