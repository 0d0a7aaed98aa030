import type * as Schema from "effect/Schema"

/** One request of a command: method, path and query, JSON body, and whether the token travels with it. */
export interface Sent {
  readonly route: string
  readonly body?: Schema.Json
  readonly token: boolean
}

/** A command line, and every request that it makes. */
export interface Row {
  readonly typed: ReadonlyArray<string>
  readonly sends: ReadonlyArray<Sent>
  /** Questions that are asked at the same time, in no order. */
  readonly atOnce?: boolean
  readonly env?: { readonly [name: string]: string }
}

const open = (...routes: ReadonlyArray<string>): ReadonlyArray<Sent> =>
  routes.map((route) => ({ route: `GET ${route}`, token: false }))

const signed = (route: string): ReadonlyArray<Sent> => [{ route: `GET ${route}`, token: true }]

const posted = (path: string, body: Schema.Json): Sent => ({ route: `POST ${path}`, body, token: true })

/** Stands in a body for a key that the client made, as contract/cli.md 10.3 gives its form. */
export const madeKeys: { readonly [word: string]: RegExp } = {
  "a key of a quote": /^quote-\d{13}-[0-9a-f]{8}$/u,
  "a key of a create": /^create-\d{13}-[0-9a-f]{12}$/u,
  "a key of an edit": /^edit-\d{13}-[0-9a-f]{12}$/u
}

const signup = ["signup", "--agent", "--agent-name", "painter", "--runtime", "my-runtime"]
const signedUp = (more: Schema.JsonObject): Row["sends"] => [
  {
    route: "POST /v1/agent-signups",
    body: { agent_name: "painter", runtime: "my-runtime", return_token: true, ...more },
    token: true
  }
]

/** contract/cli.md 6.4 to 6.8, and after-0.1.24.md 3. A doctor of ours also asks for rails and models. */
const identity: ReadonlyArray<Row> = [
  { typed: ["doctor"], sends: open("/healthz", "/v1/models", "/v1/payment-methods"), atOnce: true },
  { typed: [...signup, "--no-save"], sends: signedUp({ return_token: false }) },
  {
    typed: [...signup, "--agent-contact", " Inbox@Example.com "],
    sends: signedUp({ agent_contact: "inbox@example.com" })
  },
  { typed: [...signup, "--human-email=inbox@example.com"], sends: signedUp({ agent_contact: "inbox@example.com" }) },
  {
    typed: [
      ...signup,
      "--agent-contact=inbox@example.com",
      "--human-email=INBOX@example.com",
      "--discovery-source= skills-registry ",
      "--show-token",
      "--no-save"
    ],
    sends: signedUp({ agent_contact: "inbox@example.com", discovery_source: "skills-registry" })
  },
  {
    typed: signup,
    sends: signedUp({ discovery_source: "npm.search_1" }),
    env: { IMAGE_SKILL_DISCOVERY_SOURCE: " npm.search_1 " }
  },
  { typed: ["auth", "status"], sends: signed("/v1/whoami") },
  { typed: ["auth", "save"], sends: [] },
  { typed: ["auth", "logout"], sends: [] },
  { typed: ["whoami"], sends: signed("/v1/whoami") },
  { typed: ["usage", "quota"], sends: signed("/v1/quota") },
  { typed: ["usage"], sends: signed("/v1/quota") },
  { typed: ["quota"], sends: signed("/v1/quota") },
  {
    typed: ["claim", "request", "--contact", " Owner@Example.com "],
    sends: [posted("/v1/agent-claims", { contact: "owner@example.com" })]
  }
]

const purchase = ["--quote-id", "quote_1", "--idempotency-key", "topup-01-buy"]
const purchased = { quote_id: "quote_1", idempotency_key: "topup-01-buy" }
const status = "/v1/credit-purchases/status"

