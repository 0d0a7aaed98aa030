import { join } from "node:path"
import { docsUrl, embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Context } from "./Context.ts"
import { flagReader, text } from "./Flags.ts"
import type { Machine } from "./Machine.ts"

/** The service that a run talks to, and where its token is kept. */
export interface Target {
  /** `embedded:`, or the base URL as it was given. */
  readonly shown: string
  /** What tokens are bound to: `embedded:`, or an http(s) origin. */
  readonly origin: string
  readonly isEmbedded: boolean
  readonly configPath: string
  /** Given by flag, so that the commands we print have to say it again. */
  readonly byFlag: string | null
}

/** Flag, then variable, then the origin that the saved token belongs to, then the service in this program (D1.1). */
export const resolveTarget = Effect.fnUntraced(function* ({ machine, parsed }: Context) {
  const byFlag = yield* flagReader(parsed)(text("api-base-url"))
  if (byFlag !== null && byFlag.trim() !== "") return yield* parseTarget(byFlag, "--api-base-url", machine, byFlag)
  const byVariable = machine.variable(variables.apiBaseUrl)
  if (byVariable !== null) return yield* parseTarget(byVariable, variables.apiBaseUrl, machine, null)
  const saved = yield* savedBase(machine)
  return saved === null ? embedded(machine, null) : yield* parseTarget(saved, "the saved config", machine, null)
})

const savedBase = (machine: Machine) =>
  Effect.flatMap(
    Effect.promise(() => import("@image-skill/adapters/identity/FileAuthConfig")),
    (config) =>
      Effect.flatMap(AuthConfig, ({ read }) => read).pipe(
        Effect.map(Option.match({ onNone: () => null, onSome: ({ apiBaseUrl }) => apiBaseUrl })),
        Effect.provide(config.layer(hostedConfigPath(machine)))
      )
  )

const embedded = (machine: Machine, byFlag: string | null): Target => ({
  shown: embeddedTarget,
  origin: embeddedTarget,
  isEmbedded: true,
  configPath: machine.variable(variables.configPath) ?? join(machine.dataHome, "config.json"),
  byFlag
})

/** The path that published clients share, for tokens of hosted services only (D1.3). */
const hostedConfigPath = (machine: Machine): string =>
  machine.variable(variables.configPath) ?? join(machine.configHome, "image-skill", "config.json")

const parseTarget = (
  given: string,
  from: string,
  machine: Machine,
  byFlag: string | null
): Effect.Effect<Target, Refusal> => {
  if (given.trim() === embeddedTarget) return Effect.succeed(embedded(machine, byFlag))
  const url = parseUrl(given.trim())
  if (url === null || !/^https?:$/u.test(url.protocol) || url.username !== "" || url.password !== "") {
    return Effect.fail(badBase(from))
  }
  const configPath = hostedConfigPath(machine)
  return Effect.succeed({ shown: given.trim(), origin: url.origin, isEmbedded: false, configPath, byFlag })
}

const badBase = (from: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${from} must be an http(s) URL without user name and password, or ${embeddedTarget}`,
    outcome: "not_sent",
    recovery: { requiredFlag: "--api-base-url", docsUrl: docsUrl() }
  })
