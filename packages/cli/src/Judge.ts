import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { unencodable } from "@image-skill/core/service/DecodeRequest"
import type { OperationId } from "@image-skill/core/service/Operations"
import { requestRecovery } from "@image-skill/core/service/RequestRecovery"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What is wrong with a request, for whoever has to know before a token is looked for; null when it can be sent. */
export const judge = <Q, I>(operation: OperationId, schema: Schema.Codec<Q, I>, request: Q): Refusal | null =>
  Result.match(Schema.encodeResult(schema, { errors: "all" })(request), {
    onSuccess: () => null,
    onFailure: ({ issue }) => unencodable(issue, requestRecovery(operation))
  })
