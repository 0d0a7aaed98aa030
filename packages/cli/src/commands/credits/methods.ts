import { askOpenly } from "../../AskOpenly.ts"
import type { Leaf } from "../../Leaf.ts"

/** The rails. A token that a wrapper adds blindly is never sent. */
export const leaf: Leaf = (context) => askOpenly(context, (service) => service.paymentMethods({}))
