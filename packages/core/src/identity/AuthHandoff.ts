import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { append, type Command, flag } from "../envelope/CommandLine.ts"
import { variables } from "../envelope/Product.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { wire } from "../envelope/Wire.ts"
import type { WritablePlace } from "./ConfigRecovery.ts"
import type { TokenSource } from "./SecretStore.ts"

/** The ways in which a command takes a token, none of which prints it. */
export const acceptedMethods = [variables.token, "--token-stdin", "config"] as const

/** One of the two is null where a short answer leaves it out. */
const Carried = wire({ withEnv: Schema.NullOr(Schema.String), withStdin: Schema.NullOr(Schema.String) })

/** `auth_handoff` of the guide (contract/cli.md 9.10): how the next process gets the token, without it being shown. */
export const AuthHandoffBlock = wire({
  required: Schema.Literal(true),
  tokenSource: Schema.String,
  secretValueIncluded: Schema.Literal(false),
  acceptedMethods: Schema.Array(Schema.String),
  signup: Schema.NullOr(
    wire({
      returnsTokenOnce: Schema.Literal(true),
      publicCliSavesConfig: Schema.Boolean,
      storeTokenIn: Schema.Literals([
        "public_cli_config_by_default",
        "public_cli_config_after_setting_IMAGE_SKILL_CONFIG_PATH",
        "public_cli_config_after_setting_IMAGE_SKILL_HOME",
        "agent_runtime_secret_store"
      ]),
      configPath: Schema.String,
      configWritable: Schema.Boolean,
      /** Where the signup saves the token instead, and by which command (contract/after-0.1.24.md 3). */
      preferredSaveConfig: Schema.optionalKey(
        wire({ configPathEnv: Schema.String, configPath: Schema.String, command: Schema.String })
      ),
      recovery: Schema.NullOr(Schema.JsonObject)
    })
  ),
  rerunGuide: Schema.NullOr(Carried),
  nextCommand: Schema.NullOr(
    wire({
      requiresAuth: Schema.Literal(true),
      reuseCurrentAuthContext: Schema.String,
      withEnv: Schema.NullOr(Schema.String),
      withStdin: Schema.NullOr(Schema.String)
    })
  )
})
export type AuthHandoffBlock = typeof AuthHandoffBlock.Type

/** `auth_handoff` of a signup (contract/cli.md 6.6, and contract/after-0.1.24.md 3 for what says that nothing is left to do). */
export const SignupHandoffBlock = wire({
  status: Schema.Literals(["saved_config_ready", "manual_token_handoff", "not_saved"]),
  acceptedMethods: Schema.Array(Schema.String),
  tokenSourceAfterSignup: Schema.Literals(["config", "keychain", "command", "not_saved"]),
  savedAuthReady: Schema.Boolean,
  rawTokenCopyRequired: Schema.Boolean,
  secretValueIncluded: Schema.Boolean,
  nextStep: Schema.String,
  rerunGuideHint: Schema.String
})
export type SignupHandoffBlock = typeof SignupHandoffBlock.Type

export interface ConfigState {
  readonly path: string
  readonly writable: boolean
  /** What to do when it is not writable, as it stands in answers. */
  readonly recovery: Schema.JsonObject | null
  /** The place that the signup command names because this one cannot be written; null where it names none. */
  readonly elsewhere: { readonly place: WritablePlace; readonly signup: string } | null
}

/**
 * How a token gets from one process to the next without standing in an answer, a prompt or a log. Pure: it is told
 * where the token is and which command comes next, and says how to join the two.
 */
export class AuthHandoff extends Context.Service<
  AuthHandoff,
  {
    /** Nobody is signed in yet: how a signup keeps the token, and how the guide is run again with it. */
    readonly beforeSignup: (config: ConfigState, rerun: Command, start: Start) => AuthHandoffBlock
    /** Signed in: how the next command is run with the token in use. */
    readonly forNext: (source: TokenSource, next: Command, start: Start) => AuthHandoffBlock
    /** After a signup: where the token is now. */
    readonly afterSignup: (stored: SignupHandoffBlock["tokenSourceAfterSignup"], shown: boolean) => SignupHandoffBlock
  }
>()("core/identity/AuthHandoff") {
  static readonly layer = Layer.sync(AuthHandoff, () => AuthHandoff.of({ beforeSignup, forNext, afterSignup }))
}

export const beforeSignup = (config: ConfigState, rerun: Command, start: Start): AuthHandoffBlock => {
  const { elsewhere } = config
  return {
    required: true,
    tokenSource: "none",
    secretValueIncluded: false,
    acceptedMethods,
    signup: {
      returnsTokenOnce: true,
      publicCliSavesConfig: config.writable || elsewhere !== null,
      storeTokenIn: storeFor(config),
      configPath: config.path,
      configWritable: config.writable,
      ...(elsewhere === null
        ? {}
        : {
            preferredSaveConfig: {
              configPathEnv: elsewhere.place.variable,
              configPath: elsewhere.place.suggestedPath,
              command: elsewhere.signup
            }
          }),
      recovery: config.recovery
    },
    rerunGuide: carried(rerun, start),
    nextCommand: null
  }
}

const storeFor = ({ elsewhere, writable }: ConfigState) => {
  if (elsewhere !== null) return `public_cli_config_after_setting_${elsewhere.place.variable}` as const
  return writable ? ("public_cli_config_by_default" as const) : ("agent_runtime_secret_store" as const)
}

export const forNext = (source: TokenSource, next: Command, start: Start): AuthHandoffBlock => ({
  required: true,
  tokenSource: source,
  secretValueIncluded: false,
  acceptedMethods,
  signup: null,
  rerunGuide: null,
  nextCommand: { requiresAuth: true, reuseCurrentAuthContext: source, ...carried(next, start) }
})

export const afterSignup = (
  stored: SignupHandoffBlock["tokenSourceAfterSignup"],
  shown: boolean
): SignupHandoffBlock => ({
  status: stored === "not_saved" ? (shown ? "manual_token_handoff" : "not_saved") : "saved_config_ready",
  acceptedMethods: ["config", variables.token, "--token-stdin"],
  tokenSourceAfterSignup: stored,
  savedAuthReady: stored !== "not_saved",
  rawTokenCopyRequired: stored === "not_saved" && shown,
  secretValueIncluded: shown,
  nextStep:
    stored === "not_saved"
      ? shown
        ? "store the token now: it is shown only this once; later give it by IMAGE_SKILL_TOKEN or --token-stdin"
        : "no token was asked for; sign up again with --show-token, or without --no-save, to get one"
      : "carry on: later commands find the saved token by themselves",
  rerunGuideHint:
    stored === "not_saved"
      ? "next_command is the guide again; give it the token by the environment or a pipe"
      : "next_command is the guide again, and signs in by itself"
})

/** The token reaches the command by the environment or by a pipe; the shell puts it there, not this text. */
export const carried = (command: Command, start: Start): { readonly withEnv: string; readonly withStdin: string } => ({
  withEnv: `${variables.token}="$${variables.token}" ${lineOf(command, start)}`,
  withStdin: `printf '%s\\n' "$${variables.token}" | ${lineOf(append(command, flag("token-stdin")), start)}`
})
