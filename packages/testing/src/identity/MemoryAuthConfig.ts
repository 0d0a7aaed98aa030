import { AuthConfig, type SavedAuth } from "@image-skill/core/identity/AuthConfig"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** A config that ends with the process. `initial` is what an earlier run saved. */
export const layer = (initial: SavedAuth | null = null): Layer.Layer<AuthConfig> =>
  Layer.sync(AuthConfig, () => {
    const path = "memory/config.json"
    let saved = Option.fromNullishOr(initial)
    const isOther = (next: SavedAuth) =>
      Option.exists(saved, ({ token }) => Redacted.value(token) !== Redacted.value(next.token))
    return AuthConfig.of({
      path,
      read: Effect.sync(() => saved),
      probe: Effect.succeed({ _tag: "Writable", parentPath: "memory" }),
      prepare: Effect.succeed({
        commit: (auth) =>
          Effect.map(DateTime.now, (now) => {
            const previousPath = isOther(auth) ? `${path}.previous-${DateTime.toEpochMillis(now)}` : null
            saved = Option.some(auth)
            return { previousPath }
          })
      }),
      remove: Effect.sync(() => {
        const had = Option.isSome(saved)
        saved = Option.none()
        return had
      })
    })
  })
