/** The exit code of every error code: contract/cli.md 1.4, 11.1 and 11.3, contract/api.md 2.1, and ours (decisions D3.8). */
export const exitCodes: { readonly [code: string]: number } = {
  INVALID_ARGUMENTS: 2,
  PAYMENT_CREDENTIAL_REJECTED: 2,
  AUTH_REQUIRED: 3,
  CAPABILITY_DENIED: 4,
  MODEL_NOT_EXECUTABLE: 4,
  NOT_FOUND: 1,
  MODEL_NOT_FOUND: 1,
  CAPABILITY_NOT_FOUND: 1,
  ASSET_NOT_FOUND: 1,
  JOB_NOT_FOUND: 1,
  ACTIVITY_NOT_FOUND: 1,
  CREDIT_QUOTE_NOT_FOUND: 1,
  PAYMENT_NOT_FOUND: 1,
  METHOD_NOT_ALLOWED: 1,
  CREDIT_QUOTE_CONFLICT: 2,
  CREDIT_QUOTE_EXPIRED: 2,
  CREDIT_QUOTE_NOT_PURCHASABLE: 2,
  PAYMENT_METHOD_MISMATCH: 2,
  PAYMENT_METHOD_UNAVAILABLE: 2,
  IDEMPOTENCY_KEY_CONFLICT: 2,
  IDEMPOTENT_REQUEST_IN_PROGRESS: 1,
  MODEL_PARAMETERS_INVALID: 2,
  BUDGET_REQUIRES_CONFIRMATION: 2,
  BUDGET_GUARD_EXCEEDED: 2,
  CONTENT_POLICY_DENIED: 6,
  QUOTA_EXCEEDED: 5,
  DAILY_JOB_CAP_REACHED: 5,
  RATE_LIMITED: 5,
  PROVIDER_FAILURE: 7,
  PAYMENT_PROVIDER_FAILURE: 7,
  PROVIDER_TIMEOUT: 8,
  ARTIFACT_STORAGE_WRITE_FAILED: 9,
  ARTIFACT_STORAGE_UNAVAILABLE: 9,
  INTERNAL_ERROR: 1,
  STORE_UNAVAILABLE: 9,
  PUBLIC_CLI_COMMAND_NOT_AVAILABLE: 2,
  PUBLIC_CLI_FLAG_NOT_AVAILABLE: 2,
  PAYMENT_CREDENTIAL_FLAG_REJECTED: 2,
  HOSTED_API_REQUEST_FAILED: 7,
  ASSET_DOWNLOAD_FAILED: 7,
  TIMEOUT: 8,
  PUBLIC_CLI_CONFIG_WRITE_FAILED: 9,
  OUTPUT_EXISTS: 9,
  OUTPUT_WRITE_FAILED: 9,
  INPUT_FILE_UNREADABLE: 9,
  PUBLIC_CLI_FAILED: 1,
  PUBLIC_CLI_RUNTIME_UNSUPPORTED: 1,
  SECRET_STORE_UNAVAILABLE: 9,
  SERVE_ADDRESS_UNAVAILABLE: 1
}

/** By the HTTP status it answers: contract/cli.md 1.5, step 3. */
export const exitCodeOfStatus = (status: number): number =>
  status === 401 || status === 403 ? 3 : status === 402 || status === 429 ? 5 : status >= 500 ? 7 : 1

/** contract/cli.md 9.14: the keys of the guide's answer, in this order, ours after them. */
export const guideKeys = [
  "schema",
  "ready",
  "stage",
  "checks",
  "selection",
  "cost",
  "blocker",
  "next_command",
  "after_next",
  "auth_handoff",
  "escape_hatches",
  "mutation"
]

/** Bytes of one printed answer (architecture, section 5; decision D3.11). */
export const budgets = { guide: 6_000, error: 1_600 } as const

/** Every flag that takes something, by command, with what is wrong for it; a table of its own, not the program's. */
export const flagKinds: { readonly [command: string]: { readonly [flag: string]: FlagKind } } = {
  help: {},
  version: {},
  doctor: { ledger: "switch" },
  signup: {
    agent: "switch",
    "agent-name": "text",
    runtime: "text",
    "agent-contact": "text",
    "human-email": "text",
    "show-token": "switch",
    "no-save": "switch",
    save: "switch",
    prompt: "text",
    provider: "text",
    model: "text",
    intent: "text",
    "aspect-ratio": "text",
    "output-count": "count",
    "max-estimated-usd-per-image": "number",
    "model-parameters-json": "object"
  },
  "auth status": {},
  "auth save": {},
  "auth logout": {},
  whoami: {},
  "usage quota": {},
  quota: {},
  "credits methods": {},
  "credits packs list": {},
  "credits plan": { credits: "count", "max-usd": "number", "no-human": "switch" },
  "credits quote": { credits: "count", pack: "text", "payment-method": "text", "idempotency-key": "text" },
  "credits buy": { provider: "text", "quote-id": "text", "idempotency-key": "text" },
  "credits status": {
    "quote-id": "text",
    "payment-attempt-id": "text",
    "checkout-session-id": "text",
    "receipt-id": "text"
  },
  "credits fake-purchase": { "quote-id": "text", "idempotency-key": "text" },
  "models list": {
    available: "switch",
    executable: "switch",
    "catalog-only": "switch",
    operation: "text",
    provider: "text"
  },
  "models show": {},
  "capabilities list": {},
  "capabilities show": {},
  create: {
    prompt: "text",
    "prompt-file": "text",
    provider: "text",
    model: "text",
    intent: "text",
    "aspect-ratio": "text",
    "output-count": "count",
    "max-estimated-usd-per-image": "number",
    "max-usd": "number",
    "model-parameters-json": "object",
    "idempotency-key": "text",
    "dry-run": "switch",
    "accept-unknown-cost": "switch",
    guide: "switch"
  },
  "assets show": { id: "text" },
  "assets get": { id: "text", output: "text", overwrite: "switch" },
  "jobs show": { "job-id": "text" },
  "jobs wait": { "job-id": "text", "timeout-ms": "number", "poll-interval-ms": "number" },
  "activity list": { limit: "number", subject: "text" },
  "activity show": { reference: "text" },
  serve: {
    host: "text",
    port: "number",
    "data-dir": "text",
    limits: "text",
    "public-api-url": "text",
    "public-media-url": "text"
  }
}

export type FlagKind = "text" | "switch" | "number" | "count" | "object"

/** contract/cli.md 7 and decision D4.7. */
export const credentialFlags = [
  "payment-token",
  "payment-secret",
  "payment-required",
  "payment-signature",
  "payment-response",
  "authorization",
  "bearer-token",
  "wallet-private-key",
  "private-key",
  "mnemonic",
  "seed-phrase",
  "card",
  "card-number",
  "card-token",
  "stripe-secret-key",
  "stripe-webhook-secret",
  "provider-key",
  "provider-receipt",
  "mpp-token",
  "spt",
  "shared-payment-token",
  "x-payment",
  "x402-payment",
  "payment-header",
  "client-secret",
  "deposit-client-secret",
  "wallet-secret",
  "stripe-secret",
  "cvc",
  "cvv"
]
