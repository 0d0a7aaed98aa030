import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** SHA-256: of tokens, of request bodies, of artifacts; and what is signed with it. */
export class Digest extends Context.Service<
  Digest,
  {
    /** 64 lower-case hex digits. A string is hashed as UTF-8. */
    sha256(content: string | Uint8Array): Effect.Effect<string>
    /** HMAC-SHA-256 (RFC 2104): 64 lower-case hex digits. Strings are taken as UTF-8. */
    hmacSha256(key: string | Uint8Array, content: string | Uint8Array): Effect.Effect<string>
  }
>()("core/envelope/Digest") {}
