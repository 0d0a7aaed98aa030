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

/** From RFC 4231, 4.2 to 4.8 without the truncated one. */
const signed = [
  {
    what: "a short text under a key of 20 bytes",
    key: new Uint8Array(20).fill(0x0b),
    content: "Hi There",
    hmac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
  },
  {
    what: "a text under a key shorter than the digest",
    key: "Jefe",
    content: "what do ya want for nothing?",
    hmac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  },
  {
    what: "50 equal bytes",
    key: new Uint8Array(20).fill(0xaa),
    content: new Uint8Array(50).fill(0xdd),
    hmac: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
  },
  {
    what: "a text under a key longer than a block",
    key: new Uint8Array(131).fill(0xaa),
    content: "Test Using Larger Than Block-Size Key - Hash Key First",
    hmac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
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

    it.effect.each(signed)("the published signature of $what comes out", ({ content, hmac, key }) =>
      Effect.gen(function* () {
        const digest = yield* Digest
        assert.strictEqual(yield* digest.hmacSha256(key, content), hmac)
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
