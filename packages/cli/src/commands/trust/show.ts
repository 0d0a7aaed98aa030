import { command, json } from "@image-skill/core/envelope/CommandLine"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl, embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { trustPacket } from "@image-skill/core/guide/TrustPacket"
import * as Effect from "effect/Effect"
import type { Context } from "../../Context.ts"
import { discardToken } from "../../DiscardToken.ts"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { resolveTarget } from "../../Target.ts"
import { embeddedFacts, hostedFacts } from "../../TrustSources.ts"

/**
 * What can be verified without a token: package, documents, service and models, and whether they may be relied on. It
 * always answers; a token that a wrapper adds is read off its pipe and thrown away, and the config is never opened.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const wrong = wordsTooMany(context)
    if (wrong !== null) return yield* wrong
    yield* discardToken(context)
    const target = yield* resolveTarget(yield* withoutConfig(context))
    const facts = yield* target.isEmbedded ? embeddedFacts(context, target) : hostedFacts(target)
    const traceId = yield* (yield* Ids).trace
    const { data, warnings } = trustPacket(facts, context.host)
    return success({ command: "image-skill trust", traceId, actor: null }, data, warnings)
  })

/** Where neither a flag nor a variable names a service, it is the one inside: a saved token is not asked whose it is. */
const withoutConfig = Effect.fnUntraced(function* (context: Context) {
  const given = yield* flagReader(context.parsed)(text("api-base-url"))
  const isNamed = (given ?? "").trim() !== "" || context.machine.variable(variables.apiBaseUrl) !== null
  const flags = new Map([...context.parsed.flags, ["api-base-url", [embeddedTarget]] as const])
  return isNamed ? context : { ...context, parsed: { ...context.parsed, flags } }
})

/** All that it does not take, at once: flags first, then words. */
const wordsTooMany = ({ parsed }: Context): Refusal | null => {
  const flags = parsed.unknown.map((name) => `--${name.replaceAll(/[^\w.-]/gu, "?").slice(0, 60)}`)
  if (flags.length === 0 && parsed.positionals.length === 0) return null
  const words = parsed.positionals.length
  const counted = words === 1 ? "1 argument" : `${words} arguments`
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `trust takes --json and --api-base-url only; it got ${flags.length > 0 ? [...new Set(flags)].join(", ") : counted}`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("trust", json), docsUrl: docsUrl("image-skill-trust") },
    details: flags.length > 0 ? { unknown_flags: [...new Set(flags)] } : { arguments: words }
  })
}
