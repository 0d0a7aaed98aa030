import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthConfig, type SavedAuth } from "./AuthConfig.ts"

export interface MemoryAuthConfigOptions {
  /** What an earlier run saved. */
  readonly initial?: SavedAuth | null
  /** How the place is shown where it stands for a file. */
  readonly path?: string
}

const memory = "the memory of this program"

/** A config that ends with the process. Only a place that stands for a file tells where the token before it lies now. */
export const layer = ({ initial = null, path }: MemoryAuthConfigOptions = {}): Layer.Layer<AuthConfig> =>
  Layer.sync(AuthConfig, () => {
    let saved = Option.fromNullishOr(initial)
    const isOther = (next: SavedAuth) =>
      Option.exists(saved, ({ token }) => Redacted.value(token) !== Redacted.value(next.token))
    return AuthConfig.of({
      path: path ?? memory,
      read: Effect.sync(() => saved),
      probe: Effect.succeed({ _tag: "Writable", parentPath: "memory" }),
      prepare: Effect.succeed({
        commit: (auth) =>
          Effect.map(DateTime.now, (now) => {
            const isKept = path !== undefined && isOther(auth)
            const previousPath = isKept ? `${path}.previous-${DateTime.toEpochMillis(now)}` : null
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
