import { assert, it } from "@effect/vitest"
import * as WebSecretBytes from "@image-skill/adapters/envelope/WebSecretBytes"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as SecretBytesSuite from "@image-skill/testing/envelope/SecretBytesSuite"
import * as Effect from "effect/Effect"

SecretBytesSuite.suite("Web Crypto", WebSecretBytes.layer)

it.effect("more bytes than one call gives are random to the end", () =>
  Effect.gen(function* () {
    const secret = yield* SecretBytes
    const bytes = yield* secret.bytes(150_000)
    assert.lengthOf(bytes, 150_000)
    assert.isTrue(bytes.subarray(-64).some((byte) => byte !== 0))
  }).pipe(Effect.provide(WebSecretBytes.layer))
)
