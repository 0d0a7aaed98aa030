import * as Struct from "effect/Struct"
import type { MoneyMoved, Outcome } from "./Outcome.ts"

/**
 * Every error code, once: the HTTP status of a service that answers with it (`null` for codes that only a client
 * makes), the exit code, whether the very same request may be repeated without risk, what became of the request, and
 * whether money moved. Source: contract/api.md 2.1, contract/cli.md 11.1 and 11.3; codes marked "ours" are not in it.
 *
 * A test holds both directions: each code that is raised stands here, and each code here is raised by a test.
 */
export interface ErrorEntry {
  readonly status: number | null
  readonly exitCode: ExitCode
  readonly retryable: boolean
  readonly outcome: Outcome
  readonly moneyMoved: MoneyMoved
}

/** The exit codes of the contract (contract/cli.md 1.4), and 130 after an interrupt. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 130

const entry = (
  status: number | null,
  exitCode: ExitCode,
  retryable: boolean,
  outcome: Outcome,
  moneyMoved: MoneyMoved = "no"
): ErrorEntry => ({ status, exitCode, retryable, outcome, moneyMoved })

export const errorRegistry = {
  INVALID_ARGUMENTS: entry(400, 2, false, "rejected"),
  PAYMENT_CREDENTIAL_REJECTED: entry(400, 2, false, "rejected"),
  AUTH_REQUIRED: entry(401, 3, false, "rejected"),
  CAPABILITY_DENIED: entry(403, 4, false, "rejected"),
  /** Ours: a spend policy wants its owner's approval first (decision D3.8). */
  APPROVAL_REQUIRED: entry(403, 4, false, "rejected"),
  MODEL_NOT_EXECUTABLE: entry(422, 4, false, "rejected"),
  NOT_FOUND: entry(404, 1, false, "rejected"),
  MODEL_NOT_FOUND: entry(404, 1, false, "rejected"),
  CAPABILITY_NOT_FOUND: entry(404, 1, false, "rejected"),
  ASSET_NOT_FOUND: entry(404, 1, false, "rejected"),
  JOB_NOT_FOUND: entry(404, 1, false, "rejected"),
  ACTIVITY_NOT_FOUND: entry(404, 1, false, "rejected"),
  CREDIT_QUOTE_NOT_FOUND: entry(404, 1, false, "rejected"),
  PAYMENT_NOT_FOUND: entry(404, 1, false, "rejected"),
  METHOD_NOT_ALLOWED: entry(405, 1, false, "rejected"),
  CREDIT_QUOTE_CONFLICT: entry(409, 2, false, "rejected"),
  CREDIT_QUOTE_EXPIRED: entry(409, 2, false, "rejected"),
  CREDIT_QUOTE_NOT_PURCHASABLE: entry(409, 2, false, "rejected"),
  PAYMENT_METHOD_MISMATCH: entry(409, 2, false, "rejected"),
  PAYMENT_METHOD_UNAVAILABLE: entry(409, 2, false, "rejected"),
  IDEMPOTENCY_KEY_CONFLICT: entry(409, 2, false, "rejected"),
  IDEMPOTENT_REQUEST_IN_PROGRESS: entry(409, 1, true, "unknown"),
  MODEL_PARAMETERS_INVALID: entry(422, 2, false, "rejected"),
  BUDGET_REQUIRES_CONFIRMATION: entry(422, 2, false, "rejected"),
  BUDGET_GUARD_EXCEEDED: entry(422, 2, false, "rejected"),
  INPUT_POLICY_DENIED: entry(422, 6, false, "rejected"),
  CONTENT_POLICY_DENIED: entry(422, 6, false, "rejected"),
  QUOTA_EXCEEDED: entry(402, 5, false, "rejected"),
  DAILY_JOB_CAP_REACHED: entry(429, 5, false, "rejected"),
  RATE_LIMITED: entry(429, 5, true, "rejected"),
  PROVIDER_FAILURE: entry(502, 7, true, "rejected"),
  PAYMENT_PROVIDER_FAILURE: entry(502, 7, true, "unknown"),
  PROVIDER_TIMEOUT: entry(504, 8, true, "unknown", "unknown"),
  ARTIFACT_STORAGE_WRITE_FAILED: entry(500, 9, false, "unknown", "unknown"),
  ARTIFACT_STORAGE_UNAVAILABLE: entry(503, 9, true, "rejected"),
  FEEDBACK_STORAGE_UNAVAILABLE: entry(503, 9, true, "rejected"),
  INTERNAL_ERROR: entry(500, 1, true, "unknown", "unknown"),
  /** Ours: the database is busy, full, read-only or damaged. The transaction was undone. */
  STORE_UNAVAILABLE: entry(503, 9, true, "rejected"),

  PUBLIC_CLI_COMMAND_NOT_AVAILABLE: entry(null, 2, false, "not_sent"),
  PUBLIC_CLI_FLAG_NOT_AVAILABLE: entry(null, 2, false, "not_sent"),
  PAYMENT_CREDENTIAL_FLAG_REJECTED: entry(null, 2, false, "not_sent"),
  HOSTED_API_NON_JSON_RESPONSE: entry(null, 7, true, "unknown", "unknown"),
  HOSTED_API_REQUEST_FAILED: entry(null, 7, true, "unknown", "unknown"),
  ASSET_DOWNLOAD_FAILED: entry(null, 7, true, "rejected"),
  UPLOAD_MIME_TYPE_UNKNOWN: entry(null, 2, false, "not_sent"),
  REMOTE_UPLOAD_FETCH_FAILED: entry(null, 7, true, "not_sent"),
  UPLOAD_ASSET_ID_MISSING: entry(null, 9, true, "unknown"),
  TIMEOUT: entry(null, 8, true, "unknown", "unknown"),
  PUBLIC_CLI_CONFIG_WRITE_FAILED: entry(null, 9, true, "not_sent"),
  OUTPUT_EXISTS: entry(null, 9, false, "rejected"),
  OUTPUT_WRITE_FAILED: entry(null, 9, false, "rejected"),
  INPUT_FILE_UNREADABLE: entry(null, 9, false, "not_sent"),
  PUBLIC_CLI_FAILED: entry(null, 1, false, "unknown", "unknown"),
  /** Ours: this Node has no SQLite, so the embedded service cannot run (decision D3.8). */
  PUBLIC_CLI_RUNTIME_UNSUPPORTED: entry(null, 1, false, "not_sent"),
  /** Ours: the named secret store (keychain, command) could not be read or written. */
  SECRET_STORE_UNAVAILABLE: entry(null, 9, false, "not_sent"),
  /** Ours: the run was told to spend nothing (`--no-spend`). */
  SPEND_NOT_ALLOWED: entry(null, 4, false, "not_sent"),
  /** Ours: the limits that the wallet's owner set do not allow this payment. */
  WALLET_POLICY_DENIED: entry(null, 4, false, "rejected"),
  /** Ours: the wallet lacks the amount, or what the fee may need. */
  WALLET_FUNDS_INSUFFICIENT: entry(null, 5, false, "rejected"),
  /** Ours: too late to pay this attempt. */
  PAYMENT_ATTEMPT_EXPIRED: entry(null, 2, false, "rejected"),
  /** Ours: the attempt is not one that this wallet may pay. */
  PAYMENT_NOT_SETTLEABLE: entry(null, 2, false, "rejected"),
  /** Ours: nobody can tell whether the payment was made; running it again cannot pay twice. */
  SETTLEMENT_UNKNOWN: entry(null, 7, true, "unknown", "unknown"),
  /** Ours: no wallet is configured, or its key, policy or journal cannot be read or written. */
  WALLET_UNAVAILABLE: entry(null, 9, false, "not_sent"),
  /** Ours: a signal ended the waiting (decision D3.8). What was sent goes on without it. */
  INTERRUPTED: entry(null, 130, true, "unknown", "unknown"),
  /** Ours: a service was held to the contract and broke rules that must be kept. The run itself succeeded, and says so. */
  CONFORMANCE_FAILED: entry(null, 1, false, "rejected"),
  /** Ours: `serve` could not listen on the address it was given. */
  SERVE_ADDRESS_UNAVAILABLE: entry(null, 1, false, "not_sent")
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorRegistry

export const errorCodes: ReadonlyArray<ErrorCode> = Struct.keys(errorRegistry)

export const entryOf = (code: ErrorCode): ErrorEntry => errorRegistry[code]
