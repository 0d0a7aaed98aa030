import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { insteadOf, nearestCommands } from "@image-skill/core/envelope/NearestNames"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"

/** A first word that is no command of this version (contract/cli.md 6.3), with what may have been meant. */
export const notAvailable = (typed: string, tokens: ReadonlyArray<string>): Refusal => {
  const near = nearestCommands(tokens)
  return new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    message: `this version has no command ${printable(typed)}${didYouMean(near)}`,
    recovery: { suggestedCommand: insteadOf(tokens), docsUrl: docsUrl() },
    ...(near.length === 0 ? {} : { details: { nearest: near } })
  })
}

/** A command whose sub-command is missing or wrong. */
export const badSubcommand = (
  label: string,
  allowed: ReadonlyArray<string>,
  tokens: ReadonlyArray<string>
): Refusal => {
  const near = nearestCommands(tokens).filter((name) => name !== label)
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${label} needs one of: ${allowed.join(", ")}${didYouMean(near)}`,
    outcome: "not_sent",
    recovery: {
      suggestedCommand: near.length === 0 ? command(label, flag("help"), json) : insteadOf(tokens),
      docsUrl: docsUrl()
    },
    details: { ...(near.length === 0 ? {} : { nearest: near }), allowed }
  })
}

const didYouMean = (near: ReadonlyArray<string>): string =>
  near.length === 0 ? "" : `; did you mean ${near.join(", or ")}?`

const printable = (text: string): string => text.replaceAll(/[^\w .:/-]/gu, "?").slice(0, 80)
