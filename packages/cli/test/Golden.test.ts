import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { solidPng } from "@image-skill/testing/media/Png"
import {
  at,
  drive,
  envelopeKeys,
  type Options,
  type Place,
  place,
  type Ran,
  read,
  signedUp,
  small,
  text
} from "./Cli.ts"
import { budgets, exitCodes, guideKeys } from "./Contract.ts"
import { transcript } from "./Normal.ts"
import { envelope, failure, foreignTrace, quota, refusing, service, sketch, type Stub, stub } from "./Stub.ts"

/** A newcomer's machine, one with a saved token, and one on which a picture was made. None of them is written to here. */
let fresh: Place
let signed: Place
let made: Place
let job = ""
let asset = ""
let event = ""
/** One on which credits were bought on the fake rail, and an open quote is left. */
let paid: Place
let openQuote = ""
let paidQuote = ""
let payment = ""
let receipt = ""

beforeAll(async () => {
  fresh = place()
  signed = await signedUp()
  made = signed.copy()
  const created = await made.run(["create", "--prompt", "a red apple", "--idempotency-key", "first", ...small])
  job = text(created.data, "job_id")
  asset = text(created.data, "asset_ids.0")
  event = text((await made.run(["activity", "list"])).data, "events.0.event_id")
  paid = signed.copy()
  const [open, quoted] = await drive(
    paid,
    ["open", "paid"].map((key) => ({
      args: ["credits", "quote", "--credits", "40", "--payment-method", "fake", "--idempotency-key", key],
      env: fakeRail
    }))
  )
  openQuote = text(open?.data, "quote_id")
  paidQuote = text(quoted?.data, "quote_id")
  const bought = await paid.run(
    ["credits", "buy", "--provider", "fake", "--quote-id", paidQuote, "--idempotency-key", "paid-buy"],
    { env: fakeRail }
  )
  payment = text(bought.data, "payment_attempt_id")
  receipt = text(bought.data, "receipt_id")
  for (const machine of [onFresh, onSigned, onMade, onPaid]) {
    const mine = shared.filter((one) => one.machine === machine)
    const ran = await drive(
      machine(),
      mine.map(({ args, env }) => ({ args: wordsOf(args), env: { ...bare, ...env } }))
    )
    for (const [index, { name }] of mine.entries()) {
      const drove = ran[index]
      if (drove !== undefined) answers.set(name, drove)
    }
  }
})

/** The cases that only read, and need neither standard input nor another node: they share a process for each machine. */
const shared: Array<SharedCase> = []
const answers = new Map<string, Ran>()

interface SharedCase {
  readonly name: string
  readonly machine: () => Place
  readonly args: Words
  readonly env: { readonly [name: string]: string }
}

type Words = ReadonlyArray<string> | (() => ReadonlyArray<string>)

const wordsOf = (args: Words): ReadonlyArray<string> => (typeof args === "function" ? args() : args)

const onFresh = () => fresh
const onSigned = () => signed
const onMade = () => made
const onPaid = () => paid

const goldens = fileURLToPath(new URL("goldens/", import.meta.url))
const written = new Set<string>()

/** Compares the whole answer with its file, and judges what holds for every answer. Run with `-u` to write the files. */
const compare = async (
  name: string,
  machine: Place,
  args: ReadonlyArray<string>,
  env: Options["env"],
  ran: Ran
): Promise<void> => {
  const { data, error, ok, trace_id } = ran.envelope
  assert.deepStrictEqual(Object.keys(ran.envelope), [...envelopeKeys])
  written.add(`${name}.txt`)
  await expect(transcript(machine, args, env ?? {}, ran)).toMatchFileSnapshot(join(goldens, `${name}.txt`))
  assert.match(trace_id, /^trace_[0-9a-f]{16}$/u)
  if (ok) {
    assert.strictEqual(ran.exitCode, 0)
    assert.isNull(error)
  } else {
    assert.isNull(data)
    assert.isAtMost(Buffer.byteLength(ran.stdout), budgets.error, "an error has at most 1.6 kB")
    const expected = exitCodes[ran.code]
    if (expected !== undefined) assert.strictEqual(ran.exitCode, expected, `the exit code of ${ran.code}`)
    if (!isForeign(ran)) {
      assert.include(["not_sent", "rejected", "succeeded", "unknown"], text(error, "outcome"))
      assert.include(["no", "yes", "unknown"], text(error, "money_moved"))
      assert.isNotEmpty(Object.keys(at(error, "recovery") ?? {}), "every error says what to do now")
    }
  }
  if (/^image-skill\.(?:create|edit)-guide\.v1$/u.test(text(data, "schema"))) {
    if (!args.includes("--explain"))
      assert.isAtMost(ownBytes(ran, args, env), budgets.guide, "the guide has at most 6 kB")
    assert.deepStrictEqual(Object.keys(data ?? {}).slice(0, guideKeys.length), guideKeys)
  }
}

/** The stub's own envelopes say less than ours; they are passed on as they are. */
const isForeign = ({ envelope: { trace_id } }: Ran): boolean => trace_id === foreignTrace

/** What an answer is long without the caller's own words, with the bare name as the way the program is started. */
const ownBytes = (ran: Ran, args: ReadonlyArray<string>, env: Options["env"] = {}): number =>
  [
    ...args.filter((word) => !word.startsWith("--")),
    ...Object.entries(env).map(([name, value]) => `${name}="${value}" `)
  ]
    .map((words) => JSON.stringify(words).slice(1, -1))
    .reduce((rest, words) => rest.replaceAll(words, ""), ran.stdout).length

/** Answers are measured and read with the bare name of the program. */
const bare = { IMAGE_SKILL_COMMAND_PREFIX: "image-skill" }

const golden = (name: string, machine: () => Place, args: Words, options: GoldenOptions = {}): void => {
  const { env = {}, ...others } = options
  const isShared = [onFresh, onSigned, onMade, onPaid].includes(machine) && Object.keys(others).length === 0
  if (isShared) shared.push({ name, machine, args, env })
  it(name, async () => {
    const where = machine()
    const words = wordsOf(args)
    const ran = answers.get(name) ?? (await where.run(words, { ...others, env: { ...bare, ...env } }))
    await compare(name, where, words, env, ran)
  })
}

