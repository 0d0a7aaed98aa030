import { askSigned } from "../../AskSigned.ts"
import type { Leaf } from "../../Leaf.ts"
import { labelOf } from "../../Relay.ts"

/** Credits, reservations and the daily job cap, under the label that was typed. */
export const leaf: Leaf = (context) =>
  askSigned(context, (service, token) => service.quota({}, token), labelOf(context))
