import type { Command } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { recoveryToWire } from "@image-skill/core/envelope/Recovery"
import type { Context } from "./Context.ts"

/** The caller's own request, to be repeated under its key. */
export interface Again {
  readonly command: Command
  /** Null for a dry run, which has none. */
  readonly key: string | null
}

/** Codes after which only the same key can tell what happened. */
const unsure = new Set(["HOSTED_API_REQUEST_FAILED", "HOSTED_API_NON_JSON_RESPONSE", "TIMEOUT"])

/** Where nobody knows whether the request arrived, the way out is the same command with the same key. */
export const withRepeat = ({ host, parsed }: Context, answer: Answer, { command, key }: Again): Answer => {
  const { error } = answer.envelope
  if (!unsure.has(textField(error, "code"))) return answer
  const recovery = withFields(jsonField(error, "recovery"), {
    ...recoveryToWire({ suggestedCommand: command }, host),
    ...(key === null ? {} : { idempotency_key: key }),
    docs_url: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
  })
  return { ...answer, envelope: { ...answer.envelope, error: withFields(error, { recovery }) } }
}