interface GoldenOptions extends Options {
  readonly env?: { readonly [name: string]: string }
}

/** For what writes: the others must not see it. */
const onCopy = () => made.copy()
const onPaidCopy = () => paid.copy()

const withPicture = () => {
  const where = signed.copy()
  writeFileSync(join(where.work, "apple.png"), solidPng(4, 3, 255, 0, 0))
  return where
}

/** A harness's: the operator has switched the rail on that moves no money. */
const fakeRail = { IMAGE_SKILL_RAILS: "fake" }

const named = ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"]

const dusk = ["--prompt", "a lighthouse at dusk"] as const

describe("goldens", () => {
  golden("help", onFresh, [])
  golden("help.flag", onFresh, ["-h"])
  golden("help.create", onFresh, ["help", "create"])
  golden("help.edit", onFresh, ["help", "edit"])
  golden("help.create-flag", onFresh, ["create", "--prompt", "x", "--help"])
  golden("help.noun", onFresh, ["credits", "--help"])
  golden("help.unknown-topic", onFresh, ["help", "nonsense"])
  golden("help.nearest-topic", onFresh, ["help", "credit", "quote"])
  golden("help.credits-quote", onFresh, ["help", "credits", "quote"])
  golden("help.whoami", onFresh, ["whoami", "--help"])
  golden("schema", onFresh, ["schema"])
  golden("schema.group", onFresh, ["schema", "jobs"])
  golden("schema.credits-quote", onFresh, ["schema", "credits", "quote"])
  golden("schema.unknown", onFresh, ["schema", "credit"])
  golden("completions.no-shell", onFresh, ["completions"])
  golden("completions.unknown-shell", onFresh, ["completions", "tcsh"])
  golden("version", onFresh, ["--version"])
  golden("version.with-flags", onFresh, ["version", "--json"])
  golden("unknown-command", onFresh, ["paint", "--json"])
  golden("unknown-command.flag-first", onFresh, ["--json", "doctor"])
  golden("unknown-command.nearest", onFresh, ["credit", "quote", "--credits", "5"])
  golden("unknown-command.alias", onFresh, ["image", "creat"])
  golden("unknown-command.unlike-all", onFresh, ["frobnicate"])
  golden("subcommand.synonym", onFresh, ["assets", "download", "x"])
  golden("help.subgroup", onFresh, ["credits", "packs", "--help"])
  golden("mcp.unknown-tool", onFresh, ["mcp", "--allow", "guide,paint"])
  golden("mcp.remote", onFresh, ["mcp", "--http", "--host", "0.0.0.0"])
  golden("mcp.remote-without-secret", onFresh, ["mcp", "--http", "--host", "0.0.0.0", "--allow-remote"])
  golden("mcp.port-without-http", onFresh, ["mcp", "--port", "8788"])
  golden("mcp.token-stdin", onFresh, ["mcp", "--token-stdin"])
  golden("subcommand.none", onFresh, ["credits"])
  golden("subcommand.wrong", onFresh, ["jobs", "stop"])
  golden("subcommand.deeper", onFresh, ["credits", "packs"])
  golden("subcommand.after-flag", onFresh, ["credits", "--json", "methods"])

  golden("doctor.fresh", onFresh, ["doctor", "--json"])
  golden("doctor.ledger", onMade, ["doctor", "--ledger"])
  golden("doctor.ledger-elsewhere", onFresh, ["doctor", "--ledger", "--api-base-url", "http://127.0.0.1:9"])
  golden("conformance.no-service", onFresh, ["conformance"])
  golden("conformance.unknown-rule", onFresh, [
    "conformance",
    "--only",
    "quote",
    "--api-base-url",
    "http://127.0.0.1:9"
  ])
  golden("conformance.unreachable", onFresh, [
    "conformance",
    "--only",
    "health",
    "--api-base-url",
    "http://127.0.0.1:9"
  ])
  golden("conformance.list", onFresh, ["conformance", "--list"])
  golden("trust.unknown-flag", onFresh, ["trust", "--verbose", "now"])
  golden("doctor.unreachable", onFresh, ["doctor", "--api-base-url", "http://127.0.0.1:9"])
  golden(
    "doctor.damaged-database",
    () => {
      const where = signed.copy()
      truncateSync(join(where.data, "image-skill.sqlite"), 5_000)
      return where
    },
    ["doctor", "--ledger"]
  )

  golden("signup", () => fresh.copy(), [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--agent-contact",
    "Inbox@Studio-Bots.example",
    ...dusk,
    "--max-estimated-usd-per-image",
    "0.10",
    "--json"
  ])
  golden("signup.anonymous", () => fresh.copy(), ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"])
  golden("signup.show-token", () => fresh.copy(), [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--show-token"
  ])
  golden("signup.not-saved", () => fresh.copy(), [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--show-token",
    "--no-save"
  ])
  golden("signup.no-token", () => fresh.copy(), [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--no-save"
  ])
  golden("signup.rotates", onCopy, ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"])
  golden("signup.again", onCopy, ["signup", "--agent", "--agent-name", "sculptor", "--runtime", "tests"])
  golden("signup.no-agent", onFresh, ["signup", "--agent-name", "painter", "--runtime", "tests"])
  golden("signup.no-name", onFresh, ["signup", "--agent", "--runtime", "tests"])
  golden("signup.no-value", onFresh, ["signup", "--agent", "--agent-name", "--runtime", "tests"])
  golden("signup.two-contacts", onFresh, [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--agent-contact",
    "a@studio.example",
    "--human-email",
    "b@studio.example"
  ])
  golden("signup.shapeless-contact", () => fresh.copy(), [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--agent-contact",
    "the boss"
  ])
  golden("signup.save-and-not", onFresh, [
    "signup",
    "--agent",
    "--agent-name",
    "painter",
    "--runtime",
    "tests",
    "--save",
    "--no-save"
  ])
  golden("signup.unknown-flag", onFresh, ["signup", "--agent", "--agent-nam", "painter", "--runtime", "tests"])
  golden("signup.credential", onFresh, ["signup", "--agent", "--cardNumber", "4242424242424242"])
  golden("signup.extra-word", onFresh, ["signup", "agent", "--agent", "--agent-name", "painter", "--runtime", "tests"])
  golden("signup.config-is-link", linkedConfig, ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"])
  golden("signup.bad-store", onFresh, ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"], {
    env: { IMAGE_SKILL_SECRET_STORE: "cloud" }
  })
  golden("signup.store-unavailable", onFresh, ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"], {
    env: { IMAGE_SKILL_SECRET_STORE: "command:/nonexistent/keeper" }
  })

  golden("auth-status.none", onFresh, ["auth", "status"])
  golden("auth-status.config", onSigned, ["auth", "status"])
  golden("auth-status.rejected", onSigned, ["auth", "status"], { env: { IMAGE_SKILL_TOKEN: "isk_r_unknown" } })
  golden("auth-save", () => fresh.copy(), ["auth", "save", "--token-stdin"], { stdin: "isk_r_given\n" })
  golden("auth-save.none", onFresh, ["auth", "save"])
  golden("auth-save.replaces", () => signed.copy(), ["auth", "save"], { env: { IMAGE_SKILL_TOKEN: "isk_r_given" } })
  golden("auth-save.config-is-link", linkedConfig, ["auth", "save"], { env: { IMAGE_SKILL_TOKEN: "isk_r_given" } })
  golden("auth-logout", () => signed.copy(), ["auth", "logout"])
  golden("auth-logout.none", onFresh, ["auth", "logout"])
  golden("auth-logout.config-is-link", linkedConfig, ["auth", "logout"])

  golden("whoami", onSigned, ["whoami"])
  golden("whoami.no-token", onFresh, ["whoami"])
  golden("whoami.rejected", onSigned, ["whoami"], { env: { IMAGE_SKILL_TOKEN: "isk_r_unknown" } })
  golden("whoami.blank-stdin", onSigned, ["whoami", "--token-stdin"], { stdin: " \n" })
  golden("whoami.malformed-token", onSigned, ["whoami", "--token-stdin"], { stdin: "isk_r_a b" })
  golden("whoami.no-token-value", onSigned, ["whoami", "--token"])
  golden("whoami.unknown-flag", onSigned, ["whoami", "--use-case", "posters"])
  golden("whoami.bad-base", onSigned, ["whoami", "--api-base-url", "ftp://example.com"])
  golden("usage-quota", onMade, ["usage", "quota"])
  golden("usage-quota.no-token", onFresh, ["usage"])
  golden("quota", onSigned, ["quota"])
  golden("credits-methods", onFresh, ["credits", "methods"])
  golden("credits-packs", onFresh, ["credits", "packs", "list"])
  golden("models-list", onFresh, ["models", "list", "--provider", "local"])
  golden("models-list.catalog-only", onFresh, ["models", "list", "--catalog-only", "--provider", "xai"])
  golden("models-list.contradiction", onFresh, ["models", "--catalog-only", "--available"])
  golden("models-list.bad-operation", onFresh, ["models", "list", "--operation", "image.paint"])
  golden("models-list.bad-provider", onFresh, ["models", "list", "--provider", "acme"])
  golden("models-list.query", onFresh, ["models", "list", "--query", "offline storyboard", "--modality", "image"])
  golden("models-list.nothing-found", onFresh, ["models", "list", "--query", "storybord"])
  golden("models-list.bad-modality", onFresh, ["models", "list", "--modality", "smell"])
  golden("models-show", onFresh, ["models", "show", "local.storyboard"])
  golden("models-show.unknown", onFresh, ["models", "show", "local.storybord"])
  golden("models-show.no-id", onFresh, ["models", "show"])
  golden("capabilities-list.unknown-flag", onFresh, ["capabilities", "show", "is.nothing.v1", "--verbose"])
  golden("capabilities-show", onFresh, ["capabilities", "show", "is.image.generate.local-storyboard.v1"])
  golden("capabilities-show.no-id", onFresh, ["capabilities", "show"])

  golden("create-guide.prompt-required", onFresh, ["create", "--guide"])
  golden("create-guide.auth-required", onFresh, ["create", "--guide", "a lighthouse at dusk"])
  golden("create-guide.rejected-token", onSigned, ["create", "--guide", ...dusk], {
    env: { IMAGE_SKILL_TOKEN: "isk_r_unknown" }
  })
  golden("create-guide.ready", onSigned, ["create", "--guide", ...dusk])
  golden("create-guide.ready-with-wishes", onSigned, [
    "create",
    "--guide",
    ...dusk,
    "--provider",
    "local",
    "--intent",
    "final",
    "--aspect-ratio",
    "16:9",
    "--output-count",
    "2",
    "--max-estimated-usd-per-image",
    "0.005",
    "--model-parameters-json",
    `{"style":"oil"}`
  ])
  golden("create-guide.no-model", onFresh, ["create", "--guide", ...dusk, "--model", "demo.retired"])
  golden("create-guide.dry-run", onFresh, ["create", "--guide", "--dry-run", ...dusk])
  golden("create-guide.unknown-flag", onFresh, ["create", "--guide", ...dusk, "--budget", "1"])
  golden("create-guide.config-is-link", linkedConfig, ["create", "--guide", ...dusk])
  golden("create-guide.unreachable", onFresh, ["create", "--guide", ...dusk, "--api-base-url", "http://127.0.0.1:9"])

  golden("create", onCopy, ["create", ...dusk, "--idempotency-key", "golden", ...small])
  golden("create.generated-key", onCopy, ["create", ...dusk, ...small])
  golden("create.replayed", onMade, ["create", "--prompt", "a red apple", "--idempotency-key", "first", ...small])
  golden("create.key-conflict", onMade, ["create", "--prompt", "a green apple", "--idempotency-key", "first", ...small])
  golden("create.dry-run", onCopy, ["create", "--dry-run", ...dusk])
  golden("create.dry-run-anonymous", onFresh, ["create", "--dry-run", ...dusk])
  golden("create.no-token", onFresh, ["create", ...dusk])
  golden("create.rejected-token", onSigned, ["create", ...dusk, "--idempotency-key", "golden"], {
    env: { IMAGE_SKILL_TOKEN: "isk_r_unknown" }
  })
  golden("create.no-prompt", onSigned, ["create"])
  golden("create.bare-prompt", onSigned, ["create", "a lighthouse at dusk"])
  golden("create.blank-prompt", onSigned, ["create", "--prompt", " "])
  golden("create.two-prompts", onSigned, ["create", ...dusk, "--prompt-file", "prompt.txt"])
  golden("create.no-prompt-file", onSigned, ["create", "--prompt-file", "prompt.txt"])
  golden("create.prompt-and-token-on-stdin", onSigned, ["create", "--prompt-file", "-", "--token-stdin"])
  golden("create.long-prompt", onSigned, ["create", "--dry-run", "--prompt", "x".repeat(8_001)])
  golden("create.unknown-flag", onSigned, ["create", ...dusk, "--max-usd-per-image", "0.1"])
  golden("create.no-value", onSigned, ["create", ...dusk, "--max-usd"])
  golden("create.not-a-number", onSigned, ["create", ...dusk, "--max-usd", "cheap"])
  golden("create.not-an-object", onSigned, ["create", ...dusk, "--model-parameters-json", "[]"])
  golden("create.credential", onSigned, ["create", ...dusk, "--wallet-private-key=0xabc"])
  golden("create.credential-parameter", onSigned, [
    "create",
    ...dusk,
    "--idempotency-key",
    "golden",
    "--model-parameters-json",
    `{"card":"4242424242424242"}`
  ])
  golden("create.bad-ratio", onSigned, ["create", ...dusk, "--aspect-ratio", "wide", "--idempotency-key", "golden"])
  golden("create.other-ratio", onSigned, ["create", "--dry-run", ...dusk, "--aspect-ratio", "5:4"])
  golden("create.too-many", onSigned, ["create", "--dry-run", ...dusk, "--output-count", "5"])
  golden("create.model-unknown", onSigned, ["create", "--dry-run", ...dusk, "--model", "local.storybord"])
  golden("create.model-not-executable", onSigned, ["create", "--dry-run", ...dusk, "--model", "openai.gpt-image-2"])
  golden("create.provider-mismatch", onSigned, [
    "create",
    "--dry-run",
    ...dusk,
    "--model",
    "local.storyboard",
    "--provider",
    "xai"
  ])
  golden("create.parameters-invalid", onSigned, [
    "create",
    "--dry-run",
    ...dusk,
    "--model-parameters-json",
    `{"sede":1,"width":9000}`
  ])
  golden("create.size-contradicts", onSigned, [
    "create",
    "--dry-run",
    ...dusk,
    "--aspect-ratio",
    "16:9",
    "--model-parameters-json",
    `{"width":512,"height":512}`
  ])
  golden(
    "create.damaged-database",
    () => {
      const where = signed.copy()
      truncateSync(join(where.data, "image-skill.sqlite"), 5_000)
      return where
    },
    ["create", ...dusk, "--idempotency-key", "golden"]
  )
  golden("create.no-sqlite", onSigned, ["create", ...dusk, "--idempotency-key", "golden"], {
    node: ["--no-experimental-sqlite"]
  })
  golden("create-guide.no-sqlite", onSigned, ["create", "--guide", ...dusk], { node: ["--no-experimental-sqlite"] })

  golden("create.bad-reference", onSigned, [
    "create",
    "--dry-run",
    ...dusk,
    "--element-reference",
    "image_a1@1:3",
    "--reference-image",
    "image_a1@0:foo"
  ])
  golden("create.bad-wait", onSigned, ["create", "--dry-run", ...dusk, "--wait-ms", "300000"])
  golden("create-guide.explained", onSigned, ["create", "--guide", ...dusk, "--explain"])
  golden("create-guide.video-alias", onSigned, ["video", "create", "--guide", ...dusk])
  golden("edit-guide.auth-required", onFresh, ["edit", "--guide", "photo.jpg", "--prompt", "make it night"])
  golden("edit-guide.prompt-required", onSigned, ["edit", "--guide", "photo.jpg"])
  golden("edit-guide.ready", onSigned, ["edit", "--guide", "--input", "photo.jpg", "--prompt", "make it night"])
  golden("edit-guide.no-input", onSigned, ["image", "edit", "--guide", "--prompt", "make it night"])
  golden("edit-guide.promptless", onSigned, ["edit", "--guide", "--input", "photo.jpg", "--model", "local.adjust"])
  golden("edit-guide.dry-run", onSigned, ["edit", "--guide", "--dry-run", "--input", "photo.jpg"])
  golden("create-guide.references", onSigned, ["create", "--guide", ...dusk, "--reference-image", "image_a1"])

  golden("upload", withPicture, ["upload", "apple.png"])
  golden("upload.no-input", onSigned, ["upload"])
  golden("upload.no-token", onFresh, ["upload", "apple.png"])
  golden("upload.missing", onSigned, ["upload", "apple.png"])
  golden("upload.no-picture", onSigned, ["upload", "/etc/hostname"])
  golden("upload.device", onSigned, ["upload", "/dev/zero"])
  golden("upload.private-url", onSigned, ["upload", "http://127.0.0.1:9/apple.png"])
  golden("upload.password-url", onSigned, ["upload", "https://user:pw@example.com/apple.png"])
  golden("upload.unknown-flag", onSigned, ["upload", "apple.png", "--private"])

  golden("edit", onCopy, () => ["edit", "--input", asset, "--prompt", "make it night", "--idempotency-key", "golden"])
  golden("edit.dry-run", onCopy, () => ["edit", "--dry-run", "--input", asset, "--prompt", "make it night"])
  golden("edit.no-input", onSigned, ["edit", "--prompt", "make it night"])
  golden("edit.no-prompt", onSigned, ["edit", "--input", "image_a1"])
  golden("edit.blank-prompt", onSigned, ["edit", "--input", "image_a1", "--prompt", " "])
  golden("edit.promptless", onSigned, [
    "edit",
    "--input",
    "image_a1",
    "--model",
    "fal.flux-dev-redux",
    "--prompt",
    "make it night"
  ])
  golden("edit.no-token", onFresh, ["edit", "--input", "image_a1", "--prompt", "make it night"])
  golden("edit.unknown-asset", onSigned, [
    "edit",
    "--input",
    "image_00000000000000000000",
    "--prompt",
    "make it night",
    "--idempotency-key",
    "golden"
  ])
  golden("edit.missing-mask", onSigned, [
    "edit",
    "--input",
    "image_a1",
    "--mask",
    "mask.png",
    "--prompt",
    "make it night"
  ])
  golden("edit.unknown-flag", onSigned, ["edit", "--input", "image_a1", "--promt", "make it night"])

  golden("assets-list", onMade, ["assets", "list"])
  golden("assets-list.uploaded", onMade, ["assets", "list", "--kind", "uploaded"])
  golden("assets-list.bad-kind", onSigned, ["assets", "list", "--kind", "found"])
  golden("assets-list.bad-limit", onSigned, ["assets", "list", "--limit", "0"])
  golden("assets-lineage", onMade, () => ["assets", "lineage", asset])
  golden("assets-lineage.unknown", onMade, ["assets", "lineage", "image_00000000000000000000"])
  golden("assets-delete", onCopy, () => ["assets", "delete", asset])
  golden("assets-delete.unknown", onMade, ["assets", "delete", "image_00000000000000000000"])
  golden("assets-delete.unknown-flag", onMade, () => ["assets", "delete", asset, "--force"])
  golden("assets-show.thumbnail", onCopy, () => ["assets", "show", asset, "--thumbnail", "64"])
  golden("assets-show.bad-thumbnail", onMade, () => ["assets", "show", asset, "--thumbnail", "8"])
  golden("assets-show", onMade, () => ["assets", "show", asset])
  golden("assets-show.unknown", onMade, ["assets", "show", "image_00000000000000000000"])
  golden("assets-show.no-asset", onMade, ["assets", "show", "picture.png"])
  golden("assets-show.no-id", onMade, ["assets", "show"])
  golden("assets-show.no-token", onFresh, ["assets", "show", "image_00000000000000000000"])
  golden("assets-get", onCopy, () => ["assets", "get", "--id", asset, "--output", "apple.png"])
  golden(
    "assets-get.overwrites",
    () => {
      const where = onCopy()
      writeFileSync(join(where.work, "apple.png"), "before")
      return where
    },
    () => ["assets", "get", asset, "--output", "apple.png", "--overwrite"]
  )
  golden(
    "assets-get.exists",
    () => {
      const where = onCopy()
      writeFileSync(join(where.work, "apple.png"), "before")
      return where
    },
    () => ["assets", "get", asset, "--output", "apple.png"]
  )
  golden("assets-get.not-a-file", onCopy, () => ["assets", "get", asset, "--output", "/dev/null", "--overwrite"])
  golden(
    "assets-get.damaged",
    () => {
      const where = onCopy()
      for (const file of filesBelow(join(where.data, "objects"))) writeFileSync(file, "not what it was")
      return where
    },
    () => ["assets", "get", asset, "--output", "apple.png"]
  )

  golden("jobs-show", onMade, () => ["jobs", "show", job])
  golden("jobs-show.unknown", onMade, ["jobs", "show", "job_00000000000000000000"])
  golden("jobs-show.no-id", onMade, ["jobs", "show"])
  golden("jobs-list", onMade, ["jobs", "list", "--limit", "1"])
  golden("jobs-list.running", onMade, ["jobs", "list", "--status", "running"])
  golden("jobs-list.bad-status", onMade, ["jobs", "list", "--status", "stuck"])
  golden("jobs-cancel", onCopy, () => ["jobs", "cancel", job])
  golden("jobs-cancel.unknown", onMade, ["jobs", "cancel", "job_00000000000000000000"])
  golden("jobs-cancel.no-id", onMade, ["jobs", "cancel"])
  golden("jobs-wait", onMade, () => ["jobs", "wait", "--job-id", job, "--timeout-ms", "1000"])
  golden("jobs-wait.negative", onMade, () => ["jobs", "wait", job, "--timeout-ms", "-1"])
  golden("activity-list", onMade, ["activity", "list", "--limit", "2"])
  golden("activity-list.bad-limit", onMade, ["activity", "list", "--limit", "0"])
  golden("activity-show", onMade, () => ["activity", "show", event])
  golden("activity-show.unknown", onMade, ["activity", "show", "evt_00000000000000000000"])
  golden("activity-show.no-reference", onMade, ["activity", "show"])

  const report = [
    "feedback",
    "create",
    "--type",
    "bug",
    "--title",
    "Edit guard hides the needed flag",
    "--body",
    "The refusal did not say which flag confirms an unknown cost.",
    "--command",
    "image-skill edit --input image_1 --prompt PROMPT",
    "--expected",
    "the name of the flag",
    "--actual",
    "only prose",
    "--proof-needed",
    "recovery.required_flag is there",
    "--surface",
    "cli, docs",
    "--evidence",
    "trace:trace_c40a9d17e8b3526f"
  ]
  golden("feedback-create", onCopy, [...report, "--json"])
  golden("feedback-create.weak", onCopy, ["feedback", "create", "--title", "slow", "--type", "praise"])
  golden("feedback-create.secret", onCopy, [...report, "--friction", "I pasted isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ"])
  golden("feedback-create.bad-severity", onMade, ["feedback", "create", "--title", "x", "--severity", "urgent"])
  golden("feedback-create.too-long", onMade, ["feedback", "create", "--title", "x".repeat(201)])
  golden("feedback-create.nothing", onMade, ["feedback", "create", "--type", "bug"])
  golden("feedback-create.no-token", onFresh, report)
  golden("feedback-create.unknown-flag", onFresh, [...report, "--sevrity", "low"])
  golden(
    "feedback-create.storage-unavailable",
    () => {
      const where = signed.copy()
      const database = new DatabaseSync(join(where.data, "image-skill.sqlite"))
      database.exec("ALTER TABLE feedback RENAME TO gone")
      database.close()
      return where
    },
    report
  )

  const askForClaim = ["claim", "request", "--contact", " Owner@Studio-Bots.Example "]
  golden("claim-request", onCopy, askForClaim)
  it("claim-request.unchanged", async () => {
    const where = onCopy()
    await where.run(askForClaim)
    await compare("claim-request.unchanged", where, askForClaim, {}, await where.run(askForClaim, { env: bare }))
  })
  golden("claim-request.no-contact", onMade, ["claim", "request"])
  golden("claim-request.shapeless-contact", onMade, ["claim", "request", "--contact", "studio"])
  golden("claim-request.no-token", onFresh, askForClaim)

  golden("signup.discovery-source", () => fresh.copy(), [...named, "--discovery-source", " skills-registry "])
  golden("signup.bad-discovery-source", onFresh, [...named, "--discovery-source", "Some Where"])
  golden("signup.odd-discovery-variable", () => fresh.copy(), named, {
    env: { IMAGE_SKILL_DISCOVERY_SOURCE: "Some Where" }
  })

  golden("serve.bad-port", onFresh, ["serve", "--port", "70000"])
  golden("serve.bad-url", onFresh, ["serve", "--port", "0", "--public-api-url", "example.com/base"])
  golden("serve.no-limits-file", onFresh, ["serve", "--port", "0", "--limits", "limits.json"])
  golden(
    "serve.bad-limits",
    () => {
      const where = fresh.copy()
      writeFileSync(join(where.work, "limits.json"), `{"previewCredits": 1}`)
      return where
    },
    ["serve", "--port", "0", "--limits", "limits.json"]
  )
  golden(
    "serve.damaged-database",
    () => {
      const where = signed.copy()
      truncateSync(join(where.data, "image-skill.sqlite"), 5_000)
      return where
    },
    ["serve", "--port", "0"]
  )
  golden("serve.no-sqlite", onFresh, ["serve", "--port", "0"], { node: ["--no-experimental-sqlite"] })
})

/** A config that is a symbolic link: it is neither followed nor replaced. */
function linkedConfig(): Place {
  const where = place()
  mkdirSync(where.data, { recursive: true })
  writeFileSync(join(where.home, "elsewhere.json"), "{}")
  symlinkSync(join(where.home, "elsewhere.json"), where.config)
  return where
}

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const quoteOf = (...words: ReadonlyArray<string>): ReadonlyArray<string> => ["credits", "quote", ...words]
const onFake = ["--payment-method", "fake"] as const
const buyOf =
  (quote: () => string, ...words: ReadonlyArray<string>) =>
  () => ["credits", "buy", "--provider", "fake", "--quote-id", quote(), ...words]
const keyed = ["--idempotency-key", "golden"] as const

describe("goldens of payments", () => {
  const env = fakeRail
  const money = (name: string, machine: () => Place, args: Words, options: GoldenOptions = {}) =>
    golden(name, machine, args, { env, ...options })

  money("credits-methods.fake", onFresh, ["credits", "methods"])
  money("credits-plan", onPaid, ["credits", "plan", "--credits", "100", "--max-usd", "5", "--no-human"])
  money("credits-plan.too-dear", onPaid, ["credits", "plan", "--credits", "100", "--max-usd", "0.999"])
  money("credits-plan.too-many", onPaid, ["credits", "plan", "--credits", "5001"])
  golden("credits-plan.no-rail", onFresh, ["credits", "plan"])
  money("credits-plan.bad-limit", onFresh, ["credits", "plan", "--max-usd", "-1"])

  money("credits-quote", onPaidCopy, quoteOf("--credits", "25", ...onFake, ...keyed))
  money("credits-quote.pack", onPaidCopy, quoteOf("--pack", "starter-500", ...onFake, ...keyed))
  money("credits-quote.generated-key", onPaidCopy, quoteOf("--credits", "25", ...onFake))
  money("credits-quote.replayed", onPaid, quoteOf("--credits", "40", ...onFake, "--idempotency-key", "open"))
  money("credits-quote.replayed-paid", onPaid, quoteOf("--credits", "40", ...onFake, "--idempotency-key", "paid"))
  money("credits-quote.conflict", onPaid, quoteOf("--credits", "41", ...onFake, "--idempotency-key", "open"))
  money("credits-quote.nothing", onPaid, quoteOf(...onFake))
  money("credits-quote.pack-and-credits", onPaid, quoteOf("--credits", "5", "--pack", "starter-500"))
  money("credits-quote.not-a-count", onPaid, quoteOf("--credits", "2.5", ...onFake))
  money("credits-quote.too-many", onPaid, quoteOf("--credits", "5001", ...onFake))
  money("credits-quote.unknown-pack", onPaid, quoteOf("--pack", "jumbo", ...onFake, ...keyed))
  money("credits-quote.unavailable", onPaid, quoteOf("--pack", "starter-500", ...keyed))
  money("credits-quote.unknown-method", onPaid, quoteOf("--credits", "5", "--payment-method", "barter", ...keyed))
  golden("credits-quote.fake-off", onPaid, quoteOf("--credits", "5", ...onFake, ...keyed))
  money("credits-quote.no-token", onFresh, quoteOf("--credits", "5"))
  money("credits-quote.no-token-keyed", onFresh, quoteOf("--pack", "starter-500", ...onFake, ...keyed))
  money("credits-quote.rejected-token", onFresh, quoteOf("--credits", "5", ...onFake, ...keyed), {
    env: { ...env, IMAGE_SKILL_TOKEN: "isk_r_unknown" }
  })
  money("credits-quote.credential", onPaid, quoteOf("--credits", "5", "--card-number", "4242424242424242"))
  money("credits-quote.unknown-flag", onPaid, quoteOf("--credits", "5", "--currency", "eur"))
  money("credits-quote.extra-word", onPaid, quoteOf("500"))

  money(
    "credits-buy",
    onPaidCopy,
    buyOf(() => openQuote, ...keyed)
  )
  money(
    "credits-buy.replayed",
    onPaid,
    buyOf(() => paidQuote, "--idempotency-key", "paid-buy")
  )
  money(
    "credits-buy.paid-already",
    onPaid,
    buyOf(() => paidQuote, ...keyed)
  )
  money(
    "credits-buy.key-conflict",
    onPaid,
    buyOf(() => openQuote, "--idempotency-key", "paid-buy")
  )
  money("credits-buy.mismatch", onPaid, () => buyOf(() => openQuote, ...keyed)().with(3, "stripe"))
  money(
    "credits-buy.not-found",
    onPaid,
    buyOf(() => "quote_00000000000000000000", ...keyed)
  )
  money(
    "credits-buy.expired",
    expiredQuote,
    buyOf(() => openQuote, ...keyed)
  )
  golden(
    "credits-buy.fake-off",
    onPaid,
    buyOf(() => openQuote, ...keyed)
  )
  money(
    "credits-buy.declined",
    onPaidCopy,
    buyOf(() => openQuote, ...keyed),
    {
      env: { IMAGE_SKILL_RAILS: "fake:decline" }
    }
  )
  money(
    "credits-buy.unpaid",
    onPaidCopy,
    buyOf(() => openQuote, ...keyed),
    {
      env: { IMAGE_SKILL_RAILS: "fake:vanish" }
    }
  )
  money("credits-buy.no-provider", onPaid, ["credits", "buy", "--quote-id", "quote_1", ...keyed])
  money("credits-buy.unknown-provider", onPaid, ["credits", "buy", "--provider", "barter"])
  money("credits-buy.no-quote", onPaid, ["credits", "buy", "--provider", "stripe_x402", ...keyed])
  money(
    "credits-buy.no-key",
    onPaid,
    buyOf(() => openQuote)
  )
  money(
    "credits-buy.bad-key",
    onPaid,
    buyOf(() => openQuote, "--idempotency-key", "a key")
  )
  money("credits-buy.no-token", onFresh, ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1"])
  money("credits-buy.credential", onFresh, ["credits", "buy", "--wallet-private-key", "0xabc"])

  const fakePurchase = ["credits", "fake-purchase"] as const
  money("credits-fake-purchase", onPaidCopy, () => [...fakePurchase, "--quote-id", openQuote, ...keyed])
  money("credits-fake-purchase.no-quote", onPaid, [...fakePurchase, ...keyed])
  money("credits-fake-purchase.no-key", onPaid, () => [...fakePurchase, "--quote-id", openQuote])
  money("credits-fake-purchase.no-token", onFresh, [...fakePurchase, "--quote-id", "quote_1"])
  golden("credits-fake-purchase.off", onPaid, () => [...fakePurchase, "--quote-id", openQuote, ...keyed])

  const status = ["credits", "status"] as const
  money("credits-status", onPaid, () => [...status, "--payment-attempt-id", payment])
  money("credits-status.receipt", onPaid, () => [...status, "--receipt-id", receipt])
  money("credits-status.quote", onPaid, () => [...status, "--quote-id", openQuote])
  money("credits-status.expired", expiredQuote, () => [...status, "--quote-id", openQuote])
  money("credits-status.no-reference", onPaid, [...status])
  money("credits-status.two-references", onPaid, [...status, "--quote-id", "quote_1", "--receipt-id", "receipt_1"])
  money("credits-status.unknown-quote", onPaid, [...status, "--quote-id", "quote_00000000000000000000"])
  money("credits-status.unknown-payment", onPaid, [...status, "--payment-attempt-id", "payatt_1"])
  money("credits-status.no-token", onFresh, [...status])
  money("credits-status.credential", onPaid, [...status, "--client-secret", "x"])
  money("credits-status.unknown-flag", onPaid, [...status, "--attempt", "payatt_1"])
})

/** The open quote an hour later. */
function expiredQuote(): Place {
  const where = paid.copy()
  const database = new DatabaseSync(join(where.data, "image-skill.sqlite"))
  database.prepare("UPDATE credit_quote SET expires_at = ? WHERE id = ?").run("2026-01-01T00:00:00.000Z", openQuote)
  database.close()
  return where
}

describe("goldens against a service elsewhere", () => {
  let routes: { readonly [route: string]: unknown } = {}
  let elsewhere: Stub

  beforeAll(async () => {
    elsewhere = await stub((exchange, response) => service(routes)(exchange, response))
  })

  const remote = (
    name: string,
    args: ReadonlyArray<string>,
    own: { readonly [route: string]: unknown } = {},
    { env = {}, ...options }: Options = {}
  ): void => {
    it(name, async () => {
      routes = own
      const where = place()
      const given = { IMAGE_SKILL_API_BASE_URL: elsewhere.url, ...env }
      const ran = await where.run(args, { ...options, env: { ...bare, ...given } })
      await compare(name, where, args, given, ran)
    })
  }

  const token = { IMAGE_SKILL_TOKEN: "isk_r_elsewhere" }

  remote("hosted.doctor", ["doctor"])
  remote("hosted.trust", ["trust"])
  remote("hosted.conformance", ["conformance", "--only", "health,models"])
  remote(
    "hosted.activity-list.unknown-type",
    ["activity", "list"],
    {
      "GET /v1/activity": envelope("image-skill activity list", {
        events: [
          { event_id: "evt_1", type: "job.completed" },
          { event_id: "evt_2", type: "job.exploded" },
          { event_id: "evt_3", type: "$(rm -rf ~)" }
        ],
        next_cursor: null
      })
    },
    { env: token }
  )
  remote("hosted.guide.auth-required", ["create", "--guide", ...dusk])
  remote("hosted.guide.ready", ["create", "--guide", ...dusk], {}, { env: token })
  remote(
    "hosted.guide.quota-required",
    ["create", "--guide", ...dusk],
    {
      "GET /v1/quota": envelope("image-skill usage quota", quota(4))
    },
    { env: token }
  )
  remote(
    "hosted.guide.daily-cap",
    ["create", "--guide", ...dusk],
    {
      "GET /v1/quota": envelope("image-skill usage quota", quota(41, 0))
    },
    { env: token }
  )
  remote(
    "hosted.guide.no-model",
    ["create", "--guide", ...dusk],
    {
      "GET /v1/models": envelope("image-skill models list", { models: [{ ...sketch, status: "unavailable" }] })
    },
    { env: token }
  )
  remote(
    "hosted.guide.unreachable",
    ["create", "--guide", ...dusk],
    {
      "GET /healthz": (response: ServerResponse) => {
        response.writeHead(503, { "content-type": "text/html" })
        response.end("<html>down</html>")
      }
    },
    { env: token }
  )
  remote(
    "hosted.guide.config-not-writable",
    ["create", "--guide", ...dusk],
    {},
    {
      env: { IMAGE_SKILL_CONFIG_PATH: "/proc/1/nothing/config.json" }
    }
  )
  remote(
    "hosted.signup.config-not-writable",
    ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"],
    {},
    {
      env: { IMAGE_SKILL_CONFIG_PATH: "/proc/1/nothing/config.json" }
    }
  )
  remote("hosted.signup.no-token", ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"], {
    "POST /v1/agent-signups": envelope("image-skill signup --agent", { agent_id: "agt_1", agent_contact: null })
  })
  remote(
    "hosted.signup.contact",
    ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests", "--agent-contact", "a@b.example"],
    {
      "POST /v1/agent-signups": refusing(
        400,
        2,
        failure("image-skill signup", {
          code: "INVALID_ARGUMENTS",
          message: "human_email must be an address",
          retryable: false,
          outcome: "rejected",
          money_moved: "no"
        })
      )
    }
  )
  remote(
    "hosted.create.bad-gateway",
    ["create", ...dusk, "--idempotency-key", "golden"],
    {
      "POST /v1/create": (response: ServerResponse) => {
        response.writeHead(502, { "content-type": "text/html" })
        response.end("<html>bad gateway</html>")
      }
    },
    { env: token }
  )
  remote(
    "hosted.create.reset",
    ["create", ...dusk, "--idempotency-key", "golden"],
    {
      "POST /v1/create": (response: ServerResponse) => response.destroy()
    },
    { env: token }
  )
  remote(
    "hosted.create.quota",
    ["create", ...dusk, "--idempotency-key", "golden"],
    {
      "POST /v1/create": refusing(
        402,
        5,
        failure("image-skill create", {
          code: "QUOTA_EXCEEDED",
          message: "9 credits are needed and 4 are left",
          retryable: false,
          outcome: "rejected",
          money_moved: "no",
          recovery: {
            suggested_command: "image-skill credits methods --json",
            required_credits: 9,
            remaining_credits: 4
          }
        })
      )
    },
    { env: token }
  )
  const buyCheckout = ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1", ...keyed]
  remote(
    "hosted.credits-buy.reset",
    buyCheckout,
    {
      "POST /v1/credit-purchases/stripe-checkout-sessions": (response: ServerResponse) => response.destroy()
    },
    { env: token }
  )
  remote(
    "hosted.credits-buy.bad-gateway",
    buyCheckout,
    {
      "POST /v1/credit-purchases/stripe-checkout-sessions": (response: ServerResponse) => {
        response.writeHead(502, { "content-type": "text/html" })
        response.end("<html>bad gateway</html>")
      }
    },
    { env: token }
  )
  remote("hosted.credits-plan", ["credits", "plan", "--credits", "60"])
  remote("hosted.credits-quote.not-found", quoteOf("--credits", "60", ...keyed), {}, { env: token })
  remote(
    "hosted.jobs-wait.timeout",
    ["jobs", "wait", "job_1", "--timeout-ms", "0"],
    {
      "GET /v1/jobs/job_1": envelope("image-skill jobs show", { job: { job_id: "job_1", status: "running" } })
    },
    { env: token }
  )
  remote("hosted.whoami.not-found", ["whoami"], {}, { env: token })
  remote(
    "hosted.unreachable",
    ["whoami"],
    {},
    {
      env: { ...token, IMAGE_SKILL_API_BASE_URL: "http://127.0.0.1:9" }
    }
  )
  remote(
    "hosted.assets-get.elsewhere",
    ["assets", "get", "image_1"],
    {
      "GET /v1/assets/image_1": envelope("image-skill assets show", {
        asset: { asset_id: "image_1", url: "https://media.example.com/a/image_1.png", mime_type: "image/png" }
      })
    },
    { env: token }
  )
  remote(
    "hosted.assets-get.no-url",
    ["assets", "get", "image_1"],
    {
      "GET /v1/assets/image_1": envelope("image-skill assets show", { asset: { asset_id: "image_1" } })
    },
    { env: token }
  )
})

const serving = async (where: Place, limits: unknown, use: (base: string) => Promise<void>): Promise<void> => {
  writeFileSync(join(where.work, "limits.json"), JSON.stringify(limits))
  const server = where.start(["serve", "--port", "0", "--limits", "limits.json"], { env: bare, stdin: "closed" })
  const { data } = await server.firstEnvelope
  await use(text(data, "api_base_url"))
  server.child.kill("SIGTERM")
  const ran = await server.ended
  assert.strictEqual(ran.exitCode, 0, ran.stderr)
  await compare("serve", where, ["serve", "--port", "0", "--limits", "limits.json"], {}, ran)
}

describe("goldens of a served service", () => {
  it("refusals of an operator's own limits and rules", async () => {
    const where = place()
    await serving(
      where,
      { max_outputs_on_preview: 1, content_rules: [{ phrase: "forbidden castle", reason: "the operator says so" }] },
      async (base) => {
        const env = { IMAGE_SKILL_API_BASE_URL: base }
        const run = async (name: string, args: ReadonlyArray<string>) =>
          compare(name, where, args, env, await where.run(args, { env: { ...bare, ...env } }))
        await run("served.signup", ["signup", "--agent", "--agent-name", "painter", "--runtime", "tests"])
        await run("served.create.policy", [
          "create",
          "--prompt",
          "the Forbidden  Castle",
          "--idempotency-key",
          "golden"
        ])
        await run("served.create.too-much", ["create", ...dusk, "--output-count", "2", "--idempotency-key", "golden"])
        await run("served.create", ["create", ...dusk, "--idempotency-key", "golden", ...small])
        await run("served.signup.test-contact", [
          "signup",
          "--agent",
          "--agent-name",
          "tester",
          "--runtime",
          "tests",
          "--no-save",
          "--agent-contact",
          "x@example.invalid"
        ])
      }
    )
  })

  it("serve.address-in-use", async () => {
    const busy = createServer()
    await new Promise<void>((resolve) => {
      busy.listen(0, "127.0.0.1", resolve)
    })
    const address = busy.address()
    const port = typeof address === "object" && address !== null ? `${address.port}` : ""
    const where = place()
    const ran = await where.run(["serve", "--port", port], { env: bare })
    await compare("serve.address-in-use", where, ["serve", "--port", "8787"], {}, ran)
    busy.close()
  })
})

describe("the files of goldens", () => {
  it("are those of the cases above, and none is left of a case that is gone", () => {
    assert.deepStrictEqual(readdirSync(goldens).toSorted(), [...written].toSorted())
  })

  it("hold nothing of the machine they were made on, and no token", () => {
    for (const name of readdirSync(goldens)) {
      const golden = read(join(goldens, name))
      assert.notMatch(golden, /isk_r_[0-9A-Za-z]{32}|\/tmp\/|image-skill-cli-/u, name)
    }
  })
})