/** contract/cli.md 6.9, and decision D4.2 for the fake rail. A plan of ours asks for the rails. */
const credits: ReadonlyArray<Row> = [
  { typed: ["credits", "methods", "--json"], sends: open("/v1/payment-methods") },
  { typed: ["credits", "packs", "list"], sends: open("/v1/credit-packs") },
  { typed: ["credits", "plan"], sends: open("/v1/payment-methods") },
  {
    typed: ["credits", "quote", "--credits", "137"],
    sends: [
      posted("/v1/credit-quotes", {
        credits: 137,
        payment_method: "stripe_checkout",
        idempotency_key: "a key of a quote"
      })
    ]
  },
  {
    typed: [
      "credits",
      "quote",
      "--pack=starter-500",
      "--payment-method=stripe_x402.exact.usdc",
      "--idempotency-key=topup-01"
    ],
    sends: [
      posted("/v1/credit-quotes", {
        pack_id: "starter-500",
        payment_method: "stripe_x402.exact.usdc",
        idempotency_key: "topup-01"
      })
    ]
  },
  {
    typed: ["credits", "buy", "--provider", "stripe", ...purchase],
    sends: [posted("/v1/credit-purchases/stripe-checkout-sessions", purchased)]
  },
  {
    typed: ["credits", "buy", "--provider", "stripe_x402", ...purchase],
    sends: [posted("/v1/credit-purchases/stripe-x402-deposits", purchased)]
  },
  {
    typed: ["credits", "buy", "--provider", "fake", ...purchase],
    sends: [posted("/v1/credit-purchases", purchased)]
  },
  { typed: ["credits", "fake-purchase", ...purchase], sends: [posted("/v1/credit-purchases", purchased)] },
  { typed: ["credits", "status"], sends: signed(status) },
  { typed: ["credits", "status", "--quote-id", "quote_1"], sends: signed(`${status}?quote_id=quote_1`) },
  {
    typed: ["credits", "status", "--payment-attempt-id", "payatt_1"],
    sends: signed(`${status}?payment_attempt_id=payatt_1`)
  },
  {
    typed: ["credits", "status", "--checkout-session-id", "cs_1"],
    sends: signed(`${status}?checkout_session_id=cs_1`)
  },
  { typed: ["credits", "status", "--receipt-id", "receipt_1"], sends: signed(`${status}?receipt_id=receipt_1`) },
  {
    typed: ["spend-policy", "show"],
    sends: signed("/v1/spend-policy")
  },
  {
    typed: [
      "spend-policy",
      "set",
      "--max-credits-per-call=20",
      "--max-credits-per-day=200",
      "--model=fal.flux-dev=9",
      "--allow-model=fal.flux-dev",
      "--rail=fake=100",
      "--expires-at=2030-01-01T00:00:00Z"
    ],
    sends: [
      {
        route: "PUT /v1/spend-policy",
        body: {
          max_credits_per_call: 20,
          max_credits_per_day: 200,
          models: { "fal.flux-dev": 9 },
          allowed_models: ["fal.flux-dev"],
          rails: { fake: 100 },
          expires_at: "2030-01-01T00:00:00Z"
        },
        token: true
      }
    ]
  }
]

/** contract/cli.md 6.10 and after-0.1.24.md 5. Our lists ask for short rows, and for full ones with --details. */
const models: ReadonlyArray<Row> = [
  { typed: ["models"], sends: open("/v1/models?compact=true") },
  { typed: ["models", "list"], sends: open("/v1/models?compact=true") },
  { typed: ["models", "list", "--summary"], sends: open("/v1/models?compact=true") },
  { typed: ["models", "list", "--details"], sends: open("/v1/models?details=true") },
  { typed: ["models", "list", "--catalog-only"], sends: open("/v1/models?catalog_only=true&compact=true") },
  {
    typed: [
      "models",
      "--query",
      "nano banana",
      "--modality=image",
      "--provider= fal ",
      "--operation=image.generate",
      "--executable",
      "--available",
      "--details"
    ],
    sends: open(
      "/v1/models?available=true&executable=true&operation=image.generate&provider=fal&modality=image&query=nano+banana&details=true"
    )
  },
  { typed: ["models", "show", "a/b c"], sends: open("/v1/models/a%2Fb%20c") },
  { typed: ["capabilities"], sends: open("/v1/capabilities") },
  { typed: ["capabilities", "list"], sends: open("/v1/capabilities") },
  {
    typed: ["capabilities", "show", "is.image.generate.v1"],
    sends: open("/v1/capabilities/is.image.generate.v1")
  }
]

const wished = { prompt: "a lighthouse at dusk", aspect_ratio: "1:1" }
const wish = ["--prompt", "a lighthouse at dusk"]
const flux = ["--provider=fal", "--model=fal.flux-dev", "--intent=final", "--aspect-ratio=16:9"]
const fluxed = { provider: "fal", model: "fal.flux-dev", intent: "final", aspect_ratio: "16:9" }
const limits = ["--max-estimated-usd-per-image=0.07", "--max-usd=0.2", `--model-parameters-json={"seed":7}`]
const limited = { max_estimated_usd_per_image: 0.07, max_usd: 0.2, model_parameters: { seed: 7 } }

