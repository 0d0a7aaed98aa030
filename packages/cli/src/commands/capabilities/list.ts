import { askOpenly } from "../../AskOpenly.ts"
import type { Leaf } from "../../Leaf.ts"

/** The capability catalogue. */
export const leaf: Leaf = (context) => askOpenly(context, (service) => service.capabilitiesList({}))
