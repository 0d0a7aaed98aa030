import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Random bytes fit for secrets. Tests provide a counting source. */
export class SecretBytes extends Context.Service<
  SecretBytes,
  {
    /** `length` bytes from a cryptographically secure source. */
    bytes(length: number): Effect.Effect<Uint8Array>
  }
>()("core/envelope/SecretBytes") {}
