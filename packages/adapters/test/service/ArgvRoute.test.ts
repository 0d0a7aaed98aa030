import { assert, describe, it } from "@effect/vitest"
import { commandNames } from "@image-skill/core/envelope/CommandBook"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { assertEnvelope, bearer, json, post, send } from "./RawHttp.ts"
import { ask, data, picture, Site } from "./Site.ts"

const argv = (words: ReadonlyArray<unknown>, headers: ReturnType<typeof bearer> = {}) =>
  ask(post("/v1/cli", { argv: words }, headers))

const codeOf = (reply: Parameters<typeof json>[0]): string => textField(jsonField(json(reply), "error"), "code")

/** contract/api.md 12.1, and commands of ours that are one request. What stands in capitals is filled in. */
const allowed: ReadonlyArray<readonly [words: ReadonlyArray<string>, label: string, exit: number]> = [
  [["signup", "--agent", "--agent-name", "a", "--runtime", "b"], "signup", 0],
  [["whoami"], "whoami", 0],
  [["usage", "quota", "--json"], "usage quota", 0],
  [["quota"], "quota", 0],
  [["credits", "methods"], "credits methods", 0],
  [["credits", "packs", "list"], "credits packs list", 0],
  [
    ["credits", "quote", "--credits", "60", "--payment-method", "fake", "--idempotency-key", "argv"],
    "credits quote",
    0
  ],
  [["credits", "buy", "--provider", "fake", "--quote-id", "none", "--idempotency-key", "k"], "credits buy", 1],
  [["credits", "status", "--quote-id", "none"], "credits status", 1],
  [["capabilities"], "capabilities list", 0],
  [["capabilities", "show", "is.image.generate.local-storyboard.v1"], "capabilities show", 0],
  [["models", "--available"], "models list", 0],
  [["models", "show", "local.storyboard", "--json"], "models show", 0],
  [["create", "--dry-run", "--prompt", "a red boat"], "create", 0],
  [["create", "--prompt", "a boat", "--model-parameters-json", JSON.stringify(picture.model_parameters)], "create", 0],
  [["assets", "show", "ASSET"], "assets show", 0],
  [["assets", "list", "--limit", "1"], "assets list", 0],
  [["jobs", "show", "--job-id", "JOB"], "jobs show", 0],
  [["activity", "list", "--limit", "2"], "activity list", 0],
  [["activity", "show", "JOB"], "activity show", 0],
  [["feedback", "create", "--title", "argv", "--surface", "api,cli"], "feedback create", 0],
  [["help"], "help", 0],
  [["help", "create"], "create help", 0],
  [["whoami", "--help"], "whoami help", 0],
  [["version"], "version", 0]
]

const notHere = [
  ["doctor"],
  ["trust"],
  ["conformance"],
  ["auth", "status"],
  ["upload", "/etc/passwd"],
  ["edit", "--input", "photo.png", "--prompt", "x"],
  ["assets", "get", "ASSET"],
  ["jobs", "wait", "JOB"],
  ["create", "--guide", "--prompt", "x"],
  ["credits", "settle", "--payment-attempt-id", "x"],
  ["serve"],
  ["admin", "agents"],
  ["paint"],
  ["--json", "doctor"]
]

const filled = (words: ReadonlyArray<string>, { assetId, jobId }: { assetId: string; jobId: string }) =>
  words.map((word) => (word === "ASSET" ? assetId : word === "JOB" ? jobId : word))

