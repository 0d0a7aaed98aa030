import { askSigned } from "../../AskSigned.ts"
import type { Leaf } from "../../Leaf.ts"

export const leaf: Leaf = (context) => askSigned(context, (service, token) => service.spendPolicyShow({}, token))
