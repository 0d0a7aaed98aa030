import { type CommandName, specOf } from "./CommandBook.ts"
import { entryOf, type ErrorCode, errorCodes } from "./ErrorRegistry.ts"

/**
 * Which codes a command can end with, and with which exit codes (contract/cli.md 1.4 and 11). A code stands with every
 * command that can raise it here or be answered with it by a service.
 */

const always = ["INVALID_ARGUMENTS", "PAYMENT_CREDENTIAL_FLAG_REJECTED", "PUBLIC_CLI_FAILED"] as const

/** Commands that answer from this program alone. */
const offline: ReadonlySet<string> = new Set(["help", "version", "schema", "completions"])

/** Commands that touch a token or the configuration of this machine, run the service, or judge one: they ask none for an answer. */
const local: ReadonlySet<string> = new Set(["auth save", "auth logout", "serve", "conformance", "mcp"])

const service = [
  "HOSTED_API_REQUEST_FAILED",
  "HOSTED_API_NON_JSON_RESPONSE",
  "RATE_LIMITED",
  "STORE_UNAVAILABLE",
  "INTERNAL_ERROR",
  "PUBLIC_CLI_RUNTIME_UNSUPPORTED"
] as const

const tokens = ["AUTH_REQUIRED", "SECRET_STORE_UNAVAILABLE"] as const

/** The owner's limits, and `--no-spend`. */
const spending = ["SPEND_NOT_ALLOWED", "APPROVAL_REQUIRED"] as const

/** Commands on the data folder of a service. */
const operator = ["NOT_FOUND", "STORE_UNAVAILABLE", "PUBLIC_CLI_RUNTIME_UNSUPPORTED"] as const

/** What making media can come to beside what every request can. */
const media = [
  "MODEL_NOT_FOUND",
  "MODEL_NOT_EXECUTABLE",
  "MODEL_PARAMETERS_INVALID",
  "BUDGET_REQUIRES_CONFIRMATION",
  "BUDGET_GUARD_EXCEEDED",
  "INPUT_POLICY_DENIED",
  "CONTENT_POLICY_DENIED",
  "QUOTA_EXCEEDED",
  "DAILY_JOB_CAP_REACHED",
  "IDEMPOTENCY_KEY_CONFLICT",
  "IDEMPOTENT_REQUEST_IN_PROGRESS",
  "PROVIDER_FAILURE",
  "PROVIDER_TIMEOUT",
  "ARTIFACT_STORAGE_WRITE_FAILED",
  "ARTIFACT_STORAGE_UNAVAILABLE",
  "ASSET_NOT_FOUND",
  "INPUT_FILE_UNREADABLE"
] as const

const sending = ["REMOTE_UPLOAD_FETCH_FAILED", "UPLOAD_MIME_TYPE_UNKNOWN", "UPLOAD_ASSET_ID_MISSING"] as const

const storage = ["ARTIFACT_STORAGE_WRITE_FAILED", "ARTIFACT_STORAGE_UNAVAILABLE"] as const

const paying = [
  "CREDIT_QUOTE_NOT_FOUND",
  "CREDIT_QUOTE_EXPIRED",
  "CREDIT_QUOTE_CONFLICT",
  "CREDIT_QUOTE_NOT_PURCHASABLE",
  "PAYMENT_METHOD_MISMATCH",
  "PAYMENT_METHOD_UNAVAILABLE",
  "PAYMENT_CREDENTIAL_REJECTED",
  "PAYMENT_PROVIDER_FAILURE",
  "IDEMPOTENCY_KEY_CONFLICT",
  "IDEMPOTENT_REQUEST_IN_PROGRESS"
] as const

