import type { SpendPolicy } from "../credits/SpendPolicy.ts"
import { publishedModels } from "../models/Catalogue.ts"
import { fake, stripeCheckout, stripeDeposit } from "../payments/KnownRails.ts"

const knownRails: ReadonlySet<string> = new Set([
  stripeCheckout.methodId,
  stripeDeposit.methodId,
  fake.methodId,
  "x402.exact.usdc"
])

/**
 * A sentence for each model or rail of a policy that nobody knows: a cap on a misspelt name caps nothing. Names are taken
 * all the same, because a policy may speak of what a deployment gets later.
 */
export const strangeNames = (
  { allowedModels = [], models = {}, rails = {} }: SpendPolicy,
  modelIds: ReadonlyArray<string> = publishedModels.map(({ id }) => id)
): ReadonlyArray<string> => {
  const known = new Set(modelIds)
  const strangeModels = [...new Set([...Object.keys(models), ...allowedModels])].filter((id) => !known.has(id))
  const strangeRails = Object.keys(rails).filter((id) => !knownRails.has(id))
  return [...said("model", strangeModels), ...said("rail", strangeRails)]
}

const said = (what: string, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.length === 0
    ? []
    : [
        `no ${what} is called ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", ..." : ""} here, so what the policy says of it has no effect; check the spelling`
      ]
