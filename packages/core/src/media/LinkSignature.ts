import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { Digest } from "../envelope/Digest.ts"
import { Agents } from "../identity/Agents.ts"
import type { StoreUnavailable } from "../store/Store.ts"

/** What a signature is good for: this very media, until then. */
export interface LinkClaim {
  readonly id: string
  readonly extension: string
  /** Seconds since 1970, as they stand in the link. */
  readonly expires: string
}

/** A link as it was received: the path's id and extension, the query's fields as they came. */
export interface ReceivedLink {
  readonly id: string
  readonly extension: string
  readonly expires: string | null
  readonly signature: string | null
}

/** `Valid` for so many seconds more; `Expired` was valid once; `Invalid` was never signed here, or for something else. */
export type LinkState =
  | { readonly _tag: "Valid"; readonly secondsLeft: number }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Invalid" }

/**
 * Signs claims: 64 lower-case hex digits, HMAC-SHA-256 over id, extension and expiry. None of them can hold a line break,
 * so that no two claims are the same text. The key comes from the deployment's secret, and serves nothing else.
 */
export const signer: Effect.Effect<(claim: LinkClaim) => Effect.Effect<string>, StoreUnavailable, Agents | Digest> =
  Effect.gen(function* () {
    const digest = yield* Digest
    const key = yield* digest.hmacSha256(yield* (yield* Agents).pepper, "media links")
    return ({ expires, extension, id }) => digest.hmacSha256(key, [id, extension, expires].join("\n"))
  })

/** Whether a link was signed here, and whether its time is over. The latter is told only of links that were valid. */
export const verify = Effect.fn("LinkSignature.verify")(function* ({
  expires,
  extension,
  id,
  signature
}: ReceivedLink): Effect.fn.Return<LinkState, StoreUnavailable, Agents | Digest> {
  if (expires === null || signature === null || !/^[1-9]\d{0,11}$/u.test(expires)) return { _tag: "Invalid" }
  const sign = yield* signer
  if (!isSame(yield* sign({ id, extension, expires }), signature)) return { _tag: "Invalid" }
  const secondsLeft = Number(expires) - (yield* nowInSeconds)
  return secondsLeft > 0 ? { _tag: "Valid", secondsLeft } : { _tag: "Expired" }
})

export const nowInSeconds: Effect.Effect<number> = Effect.map(DateTime.now, (now) =>
  Math.floor(DateTime.toEpochMillis(now) / 1000)
)

/** In a time that tells nothing about where they differ. */
const isSame = (expected: string, given: string): boolean => {
  let difference = expected.length ^ given.length
  for (let at = 0; at < expected.length; at += 1) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}
