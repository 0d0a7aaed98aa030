import { docsUrl } from "@image-skill/core/envelope/Product"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { unencodable } from "@image-skill/core/service/DecodeRequest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Context } from "./Context.ts"

/** Refuses a request that breaks its own schema, for commands that have to know before they look for a token. */
export const judge = <Q, I>(
  { parsed }: Context,
  schema: Schema.Codec<Q, I>,
  request: Q
): Effect.Effect<void, Refusal> =>
  Result.match(Schema.encodeResult(schema, { errors: "all" })(request), {
    onSuccess: () => Effect.void,
    onFailure: ({ issue }) =>
      Effect.fail(unencodable(issue, { docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`) }))
  })
