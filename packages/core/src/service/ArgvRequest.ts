import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Parsed, read, type Reading } from "../envelope/Arguments.ts"
import type { CommandName } from "../envelope/CommandBook.ts"
import { globalFlags, specOf } from "../envelope/CommandBook.ts"
import { append, type Command, command, flag, json, render } from "../envelope/CommandLine.ts"
import type { FlagSpec } from "../envelope/CommandSpec.ts"
import { nearest } from "../envelope/Nearest.ts"
import { isCredentialName, isCredentialValue } from "../envelope/PaymentCredential.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl, executable } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { typedCommand } from "../envelope/TypedCommand.ts"
import { wire } from "../envelope/Wire.ts"
import { planReferences, type ReferenceFlag, referenceFlags, referenceRequest } from "../media/ReferenceFlags.ts"
import { operationsOf, placeOf } from "./CommandOperations.ts"
import { type OperationId, operationOf } from "./Operations.ts"
import { requests } from "./Requests.ts"
import type { JsonOperationId } from "./ServiceApi.ts"

/** What the argv endpoint has to do (contract/api.md 12.1). */
export type ArgvRequest =
  | {
      readonly _tag: "Ask"
      readonly name: CommandName
      readonly operation: JsonOperationId
      readonly body: Schema.JsonObject
      /** Flags that the command does not have; it only reads, so it goes on without them. */
      readonly ignored: ReadonlyArray<string>
    }
  | { readonly _tag: "Help"; readonly topic: ReadonlyArray<string> }
  | { readonly _tag: "Version" }

/** Words of one command: at most 64, of at most 16,000 characters each. */
export const ArgvBody = wire({
  argv: Schema.Array(
    Schema.String.check(Schema.isMaxLength(16_000)).annotate({
      message: "each must be text of at most 16000 characters"
    })
  )
    .check(Schema.isMinLength(1), Schema.isMaxLength(64))
    .annotate({ message: "must be a list of 1 to 64 texts" })
})

/** Commands that are one request to the service and touch nothing of the caller's machine. */
const allowed: ReadonlySet<string> = new Set([
  "signup",
  "whoami",
  "usage quota",
  "quota",
  "credits methods",
  "credits packs list",
  "credits quote",
  "credits buy",
  "credits status",
  "capabilities list",
  "capabilities show",
  "models list",
  "models show",
  "create",
  "assets list",
  "assets show",
  "assets lineage",
  "assets delete",
  "jobs list",
  "jobs show",
  "jobs cancel",
  "activity list",
  "activity show",
  "feedback create",
  "claim request",
  "spend-policy show"
])

/** Flags that speak of the caller's machine or of how it prints. */
const withoutSense: ReadonlySet<string> = new Set([
  "token",
  "token-stdin",
  "api-base-url",
  "prompt-file",
  "output",
  "overwrite",
  "save",
  "no-save",
  "fields",
  "explain",
  "stream",
  "input"
])

/** From the words of a command to the request that it stands for. Pure; a refusal is what the endpoint answers. */
export const argvRequest = (argv: ReadonlyArray<string>): Result.Result<ArgvRequest, Refusal> => {
  const reading = read(argv[0] === executable ? argv.slice(1) : argv)
  if (reading._tag === "Help") return Result.succeed({ _tag: "Help", topic: reading.topic })
  if (reading._tag !== "Command") return Result.fail(notAvailable(typedIn(reading)))
  if (reading.name === "version") return Result.succeed({ _tag: "Version" })
  if (!allowed.has(reading.name) || isOn(reading, "guide")) {
    return Result.fail(notAvailable(isOn(reading, "guide") ? `${reading.name} --guide` : reading.name))
  }
  return Result.flatMap(judged(reading), (parsed) => Result.map(bodyOf(parsed), (asked) => ({ _tag: "Ask", ...asked })))
}

const typedIn = (reading: Exclude<Reading, Parsed | { readonly _tag: "Help" }>): string =>
  reading._tag === "NotAvailable" ? reading.typed : reading.label

const isOn = ({ flags }: Parsed, name: string): boolean => {
  const value = flags.get(name)?.at(-1)
  return value !== undefined && value !== "false"
}

