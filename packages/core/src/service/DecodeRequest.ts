import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as String from "effect/String"
import { specOf } from "../envelope/CommandBook.ts"
import { fitting } from "../envelope/Fitting.ts"
import type { Outcome } from "../envelope/Outcome.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { Recovery } from "../envelope/Recovery.ts"
import { Refusal } from "../envelope/Refusal.ts"

/** One field that breaks its rule. The value that broke it is never part of the answer. */
interface Problem {
  readonly field: string
  readonly flag: string | null
  readonly problem: string
}

/** A request of the right shape, or one refusal that names every field that is wrong. */
export const decodeRequest = <A>(
  schema: Schema.Codec<A, unknown>,
  body: unknown,
  recovery: Recovery = { docsUrl: docsUrl() }
): Result.Result<A, Refusal> =>
  Result.mapError(Schema.decodeUnknownResult(schema, { errors: "all" })(body), (error) =>
    invalid(problemsOf(error.issue), recovery)
  )

/** The top-level fields of a body that the schema does not know; they are ignored, and said to be. */
export const unknownFields = (known: ReadonlyArray<string>, body: unknown): ReadonlyArray<string> =>
  typeof body === "object" && body !== null
    ? Object.keys(body)
        .filter((name) => !known.includes(name))
        .slice(0, 8)
        .map((name) => name.replaceAll(/[^\w.-]/gu, "?").slice(0, 40))
    : []

/** A request that its own schema does not allow: the same refusal, before anything was sent. */
export const unencodable = (issue: SchemaIssue.Issue, recovery: Recovery): Refusal =>
  invalid(
    problemsOf(issue).map(({ field, problem }) => {
      const name = String.camelToSnake(field)
      return { field: name, flag: flagFor(name), problem }
    }),
    recovery,
    "not_sent"
  )

export const notAnObject = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "the request body must be one JSON object",
    recovery: { docsUrl: docsUrl() },
    details: { problems: [{ field: "", flag: null, problem: "must be a JSON object" }] }
  })

/** What schemas say by themselves, in the words of our rules. */
const ownWords: { readonly [message: string]: string } = {
  "Missing key": "is required",
  "Expected object": "must be a JSON object"
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const problemsOf = (issue: SchemaIssue.Issue): ReadonlyArray<Problem> =>
  format(issue).issues.map(({ message, path = [] }) => {
    const field = path.map((part) => (typeof part === "object" ? part.key : part)).join(".")
    return { field, flag: flagFor(field), problem: ownWords[message] ?? message }
  })

/** One problem is told whole; of several all are named, and as many told as a small answer has room for. */
const invalid = (problems: ReadonlyArray<Problem>, recovery: Recovery, outcome: Outcome = "rejected"): Refusal => {
  const [first, ...more] = problems.map(({ field, flag, problem }) => ({ field, flag, problem }))
  const all = first === undefined ? [] : [first, ...more]
  const shown = fitting(all, 300, (problem) => JSON.stringify(problem))
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      first !== undefined && more.length === 0
        ? `${nameOf(first)} ${first.problem}`
        : `${all.map(nameOf).join(", ")} are wrong; details.problems says how`,
    outcome,
    recovery,
    details: { problems: shown, ...(shown.length === all.length ? {} : { omitted: all.length - shown.length }) }
  })
}

const nameOf = ({ field, flag }: Problem): string =>
  `${field === "" ? "the request" : `\`${field}\``}${flag === null ? "" : ` (${flag})`}`

const flags: { readonly [field: string]: string } = {
  model_parameters: "--model-parameters-json",
  input_asset_id: "--input",
  additional_input_asset_ids: "--input",
  mask_asset_id: "--mask",
  pack_id: "--pack",
  models: "--model",
  allowed_models: "--allow-model",
  rails: "--rail"
}

const flagged = [
  "create",
  "edit",
  "upload",
  "signup",
  "models list",
  "assets list",
  "assets show",
  "jobs list",
  "activity list",
  "activity show",
  "jobs show",
  "credits quote",
  "credits buy",
  "credits status",
  "feedback create",
  "claim request",
  "spend-policy set"
] as const

/** The flag that fills a field, where there is one. */
const flagFor = (field: string): string | null => {
  const named = Object.hasOwn(flags, field) ? flags[field] : undefined
  if (named !== undefined) return named
  const flag = field.replaceAll("_", "-")
  return flagged.map(specOf).some((spec) => Object.hasOwn(spec.flags, flag)) ? `--${flag}` : null
}
