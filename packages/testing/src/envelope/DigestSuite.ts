import { assert, it } from "@effect/vitest"
import { Digest } from "@image-skill/core/envelope/Digest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/** From FIPS 180-4 and its examples (csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values). */
const vectors = [
  { content: "", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { content: "abc", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  {
    content: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    sha256: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  },
  {
    content: "a".repeat(1_000_000),
    sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
  }
]

/** The contract every `Digest` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<Digest, E>): void =>
  it.layer(layer)(`Digest (${name})`, (it) => {
    it.effect.each(vectors)("the published digest of $content.length bytes comes out", ({ content, sha256 }) =>
      Effect.gen(function* () {
        const digest = yield* Digest
        assert.strictEqual(yield* digest.sha256(content), sha256)
      })
    )

    it.effect("text is digested as its UTF-8 bytes", () =>
      Effect.gen(function* () {
        const digest = yield* Digest
        const text = "ein Fischreiher — 鷺 🪶"
        assert.strictEqual(yield* digest.sha256(text), yield* digest.sha256(new TextEncoder().encode(text)))
      })
    )
  })
