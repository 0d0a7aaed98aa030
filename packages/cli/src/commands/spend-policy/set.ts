import { requests } from "@image-skill/core/service/Requests"
import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { judge } from "../../Judge.ts"
import type { Leaf } from "../../Leaf.ts"
import { policyChange, wrong } from "../../PolicyFlags.ts"

/** Caps that are not named stay as they are. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const change = yield* policyChange(context.parsed)
    if (change === null)
      return yield* wrong(context.parsed, "--max-credits-per-call", "given, or another cap or --remove")
    yield* judge(context, requests.spendPolicySet, change)
    return yield* askSigned(context, (service, token) => service.spendPolicySet(change, token))
  })
