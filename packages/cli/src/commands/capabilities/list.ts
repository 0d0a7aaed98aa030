import type { Leaf } from "../../Leaf.ts"
import { askOpenly } from "../../Relay.ts"

/** The capability catalogue. */
export const leaf: Leaf = (context) => askOpenly(context, (service) => service.capabilitiesList({}))