const guided = open("/healthz", "/v1/models", "/v1/payment-methods")

/** contract/cli.md 6.11 and 9.2. `wait_ms` is ours: how long the service may hold the answer. */
const creates: ReadonlyArray<Row> = [
  {
    typed: ["create", ...wish],
    sends: [
      posted("/v1/create", {
        ...wished,
        idempotency_key: "a key of a create",
        wait_ms: 100_000,
        dry_run: false,
        accept_unknown_cost: false
      })
    ]
  },
  {
    typed: [
      "create",
      ...wish,
      ...flux,
      "--element-frontal=image_f",
      "--element-reference=image_s@0:2",
      "--reference-image=image_i@0:id",
      "--output-count=2",
      ...limits,
      "--idempotency-key=mine",
      "--accept-unknown-cost"
    ],
    sends: [
      posted("/v1/create", {
        ...wished,
        ...fluxed,
        references: [
          { asset_id: "image_f", role: "element_frontal", index: 0 },
          { asset_id: "image_s", role: "element_reference", index: 0, reference_index: 2 },
          { asset_id: "image_i", role: "reference_image", index: 0, reference_task: "id" }
        ],
        output_count: 2,
        ...limited,
        idempotency_key: "mine",
        wait_ms: 100_000,
        dry_run: false,
        accept_unknown_cost: true
      })
    ]
  },
  {
    typed: ["create", "--prompt-file", "prompt.txt", "--dry-run"],
    sends: [posted("/v1/create", { ...wished, prompt: " two\nlines\n", dry_run: true, accept_unknown_cost: false })]
  },
  { typed: ["create", "--guide", ...wish], sends: [...guided, ...signed("/v1/quota")], atOnce: true },
  { typed: ["create", "--guide"], sends: [...guided, ...signed("/v1/quota")], atOnce: true },
  {
    typed: ["video", "create", ...wish, "--model=fal.ltx-video", "--idempotency-key=mine", "--dry-run"],
    sends: [
      posted("/v1/create", {
        ...wished,
        model: "fal.ltx-video",
        intent: "video",
        idempotency_key: "mine",
        dry_run: true,
        accept_unknown_cost: false
      })
    ]
  }
]

const edited = { input_asset_id: "image_a1", prompt: "make it snow", aspect_ratio: "auto", accept_unknown_cost: false }
const snow = ["--prompt", " make it snow "]

/** contract/cli.md 6.13, and `dry_run` of after-0.1.24.md 1, which is absent from a live edit. */
const edits: ReadonlyArray<Row> = [
  {
    typed: ["edit", "image_a1", ...snow],
    sends: [posted("/v1/edit", { ...edited, idempotency_key: "a key of an edit", wait_ms: 100_000 })]
  },
  {
    typed: [
      "edit",
      "--input-asset-id=image_a1",
      "--mask=mask_a1",
      "--element-frontal=image_f",
      ...snow,
      ...flux,
      ...limits,
      "--idempotency-key=mine",
      "--accept-unknown-cost"
    ],
    sends: [
      posted("/v1/edit", {
        ...edited,
        ...fluxed,
        mask_asset_id: "mask_a1",
        references: [{ asset_id: "image_f", role: "element_frontal", index: 0 }],
        ...limited,
        idempotency_key: "mine",
        wait_ms: 100_000,
        accept_unknown_cost: true
      })
    ]
  },
  {
    typed: ["edit", "--dry-run", "--input", "image_a1", ...snow],
    sends: [posted("/v1/edit", { ...edited, dry_run: true })]
  },
  {
    typed: ["edit", "image_a1", "--model", "fal.trellis-image-to-3d", "--idempotency-key=mine"],
    sends: [
      posted("/v1/edit", {
        input_asset_id: "image_a1",
        model: "fal.trellis-image-to-3d",
        aspect_ratio: "auto",
        idempotency_key: "mine",
        wait_ms: 100_000,
        accept_unknown_cost: false
      })
    ]
  },
  { typed: ["edit", "--guide", "image_a1", ...snow], sends: [...guided, ...signed("/v1/quota")], atOnce: true }
]

