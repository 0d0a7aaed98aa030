import { createHash, createHmac } from "node:crypto"
import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Digest } from "@image-skill/core/envelope/Digest"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { fingerprintOf, hash, isSendable, mint } from "@image-skill/core/identity/Token"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { hostileText } from "../envelope/HostileText.ts"

/** A source that gives what `next` says for the first byte, the second, and so on. */
const sourceOf = (next: (index: number) => number): Layer.Layer<SecretBytes> =>
  Layer.sync(SecretBytes, () => {
    let given = 0
    const byte = (): number => {
      given += 1
      return next(given - 1)
    }
    return SecretBytes.of({ bytes: (length) => Effect.sync(() => Uint8Array.from({ length }, byte)) })
  })

const minted = (next: (index: number) => number): Effect.Effect<string> =>
  mint.pipe(Effect.map(Redacted.value), Effect.provide(sourceOf(next)))

const sha256 = Layer.succeed(Digest, {
  sha256: (content) => Effect.sync(() => createHash("sha256").update(content).digest("hex")),
  hmacSha256: (key, content) => Effect.sync(() => createHmac("sha256", key).update(content).digest("hex"))
})

describe("Token.mint", () => {
  it.effect("a token is its prefix and 32 characters of base62", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* minted((index) => index), "isk_r_0123456789ABCDEFGHIJKLMNOPQRSTUV")
      assert.match(yield* minted((index) => (index * 97) % 256), /^isk_r_[0-9A-Za-z]{32}$/u)
    })
  )

  it.effect(
    "no character is likelier than another: each stands for four of the 256 values of a byte, and the rest for none",
    () =>
      Effect.gen(function* () {
        const counts = new Map<string, number>()
        for (let value = 0; value < 256; value += 1) {
          const exit = yield* Effect.exit(minted(() => value))
          const character = Exit.isSuccess(exit) ? exit.value.slice(-1) : "refused"
          if (Exit.isSuccess(exit)) assert.strictEqual(exit.value, `isk_r_${character.repeat(32)}`)
          counts.set(character, (counts.get(character) ?? 0) + 1)
        }
        assert.strictEqual(counts.get("refused"), 8)
        counts.delete("refused")
        assert.strictEqual(counts.size, 62)
        assert.deepStrictEqual([...new Set(counts.values())], [4])
      })
  )

  it.effect("bytes that stand for nothing are passed over, not folded in", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* minted((index) => (index % 2 === 0 ? 255 : 1)), `isk_r_${"1".repeat(32)}`)
    })
  )

  it.effect("a source that never gives a usable byte is told to be broken, and the wait has an end", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(minted(() => 250))
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.effect("a token does not show itself when it is printed", () =>
    Effect.gen(function* () {
      const token = yield* mint.pipe(Effect.provide(sourceOf(() => 7)))
      for (const shown of [inspect(token), JSON.stringify({ token })]) assert.notInclude(shown, "7777")
    })
  )

  it.effect("a token is looked up by its SHA-256, of which six digits may be shown", () =>
    Effect.gen(function* () {
      const found = yield* hash(Redacted.make("abc")).pipe(Effect.provide(sha256))
      assert.strictEqual(found, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      assert.strictEqual(fingerprintOf(found), "ba7816")
    })
  )
})

describe("Token.isSendable", () => {
  const sendable = ["isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ", "!", "~", "a.b-c_d", "x".repeat(4_096)]
  const broken = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a\n",
    "a\r\nb",
    "a\tb",
    "é",
    "😀",
    "a\u0000",
    "a\u007f",
    "a\u00a0",
    "x".repeat(4_097)
  ]

  it("visible ASCII travels in a header", () => {
    assert.deepStrictEqual(
      sendable.filter((token) => !isSendable(token)),
      []
    )
  })

  it("nothing else does", () => {
    assert.deepStrictEqual(broken.filter(isSendable), [])
  })

  it.prop("what is sendable is accepted by the runtime as a header", [hostileText], ([token]) => {
    const isVisible = Array.from(token).every((character) => character > " " && character < "\u007f")
    assert.strictEqual(isSendable(token), isVisible && token !== "")
    if (isSendable(token)) assert.doesNotThrow(() => new Headers({ authorization: `Bearer ${token}` }))
  })
})
