import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { version } from "@image-skill/core/envelope/Product"
import * as Effect from "effect/Effect"
import type { Leaf } from "../../Leaf.ts"

/** The entry answers a plain `version` without loading anything; this is for one with further flags. */
export const leaf: Leaf = () =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) =>
      success(
        { command: "image-skill version", traceId, actor: null },
        { version, package: "image-skill", mode: "public_hosted_cli" }
      )
  )
