import { append, type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { docsUrl, variables } from "../envelope/Product.ts"
import type { Recovery } from "../envelope/Recovery.ts"
import type { Start } from "../envelope/Start.ts"
import { signupTemplate } from "./SignupCommand.ts"

/**
 * The way out when the token cannot be saved (contract/cli.md 11.2): another place by a variable, or no saving at all.
 * The embedded service keeps its database in the same folder as the token, so there the folder has to move.
 */
export interface WritablePlace {
  readonly variable: typeof variables.home | typeof variables.configPath
  /** With `$PWD` for the shell to fill in. */
  readonly suggestedPath: string
}

export const writablePlace = (isEmbedded: boolean): WritablePlace =>
  isEmbedded
    ? { variable: variables.home, suggestedPath: "$PWD/.image-skill" }
    : { variable: variables.configPath, suggestedPath: "$PWD/.image-skill/config.json" }

/** How the host starts a command: as this process was started, or with some variables set otherwise. */
export interface Host extends Start {
  /** The same with variables set to shell text, e.g. `"$PWD/.image-skill"`. */
  readonly startWith: (assignments: { readonly [variable: string]: string }) => Start
}

/** The start of a command that keeps its files in a place that can surely be written. */
export const startAt = ({ suggestedPath, variable }: WritablePlace, host: Host): Start =>
  host.startWith({ [variable]: `"${suggestedPath}"` })

/** The start of a command that uses the saved token although the environment holds another one. */
export const startWithSavedToken = (host: Host): Start =>
  host.startWith({ [variables.token]: "", [variables.tokenAlias]: "" })

/** The same signup without saving: the token is shown once instead. */
export const unsaved = (signup: Command): Command => {
  const parts = signup.parts.filter((part) => part._tag !== "Flag" || part.name !== "json")
  return append({ ...signup, parts }, flag("show-token"), flag("no-save"), json)
}

export const signupConfigRecovery = (isEmbedded: boolean): Recovery => {
  const place = writablePlace(isEmbedded)
  return {
    configPathEnv: place.variable,
    suggestedConfigPath: place.suggestedPath,
    suggestedCommand: signupTemplate,
    // A database that cannot be written takes no signup either, so without another folder nothing helps.
    ...(isEmbedded ? {} : { fallbackCommand: unsaved(signupTemplate), fallbackAuthMethod: "--token-stdin" }),
    docsUrl: docsUrl("local-config-and-install")
  }
}

/** Only the token has to move: a database that is there already stays where it is. */
export const savePlace = writablePlace(false)

export const saveConfigRecovery = (): Recovery => {
  const place = savePlace
  return {
    configPathEnv: place.variable,
    suggestedConfigPath: place.suggestedPath,
    suggestedCommand: command("auth save", json),
    docsUrl: docsUrl("local-config-and-install")
  }
}
