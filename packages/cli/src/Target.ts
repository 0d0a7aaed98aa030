import { join, resolve } from "node:path"
import { docsUrl, embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import { serviceAddress } from "@image-skill/core/identity/ServiceAddress"
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
}

/** Flag, then variable, then the origin that the saved token belongs to, then the service in this program (D1.1). */
export const resolveTarget = Effect.fnUntraced(function* ({ machine, parsed }: Context) {
  const byFlag = yield* flagReader(parsed)(text("api-base-url"))
  if (byFlag !== null && byFlag.trim() !== "") return yield* parseTarget(byFlag, "--api-base-url", machine)
  const byVariable = machine.variable(variables.apiBaseUrl)
  if (byVariable !== null) return yield* parseTarget(byVariable, variables.apiBaseUrl, machine)
  const saved = yield* savedBase(machine)
  return saved === null ? embedded(machine) : yield* parseTarget(saved, "the saved config", machine)
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

const embedded = (machine: Machine): Target => ({
  shown: embeddedTarget,
  origin: embeddedTarget,
  isEmbedded: true,
  configPath: namedPath(machine) ?? join(machine.dataHome, "config.json")
})

/** The path that published clients share, for tokens of hosted services only (D1.3). */
const hostedConfigPath = (machine: Machine): string =>
  namedPath(machine) ?? join(machine.configHome, "image-skill", "config.json")

const namedPath = (machine: Machine): string | null => {
  const path = machine.variable(variables.configPath)
  return path === null ? null : resolve(machine.workingDirectory, path)
}

const parseTarget = (given: string, from: string, machine: Machine): Effect.Effect<Target, Refusal> => {
  const url = serviceAddress(given)
  if (url === null) return Effect.fail(badBase(from))
  if (url === embeddedTarget) return Effect.succeed(embedded(machine))
  const configPath = hostedConfigPath(machine)
  return Effect.succeed({ shown: given.trim(), origin: url.origin, isEmbedded: false, configPath })
}

const badBase = (from: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${from} must be an http(s) URL without user name and password, or ${embeddedTarget}`,
    outcome: "not_sent",
    recovery: { requiredFlag: "--api-base-url", docsUrl: docsUrl() }
  })
