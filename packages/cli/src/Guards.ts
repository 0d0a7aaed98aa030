import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { commandBook, specOf } from "@image-skill/core/envelope/CommandBook"
import { globalFlags } from "@image-skill/core/envelope/CommandBook"
import { append, command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { fitting } from "@image-skill/core/envelope/Fitting"
import { nearestFlags } from "@image-skill/core/envelope/NearestFlags"
import { isCredentialName, isCredentialValue } from "@image-skill/core/envelope/PaymentCredential"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"

/**
 * What can be judged from the arguments alone, before anything else happens: payment credentials, flags that the
 * command does not have, and values that no command can take. Null when nothing is wrong.
 */
export const guard = (parsed: Parsed): Refusal | null =>
  credentialFlag(parsed) ?? nulValue(parsed) ?? unknownFlag(parsed) ?? missingValue(parsed) ?? extraWord(parsed)

/** Sentences about flags: one that shows a secret, and those that a command which only reads goes on without. */
export const flagWarnings = (parsed: Parsed): ReadonlyArray<string> => [
  ...(parsed.flags.has("token") ? [shownToken] : []),
  ...(changesState(parsed) ? [] : ignoredFlags(parsed))
]

const shownToken =
  "--token stands in the process list, where others on this machine can read it; prefer --token-stdin or IMAGE_SKILL_TOKEN"

const ignoredFlags = (parsed: Parsed): ReadonlyArray<string> => {
  const { flags } = specOf(parsed.name)
  return [
    ...parsed.unknown.map(
      (name) => `ignored --${printable(name)}: ${parsed.name} has no such flag${didYouMean(nearestFlags(name, flags))}`
    ),
    ...valueless(parsed).map((name) => `ignored --${name}: it needs a value`)
  ]
}

/** A planner reads, but a slip in what it plans would be paid for later; so it is as strict as a create. */
const changesState = ({ name }: Parsed): boolean =>
  specOf(name).effect !== "read" || name.startsWith("auth") || name === "credits plan"

/** The flag of a money command under which a key was handed over. */
const credentialValueFlag = ({ flags, name }: Parsed): string | undefined =>
  name.startsWith("credits ")
    ? [...flags].find(([, values]) =>
        values.some((value) => typeof value === "string" && isCredentialValue(value))
      )?.[0]
    : undefined

const credentialFlag = (parsed: Parsed): Refusal | null => {
  const { unknown } = parsed
  const name = unknown.find(isCredentialName) ?? credentialValueFlag(parsed)
  return name === undefined
    ? null
    : new Refusal({
        code: "PAYMENT_CREDENTIAL_FLAG_REJECTED",
        message: `--${printable(name)} looks like a payment credential; none is ever taken here, and it was not sent`,
        recovery: { docsUrl: docsUrl("image-skill-credits-buy") }
      })
}

const nulValue = ({ flags, positionals }: Parsed): Refusal | null => {
  const flagged = [...flags].find(([, values]) =>
    values.some((value) => typeof value === "string" && value.includes("\0"))
  )
  if (flagged === undefined && !positionals.some((value) => value.includes("\0"))) return null
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${flagged === undefined ? "an argument" : `--${flagged[0]}`} must not contain a NUL character`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })
}

const unknownFlag = (parsed: Parsed): Refusal | null => {
  const [name] = parsed.unknown
  if (name === undefined || !changesState(parsed)) return null
  const { flags } = specOf(parsed.name)
  const near = nearestFlags(name, flags)
  const names = Object.keys({ ...flags, ...globalFlags })
  // As many as an error has room for, each on a line of its own.
  const allowed = fitting(names, 300, (flagName) => `          "${flagName}",`)
  return new Refusal({
    code: "PUBLIC_CLI_FLAG_NOT_AVAILABLE",
    message: `${parsed.name} has no flag --${printable(name)}${didYouMean(near)}`,
    recovery: {
      suggestedCommand: append(command(parsed.name), flag("help"), json),
      docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
    },
    details: {
      unknown_flags: parsed.unknown.slice(0, 8).map(printable),
      ...(near.length === 0 ? {} : { nearest: near.map((flagName) => `--${flagName}`) }),
      allowed,
      ...(allowed.length === names.length ? {} : { omitted: names.length - allowed.length })
    }
  })
}

const didYouMean = (near: ReadonlyArray<string>): string =>
  near.length === 0 ? "" : `; did you mean ${near.map((flagName) => `--${flagName}`).join(" or ")}?`

/** Text flags that came without their text; a base URL without one counts as not given (contract/cli.md 3). */
const valueless = (parsed: Parsed): ReadonlyArray<string> => {
  const kinds: { readonly [name: string]: { readonly kind: string } } = {
    ...globalFlags,
    ...commandBook[parsed.name].flags
  }
  return [...parsed.flags].flatMap(([name, values]) =>
    values.at(-1) === true && kinds[name]?.kind !== "switch" ? [name] : []
  )
}

const missingValue = (parsed: Parsed): Refusal | null => {
  const names = valueless(parsed)
  const name = names.find(
    (candidate) => candidate === "token" || (changesState(parsed) && candidate !== "api-base-url")
  )
  return name === undefined
    ? null
    : new Refusal({
        code: "INVALID_ARGUMENTS",
        message: `--${name} needs a value${name === "token" ? "; --token-stdin or IMAGE_SKILL_TOKEN keep it out of the process list" : ""}`,
        recovery: { requiredFlag: `--${name}`, docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`) }
      })
}

/** A word too many is a slip, too: most often a value whose flag was forgotten. */
const extraWord = (parsed: Parsed): Refusal | null => {
  const extra = parsed.positionals.length - specOf(parsed.name).positionals.length
  return extra <= 0 || !changesState(parsed)
    ? null
    : new Refusal({
        code: "INVALID_ARGUMENTS",
        message: `${parsed.name} got ${extra} argument${extra === 1 ? "" : "s"} too many; values of flags follow their flag`,
        outcome: "not_sent",
        recovery: {
          suggestedCommand: append(command(parsed.name), flag("help"), json),
          docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
        }
      })
}

const printable = (name: string): string => name.replaceAll(/[^\w.-]/gu, "?").slice(0, 60)
