import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { Recovery } from "../envelope/Recovery.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { wire } from "../envelope/Wire.ts"
import { normalise } from "./Contact.ts"

const contactRule =
  "must be a durable, address-shaped inbox of the person, team or operator who is to claim this agent; never invented or disposable"

/** The body of `POST /v1/agent-claims` (contract/api.md 16, version 0.1.38). The inbox is trimmed and lower-cased. */
export const ClaimRequestBody = wire({
  contact: Schema.String.annotate({ message: contactRule }).check(
    Schema.makeFilter((value: string) => Option.isSome(normalise(value)), { message: contactRule })
  )
})

export const claimRecovery: Recovery = {
  requiredFlags: ["--contact"],
  suggestedCommand: command("claim request", flag("contact", placeholders.AGENT_OR_OPERATOR_INBOX), json),
  docsUrl: docsUrl("image-skill-claim-request")
}

/** Nobody was named. A client says so before it sends anything. */
export const contactMissing = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--contact is needed: the inbox of whoever is to claim this agent",
    outcome: "not_sent",
    recovery: claimRecovery
  })