it.layer(Site.layer, { excludeTestServices: true })("POST /v1/cli", (it) => {
  for (const [words, label, exit] of allowed)
    it.effect(`runs ${words.slice(0, 3).join(" ")} with the caller's token`, () =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* argv(["image-skill", ...filled(words, mine)], bearer(mine.token))
        const [status, code] = exit === 0 ? [200, null] : [404, codeOf(reply)]
        assertEnvelope(reply, { status, exit, code, command: `image-skill ${label}` })
      })
    )

  it.effect("needs a token where the command does", () =>
    Effect.gen(function* () {
      const reply = yield* argv(["whoami"])
      assert.deepStrictEqual([reply.status, codeOf(reply)], [401, "AUTH_REQUIRED"])
    })
  )

  it.effect("gives a token only to whoever asks to see it", () =>
    Effect.gen(function* () {
      const { origin } = yield* Site
      const signup = ["signup", "--agent", "--agent-name", "a", "--runtime", "b"]
      const shown = yield* send(origin, post("/v1/cli", { argv: [...signup, "--show-token"] }))
      assert.strictEqual(jsonField(data(yield* argv(signup)), "token") ?? null, null)
      assert.match(textField(data(shown), "token"), /^isk_r_\w{28,}$/u)
    })
  )

  for (const words of notHere)
    it.effect(`does not run ${words.join(" ")}`, () =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* argv(filled(words, mine), bearer(mine.token))
        assertEnvelope(reply, {
          status: 400,
          exit: 2,
          code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
          command: "image-skill"
        })
      })
    )

  const flags: ReadonlyArray<readonly [words: ReadonlyArray<string>, code: string]> = [
    [["whoami", "--token", "isk_r_x"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["whoami", "--token-stdin"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["whoami", "--api-base-url", "https://evil.example"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["create", "--prompt-file", "/etc/passwd"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--no-save"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["create", "--promt", "x"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE"],
    [["credits", "buy", "--card-number", "4242424242424242"], "PAYMENT_CREDENTIAL_FLAG_REJECTED"],
    [["signup", "--agent-name", "a", "--runtime", "b"], "INVALID_ARGUMENTS"],
    [["create", "--prompt", "x", "--output-count", "many"], "INVALID_ARGUMENTS"],
    [["create", "--prompt", "x", "--model-parameters-json", "{"], "INVALID_ARGUMENTS"],
    [["create", "--prompt", "x", "--reference-image", "image_1@nine"], "INVALID_ARGUMENTS"]
  ]
  for (const [words, code] of flags)
    it.effect(`refuses ${words.join(" ")}`, () =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* argv(words, bearer(mine.token))
        const isOfCommand = reply.text.includes('"command":"image-skill create"')
        assertEnvelope(reply, {
          status: 400,
          exit: 2,
          code,
          command: isOfCommand ? "image-skill create" : "image-skill"
        })
        assert.notInclude(reply.text, "4242")
      })
    )

  it.effect("goes on without a flag that a reading command does not have, and says so", () =>
    Effect.gen(function* () {
      const reply = yield* argv(["models", "show", "local.storyboard", "--pretty"])
      const warnings: Schema.Json | undefined = jsonField(json(reply), "warnings")
      assert.deepStrictEqual([reply.status, warnings], [200, ["ignored --pretty: models show has no such flag"]])
    })
  )

  const bodies: ReadonlyArray<readonly [what: string, body: unknown]> = [
    ["no words", { argv: [] }],
    ["too many words", { argv: Array.from({ length: 65 }, () => "x") }],
    ["a word that is no text", { argv: ["whoami", 1] }],
    ["a word that is too long", { argv: ["create", "--prompt", "x".repeat(16_001)] }],
    ["a line", { argv: "image-skill whoami" }],
    ["nothing", {}]
  ]
  for (const [what, body] of bodies)
    it.effect(`refuses ${what}`, () =>
      Effect.gen(function* () {
        const reply = yield* ask(post("/v1/cli", body))
        assertEnvelope(reply, { status: 400, exit: 2, code: "INVALID_ARGUMENTS", command: "image-skill" })
      })
    )
})

describe("the commands that the endpoint knows", () => {
  it("are commands of the book", () => {
    const names = new Set<string>(commandNames)
    for (const [, label] of allowed) {
      if (!label.endsWith("help")) assert.isTrue(names.has(label), label)
    }
  })
})