/** Credentials first, then flags that cannot mean anything here, then those that nobody has. */
const judged = (parsed: Parsed): Result.Result<Parsed, Refusal> => {
  const credential =
    parsed.unknown.find(isCredentialName) ??
    (parsed.name.startsWith("credits ")
      ? [...parsed.flags].find(([, values]) =>
          values.some((value) => typeof value === "string" && isCredentialValue(value))
        )?.[0]
      : undefined)
  if (credential !== undefined) return Result.fail(credentialFlag(credential))
  const senseless = [...parsed.flags.keys()].find((name) => withoutSense.has(name))
  if (senseless !== undefined) return Result.fail(flagNotAvailable(parsed, senseless, "has no meaning here"))
  const [unknown] = parsed.unknown
  const isStrict = specOf(parsed.name).effect !== "read"
  if (unknown !== undefined && isStrict) return Result.fail(flagNotAvailable(parsed, unknown, "is none of its flags"))
  if (isOn(parsed, "no-spend") && couldCost(parsed)) return Result.fail(nothingMayBeSpent(parsed))
  if (parsed.name === "signup" && !isOn(parsed, "agent")) return Result.fail(missing(parsed, "--agent"))
  const extra = parsed.positionals.length - specOf(parsed.name).positionals.length
  return extra > 0 && isStrict ? Result.fail(tooMany(parsed)) : Result.succeed(parsed)
}

/** A plan costs nothing, and neither does a quote. */
const couldCost = (parsed: Parsed): boolean =>
  parsed.name === "credits buy" || (specOf(parsed.name).effect === "spend" && !isOn(parsed, "dry-run"))

const bodyOf = (parsed: Parsed) =>
  Result.flatMap(operationFor(parsed), (operation) => {
    const isText = operationOf(operation).method === "GET"
    return Result.map(fieldsIn(parsed, Object.keys(requests[operation].from.fields), isText), (fields) => {
      const body: Schema.JsonObject = { ...defaultsOf(parsed.name), ...fields }
      return { name: parsed.name, operation, body, ignored: parsed.unknown }
    })
  })

/** The fields of a request that stand on a command line; where everything is text, as in a query, numbers are, too. */
export const fieldsIn = (
  parsed: Parsed,
  names: ReadonlyArray<string>,
  isText: boolean
): Result.Result<Schema.JsonObject, Refusal> => {
  const plan = planReferences(referencesIn(parsed))
  const [problem] = plan.problems
  if (problem !== undefined) return Result.fail(wrong(parsed, `--${problem.flag} ${problem.problem}`))
  const fields = names.flatMap((field) => {
    const value = valueOf(parsed, field, isText, plan.references)
    return value === undefined ? [] : [[field, value] as const]
  })
  return Result.succeed(Object.fromEntries(fields))
}

/** What the command line always sends, so that both ways to a service ask for the same. */
const defaultsOf = (name: CommandName): Schema.JsonObject =>
  name === "create" ? { aspect_ratio: "1:1", dry_run: false, accept_unknown_cost: false } : {}

type Plan = ReturnType<typeof planReferences>

const valueOf = (
  parsed: Parsed,
  field: string,
  isText: boolean,
  references: Plan["references"]
): Schema.Json | undefined => {
  const place = placeOf(parsed.name, field)
  switch (place?._tag) {
    case "Positional":
      return parsed.positionals[0]
    case "References":
      return references.length === 0
        ? undefined
        : references.map((reference) => {
            const { assetId, referenceIndex, referenceTask, ...rest } = referenceRequest(reference, reference.source)
            return {
              asset_id: assetId,
              ...rest,
              ...(referenceIndex === undefined ? {} : { reference_index: referenceIndex }),
              ...(referenceTask === undefined ? {} : { reference_task: referenceTask })
            }
          })
    case "Flag": {
      const values = parsed.flags.get(place.name)
      if (values === undefined) return argumentFor(parsed, place.name)
      if (isText) return place.spec.kind === "switch" ? `${values.at(-1) !== "false"}` : lastText(values)
      return commaLists.has(field)
        ? (lastText(values) ?? "").split(",").flatMap((item) => item.trim() || [])
        : typed(place.spec, values)
    }
    default:
      return undefined
  }
}

/** A flag that the command also takes as its first argument, e.g. `jobs show JOB_ID`. */
const argumentFor = ({ name, positionals }: Parsed, flagName: string): string | undefined =>
  specOf(name).positionals.length > 0 && argumentFlags.has(flagName) ? positionals[0] : undefined

const argumentFlags: ReadonlySet<string> = new Set(["id", "job-id", "reference"])

const lastText = (values: ReadonlyArray<string | true>): string | undefined => {
  const last = values.at(-1)
  return typeof last === "string" ? last : undefined
}

/** A value that is not of its kind is passed on as it is: the schema of the request says what is wrong with it. */
const typed = (spec: FlagSpec, values: ReadonlyArray<string | true>): Schema.Json | undefined => {
  const text = lastText(values)
  switch (spec.kind) {
    case "switch":
      return values.at(-1) !== "false"
    case "number":
    case "count":
      return text === undefined || text.trim() === "" || !Number.isFinite(Number(text)) ? (text ?? "") : Number(text)
    case "object":
      return Option.getOrElse(parseObject(text ?? ""), () => text ?? "")
    case "text":
      return text
  }
}

