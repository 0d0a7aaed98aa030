import type { Leaf } from "../../Leaf.ts"
import { askSigned } from "../../Relay.ts"

/** The identity behind the token. */
export const leaf: Leaf = (context) => askSigned(context, (service, token) => service.whoami({}, token))
