import type { Leaf } from "../../Leaf.ts"
import { askOpenly } from "../../Relay.ts"

/** The credit packs. */
export const leaf: Leaf = (context) => askOpenly(context, (service) => service.creditPacks({}))