/** Fields that are lists, written with commas (contract/cli.md 6.17). */
const commaLists: ReadonlySet<string> = new Set(["surface", "evidence"])

const parseObject = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

const referencesIn = ({ flags }: Parsed) => {
  const of = (name: ReferenceFlag) => flags.get(name) ?? []
  const [frontal, reference, image] = referenceFlags
  return { [frontal]: of(frontal), [reference]: of(reference), [image]: of(image) } as const
}

/** The one operation of a command; a purchase is one of three, by its provider. */
const operationFor = (parsed: Parsed): Result.Result<JsonOperationId, Refusal> => {
  if (parsed.name !== "credits buy") {
    const [operation] = operationsOf(parsed.name)
    return operation === undefined || isStreamed(operation)
      ? Result.fail(notAvailable(parsed.name))
      : Result.succeed(operation)
  }
  const provider = lastText(parsed.flags.get("provider") ?? [])
  const operation = provider === undefined || !Object.hasOwn(purchases, provider) ? undefined : purchases[provider]
  return operation === undefined ? Result.fail(missing(parsed, "--provider")) : Result.succeed(operation)
}

const purchases: { readonly [provider: string]: JsonOperationId } = {
  stripe: "creditsBuyCheckout",
  stripe_x402: "creditsBuyDeposit",
  fake: "creditsFakePurchase"
}

const isStreamed = (id: OperationId): id is "uploadStream" => id === "uploadStream"

const anchor = (name: string): string => docsUrl(`image-skill-${name.replaceAll(" ", "-")}`)

const notAvailable = (typedName: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    status: 400,
    outcome: "rejected",
    message: `${printable(typedName)} cannot be run by the service: it is unknown, needs the caller's own machine, or takes several requests`,
    recovery: { suggestedCommand: command("help", json), docsUrl: docsUrl() }
  })

const flagNotAvailable = (parsed: Parsed, name: string, why: string): Refusal => {
  const near = nearest(name, Object.keys({ ...specOf(parsed.name).flags, ...globalFlags }))
  return new Refusal({
    code: "PUBLIC_CLI_FLAG_NOT_AVAILABLE",
    status: 400,
    outcome: "rejected",
    message: `--${printable(name)} of ${parsed.name} ${why}${near === null || near === name ? "" : `; did you mean --${near}?`}`,
    recovery: { suggestedCommand: append(command(parsed.name), flag("help"), json), docsUrl: anchor(parsed.name) }
  })
}

const credentialFlag = (name: string): Refusal =>
  new Refusal({
    code: "PAYMENT_CREDENTIAL_FLAG_REJECTED",
    status: 400,
    outcome: "rejected",
    message: `--${printable(name)} looks like a payment credential; none is ever taken here, and it was not stored`,
    recovery: { docsUrl: docsUrl("image-skill-credits-buy") }
  })

const nothingMayBeSpent = (parsed: Parsed): Refusal =>
  new Refusal({
    code: "SPEND_NOT_ALLOWED",
    status: 403,
    outcome: "rejected",
    message: `${parsed.name} could cost credits or move money, and --no-spend says that nothing may be spent; nothing was made`,
    recovery: {
      suggestedCommand: parsed.name === "create" ? dryRun(parsed) : command("credits plan", json),
      docsUrl: anchor(parsed.name)
    },
    details: { no_spend: "--no-spend" }
  })

/** The caller's own command; one that is long has no room in an error. */
const dryRun = (parsed: Parsed): Command => {
  const own = append(typedCommand(parsed), flag("dry-run"))
  return render(own, executable).length <= 300
    ? own
    : command("create", flag("dry-run"), flag("prompt", placeholders.PROMPT), json)
}

const missing = (parsed: Parsed, requiredFlag: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${parsed.name} needs ${requiredFlag}`,
    recovery: {
      requiredFlag,
      suggestedCommand: append(command(parsed.name), flag("help"), json),
      docsUrl: anchor(parsed.name)
    }
  })

const tooMany = (parsed: Parsed): Refusal =>
  wrong(parsed, "there are more arguments than it takes; values of flags follow their flag")

const wrong = (parsed: Parsed, problem: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${parsed.name}: ${problem}`,
    recovery: { suggestedCommand: append(command(parsed.name), flag("help"), json), docsUrl: anchor(parsed.name) }
  })

const printable = (text: string): string => text.replaceAll(/[^\w .:/-]/gu, "?").slice(0, 80)
