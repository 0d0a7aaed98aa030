import type { CommandSpec } from "./CommandSpec.ts"

/** What to make: read by create and edit, and carried by signup into the command that follows it. */
export const wish = {
  prompt: { kind: "text", value: "TEXT", about: "what to make", secret: true },
  provider: { kind: "text", value: "PROVIDER", about: "only models of this provider" },
  model: { kind: "text", value: "MODEL_ID", about: "the model; default: chosen by intent, quality and budget" },
  intent: { kind: "text", value: "WORD", default: "explore", about: "explore, draft, final ...; default explore" },
  "aspect-ratio": { kind: "text", value: "W:H", default: "1:1", about: "default 1:1" },
  "output-count": { kind: "count", value: "N", default: "1", about: "how many outputs; default 1" },
  "max-estimated-usd-per-image": { kind: "number", value: "USD", about: "refuse when one output would debit more" },
  "max-usd": { kind: "number", value: "USD", about: "refuse when the whole request would debit more" },
  "model-parameters-json": { kind: "object", value: "JSON", about: "native parameters of the model" }
} as const satisfies CommandSpec["flags"]

const visibility = {
  visibility: {
    kind: "text",
    value: "WHO",
    values: ["public", "private"],
    default: "public",
    about: "public: whoever has the link; private: signed links that expire; default public"
  }
} as const satisfies CommandSpec["flags"]

/** What live media requests take beside the wish, in the order in which help shows it. */
const request = {
  "prompt-file": { kind: "text", value: "PATH", about: "read the prompt from a file; - is standard input" },
  "element-frontal": {
    kind: "text",
    value: "IMAGE[@E]",
    about: "a picture of element E, seen from the front: asset id, path or URL",
    repeatable: true
  },
  "element-reference": {
    kind: "text",
    value: "IMAGE[@E[:R]]",
    about: "another picture of element E, in slot R",
    repeatable: true
  },
  "reference-image": {
    kind: "text",
    value: "IMAGE[@I[:TASK]]",
    about: "a picture to go by, for ip, id or style",
    repeatable: true
  },
  "idempotency-key": {
    kind: "text",
    value: "KEY",
    about: "repeat safely: the same key is the same job; made for you when absent"
  },
  "dry-run": { kind: "switch", about: "validate and price, spend nothing" },
  "accept-unknown-cost": { kind: "switch", about: "run although the cost is not known before" },
  "wait-ms": {
    kind: "number",
    value: "MS",
    default: "100000",
    about: "how long to wait for the job, 0 to 280000; it goes on afterwards; default 100000"
  },
  ...visibility
} as const satisfies CommandSpec["flags"]

const reference = {
  id: { kind: "text", value: "ASSET", about: "asset id or owned asset URL, instead of the positional" }
} as const satisfies CommandSpec["flags"]

const job = {
  "job-id": { kind: "text", value: "JOB_ID", about: "the job, instead of the positional" }
} as const satisfies CommandSpec["flags"]

const page = {
  limit: { kind: "number", value: "N", default: "20", about: "1 to 100; default 20" },
  cursor: { kind: "text", value: "ID", about: "go on after this one, as the answer before says" }
} as const satisfies CommandSpec["flags"]

