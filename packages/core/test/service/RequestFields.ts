import type { OperationId } from "@image-skill/core/service/Operations"
import type * as Schema from "effect/Schema"

/** A field of a request, and what is said when it is wrong. */
export interface Field {
  /** The flag that fills it, where a command has one. */
  readonly flag: string | null
  readonly required?: true
  readonly right: Schema.Json
  /** Of another type, outside of its range, too long, hostile. */
  readonly wrong: ReadonlyArray<Schema.Json>
  /** The whole rule, as it follows the name. */
  readonly rule: string
}

export type Fields = { readonly [field: string]: Field }

export const long = (length: number): string => "x".repeat(length)
const noText: ReadonlyArray<Schema.Json> = [5, true, null, {}, ["x"]]

const line = (max: number, flag: string | null, right: string): Field => ({
  flag,
  right,
  wrong: [...noText, "", "  \t ", "a\nb", "a\u0000b", "a\u001b[2Jb", long(max + 1)],
  rule: `must be text of 1 to ${max} characters on one line, without control characters`
})

/** What may be left blank. */
const optionalLine = (max: number, flag: string): Field => ({
  flag,
  right: "a line of its own",
  wrong: [...noText, "a\nb", "a\u0000b", long(max + 1)],
  rule: `must be text of 0 to ${max} characters on one line, without control characters`
})

const optionalText = (max: number, said: string, flag: string): Field => ({
  flag,
  right: "a text\nof its own",
  wrong: [...noText, "a\u0000b", "a\ud800b", long(max + 1)],
  rule: `must be text of 0 to ${said} characters`
})

const slug = (flag: string, right: string): Field => ({
  flag,
  right,
  wrong: [...noText, "", "a b", "-a", "a/b", "é", "a\n", long(41)],
  rule: "must be a slug of 1 to 40 letters, digits, dots, underscores or dashes"
})

const cap = (flag: string): Field => ({
  flag,
  right: 20,
  wrong: [0, -1, 1.5, 1_000_001, 1e300, "20", true, {}, []],
  rule: "must be a whole number from 1 to 1,000,000"
})

const capsOf = (what: string, flag: string): Field => ({
  flag,
  right: { "local.storyboard": 5 },
  wrong: [5, true, "x=5", Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, 1]))],
  rule: `must be a JSON object of at most 100 ${what}, each with its credits`
})

const boolean = (flag: string | null): Field => ({
  flag,
  right: true,
  wrong: ["true", "", 1, 0, null, {}, []],
  rule: "must be true or false"
})

const queryBoolean = (flag: string | null): Field => ({
  flag,
  right: "true",
  wrong: ["", "1", "yes", "TRUE", true, null, []],
  rule: "must be true or false"
})

const choice = (flag: string | null, rule: string, right: string): Field => ({
  flag,
  right,
  wrong: [
    ...noText,
    "",
    ` ${right}`,
    right.toUpperCase(),
    `${right}s`,
    `${right}\n`,
    "constructor",
    [right],
    long(500)
  ],
  rule: `must be ${rule}`
})

const visibility = choice("--visibility", "public or private", "private")

const whole = (flag: string | null, min: number, max: number, rule: string): Field => ({
  flag,
  right: max,
  wrong: [`${max}`, "", min - 1, max + 1, min + 0.5, 1e300, true, null, {}, [min]],
  rule: `must be a whole number from ${rule}`
})

/** The same as it stands in a query. */
const wholeText = (flag: string | null, min: number, max: number): Field => ({
  flag,
  right: `${max}`,
  wrong: [
    `${min - 1}`,
    `${max + 1}`,
    "-1",
    `${min}.5`,
    "",
    ` ${min}`,
    `0${min}`,
    `${min}\n`,
    "1e2",
    "five",
    min,
    null,
    {}
  ],
  rule: `must be a whole number from ${min} to ${max}`
})

/** Where a list goes on. */
const cursor = (prefix: string): Field => ({
  flag: "--cursor",
  right: `${prefix}_1`,
  wrong: [...noText, "", prefix, `${prefix}_`, "x", "image_1", `${prefix}_a b`, `${prefix}_1\n`, ` ${prefix}_1`],
  rule: `must be taken from next_cursor, such as ${prefix}_8k2t5r0w6d4q1m7x3c9v`
})

