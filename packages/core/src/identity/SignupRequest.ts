import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { normalise } from "./Contact.ts"
import { DiscoverySource } from "./DiscoverySource.ts"

const contactRule =
  "must be a durable, address-shaped inbox of an agent, operator, team or sponsor; not necessarily a person's, never invented or disposable"

/** An inbox, as a signup takes it. */
export const Contact = Schema.String.annotate({ message: contactRule }).check(
  Schema.makeFilter((value: string) => Option.isSome(normalise(value)), { message: contactRule })
)

/** The body of `POST /v1/agent-signups` (contract/api.md 3.5). Without a contact the signup is anonymous (D2.2). */
export const SignupRequest = wire({
  agentContact: Schema.optionalKey(Contact),
  humanEmail: Schema.optionalKey(Contact),
  agentName: Field.line(1, 80),
  runtime: Field.line(1, 80),
  returnToken: Schema.optionalKey(Field.boolean),
  discoverySource: Schema.optionalKey(DiscoverySource)
})
export type SignupRequest = typeof SignupRequest.Type
