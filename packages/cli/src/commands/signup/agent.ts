import { signedUp } from "@image-skill/core/agent/SignedUp"
import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, withFields } from "@image-skill/core/envelope/JsonFields"
import { variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { lineOf } from "@image-skill/core/envelope/Start"
import { isDiscoverySource } from "@image-skill/core/identity/DiscoverySource"
import { signupDocs, signupTemplate } from "@image-skill/core/identity/SignupCommand"
import { isSendable } from "@image-skill/core/identity/Token"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { prepareSave, type Saving } from "../../SaveToken.ts"
import { resolveTarget } from "../../Target.ts"
import { findToken } from "../../Tokens.ts"
import { withService } from "../../Wiring.ts"
import { guideWishOf, readWish, type Wish } from "../create/wish.ts"

/**
 * Creates a restricted identity and keeps its token. The place for the token is opened before the identity exists, so
 * that a token is never lost for want of a place.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const options = yield* readOptions(context)
    const wish = yield* readWish(context)
    const target = yield* resolveTarget(context)
    const saving = options.save ? yield* prepareSave(context, target, "signup") : null
    const current = yield* findToken(context, target)
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) =>
        service.signup(
          {
            agentName: options.name,
            runtime: options.runtime,
            ...(options.contact === null ? {} : { agentContact: options.contact }),
            ...(options.discoverySource === null ? {} : { discoverySource: options.discoverySource }),
            returnToken: options.save || options.show
          },
          current?.value ?? null
        )
      )
    )
    const relayed = relay(context, answer, { label: "image-skill signup" })
    return relayed.envelope.ok
      ? yield* keep(context, relayed, saving, options, wish)
      : withContactRecovery(context, relayed)
  }).pipe(Effect.scoped)

interface Options {
  readonly name: string
  readonly runtime: string
  readonly contact: string | null
  readonly discoverySource: string | null
  /** The variable holds something that is no source, and it was not sent. */
  readonly oddChannel: boolean
  readonly save: boolean
  readonly show: boolean
}

const readOptions = Effect.fnUntraced(function* (context: Context) {
  const flag = flagReader(context.parsed)
  if (!(yield* flag(toggle("agent")))) return yield* invalid("--agent is required: identities are made for agents")
  const contact = normal(yield* flag(text("agent-contact")))
  const alias = normal(yield* flag(text("human-email")))
  if (contact !== null && alias !== null && contact !== alias) {
    return yield* invalid("--agent-contact and its older name --human-email name two different inboxes; give one")
  }
  const name = yield* flag(text("agent-name"))
  const runtime = yield* flag(text("runtime"))
  if (name === null || runtime === null || contact === "" || alias === "") return yield* invalid(missing)
  const noSave = yield* flag(toggle("no-save"))
  if (noSave && (yield* flag(toggle("save")))) return yield* invalid("--save and --no-save exclude each other")
  const show = yield* flag(toggle("show-token"))
  const channel = channelOf(context, yield* flag(text("discovery-source")))
  const options: Options = { name, runtime, contact: contact ?? alias, ...channel, save: !noSave, show }
  return options
})

/** A flag is a word of this caller, and refused when it is none; a variable was set by somebody else, and only left out. */
const channelOf = ({ machine }: Context, flagged: string | null): Pick<Options, "discoverySource" | "oddChannel"> => {
  const given = flagged?.trim() ?? ""
  if (given !== "") return { discoverySource: given, oddChannel: false }
  const around = machine.variable(variables.discoverySource)?.trim() ?? ""
  const usable = isDiscoverySource(around)
  return { discoverySource: usable ? around : null, oddChannel: around !== "" && !usable }
}

const normal = (contact: string | null): string | null => (contact === null ? null : contact.trim().toLowerCase())

const missing =
  "--agent-name and --runtime are required; --agent-contact is optional, and when given a durable, address-shaped inbox: agent-, operator-, team- or sponsor-owned, not necessarily a person's, never invented or disposable"

const signupRecovery = {
  requiredFlags: ["--agent-name", "--runtime"],
  acceptedAliases: { "--human-email": "--agent-contact" },
  suggestedCommand: signupTemplate,
  docsUrl: signupDocs
}

const invalid = (message: string): Refusal =>
  new Refusal({ code: "INVALID_ARGUMENTS", message, outcome: "not_sent", recovery: signupRecovery })

/** A service that complains about the contact may not know our flags; the way out is ours. */
const withContactRecovery = ({ host }: Context, answer: Answer): Answer => {
  const { error } = answer.envelope
  if (jsonField(error, "code") !== "INVALID_ARGUMENTS" || jsonField(error, "recovery") !== undefined) return answer
  const recovery = { suggested_command: lineOf(signupTemplate, host), docs_url: signupDocs }
  return { ...answer, envelope: { ...answer.envelope, error: withFields(error, { recovery }) } }
}

const keep = Effect.fnUntraced(function* (
  context: Context,
  answer: Answer,
  saving: Saving | null,
  options: Options,
  wish: Wish
) {
  const { data } = answer.envelope
  const token = jsonField(data, "token")
  const usable = typeof token === "string" && isSendable(token.trim())
  if (saving !== null && !usable) return yield* noToken()
  const saved = saving === null || typeof token !== "string" ? null : yield* saving.commit(Redacted.make(token.trim()))
  const prompt = (yield* flagReader(context.parsed)(text("prompt")))?.trim() ?? ""
  const { envelope } = answer
  const warnings = options.oddChannel ? [...envelope.warnings, oddChannel] : envelope.warnings
  return signedUp(
    { ...answer, envelope: { ...envelope, warnings } },
    {
      saved,
      shown: options.show && typeof token === "string" ? token : null,
      wish: guideWishOf(prompt, wish),
      start: context.host
    }
  )
})

const oddChannel = `${variables.discoverySource} holds no slug of lower-case letters, digits, dots, underscores or dashes; it was not sent`

const noToken = (): Refusal =>
  new Refusal({
    code: "AUTH_REQUIRED",
    message: "the service made the identity but gave no usable token; sign up again and have the token shown",
    outcome: "succeeded",
    recovery: {
      suggestedCommand: command(
        "signup",
        ...signupTemplate.parts.filter((part) => part._tag !== "Flag" || part.name !== "json"),
        flagPart("show-token"),
        flagPart("no-save"),
        json
      ),
      docsUrl: signupDocs
    }
  })