const assetId = (flag: string | null): Field => ({
  flag,
  right: "image_8k2t5r0w6d4q1m7x3c9v",
  wrong: [
    ...noText,
    "",
    "image",
    "image_",
    "pixel_1",
    "image_a b",
    "../image_1",
    "image_1/..",
    "image_1\n",
    "IMAGE_1",
    " image_1",
    `image_${long(129)}`
  ],
  rule: "must be an asset id such as image_8k2t5r0w6d4q1m7x3c9v"
})

const required = (field: Field): Field => ({ ...field, required: true })

const usd = (flag: string): Field => ({
  flag,
  right: 0.12,
  wrong: ["0.12", "cheap", "", -0.01, 1_000.01, 1e300, true, null, {}],
  rule: "must be a number of US dollars from 0 to 1,000"
})

const contact = (flag: string): Field => ({
  flag,
  right: "inbox@studio-bots.example",
  wrong: [...noText, "", "inbox", "inbox@localhost", "a b@c.example", "a@b@c.example", `a@${long(250)}.example`],
  rule: "must be a durable, address-shaped inbox of an agent, operator, team or sponsor; not necessarily a person's, never invented or disposable"
})

const key: Field = {
  flag: "--idempotency-key",
  right: "bike-hero-001",
  wrong: [...noText, "", "a b", "a/b", "é", "key\n", "$(id)", long(201)],
  rule: "must be 1 to 200 letters, digits, dots, underscores, colons or dashes"
}

/** A purchase has a key, always; a quote may leave it to the service. */
const purchase: Fields = {
  quote_id: { ...line(160, "--quote-id", "quote_3n7v0c5x9m2q8k4t1r6w"), required: true },
  idempotency_key: { ...key, required: true }
}

const prompt: Field = {
  flag: "--prompt",
  right: "a lighthouse at dusk",
  wrong: [...noText, "a\u0000b", "a\ud800b", long(8_001)],
  rule: "must be text of 0 to 8,000 characters"
}

/** What a create and an edit take alike. */
const media: Fields = {
  provider: line(40, "--provider", "local"),
  model: line(120, "--model", "local.storyboard"),
  intent: line(40, "--intent", "final"),
  aspect_ratio: {
    flag: "--aspect-ratio",
    right: "16:9",
    wrong: [...noText, "", "wide", "16/9", "0:1", "1:0", "016:9", "100:1", "16:9 ", "16:9\n", "Auto", long(500)],
    rule: "must be W:H such as 16:9, or auto"
  },
  output_count: {
    flag: "--output-count",
    right: 2,
    wrong: ["2", "", 0, -1, 1.5, 1_001, 1e300, true, null, {}],
    rule: "must be a whole number from 1 to 1,000"
  },
  references: {
    flag: null,
    right: [{ asset_id: "image_1", role: "element_reference", index: 9, reference_index: 2 }],
    wrong: ["x", 5, true, {}, null, { 0: { asset_id: "image_1", role: "reference_image", index: 0 } }],
    rule: "must be a list of references"
  },
  model_parameters: {
    flag: "--model-parameters-json",
    right: { seed: 7 },
    wrong: ["{}", 5, true, null, [], ["x"]],
    rule: "must be a JSON object"
  },
  max_estimated_usd_per_image: usd("--max-estimated-usd-per-image"),
  max_usd: usd("--max-usd"),
  accept_unknown_cost: boolean("--accept-unknown-cost"),
  dry_run: boolean("--dry-run"),
  idempotency_key: key,
  visibility,
  wait_ms: whole("--wait-ms", 0, 280_000, "0 to 280,000")
}

const filename: Field = {
  flag: null,
  right: "a heron.png",
  wrong: [...noText, "", ".", "..", "a/b.png", "a\\b.png", "a..png", "..a", "a\u0000b", "a\nb", "a\ud800b", long(221)],
  rule: "must be a plain file name of 1 to 220 characters, without a path"
}

const remoteOrigin: Field = {
  flag: null,
  right: "https://example.org:8443",
  wrong: [
    ...noText,
    "",
    "example.org",
    "ftp://example.org",
    "file:///etc/passwd",
    "https://",
    "https://example.org/",
    "https://example.org/a.png",
    "https://example.org?sig=1",
    "https://example.org#a",
    "https://user:secret@example.org",
    "https://exa mple.org",
    "https://example.org\n",
    `https://${long(256)}`
  ],
  rule: "must be an origin: scheme, host and port only"
}

