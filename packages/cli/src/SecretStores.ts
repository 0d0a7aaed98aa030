import { isAbsolute } from "node:path"
import * as ConfigSecretStore from "@image-skill/adapters/identity/ConfigSecretStore"
import * as EnvironmentSecretStore from "@image-skill/adapters/identity/EnvironmentSecretStore"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import * as FlagSecretStore from "@image-skill/adapters/identity/FlagSecretStore"
import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { words } from "@image-skill/core/envelope/ShellWords"
import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Context } from "./Context.ts"
import { flagReader, text, toggle } from "./Flags.ts"
import type { Machine } from "./Machine.ts"
import type { Target } from "./Target.ts"

// Loaded by the few runs that ask for them.
const loadStdin = Effect.promise(() => import("@image-skill/adapters/identity/StdinSecretStore"))
const loadKeychain = Effect.promise(() => import("@image-skill/adapters/identity/KeychainSecretStore"))
const loadCommand = Effect.promise(() => import("@image-skill/adapters/identity/CommandSecretStore"))

/** The places that this run was given a token by, in the order in which they are asked. */
export const explicitStores = ({ machine, parsed }: Context): Effect.Effect<ReadonlyArray<SecretStore>, Refusal> =>
  Effect.gen(function* () {
    const flag = flagReader(parsed)
    const fromStdin = yield* flag(toggle("token-stdin"))
    const given = yield* flag(text("token"))
    return [
      ...(fromStdin ? [yield* stdinStore(machine)] : []),
      ...(given === null ? [] : [FlagSecretStore.make(given)]),
      EnvironmentSecretStore.make(machine.variable)
    ]
  })

export const stdinStore = (machine: Machine): Effect.Effect<SecretStore> =>
  Effect.map(loadStdin, ({ make }) =>
    make({ isTerminal: machine.stdinIsTerminal, bytes: (): AsyncIterable<Uint8Array> => process.stdin })
  )

/** Where tokens are kept between runs: the config file, unless a variable names another store. */
export const namedStore = (machine: Machine, target: Target): Effect.Effect<SecretStore, Refusal> => {
  const name = machine.variable(variables.secretStore) ?? "config"
  if (name === "config") return Effect.provide(ConfigSecretStore.make, FileAuthConfig.layer(target.configPath))
  if (name === "keychain") return Effect.map(loadKeychain, ({ make }) => make(machine.variable("PATH") ?? ""))
  const [program, ...rest] = name.startsWith("command:") ? Option.getOrElse(words(name.slice(8)), () => []) : []
  return program === undefined || (!isAbsolute(program) && program.includes("/"))
    ? Effect.fail(badStore())
    : Effect.map(loadCommand, ({ make }) => make(program, rest))
}

const badStore = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${variables.secretStore} must be config, keychain, or command:PROGRAM with its arguments; a program is named by an absolute path or found on PATH`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("local-config-and-install") }
  })
