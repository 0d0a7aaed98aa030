import { help } from "@image-skill/core/documents/Help"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import * as Effect from "effect/Effect"
import type { Leaf } from "../../Leaf.ts"

/** The list of commands, a group, or one command explained. No network, no configuration, nothing is changed. */
export const explain = (topic: ReadonlyArray<string>, host: Host): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) => help(topic, traceId, host)
  )

export const leaf: Leaf = ({ host, parsed }) => explain(parsed.positionals, host)
