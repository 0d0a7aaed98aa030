import { assert, describe, it } from "@effect/vitest"
import { AuthConfig, type SavedAuth } from "@image-skill/core/identity/AuthConfig"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const auth = (token: string): SavedAuth => ({
  apiBaseUrl: "https://api.example.com/v1",
  token: Redacted.make(token),
  savedAt: "2026-01-02T03:04:05.678Z"
})

const plain = Option.map(({ apiBaseUrl, savedAt, token }: SavedAuth) => ({
  apiBaseUrl,
  savedAt,
  token: Redacted.value(token)
}))

const save = (token: string) =>
  Effect.flatMap(AuthConfig, ({ prepare }) => prepare).pipe(
    Effect.flatMap(({ commit }) => commit(auth(token))),
    Effect.scoped
  )

/** The contract every `AuthConfig` adapter meets. `layer` makes an empty one each time that it is built. */
export const suite = <E>(name: string, layer: Layer.Layer<AuthConfig, E>): void => {
  describe(`AuthConfig (${name})`, () => {
    it.effect("nothing is saved at first", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        assert.deepStrictEqual(yield* config.read, Option.none())
        assert.isFalse(yield* config.remove)
      }).pipe(Effect.provide(layer))
    )

    it.effect("what was saved is read as it was", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        assert.deepStrictEqual(yield* save("isk_r_first"), { previousPath: null })
        assert.deepStrictEqual(
          plain(yield* config.read),
          Option.some({
            apiBaseUrl: "https://api.example.com/v1",
            savedAt: "2026-01-02T03:04:05.678Z",
            token: "isk_r_first"
          })
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("the token does not show when it is printed", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        yield* save("isk_r_hidden")
        assert.notInclude(JSON.stringify(yield* config.read), "isk_r_hidden")
      }).pipe(Effect.provide(layer))
    )

    it.effect("another token replaces the one before, which stays in a place of its own", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        yield* save("isk_r_first")
        const { previousPath } = yield* save("isk_r_second")
        assert.match(previousPath ?? "", /\.previous-\d+$/u)
        const saved = yield* config.read
        assert.deepStrictEqual(
          Option.map(saved, ({ token }) => Redacted.value(token)),
          Option.some("isk_r_second")
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("saving the same token again leaves nothing beside it", () =>
      Effect.gen(function* () {
        yield* save("isk_r_same")
        assert.deepStrictEqual(yield* save("isk_r_same"), { previousPath: null })
      }).pipe(Effect.provide(layer))
    )

    it.effect("what was prepared and not committed changes nothing", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        yield* save("isk_r_kept")
        yield* Effect.scoped(config.prepare)
        assert.deepStrictEqual(
          Option.map(yield* config.read, ({ token }) => Redacted.value(token)),
          Option.some("isk_r_kept")
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("the probe finds it writable and changes nothing", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        const probe = yield* config.probe
        assert.strictEqual(probe._tag, "Writable")
        assert.isTrue(config.path.startsWith(probe.parentPath))
        assert.deepStrictEqual(yield* config.read, Option.none())
      }).pipe(Effect.provide(layer))
    )

    it.effect("what was removed is gone, once", () =>
      Effect.gen(function* () {
        const config = yield* AuthConfig
        yield* save("isk_r_removed")
        assert.isTrue(yield* config.remove)
        assert.deepStrictEqual(yield* config.read, Option.none())
        assert.isFalse(yield* config.remove)
      }).pipe(Effect.provide(layer))
    )
  })
}
