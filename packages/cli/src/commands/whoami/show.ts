import { askSigned } from "../../AskSigned.ts"
import type { Leaf } from "../../Leaf.ts"

/** The identity behind the token. */
export const leaf: Leaf = (context) => askSigned(context, (service, token) => service.whoami({}, token))
