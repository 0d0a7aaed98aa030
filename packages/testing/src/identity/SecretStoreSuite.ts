import { assert, describe, it } from "@effect/vitest"
import type { SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"

const origin = "https://api.example.com"

/** Visible ASCII, from `!` to `~`. */
const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index))

const read = (store: SecretStore, from = origin) =>
  Effect.map(
    store.read(from),
    Option.map((token) => Redacted.value(token))
  )

/** A store that can be written to: what it can do stands in its type no longer. */
const writable = ({ remove, write, ...store }: SecretStore) => {
  assert.isNotNull(write)
  assert.isNotNull(remove)
  return { ...store, write, remove }
}

/** The contract of every `SecretStore` that keeps tokens. `make` makes an empty one each time. */
export const suite = <E>(name: string, make: Effect.Effect<SecretStore, E, Scope.Scope>): void => {
  describe(`SecretStore (${name})`, () => {
    it.effect("it holds nothing at first", () =>
      Effect.gen(function* () {
        const store = writable(yield* make)
        assert.deepStrictEqual(yield* store.read(origin), Option.none())
        assert.isFalse(yield* store.remove(origin))
      })
    )

    it.effect.each([
      { kind: "of this service", token: "isk_r_0123456789ABCDEFabcdef0123456789" },
      { kind: "of every character there is", token: visible },
      { kind: "that looks like a flag", token: "-w" },
      { kind: "as long as any", token: "x".repeat(4096) }
    ])("a token $kind comes back as it was written", ({ token }) =>
      Effect.gen(function* () {
        const store = writable(yield* make)
        yield* store.write(origin, Redacted.make(token))
        assert.deepStrictEqual(yield* read(store), Option.some(token))
      })
    )

    it.effect("a second token for an origin replaces the first", () =>
      Effect.gen(function* () {
        const store = writable(yield* make)
        yield* store.write(origin, Redacted.make("first"))
        yield* store.write(origin, Redacted.make("second"))
        assert.deepStrictEqual(yield* read(store), Option.some("second"))
      })
    )

    it.effect.each(["https://api.example.org", "http://api.example.com", "https://api.example.com:8443", "embedded:"])(
      "%s does not get the token of another origin, and cannot remove it",
      (stranger) =>
        Effect.gen(function* () {
          const store = writable(yield* make)
          yield* store.write(origin, Redacted.make("isk_r_mine"))
          assert.deepStrictEqual(yield* read(store, stranger), Option.none())
          assert.isFalse(yield* store.remove(stranger))
          assert.deepStrictEqual(yield* read(store), Option.some("isk_r_mine"))
        })
    )

    it.effect("the embedded service is an origin like any other", () =>
      Effect.gen(function* () {
        const store = writable(yield* make)
        yield* store.write("embedded:", Redacted.make("isk_r_embedded"))
        assert.deepStrictEqual(yield* read(store, "embedded:"), Option.some("isk_r_embedded"))
      })
    )

    it.effect("a token that was removed is gone, once", () =>
      Effect.gen(function* () {
        const store = writable(yield* make)
        yield* store.write(origin, Redacted.make("isk_r_gone"))
        assert.isTrue(yield* store.remove(origin))
        assert.deepStrictEqual(yield* read(store), Option.none())
        assert.isFalse(yield* store.remove(origin))
      })
    )
  })
}

/** What a store that is only read does with what it is given. */
export interface Given {
  /** Whether blanks around a token are no part of it. */
  readonly trims: boolean
  /** Whether blank counts as nothing, or as a token that is missing where one was promised. */
  readonly blank: "none" | "refused"
}

/** The contract of every `SecretStore` that is only read. `holding` makes one with this content. */
export const readOnlySuite = (name: string, holding: (text: string) => SecretStore, given: Given): void => {
  const reasonOf = (text: string) =>
    Effect.map(Effect.flip(holding(text).read(origin)), ({ reason, source }: SecretStoreFailed) => ({ reason, source }))

  describe(`SecretStore (${name})`, () => {
    it.effect("its token is good for any origin", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* read(holding("isk_r_given")), Option.some("isk_r_given"))
        assert.deepStrictEqual(yield* read(holding("isk_r_given"), "embedded:"), Option.some("isk_r_given"))
      })
    )

    it.effect("it is only read", () =>
      Effect.sync(() => {
        assert.isNull(holding("isk_r_given").write)
        assert.isNull(holding("isk_r_given").remove)
      })
    )

    it.effect.each(["", "   ", "\n\t"])("%o is blank", (text) =>
      Effect.gen(function* () {
        if (given.blank === "none") assert.deepStrictEqual(yield* read(holding(text)), Option.none())
        else assert.deepStrictEqual(yield* reasonOf(text), { reason: "blank", source: holding(text).source })
      })
    )

    it.effect.each(["isk_r_\u0000", "isk r", "isk_r_é", "isk_r_1\nisk_r_2", "x".repeat(4097)])(
      "%o cannot travel in a header, and is not repeated",
      (text) =>
        Effect.gen(function* () {
          const failure = yield* Effect.flip(holding(text).read(origin))
          assert.strictEqual(failure.reason, "malformed")
          assert.notInclude(failure.message, text)
        })
    )

    it.effect("blanks around the token are handled as this store promises", () =>
      Effect.gen(function* () {
        const padded = holding(" isk_r_padded\n")
        if (given.trims) assert.deepStrictEqual(yield* read(padded), Option.some("isk_r_padded"))
        else assert.strictEqual((yield* Effect.flip(padded.read(origin))).reason, "malformed")
      })
    )
  })
}
