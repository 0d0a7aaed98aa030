import { assert, describe, it } from "@effect/vitest"
import { entryOf, errorCodes } from "@image-skill/core/envelope/ErrorRegistry"

type Row = readonly [status: number | null, exitCode: number, retryable: boolean]

/** contract/api.md 2.1. */
const service: { readonly [code: string]: Row } = {
  INVALID_ARGUMENTS: [400, 2, false],
  PAYMENT_CREDENTIAL_REJECTED: [400, 2, false],
  AUTH_REQUIRED: [401, 3, false],
  CAPABILITY_DENIED: [403, 4, false],
  MODEL_NOT_EXECUTABLE: [422, 4, false],
  NOT_FOUND: [404, 1, false],
  MODEL_NOT_FOUND: [404, 1, false],
  CAPABILITY_NOT_FOUND: [404, 1, false],
  ASSET_NOT_FOUND: [404, 1, false],
  JOB_NOT_FOUND: [404, 1, false],
  ACTIVITY_NOT_FOUND: [404, 1, false],
  CREDIT_QUOTE_NOT_FOUND: [404, 1, false],
  PAYMENT_NOT_FOUND: [404, 1, false],
  METHOD_NOT_ALLOWED: [405, 1, false],
  CREDIT_QUOTE_CONFLICT: [409, 2, false],
  CREDIT_QUOTE_EXPIRED: [409, 2, false],
  CREDIT_QUOTE_NOT_PURCHASABLE: [409, 2, false],
  PAYMENT_METHOD_MISMATCH: [409, 2, false],
  PAYMENT_METHOD_UNAVAILABLE: [409, 2, false],
  IDEMPOTENCY_KEY_CONFLICT: [409, 2, false],
  IDEMPOTENT_REQUEST_IN_PROGRESS: [409, 1, true],
  MODEL_PARAMETERS_INVALID: [422, 2, false],
  BUDGET_REQUIRES_CONFIRMATION: [422, 2, false],
  BUDGET_GUARD_EXCEEDED: [422, 2, false],
  INPUT_POLICY_DENIED: [422, 6, false],
  CONTENT_POLICY_DENIED: [422, 6, false],
  QUOTA_EXCEEDED: [402, 5, false],
  DAILY_JOB_CAP_REACHED: [429, 5, false],
  RATE_LIMITED: [429, 5, true],
  PROVIDER_FAILURE: [502, 7, true],
  PROVIDER_UNAVAILABLE: [503, 7, true],
  PAYMENT_PROVIDER_FAILURE: [502, 7, true],
  PROVIDER_TIMEOUT: [504, 8, true],
  ARTIFACT_STORAGE_WRITE_FAILED: [500, 9, false],
  ARTIFACT_STORAGE_UNAVAILABLE: [503, 9, true],
  FEEDBACK_STORAGE_UNAVAILABLE: [503, 9, true],
  INTERNAL_ERROR: [500, 1, true]
}

/** contract/cli.md 11.1 and 11.3. `PUBLIC_CLI_FAILED` is not retryable by the hardening of 1.8. */
const client: { readonly [code: string]: Row } = {
  PUBLIC_CLI_COMMAND_NOT_AVAILABLE: [null, 2, false],
  PUBLIC_CLI_FLAG_NOT_AVAILABLE: [null, 2, false],
  PAYMENT_CREDENTIAL_FLAG_REJECTED: [null, 2, false],
  UPLOAD_MIME_TYPE_UNKNOWN: [null, 2, false],
  HOSTED_API_NON_JSON_RESPONSE: [null, 7, true],
  HOSTED_API_REQUEST_FAILED: [null, 7, true],
  REMOTE_UPLOAD_FETCH_FAILED: [null, 7, true],
  ASSET_DOWNLOAD_FAILED: [null, 7, true],
  TIMEOUT: [null, 8, true],
  PUBLIC_CLI_CONFIG_WRITE_FAILED: [null, 9, true],
  OUTPUT_EXISTS: [null, 9, false],
  UPLOAD_ASSET_ID_MISSING: [null, 9, true],
  OUTPUT_WRITE_FAILED: [null, 9, false],
  INPUT_FILE_UNREADABLE: [null, 9, false],
  PUBLIC_CLI_FAILED: [null, 1, false]
}

/** Not in the contract: decision D3.8 gives the first and those of a settlement their exit codes, contract/cli.md 1.4 the class of the others. */
const ours: { readonly [code: string]: Row } = {
  APPROVAL_REQUIRED: [403, 4, false],
  SPEND_NOT_ALLOWED: [null, 4, false],
  PUBLIC_CLI_RUNTIME_UNSUPPORTED: [null, 1, false],
  STORE_UNAVAILABLE: [503, 9, true],
  SECRET_STORE_UNAVAILABLE: [null, 9, false],
  SERVE_ADDRESS_UNAVAILABLE: [null, 1, false],
  CONFORMANCE_FAILED: [null, 1, false],
  WALLET_POLICY_DENIED: [null, 4, false],
  WALLET_FUNDS_INSUFFICIENT: [null, 5, false],
  PAYMENT_ATTEMPT_EXPIRED: [null, 2, false],
  PAYMENT_NOT_SETTLEABLE: [null, 2, false],
  SETTLEMENT_UNKNOWN: [null, 7, true],
  WALLET_UNAVAILABLE: [null, 9, false],
  INTERRUPTED: [null, 130, true]
}

/** Codes of commands that a later version brings: feedback, and what an operator says of a provider. */
const later = ["PROVIDER_UNAVAILABLE"]

const table: { readonly [code: string]: Row } = { ...service, ...client, ...ours }

describe("ErrorRegistry", () => {
  for (const code of errorCodes) {
    it(`${code} has the status, exit code and retryable of the contract`, () => {
      const { exitCode, retryable, status } = entryOf(code)
      assert.deepStrictEqual<unknown>([status, exitCode, retryable], table[code])
    })
  }

  it("the contract's codes that are not here belong to later commands", () => {
    const here = new Set<string>(errorCodes)
    assert.deepStrictEqual(
      Object.keys(table)
        .filter((code) => !here.has(code))
        .toSorted(),
      later
    )
  })

  it("a request that never left this machine has changed nothing and moved no money", () => {
    for (const code of errorCodes) {
      const { moneyMoved, outcome } = entryOf(code)
      if (outcome === "not_sent" || outcome === "rejected") assert.strictEqual(moneyMoved, "no", code)
    }
  })

  it("an answer that did not arrive leaves open whether money moved", () => {
    for (const code of ["HOSTED_API_NON_JSON_RESPONSE", "HOSTED_API_REQUEST_FAILED", "PROVIDER_TIMEOUT"] as const) {
      assert.deepInclude(entryOf(code), { outcome: "unknown", moneyMoved: "unknown" }, code)
    }
  })

  it("whoever is told to repeat a request is never told that it may have succeeded", () => {
    for (const code of errorCodes) assert.notStrictEqual<string>(entryOf(code).outcome, "succeeded", code)
  })
})
