import { globalFlags } from "./CommandBook.ts"
import { nearest } from "./Nearest.ts"

/** How many candidates an answer names. */
export const mostNamed = 3

/** The candidates that are close enough to be meant, the closest first. */
export const nearestFew = (typed: string, candidates: Iterable<string>): ReadonlyArray<string> => {
  const left = new Set(candidates)
  const found: Array<string> = []
  for (let next = nearest(typed, left); next !== null && found.length < mostNamed; next = nearest(typed, left)) {
    found.push(next)
    left.delete(next)
  }
  return found
}

/** Flags that are called otherwise elsewhere. */
const flagSynonyms: { readonly [name: string]: ReadonlyArray<string> } = {
  text: ["prompt"],
  description: ["prompt"],
  size: ["aspect-ratio", "model-parameters-json"],
  ratio: ["aspect-ratio"],
  width: ["model-parameters-json"],
  height: ["model-parameters-json"],
  seed: ["model-parameters-json"],
  params: ["model-parameters-json"],
  parameters: ["model-parameters-json"],
  n: ["output-count"],
  count: ["output-count", "limit"],
  number: ["output-count"],
  out: ["output"],
  o: ["output"],
  force: ["overwrite"],
  image: ["input", "reference-image"],
  file: ["input", "prompt-file"],
  reference: ["reference-image"],
  budget: ["max-usd", "max-estimated-usd-per-image"],
  "max-cost": ["max-usd", "max-estimated-usd-per-image"],
  name: ["agent-name"],
  email: ["agent-contact"],
  key: ["idempotency-key"],
  method: ["payment-method"],
  rail: ["payment-method"],
  timeout: ["timeout-ms", "wait-ms"],
  wait: ["wait-ms"],
  url: ["api-base-url"],
  "base-url": ["api-base-url"],
  plan: ["dry-run"],
  job: ["job-id"],
  quote: ["quote-id"]
}

/** Flags of a command that may have been meant, without dashes, at most three. */
export const nearestFlags = (typed: string, flags: object): ReadonlyArray<string> => {
  const names = Object.keys({ ...flags, ...globalFlags })
  const meant = Object.hasOwn(flagSynonyms, typed) ? (flagSynonyms[typed] ?? []) : []
  const parts = typed.split("-")
  const longer = parts.length < 2 ? [] : names.filter((name) => parts.every((part) => name.split("-").includes(part)))
  const found = [...nearestFew(typed, names), ...meant.filter((name) => names.includes(name)), ...longer]
  return [...new Set(found)].slice(0, mostNamed)
}
