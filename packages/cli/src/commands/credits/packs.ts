import { askOpenly } from "../../AskOpenly.ts"
import type { Leaf } from "../../Leaf.ts"

/** The credit packs. */
export const leaf: Leaf = (context) => askOpenly(context, (service) => service.creditPacks({}))
