import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import type { Step } from "@image-skill/testing/service/ParityScenarios"
import * as Schema from "effect/Schema"
import { itemsIn } from "./ParityFaces.ts"

/** Something that a face says otherwise than the library, on purpose. */
export interface Difference {
  readonly face: "CLI" | "HTTP"
  readonly reason: string
  /** By what was asked, and what the library answered. */
  readonly applies: (step: Step, library: Envelope) => boolean
  /** An answer of either without it. */
  readonly without: (envelope: Schema.JsonObject, step: Step) => Schema.JsonObject
}

const isRefused =
  (...codes: ReadonlyArray<string>) =>
  (_: Step, { error }: Envelope): boolean =>
    codes.includes(textField(error, "code"))

const isDone =
  (operation: Step["operation"]) =>
  (step: Step, { ok }: Envelope): boolean =>
    step.operation === operation && ok

/** Without these fields; `error.message` is the message in the error. */
const no =
  (...paths: ReadonlyArray<string>): Difference["without"] =>
  (envelope) =>
    paths.reduce((left, path) => less(left, path.split(".")), envelope)

const less = (value: Schema.JsonObject, [name = "", ...rest]: ReadonlyArray<string>): Schema.JsonObject => {
  const inner = value[name]
  if (rest.length > 0) return isJsonObject(inner) ? { ...value, [name]: less(inner, rest) } : value
  return Object.fromEntries(Object.entries(value).filter(([field]) => field !== name))
}

const advice = ["error.recovery.suggested_command", "error.recovery.next_actions"]

/** The caller's prompt in a command, or the word that stands for it. */
const withoutPrompt: Difference["without"] = (envelope, { body }) => {
  const prompt = textField(body, "prompt")
  const text = JSON.stringify(envelope["error"])
    .replaceAll(JSON.stringify(JSON.stringify(prompt)).slice(1, -1), "PROMPT")
    .replaceAll(JSON.stringify(prompt), '"PROMPT"')
    .replaceAll(/"needs":\[[^\]]*\]/gu, '"needs":[]')
  return { ...envelope, error: decodeJson(text) }
}

/** A message without the place in which the command line found what is wrong. */
const withoutInput = (envelope: Schema.JsonObject): Schema.JsonObject => {
  const { error = null } = envelope
  const message = textField(error, "message").replace(/^the (?:body of --input:? |request )/u, "")
  return { ...envelope, error: withFields(error, { message }) }
}

const decodeJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

const unknownField = (_: Step, { error }: Envelope): boolean => textField(error, "message").includes("is no field of")

const problemsOf = ({ error }: Envelope): ReadonlyArray<Schema.Json> =>
  itemsIn(jsonField(jsonField(error, "details"), "problems"))

const isMissing = ({ error }: Envelope): boolean => /^`\w+` \([^)]*\) is required/u.test(textField(error, "message"))

/** Everything that may differ. What is not here has to be the same. */
export const declared: ReadonlyArray<Difference> = [
  {
    face: "HTTP",
    reason: "over HTTP a signup hands out its token once; everybody else keeps it, and says where",
    applies: isDone("signup"),
    without: no(
      "data.token",
      "data.token_presented",
      "data.storage",
      "data.auth_handoff",
      "data.next_actions",
      "data.next_command",
      "data.next_command_copy_runnable",
      "data.next_command_missing_inputs",
      "warnings"
    )
  },
  {
    face: "HTTP",
    reason: "what the service refuses was sent, and it knows whose it is; everybody else refuses the same before",
    applies: isRefused("AUTH_REQUIRED", "INVALID_ARGUMENTS"),
    without: no("error.outcome", "actor")
  },
  {
    face: "HTTP",
    reason:
      "the service overlooks fields that it does not know, for older clients, and warns; an agent's slip is refused",
    applies: unknownField,
    without: no("ok", "data", "warnings", "error")
  },
  {
    face: "HTTP",
    reason: "a payment credential that was sent has a code of its own (contract/api.md 5.4)",
    applies: isRefused("PAYMENT_CREDENTIAL_FLAG_REJECTED"),
    without: no("error.code", "error.message", "error.outcome", "error.recovery")
  },
  {
    face: "HTTP",
    reason: "each way to pay has a route of its own, and the fake one its own label",
    applies: ({ body, operation }) => operation === "creditsBuy" && body["provider"] === "fake",
    without: no("command")
  },
  {
    face: "CLI",
    reason: "the command line says what is wrong with its --input, and how a command is asked for",
    applies: isRefused("INVALID_ARGUMENTS", "PAYMENT_CREDENTIAL_FLAG_REJECTED"),
    without: (envelope, step) => withoutInput(no("actor", "error.outcome", "error.recovery")(envelope, step))
  },
  {
    face: "CLI",
    reason: "what the command line misses itself it says in its own words",
    applies: (step, library) =>
      isRefused("INVALID_ARGUMENTS")(step, library) && (isMissing(library) || step.operation === "signup"),
    without: no("error.message", "error.details")
  },
  {
    face: "CLI",
    reason: "of several problems the command line names the first of its flags first",
    applies: (_, library) => problemsOf(library).length > 1,
    without: no("error.message")
  },
  {
    face: "CLI",
    reason: "a guide is cut to 6 kB, and the longer names of a served service and of a file cut more",
    applies: ({ operation }, library) => operation === "guide" && JSON.stringify(library, null, 2).length > 5_500,
    without: no("data.omitted", "data.auth_ready", "data.next_actions")
  },
  {
    face: "CLI",
    reason: "the command line repeats the prompt that was typed; a service never does",
    applies: ({ operation }, { ok }) => (operation === "create" || operation === "edit") && !ok,
    without: withoutPrompt
  },
  {
    face: "CLI",
    reason: "the command line proposes a signup that can be run as it stands, with what was wished for",
    applies: isRefused("AUTH_REQUIRED"),
    without: no(...advice)
  }
]
