import type { ErrorCode } from "../envelope/ErrorRegistry.ts"

/** What an error code means, and the way out of it, for whoever reads rather than runs. */
export interface ErrorMeaning {
  /** One sentence: the state of affairs. */
  readonly meaning: string
  /** What to do now. Commands stand in backquotes, with capital words for values. */
  readonly wayOut: string
}

/** The very same request may be sent again. */
const again = "Run the same command again, with the same key"

/** Every registered code. A code without a meaning does not compile, nor does a meaning without a code. */
export const errorMeanings = {
  INVALID_ARGUMENTS: {
    meaning: "A flag, a word or a field is missing, unknown, or has a value that is not allowed.",
    wayOut: "Mend what the message and `error.details` name; `image-skill help create` explains a command."
  },
  PAYMENT_CREDENTIAL_REJECTED: {
    meaning: "The body carried a payment credential, by its name or by its shape.",
    wayOut: "Leave it out: no request needs one. Treat it as exposed if it was real."
  },
  AUTH_REQUIRED: {
    meaning: "There is no token, or the one given is not accepted: unknown, rotated or revoked.",
    wayOut:
      "Sign up, or hand over the token that belongs to this service; `image-skill auth status` says which one is used."
  },
  CAPABILITY_DENIED: {
    meaning:
      "The identity may not do this: a grant is missing, a limit of its claim state is reached, or it is frozen.",
    wayOut:
      "Ask for less, as `error.details` says, or have a person claim the agent; `image-skill whoami` lists its grants."
  },
  APPROVAL_REQUIRED: {
    meaning:
      "A spend policy of the owner does not allow this without an approval; `error.details.rule` names the rule.",
    wayOut:
      "Show the owner the link or the command in `error.recovery.approval` and wait, or take the cheaper next command."
  },
  SPEND_NOT_ALLOWED: {
    meaning: "The run was told to spend nothing, and this could have cost something. Nothing was sent.",
    wayOut: "Run the suggested dry run, or leave out `--no-spend` if you may spend."
  },
  MODEL_NOT_EXECUTABLE: {
    meaning: "The model is listed, but cannot run here: it is not wired, or its provider has no key.",
    wayOut: "Choose one that runs: `image-skill models list --available`."
  },
  NOT_FOUND: {
    meaning: "There is nothing at this address.",
    wayOut: "Compare the address with `/openapi.json` of the service."
  },
  MODEL_NOT_FOUND: {
    meaning: "No model has this id or alias.",
    wayOut: "Look it up: `image-skill models list --query flux`."
  },
  CAPABILITY_NOT_FOUND: {
    meaning: "No capability has this id.",
    wayOut: "Look it up: `image-skill capabilities list`."
  },
  ASSET_NOT_FOUND: {
    meaning: "No asset of your organization has this id, or it was deleted.",
    wayOut: "Look it up: `image-skill assets list`."
  },
  JOB_NOT_FOUND: {
    meaning: "No job of your organization has this id.",
    wayOut: "Look it up: `image-skill jobs list`."
  },
  ACTIVITY_NOT_FOUND: {
    meaning: "Nothing in your organization's activity has this reference.",
    wayOut: "Look it up: `image-skill activity list`."
  },
  CREDIT_QUOTE_NOT_FOUND: {
    meaning: "No quote of your organization has this id.",
    wayOut: "Ask for one: `image-skill credits quote --credits 100 --payment-method METHOD_ID`."
  },
  PAYMENT_NOT_FOUND: {
    meaning: "No payment of your organization has this reference.",
    wayOut: "Ask by the quote: `image-skill credits status --quote-id QUOTE_ID`."
  },
  METHOD_NOT_ALLOWED: {
    meaning: "The address is right, the HTTP method is not.",
    wayOut: "Use one of the methods in the `allow` header."
  },
  CREDIT_QUOTE_CONFLICT: {
    meaning: "The key already belongs to another quote.",
    wayOut: "Use that quote, or run the suggested command, which carries a fresh key."
  },
  CREDIT_QUOTE_EXPIRED: {
    meaning: "The quote is too old to be paid.",
    wayOut: "Ask for a new one with a new key; the price may have changed."
  },
  CREDIT_QUOTE_NOT_PURCHASABLE: {
    meaning: "The quote is already paid, or is being paid under another key.",
    wayOut: "Look at it: `image-skill credits status --quote-id QUOTE_ID`. Do not pay again."
  },
  PAYMENT_METHOD_MISMATCH: {
    meaning: "The quote was made for another rail than the one it was to be paid on.",
    wayOut: "Buy with the provider that the quote names, or ask for a quote on the wanted rail."
  },
  PAYMENT_METHOD_UNAVAILABLE: {
    meaning: "The rail is not there, not configured, or takes no purchases now.",
    wayOut: "Choose another one: `image-skill credits plan --credits 100`."
  },
  IDEMPOTENCY_KEY_CONFLICT: {
    meaning: "The key was already used for another request.",
    wayOut: "Repeat the first request for its result, or run the suggested command, which carries a fresh key."
  },
  IDEMPOTENT_REQUEST_IN_PROGRESS: {
    meaning: "The first request with this key is still being worked on.",
    wayOut: "Wait, then run the same command again: `image-skill jobs wait JOB_ID` waits for its job."
  },
  MODEL_PARAMETERS_INVALID: {
    meaning: "A native parameter is unknown to the model, or its value is not allowed.",
    wayOut: "Compare it with the schema in `image-skill models show MODEL_ID`."
  },
  BUDGET_REQUIRES_CONFIRMATION: {
    meaning: "The cost is not known before, and nobody has agreed to that.",
    wayOut: "Choose a model with a known price, or add `--accept-unknown-cost` if your cap allows it."
  },
  BUDGET_GUARD_EXCEEDED: {
    meaning: "The request would debit more than a guard of yours allows.",
    wayOut: "Raise the guard to the amount in `error.recovery` if you may, or ask for less."
  },
  INPUT_POLICY_DENIED: {
    meaning: "The input is not allowed: its type, its size, or what its first bytes say.",
    wayOut: "Send a PNG, JPEG, WebP, GIF or AVIF within the limits in the message."
  },
  CONTENT_POLICY_DENIED: {
    meaning: "The prompt or the result is denied by the operator's policy or the provider's.",
    wayOut: "Ask for something else. Do not reword it to get around the policy."
  },
  QUOTA_EXCEEDED: {
    meaning: "The job costs more credits than are available.",
    wayOut:
      "Buy credits: `image-skill credits plan --credits 100` ranks the ways; or choose a model that costs less, and say so."
  },
  DAILY_JOB_CAP_REACHED: {
    meaning: "The jobs of this day are used up. That is no lack of credits.",
    wayOut: "Wait until `error.recovery.resets_at`; `image-skill usage quota` shows the cap."
  },
  RATE_LIMITED: {
    meaning: "Too many requests in too short a time.",
    wayOut: "Wait `retry_after_seconds`, then run the same command again."
  },
  PROVIDER_FAILURE: {
    meaning: "The provider refused or failed; the held credits were given back.",
    wayOut: `${again}, or choose another model.`
  },
  PAYMENT_PROVIDER_FAILURE: {
    meaning: "The payment provider failed or did not answer; no credits were granted.",
    wayOut: `${again}. It continues the same payment and begins no second one.`
  },
  PROVIDER_TIMEOUT: {
    meaning: "The provider was asked and gave no answer in time, so nobody can tell whether it made something.",
    wayOut: "Look the job up: `image-skill jobs wait JOB_ID`. Do not create again under another key."
  },
  ARTIFACT_STORAGE_WRITE_FAILED: {
    meaning: "The provider did its work, and the result could not be stored.",
    wayOut: "Do not create again. Look at the job: `image-skill jobs show JOB_ID`."
  },
  ARTIFACT_STORAGE_UNAVAILABLE: {
    meaning: "The store of media cannot be reached, so nothing was begun.",
    wayOut: `${again}, a little later.`
  },
  FEEDBACK_STORAGE_UNAVAILABLE: {
    meaning: "The feedback could not be stored, so it was not taken.",
    wayOut: `${again}, a little later.`
  },
  INTERNAL_ERROR: {
    meaning: "The service met something that it did not foresee.",
    wayOut: `${again}; if it stays, report it with its \`trace_id\`: \`image-skill feedback create --title TITLE --evidence trace:TRACE_ID\`.`
  },
  STORE_UNAVAILABLE: {
    meaning: "The database is busy, full, read-only or damaged; the transaction was undone.",
    wayOut: `${again}, a little later. On your own machine look at \`image-skill doctor --ledger\`.`
  },
  PUBLIC_CLI_COMMAND_NOT_AVAILABLE: {
    meaning: "This program has no such command.",
    wayOut: "List them: `image-skill help`; `error.details` names the nearest ones."
  },
  PUBLIC_CLI_FLAG_NOT_AVAILABLE: {
    meaning: "The command has no such flag. Commands that change something ignore none.",
    wayOut: "Leave it out, or use one that `image-skill help create` shows for the command."
  },
  PAYMENT_CREDENTIAL_FLAG_REJECTED: {
    meaning: "A flag is named like a payment credential; its value was neither read nor sent.",
    wayOut: "Leave it out: no command needs one. Treat it as exposed if it was real."
  },
  HOSTED_API_NON_JSON_RESPONSE: {
    meaning: "The service, or something before it, answered with something that is no envelope.",
    wayOut:
      "Check the address with `image-skill doctor`. If the request spent, repeat it with the key in `error.recovery`."
  },
  HOSTED_API_REQUEST_FAILED: {
    meaning: "The service could not be reached, or the connection broke before its answer.",
    wayOut: `${again} from \`error.recovery\`, after \`retry_after_seconds\`.`
  },
  ASSET_DOWNLOAD_FAILED: {
    meaning: "The bytes did not come whole, or are not those that the asset names.",
    wayOut: "Download it again; nothing was left at the target: `image-skill assets get ASSET_ID --output picture.png`."
  },
  UPLOAD_MIME_TYPE_UNKNOWN: {
    meaning: "The name of the file does not say what it is.",
    wayOut: "Give it the extension of a PNG, JPEG, WebP, GIF or AVIF."
  },
  REMOTE_UPLOAD_FETCH_FAILED: {
    meaning: "The picture at this URL could not be fetched, or lies on an address that is not public.",
    wayOut: "Download it yourself and give its path, or try another URL."
  },
  UPLOAD_ASSET_ID_MISSING: {
    meaning: "The service took the upload and named no asset.",
    wayOut: "Look for it before you upload again: `image-skill assets list --limit 5`."
  },
  TIMEOUT: {
    meaning: "The waiting is over; the work may go on.",
    wayOut: "Wait again: `image-skill jobs wait JOB_ID`. Do not begin it anew."
  },
  INTERRUPTED: {
    meaning: "A signal ended the waiting. What was sent goes on, and may be charged once when it delivers.",
    wayOut: "Run the suggested command: it waits for the job, or repeats the command under its key."
  },
  PUBLIC_CLI_CONFIG_WRITE_FAILED: {
    meaning: "The token could not be saved.",
    wayOut: "Run the suggested command, which saves to a place that can be written; see `IMAGE_SKILL_CONFIG_PATH`."
  },
  OUTPUT_EXISTS: {
    meaning: "There is already a file at the target.",
    wayOut: "Name another one with `--output`, or add `--overwrite`."
  },
  OUTPUT_WRITE_FAILED: {
    meaning: "The target cannot be written.",
    wayOut: "Name another one with `--output`. The asset is still there."
  },
  INPUT_FILE_UNREADABLE: {
    meaning: "A file that the command names cannot be read.",
    wayOut: "Check the path and its permissions; nothing was sent."
  },
  PUBLIC_CLI_FAILED: {
    meaning: "This program met something that it did not foresee.",
    wayOut: "Look at `image-skill doctor` before you repeat a command that spends, and report the fault."
  },
  PUBLIC_CLI_RUNTIME_UNSUPPORTED: {
    meaning: "This Node has no SQLite, so that the embedded service cannot run.",
    wayOut: "Use Node 22.19 or newer, or name a service elsewhere with `--api-base-url`."
  },
  SECRET_STORE_UNAVAILABLE: {
    meaning: "The named secret store could not be read or written.",
    wayOut: "Mend it, or choose another one with `IMAGE_SKILL_SECRET_STORE`."
  },
  WALLET_POLICY_DENIED: {
    meaning: "The limits that the wallet's owner has set do not allow this payment. Nothing was signed.",
    wayOut: "Ask the owner, or pay less: a smaller quote is within a smaller limit."
  },
  WALLET_FUNDS_INSUFFICIENT: {
    meaning: "The wallet lacks the amount, or what the fee may need. Nothing was signed.",
    wayOut: "Have the wallet funded as `error.details` says, and run the same command again."
  },
  PAYMENT_ATTEMPT_EXPIRED: {
    meaning: "It is too late to pay this attempt: what arrives now would not be credited.",
    wayOut: "Do not pay it. Ask for a new quote with a new key."
  },
  PAYMENT_NOT_SETTLEABLE: {
    meaning: "This wallet may not pay the attempt: it is another rail, or its instructions do not hold together.",
    wayOut:
      "Do not pay it. `error.details` has the reasons; choose a rail with `image-skill credits plan --credits 100`."
  },
  SETTLEMENT_UNKNOWN: {
    meaning: "Nobody can tell yet whether the payment was made.",
    wayOut: "Run the same command again: it cannot pay twice, and finds out."
  },
  WALLET_UNAVAILABLE: {
    meaning: "No wallet is configured, or its key, policy or journal cannot be read or written.",
    wayOut: "Mend what the message names, or pay from another wallet with the instructions of `--print`."
  },
  CONFORMANCE_FAILED: {
    meaning: "The service that was judged breaks rules of the contract that must be kept; the run itself went well.",
    wayOut:
      "`error.details.broken` has the first of them, `--report FILE` writes all; it is for whoever runs that service."
  },
  SERVE_ADDRESS_UNAVAILABLE: {
    meaning: "The service cannot listen on the address it was given.",
    wayOut: "Choose another port: `image-skill serve --port 0` picks a free one."
  }
} as const satisfies { readonly [code in ErrorCode]: ErrorMeaning }

export const meaningOf = (code: ErrorCode): ErrorMeaning => errorMeanings[code]
