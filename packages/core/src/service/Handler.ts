import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ActorWire } from "../envelope/Envelope.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Session } from "../identity/Agents.ts"
import type { Caller } from "../identity/Identity.ts"
import { authRequired } from "../identity/SignupCommand.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { decodeRequest, unknownFields } from "./DecodeRequest.ts"

/** What a handler knows besides its request. */
export interface Call {
  readonly caller: Caller
  /** Present whenever the operation requires a token. */
  readonly session: Session | null
  readonly traceId: string
}

/** What a handler answers, before it becomes JSON. */
export interface Outcome<A> {
  readonly data: A
  readonly warnings?: ReadonlyArray<string>
  /** Who acted, where the session cannot tell: a signup makes its own actor. */
  readonly actor?: ActorWire
}

export interface EncodedOutcome extends Outcome<Schema.Json> {
  readonly warnings: ReadonlyArray<string>
}

/** One operation from JSON to JSON: decoded strictly, run, encoded strictly. */
export interface Handler {
  readonly run: (body: unknown, call: Call) => Effect.Effect<EncodedOutcome, Refusal | StoreUnavailable>
}

/** A request schema made by `wire`: it knows its field names on the wire. */
type WireSchema<Q> = Schema.Codec<Q, unknown> & {
  readonly from: { readonly fields: { readonly [name: string]: unknown } }
}

export const handler = <Q, A, I extends Schema.Json>(options: {
  readonly request: WireSchema<Q>
  readonly answer: Schema.Codec<A, I>
  readonly run: (request: Q, call: Call) => Effect.Effect<Outcome<A>, Refusal | StoreUnavailable>
}): Handler => ({
  run: Effect.fnUntraced(function* (body: unknown, call: Call) {
    const request = yield* Effect.fromResult(decodeRequest(options.request, body))
    const { data, warnings = [], ...rest } = yield* options.run(request, call)
    const ignored = unknownFields(Object.keys(options.request.from.fields), body)
    return {
      ...rest,
      // What we answer is ours: an answer that does not fit its own schema is a defect, not a refusal.
      data: yield* Effect.orDie(Schema.encodeEffect(options.answer)(data)),
      warnings: [...warnings, ...(ignored.length === 0 ? [] : [`ignored unknown fields: ${ignored.join(", ")}`])]
    }
  })
})

/** The session of an operation that requires one. */
export const sessionOf = ({ session }: Call): Effect.Effect<Session, Refusal> =>
  session === null ? Effect.fail(authRequired()) : Effect.succeed(session)