const sha256: Field = {
  flag: null,
  right: "0123456789abcdef".repeat(4),
  wrong: [...noText, "", "a".repeat(63), "a".repeat(65), "A".repeat(64), "g".repeat(64), `${"a".repeat(64)}\n`],
  rule: "must be 64 lower-case hex digits"
}

/** contract/api.md 3.5, 5.3 to 5.7, 7.1, 8.1, 8.4, 8.5, 9 and 10, and decision D4a.6: the fields of every request. */
const pageLimit = {
  flag: "--limit",
  right: "20",
  wrong: ["0", "101", "-1", "1.5", "", " 5", "five", 5, null],
  rule: "must be a whole number from 1 to 100"
}

export const fieldsOf: { readonly [K in OperationId]: Fields } = {
  healthz: {},
  signup: {
    agent_contact: contact("--agent-contact"),
    human_email: contact("--human-email"),
    agent_name: { ...line(80, "--agent-name", "poster-bot"), required: true },
    runtime: { ...line(80, "--runtime", "codex"), required: true },
    return_token: boolean(null),
    discovery_source: {
      flag: "--discovery-source",
      right: "skills-registry_2.0",
      wrong: [...noText, "", "Skills", "a b", "a/b", "é", "a\nb", long(65)],
      rule: "must be a slug of 1 to 64 lower-case letters, digits, dots, underscores or dashes"
    }
  },
  whoami: {},
  quota: {},
  paymentMethods: {},
  creditPacks: {},
  creditsQuote: {
    credits: {
      flag: "--credits",
      right: 240,
      wrong: ["240", "", 0, -1, 1.5, 5_001, 1e300, true, null, {}],
      rule: "must be a whole number from 1 to 5,000"
    },
    pack_id: line(80, "--pack", "starter-500"),
    payment_method: line(80, "--payment-method", "stripe_checkout"),
    idempotency_key: key
  },
  creditsBuyCheckout: purchase,
  creditsBuyDeposit: purchase,
  creditsFakePurchase: purchase,
  creditsStatus: {
    quote_id: line(160, "--quote-id", "quote_3n7v0c5x9m2q8k4t1r6w"),
    payment_attempt_id: line(160, "--payment-attempt-id", "payatt_3n7v0c5x9m2q8k4t1r6w8d0b1f"),
    checkout_session_id: line(200, "--checkout-session-id", "cs_test_b1KqZ0pTn7YwR4"),
    receipt_id: line(160, "--receipt-id", "receipt_3n7v0c5x9m2q8k4t1r6w")
  },
  modelsList: {
    available: queryBoolean("--available"),
    executable: queryBoolean("--executable"),
    catalog_only: queryBoolean("--catalog-only"),
    operation: line(40, "--operation", "image.generate"),
    provider: line(40, "--provider", "local"),
    modality: line(20, "--modality", "video"),
    query: line(120, "--query", "nano banana"),
    limit: pageLimit,
    cursor: line(160, "--cursor", "local.storyboard"),
    compact: queryBoolean(null),
    summary: queryBoolean("--summary"),
    details: queryBoolean("--details")
  },
  modelsShow: { model_id: { ...line(160, null, "local.storyboard"), required: true } },
  capabilitiesList: { limit: pageLimit, cursor: line(200, "--cursor", "is.image.generate.local-storyboard.v1") },
  capabilitiesShow: { capability_id: { ...line(200, null, "is.image.generate.local-storyboard.v1"), required: true } },
  create: { prompt, ...media },
  upload: {
    source_kind: required(choice(null, "local_path or remote_url", "remote_url")),
    filename: required(filename),
    // A local file has none, and says so.
    remote_origin: { ...remoteOrigin, wrong: remoteOrigin.wrong.filter((value) => value !== null) },
    mime_type: required(line(120, null, "image/png")),
    content_length: required(whole(null, 0, 1_000_000_000, "0 to 1,000,000,000")),
    sha256: required(sha256),
    bytes_base64: {
      flag: null,
      required: true,
      right: "aVZCT1J3MEtHZ28=",
      // Its letters are judged by whoever decodes them.
      wrong: noText,
      rule: "must be standard base64"
    },
    visibility
  },
  uploadStream: {
    source_kind: choice(null, "local_path or remote_url", "local_path"),
    filename: required(filename),
    remote_origin: remoteOrigin,
    sha256,
    visibility
  },
  edit: {
    input_asset_id: required(assetId("--input")),
    additional_input_asset_ids: {
      flag: "--input",
      right: ["image_1", "asset_2"],
      wrong: ["image_1", 5, true, null, {}],
      rule: "must be a list of asset ids"
    },
    mask_asset_id: assetId("--mask"),
    prompt,
    ...media
  },
  assetsList: {
    limit: wholeText("--limit", 1, 100),
    cursor: assetId("--cursor"),
    kind: choice("--kind", "generated or uploaded", "uploaded"),
    modality: choice("--modality", "image, video, audio or 3d", "video")
  },
  assetsShow: { asset_id: required(assetId(null)), thumbnail: wholeText("--thumbnail", 16, 1024) },
  assetsLineage: { asset_id: required(assetId(null)) },
  assetsDelete: { asset_id: required(assetId(null)) },
  jobsList: {
    limit: wholeText("--limit", 1, 100),
    cursor: cursor("job"),
    status: choice("--status", "planned, queued, running, completed, failed or canceled", "running")
  },
  jobsCancel: { job_id: required(line(160, "--job-id", "job_1")) },
  jobsShow: { job_id: { ...line(160, "--job-id", "job_1"), required: true } },
  activityList: {
    limit: {
      flag: "--limit",
      right: "20",
      wrong: ["0", "101", "-1", "1.5", "", " 5", "five", 5, null],
      rule: "must be a whole number from 1 to 100"
    },
    subject: line(160, "--subject", "job_1"),
    cursor: cursor("evt")
  },
  activityShow: { reference: { ...line(160, "--reference", "job_1"), required: true } },
  feedbackCreate: {
    title: optionalLine(200, "--title"),
    body: optionalText(8_000, "8,000", "--body"),
    type: slug("--type", "bug"),
    severity: choice("--severity", "low, medium, high or critical", "critical"),
    confidence: choice("--confidence", "low, medium or high", "low"),
    next_state: slug("--next-state", "triage"),
    command: optionalText(4_000, "4,000", "--command"),
    expected: optionalText(4_000, "4,000", "--expected"),
    actual: optionalText(4_000, "4,000", "--actual"),
    friction: optionalText(4_000, "4,000", "--friction"),
    proof_needed: optionalText(4_000, "4,000", "--proof-needed"),
    strategic_reason: optionalText(4_000, "4,000", "--strategic-reason"),
    surface: {
      flag: "--surface",
      right: ["cli", "docs"],
      wrong: ["cli", 5, true, null, {}, Array.from({ length: 13 }, () => "cli")],
      rule: "must be a list of at most 12 slugs such as cli, docs, api, skill, models or payments"
    },
    evidence: {
      flag: "--evidence",
      right: ["trace:trace_1", "job:job_1"],
      wrong: ["trace:trace_1", 5, true, null, {}, Array.from({ length: 41 }, () => "trace:1")],
      rule: "must be a list of at most 40 references such as trace:ID, job:ID or evt:ID"
    },
    dedupe_key: optionalLine(200, "--dedupe-key"),
    source: optionalLine(200, "--source"),
    trace_id: optionalLine(200, "--trace-id"),
    allow_weak_signal: boolean("--allow-weak-signal")
  },
  claimRequest: {
    contact: {
      ...contact("--contact"),
      required: true,
      rule: "must be a durable, address-shaped inbox of the person, team or operator who is to claim this agent; never invented or disposable"
    }
  },
  spendPolicyShow: {},
  spendPolicySet: {
    max_credits_per_call: cap("--max-credits-per-call"),
    max_credits_per_day: cap("--max-credits-per-day"),
    models: capsOf("models", "--model"),
    allowed_models: {
      flag: "--allow-model",
      right: ["local.storyboard"],
      wrong: [5, "local.storyboard", {}, Array.from({ length: 101 }, (_, index) => `m${index}`)],
      rule: "must be a list of at most 100 model ids"
    },
    rails: capsOf("rails", "--rail"),
    expires_at: {
      flag: "--expires-at",
      right: "2026-12-31T00:00:00.000Z",
      wrong: [5, true, "", "tomorrow", "2026-12-31", "2026-13-01T00:00:00Z", "2026-12-31T00:00:00", "\u0000"],
      rule: "must be an instant such as 2026-12-31T00:00:00Z"
    }
  }
}
