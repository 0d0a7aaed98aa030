import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** SHA-256: of tokens, of request bodies, of artifacts. */
export class Digest extends Context.Service<
  Digest,
  {
    /** 64 lower-case hex digits. A string is hashed as UTF-8. */
    sha256(content: string | Uint8Array): Effect.Effect<string>
  }
>()("core/envelope/Digest") {}