const own: { readonly [N in CommandName]?: ReadonlyArray<ErrorCode> } = {
  doctor: ["TIMEOUT"],
  signup: ["PUBLIC_CLI_CONFIG_WRITE_FAILED"],
  "auth save": ["PUBLIC_CLI_CONFIG_WRITE_FAILED"],
  "auth logout": ["PUBLIC_CLI_CONFIG_WRITE_FAILED"],
  "credits quote": [
    "APPROVAL_REQUIRED",
    "PAYMENT_METHOD_UNAVAILABLE",
    "PAYMENT_CREDENTIAL_REJECTED",
    "PAYMENT_PROVIDER_FAILURE",
    "IDEMPOTENCY_KEY_CONFLICT",
    "CREDIT_QUOTE_CONFLICT"
  ],
  "credits buy": [...paying, ...spending],
  "credits fake-purchase": [...paying, ...spending],
  "credits status": ["CREDIT_QUOTE_NOT_FOUND", "PAYMENT_NOT_FOUND", "PAYMENT_PROVIDER_FAILURE"],
  "credits settle": [
    ...spending,
    "PAYMENT_NOT_FOUND",
    "PAYMENT_ATTEMPT_EXPIRED",
    "PAYMENT_NOT_SETTLEABLE",
    "WALLET_POLICY_DENIED",
    "WALLET_FUNDS_INSUFFICIENT",
    "WALLET_UNAVAILABLE",
    "SETTLEMENT_UNKNOWN",
    "PAYMENT_PROVIDER_FAILURE",
    "TIMEOUT"
  ],
  "models show": ["MODEL_NOT_FOUND"],
  "capabilities show": ["CAPABILITY_NOT_FOUND"],
  create: [...media, ...sending, ...spending, "TIMEOUT"],
  edit: [...media, ...sending, ...spending, "TIMEOUT"],
  upload: [...sending, ...storage, "INPUT_POLICY_DENIED", "INPUT_FILE_UNREADABLE"],
  "assets show": ["ASSET_NOT_FOUND", ...storage],
  "assets get": [
    "ASSET_NOT_FOUND",
    "ASSET_DOWNLOAD_FAILED",
    "OUTPUT_EXISTS",
    "OUTPUT_WRITE_FAILED",
    "ARTIFACT_STORAGE_UNAVAILABLE"
  ],
  "assets lineage": ["ASSET_NOT_FOUND"],
  "assets delete": ["ASSET_NOT_FOUND", ...storage],
  "jobs show": ["JOB_NOT_FOUND"],
  "jobs wait": ["JOB_NOT_FOUND", "TIMEOUT"],
  "jobs cancel": ["JOB_NOT_FOUND", "PROVIDER_FAILURE"],
  "activity show": ["ACTIVITY_NOT_FOUND"],
  "feedback create": ["FEEDBACK_STORAGE_UNAVAILABLE"],
  "spend-policy set": ["APPROVAL_REQUIRED"],
  conformance: ["CONFORMANCE_FAILED", "HOSTED_API_REQUEST_FAILED", "OUTPUT_EXISTS", "OUTPUT_WRITE_FAILED"],
  mcp: ["SERVE_ADDRESS_UNAVAILABLE", "STORE_UNAVAILABLE", "PUBLIC_CLI_RUNTIME_UNSUPPORTED"],
  serve: ["SERVE_ADDRESS_UNAVAILABLE", "STORE_UNAVAILABLE", "PUBLIC_CLI_RUNTIME_UNSUPPORTED", "INPUT_FILE_UNREADABLE"]
}

/** The codes of a command, in the order of the registry. */
export const errorsOf = (name: CommandName): ReadonlyArray<ErrorCode> => {
  const { auth, effect } = specOf(name)
  const isOnline = !offline.has(name) && !local.has(name) && !name.startsWith("admin ")
  const codes = new Set<ErrorCode>([
    ...always,
    // A server that is told to stop has done what it was asked for.
    ...(name === "serve" || name === "mcp" ? [] : (["INTERRUPTED"] as const)),
    ...(effect === "read" && !name.startsWith("auth") && name !== "credits plan"
      ? []
      : (["PUBLIC_CLI_FLAG_NOT_AVAILABLE"] as const)),
    ...(isOnline ? service : []),
    ...(isOnline && auth !== "none" ? (["CAPABILITY_DENIED"] as const) : []),
    ...(auth === "none" && !name.startsWith("auth") && name !== "signup" ? [] : tokens),
    ...(name.startsWith("admin ") ? operator : []),
    ...(own[name] ?? [])
  ])
  return errorCodes.filter((code) => codes.has(code))
}

const classes: { readonly [exitCode: number]: string } = {
  1: "not found, busy, or unforeseen",
  2: "the command line or the request is wrong",
  3: "no token, or it was refused",
  4: "not allowed",
  5: "out of credits or over a limit",
  6: "refused by content or input policy",
  7: "the provider, the network or the service failed",
  8: "the time was up; it may go on",
  9: "files or storage failed",
  130: "interrupted; what was sent goes on"
}

/** What an exit code means for one command, where that is more than its class. */
const meanings: { readonly [N in CommandName]?: { readonly [exitCode: number]: string } } = {
  signup: { 0: "the identity is there and its token is kept" },
  create: {
    0: "made, or with --guide or --dry-run answered",
    8: "still at work: run jobs wait with its id, not the create again"
  },
  edit: {
    0: "made, or with --dry-run answered",
    8: "still at work: run jobs wait with its id, not the edit again"
  },
  "jobs wait": { 0: "the job has ended, well or not: data.job.status", 8: "still at work; wait again" },
  "credits buy": { 0: "a page or an address to pay is there; no money moved yet" },
  "credits settle": {
    0: "paid, and the credits are there",
    2: "nothing to pay, or too late",
    4: "against the limits of the wallet's owner",
    5: "the wallet lacks the amount or the fee",
    7: "unknown whether it was paid; running it again pays once",
    8: "paid, and the credits are still to come"
  },
  "assets get": { 0: "the file is there, verified" },
  conformance: { 0: "every rule that must be kept is kept, or --list", 1: "rules that must be kept are broken" },
  mcp: { 0: "its client has gone, or it was told to stop" },
  serve: { 0: "stopped as it was told to" }
}

/** Each exit code of a command with its meaning and the codes that end so, in ascending order. */
export const exitsOf = (
  name: CommandName
): ReadonlyArray<{
  readonly exitCode: number
  readonly meaning: string
  readonly codes: ReadonlyArray<ErrorCode>
}> => {
  const errors = errorsOf(name)
  const numbers = [...new Set(errors.map((code) => entryOf(code).exitCode))].toSorted((left, right) => left - right)
  const special = meanings[name] ?? {}
  return [
    { exitCode: 0, meaning: special[0] ?? "done", codes: [] },
    ...numbers.map((exitCode) => ({
      exitCode,
      meaning: special[exitCode] ?? classes[exitCode] ?? "other",
      codes: errors.filter((code) => entryOf(code).exitCode === exitCode)
    }))
  ]
}
