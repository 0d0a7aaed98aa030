import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { command, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { AuthConfig, type AuthConfigFailed } from "@image-skill/core/identity/AuthConfig"
import {
  saveConfigRecovery,
  savePlace,
  signupConfigRecovery,
  startAt,
  writablePlace
} from "@image-skill/core/identity/ConfigRecovery"
import type { SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import { signupTemplate } from "@image-skill/core/identity/SignupCommand"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Context } from "./Context.ts"
import { namedStore } from "./SecretStores.ts"
import type { Target } from "./Target.ts"
import { toRefusal } from "./Tokens.ts"

/** Where a token went. */
export interface SavedToken {
  readonly source: "config" | "keychain" | "command"
  /** Shown to people. */
  readonly place: string
  readonly previousPlace: string | null
}

export interface Saving {
  readonly commit: (token: Redacted.Redacted) => Effect.Effect<SavedToken, Refusal>
}

/** Makes the named store ready for a token that does not exist yet. A store that cannot be written is found out now. */
export const prepareSave = Effect.fnUntraced(function* (context: Context, target: Target, purpose: "signup" | "save") {
  const store = yield* namedStore(context.machine, target)
  const { source, write } = store
  const atCommit = (refusal: Refusal) => (purpose === "signup" ? lost(refusal) : refusal)
  const notKept = (error: SecretStoreFailed) => atCommit(toRefusal(error))
  if (source === "keychain" || source === "command") {
    const saving: Saving = {
      commit: (token) =>
        (write === null ? Effect.void : Effect.mapError(write(target.origin, token), notKept)).pipe(
          Effect.as({
            source,
            place: `the ${source === "keychain" ? "keychain" : "secret command"}`,
            previousPlace: null
          })
        )
    }
    return saving
  }
  const failed = (error: AuthConfigFailed) => writeFailed(error, context, target, purpose)
  const prepared = yield* Effect.flatMap(AuthConfig, ({ prepare }) => prepare).pipe(
    Effect.provide(FileAuthConfig.layer(target.configPath)),
    Effect.mapError(failed)
  )
  const saving: Saving = {
    commit: (token) =>
      Effect.gen(function* () {
        const savedAt = DateTime.formatIso(yield* DateTime.now)
        const { previousPath } = yield* Effect.mapError(
          prepared.commit({ apiBaseUrl: target.shown, token, savedAt }),
          (error) => atCommit(failed(error))
        )
        return { source: "config", place: target.configPath, previousPlace: previousPath } as const
      })
  }
  return saving
})

/** True when there was a token to remove. */
export const removeToken = (context: Context, target: Target): Effect.Effect<boolean, Refusal> =>
  Effect.gen(function* () {
    const store = yield* namedStore(context.machine, target)
    if (store.source !== "config") {
      return store.remove === null ? false : yield* Effect.mapError(store.remove(target.origin), toRefusal)
    }
    return yield* Effect.flatMap(AuthConfig, ({ remove }) => remove).pipe(
      Effect.provide(FileAuthConfig.layer(target.configPath)),
      Effect.mapError(removeFailed)
    )
  })

const writeFailed = (
  { message, path }: AuthConfigFailed,
  { host }: Context,
  { isEmbedded }: Target,
  purpose: "signup" | "save"
): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_CONFIG_WRITE_FAILED",
    message: `the token cannot be saved in ${path}: ${message}`,
    outcome: "not_sent",
    recovery:
      purpose === "signup"
        ? { ...signupConfigRecovery(isEmbedded), suggestedStart: startAt(writablePlace(isEmbedded), host) }
        : { ...saveConfigRecovery(), suggestedStart: startAt(savePlace, host) }
  })

const removeFailed = ({ message, path }: AuthConfigFailed): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_CONFIG_WRITE_FAILED",
    message: `the token saved in ${path} cannot be removed: ${message}`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("auth status", json), docsUrl: docsUrl("local-config-and-install") }
  })

/** The identity was made, and its only token could not be kept: another signup makes another one. */
const lost = ({ code, message, recovery }: Refusal): Refusal =>
  new Refusal({
    code,
    message: `the identity was made, but ${message}; its token is lost, so sign up again`,
    outcome: "succeeded",
    recovery: { suggestedCommand: signupTemplate, ...recovery }
  })