/** The commands that make media and keep them (contract/cli.md 6.11 to 6.15). */
export const mediaCommands = {
  create: {
    about: "Make media from a prompt; with --guide, say what to do next and change nothing",
    effect: "spend",
    auth: "optional",
    positionals: ["PROMPT"],
    flags: {
      ...wish,
      ...request,
      guide: { kind: "switch", about: "answer with the one next command and change nothing" }
    },
    examples: [
      `create --guide --prompt "a lighthouse at dusk"`,
      `create --dry-run --prompt "a lighthouse at dusk"`,
      `create --prompt "a lighthouse at dusk" --max-estimated-usd-per-image 0.10`
    ]
  },
  upload: {
    about: "Keep a picture of yours as an asset: a file, a URL, or - for standard input",
    effect: "write",
    auth: "required",
    positionals: ["PATH_OR_URL"],
    flags: {
      input: { kind: "text", value: "PATH_OR_URL", about: "the picture, instead of the positional" },
      ...visibility
    },
    examples: ["upload photo.jpg", "upload https://example.com/photo.jpg --visibility private"]
  },
  edit: {
    about: "Make media from pictures of yours; with --dry-run, validate and price",
    effect: "spend",
    auth: "required",
    positionals: ["INPUT"],
    flags: {
      input: {
        kind: "text",
        value: "ASSET_ID_OR_PATH_OR_URL",
        required: true,
        about: "required: the picture to work on; further ones for models that take several",
        repeatable: true
      },
      "input-asset-id": { kind: "text", value: "ASSET_ID", about: "another name of --input", repeatable: true },
      mask: {
        kind: "text",
        value: "ASSET_ID_OR_PATH_OR_URL",
        about: "where the picture may change: transparent, or white, of the same size"
      },
      ...wish,
      "aspect-ratio": { kind: "text", value: "W:H", default: "auto", about: "default auto, that of the input" },
      ...request,
      guide: { kind: "switch", about: "answer with the one next command and change nothing" }
    },
    examples: [
      `edit --guide --input photo.jpg --prompt "make it night"`,
      `edit --dry-run --input photo.jpg --prompt "make it night"`,
      `edit --input image_8k2t5r0w6d4q1m7x3c9v --prompt "make it night" --max-estimated-usd-per-image 0.10`
    ]
  },
  "assets list": {
    about: "List owned assets, newest first",
    effect: "read",
    auth: "required",
    positionals: [],
    flags: {
      ...page,
      kind: { kind: "text", value: "KIND", values: ["generated", "uploaded"], about: "generated or uploaded" },
      modality: {
        kind: "text",
        value: "MODALITY",
        values: ["image", "video", "audio", "3d"],
        about: "image, video, audio or 3d"
      }
    },
    examples: ["assets list --limit 5"]
  },
  "assets show": {
    flags: {
      ...reference,
      thumbnail: {
        kind: "number",
        value: "PIXELS",
        about: "also a small picture, 16 to 1024 on its longer side, rounded up to a power of two"
      }
    },
    positionals: ["ASSET"],
    about: "Show an owned asset",
    effect: "read",
    auth: "required",
    examples: ["assets show image_8k2t5r0w6d4q1m7x3c9v"]
  },
  "assets get": {
    flags: {
      ...reference,
      output: { kind: "text", value: "PATH", about: "where to save it; default: a name derived from the asset" },
      overwrite: { kind: "switch", about: "replace an existing file" }
    },
    positionals: ["ASSET"],
    about: "Download an owned asset, verified",
    effect: "read",
    auth: "required",
    examples: ["assets get image_8k2t5r0w6d4q1m7x3c9v --output picture.png"]
  },
  "assets lineage": {
    flags: reference,
    positionals: ["ASSET"],
    about: "Show what an asset was made from and by, back to its sources",
    effect: "read",
    auth: "required",
    examples: ["assets lineage image_8k2t5r0w6d4q1m7x3c9v"]
  },
  "assets delete": {
    flags: reference,
    positionals: ["ASSET"],
    about: "Delete an owned asset and its bytes for good",
    effect: "write",
    auth: "required",
    examples: ["assets delete image_8k2t5r0w6d4q1m7x3c9v"]
  },
  "jobs list": {
    about: "List jobs, newest first",
    effect: "read",
    auth: "required",
    positionals: [],
    flags: {
      ...page,
      status: {
        kind: "text",
        value: "STATUS",
        values: ["planned", "queued", "running", "completed", "failed", "canceled"],
        about: "planned, queued, running, completed, failed or canceled"
      }
    },
    examples: ["jobs list --status running"]
  },
  "jobs show": {
    flags: job,
    positionals: ["JOB_ID"],
    about: "Show a job",
    effect: "read",
    auth: "required",
    examples: ["jobs show job_3n7v0c5x9m2q8k4t1r6w"]
  },
  "jobs wait": {
    flags: {
      ...job,
      "timeout-ms": { kind: "number", value: "MS", default: "30000", about: "how long to wait; default 30000" },
      "poll-interval-ms": {
        kind: "number",
        value: "MS",
        default: "1000",
        about: "how often to look; default 1000, at least 100"
      }
    },
    positionals: ["JOB_ID"],
    about: "Wait until a job has ended",
    effect: "read",
    auth: "required",
    examples: ["jobs wait job_3n7v0c5x9m2q8k4t1r6w --timeout-ms 60000"]
  },
  "jobs cancel": {
    flags: job,
    positionals: ["JOB_ID"],
    about: "Stop a job where that is still possible, and say what it costs",
    effect: "write",
    auth: "required",
    examples: ["jobs cancel job_3n7v0c5x9m2q8k4t1r6w"]
  }
} as const satisfies { readonly [name: string]: CommandSpec }