/** contract/cli.md 6.12, 6.14 to 6.17, and the routes of decision D4a.6. */
const records: ReadonlyArray<Row> = [
  {
    typed: ["upload", "red.png"],
    sends: [
      posted("/v1/upload", {
        source_kind: "local_path",
        filename: "red.png",
        remote_origin: null,
        mime_type: "image/png",
        content_length: "the length",
        sha256: "the digest",
        bytes_base64: "the bytes"
      })
    ]
  },
  { typed: ["assets", "list"], sends: signed("/v1/assets") },
  {
    typed: ["assets", "list", "--limit=5", "--cursor=image_a1", "--kind=uploaded", "--modality=video"],
    sends: signed("/v1/assets?limit=5&cursor=image_a1&kind=uploaded&modality=video")
  },
  { typed: ["assets", "show", "image_a1"], sends: signed("/v1/assets/image_a1") },
  { typed: ["assets", "show", "--id", "image_a1"], sends: signed("/v1/assets/image_a1") },
  { typed: ["assets", "lineage", "image_a1"], sends: signed("/v1/assets/image_a1/lineage") },
  {
    typed: ["assets", "delete", "image_a1"],
    sends: [{ route: "DELETE /v1/assets/image_a1", token: true }]
  },
  { typed: ["jobs", "list"], sends: signed("/v1/jobs") },
  {
    typed: ["jobs", "list", "--limit=5", "--cursor=job_1", "--status=running"],
    sends: signed("/v1/jobs?limit=5&cursor=job_1&status=running")
  },
  { typed: ["jobs", "show", "job/1"], sends: signed("/v1/jobs/job%2F1") },
  { typed: ["jobs", "show", "--job-id", "job_1"], sends: signed("/v1/jobs/job_1") },
  { typed: ["jobs", "wait", "job_1", "--timeout-ms", "0"], sends: signed("/v1/jobs/job_1") },
  { typed: ["jobs", "cancel", "job_1"], sends: [posted("/v1/jobs/job_1/cancel", {})] },
  { typed: ["activity", "list"], sends: signed("/v1/activity") },
  {
    typed: ["activity", "list", "--limit=0x5", "--subject=job_1"],
    sends: signed("/v1/activity?limit=5&subject=job_1")
  },
  { typed: ["activity", "show", "trace/1"], sends: signed("/v1/activity/trace%2F1") },
  { typed: ["activity", "show", "--reference", "job_1"], sends: signed("/v1/activity/job_1") }
]

const reported = {
  type: "user_feedback",
  severity: "medium",
  confidence: "medium",
  next_state: "watch",
  surface: ["cli"],
  evidence: []
}

/** contract/cli.md 6.17: the keys, and the defaults of those that are not given. */
const feedback: ReadonlyArray<Row> = [
  {
    typed: ["feedback", "create", "--title", "slow"],
    sends: [posted("/v1/feedback", { ...reported, title: "slow" })]
  },
  { typed: ["feedback", "create", "--body=slow"], sends: [posted("/v1/feedback", { ...reported, body: "slow" })] },
  {
    typed: [
      "feedback",
      "create",
      "--type=bug",
      "--title=slow",
      "--body=it waits",
      "--severity=high",
      "--confidence=low",
      "--next-state=triage",
      "--command=jobs wait",
      "--expected=an answer",
      "--actual=none",
      "--friction=an hour",
      "--source=harness",
      "--proof-needed=a test",
      "--strategic-reason=trust",
      "--dedupe-key=wait-slow",
      "--trace-id=trace_0011223344556677",
      "--surface=cli, docs,",
      "--evidence=lost:1",
      "--evidence=trace:1,job:2",
      "--allow-weak-signal"
    ],
    sends: [
      posted("/v1/feedback", {
        type: "bug",
        title: "slow",
        body: "it waits",
        severity: "high",
        confidence: "low",
        next_state: "triage",
        command: "jobs wait",
        expected: "an answer",
        actual: "none",
        friction: "an hour",
        source: "harness",
        proof_needed: "a test",
        strategic_reason: "trust",
        dedupe_key: "wait-slow",
        trace_id: "trace_0011223344556677",
        surface: ["cli", "docs"],
        evidence: ["trace:1", "job:2"],
        allow_weak_signal: true
      })
    ]
  }
]

/** What is answered on this machine alone. */
const local: ReadonlyArray<Row> = [
  { typed: ["help", "create"], sends: [] },
  { typed: ["version"], sends: [] },
  { typed: ["schema", "signup"], sends: [] },
  { typed: ["completions", "bash"], sends: [] }
]

/** Every request of the contract's client, for the fewest flags and for all of them (contract/cli.md 6, after-0.1.24.md). */
export const rows: ReadonlyArray<Row> = [
  ...local,
  ...identity,
  ...credits,
  ...models,
  ...creates,
  ...edits,
  ...records,
  ...feedback
]
