import { mkdirSync, symlinkSync } from "node:fs"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { at, type Case, drive, type DroveCase, type Place, place, signedUp, text } from "./Cli.ts"
import { commandsIn } from "./Commands.ts"
import { hostilePrompts } from "./Hostile.ts"
import { type Call, callsOf, hasShell, heldToken, program } from "./Shell.ts"
import { envelope, failure, quota, refusing, service, stub } from "./Stub.ts"

/** More prompts than a person would try, the same ones in every run. */
const prompts = hostilePrompts(220)

const env = { IMAGE_SKILL_COMMAND_PREFIX: program }
const nowhere = "http://127.0.0.1:9"
const given = (prompt: string): string => `--prompt=${prompt}`

/** As a printed command carries it: a value that begins with two dashes goes with an equals sign (decision D3.10). */
const flag = (name: string, value: string): ReadonlyArray<string> =>
  value.startsWith("--") ? [`--${name}=${value}`] : [`--${name}`, value]

let fresh: Place
let signed: Place

beforeAll(async () => {
  fresh = place()
  signed = await signedUp()
})

/** Runs one command line for each prompt, and everything it printed for a shell through the shells. */
const ask = async (
  machine: Place,
  args: (prompt: string) => ReadonlyArray<string>,
  { shells = ["sh"], some = prompts } = {}
) => {
  const cases = some.map((prompt): Case => ({ args: args(prompt), env }))
  const ran = await drive(machine, cases)
  const answers = ran.map((one, index) => {
    const stderr = one.stderr.trim() === "" ? {} : (JSON.parse(one.stderr) as object)
    return { prompt: some[index] ?? "", ran: one, printed: commandsIn({ ...one.envelope, ...stderr }) }
  })
  const lines = answers.flatMap(({ printed }) => printed.map(({ line }) => line))
  for (const shell of shells.filter(hasShell)) {
    const calls = callsOf(lines, shell)
    assert.strictEqual(calls.length, lines.length, `${shell} did not run every line once`)
    const seen = answers
      .flatMap((answer) => answer.printed.map((printed) => ({ ...printed, answer })))
      .map((printed, index) => ({ ...printed, call: calls[index] }))
    for (const { argv, call, line } of seen) {
      if (argv !== null) assert.deepStrictEqual(call?.args, argv, `${shell}: ${line}`)
    }
    for (const answer of answers) {
      check(
        answer.prompt,
        answer.ran,
        seen.filter((printed) => printed.answer === answer)
      )
    }
  }
  return answers
}

interface Seen {
  readonly path: string
  readonly line: string
  readonly call: Call | undefined
}

type Expected = { readonly [path: string]: ReadonlyArray<string> }

let expected: (prompt: string, ran: DroveCase) => Expected = () => ({})

const check = (prompt: string, ran: DroveCase, seen: ReadonlyArray<Seen>): void => {
  const wanted = expected(prompt, ran)
  const found = Object.fromEntries(seen.map(({ call, path }) => [path, call?.args]))
  for (const [path, args] of Object.entries(wanted)) assert.deepStrictEqual(found[path], args, path)
  for (const { call, line, path } of seen) {
    if (path.endsWith("with_env")) assert.strictEqual(call?.token, heldToken, line)
    if (path.endsWith("with_stdin")) assert.strictEqual(call?.stdin, heldToken, line)
  }
}

describe("every printed command reaches the program with exactly its arguments", () => {
  it("the guide of a newcomer", async () => {
    expected = (prompt, ran) => {
      const wish = flag("prompt", prompt.trim())
      const name = /agent-[0-9a-f]{6}/u.exec(text(ran.envelope, "data.next_command"))?.[0] ?? ""
      const again = ["create", "--guide", ...wish, "--json"]
      const signup = ["signup", "--agent", "--agent-name", name, "--runtime", "shell", ...wish, "--json"]
      return {
        "data.next_command": signup,
        "data.after_next": again,
        "data.auth_handoff.rerun_guide.with_env": again,
        "data.auth_handoff.rerun_guide.with_stdin": [...again, "--token-stdin"],
        "data.escape_hatches.doctor": ["doctor", "--json"],
        "data.escape_hatches.model_inspection": ["models", "show", "local.storyboard", "--json"],
        "data.escape_hatches.payment_methods": ["credits", "methods", "--json"],
        "data.escape_hatches.quota": ["usage", "quota", "--json"],
        "data.escape_hatches.dry_run": [
          "create",
          "--dry-run",
          "--model",
          "local.storyboard",
          ...wish,
          "--intent",
          "explore",
          "--max-estimated-usd-per-image",
          "0",
          "--json"
        ]
      }
    }
    const answers = await ask(fresh, (prompt) => ["create", "--guide", given(prompt)], { shells: ["sh", "bash"] })
    // What a printed guide command says, said again: nothing is lost or added on the way round.
    const few = answers.slice(0, 60)
    const again = await drive(
      fresh,
      few.map(({ prompt }) => ({ args: ["create", "--guide", ...flag("prompt", prompt.trim()), "--json"], env }))
    )
    for (const [index, { ran }] of few.entries()) {
      assert.strictEqual(text(again[index]?.envelope, "data.after_next"), text(ran.envelope, "data.after_next"))
    }
  })

  it("the guide of somebody who can create, with every wish and another service", async () => {
    const wishes = [
      "--model",
      "local.storyboard",
      "--provider",
      "local",
      "--intent",
      "it's final",
      "--aspect-ratio",
      "16:9",
      "--output-count",
      "2",
      "--max-estimated-usd-per-image",
      "0.10",
      "--model-parameters-json",
      `{ "style" : "oil", "seed": 7 }`,
      "--api-base-url",
      "embedded:"
    ]
    expected = (prompt, ran) => {
      const parameters = wishes[wishes.length - 3] ?? ""
      const create = (...first: ReadonlyArray<string>): ReadonlyArray<string> => [
        "create",
        ...first,
        "--provider",
        "local",
        "--model",
        "local.storyboard",
        ...flag("prompt", prompt.trim()),
        "--intent",
        "it's final",
        "--aspect-ratio",
        "16:9",
        "--output-count",
        "2",
        "--model-parameters-json",
        parameters,
        "--max-estimated-usd-per-image",
        "0.10"
      ]
      const live = [...create(), "--idempotency-key", keyOf(ran), "--api-base-url", "embedded:", "--json"]
      return {
        "data.next_command": live,
        "data.next_actions.create.command": live,
        "data.next_actions.plan.command": [...create("--dry-run"), "--api-base-url", "embedded:", "--json"],
        "data.escape_hatches.dry_run": [...create("--dry-run"), "--api-base-url", "embedded:", "--json"],
        "data.auth_handoff.next_command.with_env": live,
        "data.auth_handoff.next_command.with_stdin": [...live, "--token-stdin"]
      }
    }
    await ask(signed, (prompt) => ["create", "--guide", "--explain", given(prompt), ...wishes], {
      some: prompts.slice(0, 60)
    })
  })

  it("a create that nobody answered, on stdout and on stderr", async () => {
    const rest = ["--idempotency-key", "a:key.1", "--model-parameters-json", `{"seed":7}`]
    expected = (prompt) => ({
      "error.recovery.suggested_command": [
        "create",
        ...flag("prompt", prompt),
        "--model-parameters-json",
        `{"seed":7}`,
        "--idempotency-key",
        "a:key.1",
        "--api-base-url",
        nowhere,
        "--json"
      ]
    })
    const answers = await ask(signed, (prompt) => [
      "create",
      given(prompt),
      ...rest,
      "--api-base-url",
      nowhere,
      "--token",
      "isk_r_x"
    ])
    for (const { prompt, ran } of answers) assert.strictEqual(ran.code, "HOSTED_API_REQUEST_FAILED", prompt)
  })

  it("a plan that the service refuses: its PROMPT is the caller's own again", async () => {
    expected = (prompt) => ({
      "error.recovery.suggested_command": [
        "create",
        "--dry-run",
        ...flag("prompt", prompt),
        "--model-parameters-json",
        `{"width":512,"height":512}`,
        "--json"
      ]
    })
    const size = ["--aspect-ratio", "16:9", "--model-parameters-json", `{"width":512,"height":512}`]
    await ask(fresh, (prompt) => ["create", "--dry-run", given(prompt), ...size], { some: prompts.slice(0, 100) })
  })

  it("signing up with a prompt leads back to the guide with it", async () => {
    const few = prompts.slice(0, 40)
    const machine = place()
    const ran = await drive(
      machine,
      few.map((prompt) => ({
        args: ["signup", "--agent", "--agent-name", "it's $HOME", "--runtime", "tests", "--no-save", given(prompt)],
        env
      }))
    )
    const lines = ran.map((one) => text(one.data, "next_command"))
    for (const [index, call] of callsOf(lines).entries()) {
      assert.deepStrictEqual(call.args, ["create", "--guide", ...flag("prompt", (few[index] ?? "").trim()), "--json"])
    }
  })
})

const keyOf = (ran: DroveCase): string => {
  const argv = at(ran.envelope, "data.next_actions.create.argv") as ReadonlyArray<string>
  return argv[argv.indexOf("--idempotency-key") + 1] ?? ""
}

describe("commands of every stage", () => {
  it("the command that stands as next is among the actions, word for word", async () => {
    const machine = signed.copy()
    const ran = await drive(machine, [
      { args: ["create", "--guide", "--explain"] },
      { args: ["create", "--guide", "a lighthouse", "--explain"] },
      { args: ["create", "--guide", "a lighthouse", "--model", "none", "--explain"] },
      { args: ["create", "--guide", "a lighthouse", "--explain"], env: { IMAGE_SKILL_TOKEN: "isk_r_unknown" } },
      { args: ["create", "--guide", "a lighthouse", "--explain", "--api-base-url", nowhere] },
      { args: ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--no-save"] },
      { args: ["create", "--prompt", "a lighthouse", "--model-parameters-json", `{"width":256,"height":256}`] }
    ])
    for (const { data } of ran) {
      const actions = Object.values(at(data, "next_actions") ?? {})
      assert.include(
        actions.map((action) => text(action, "command")),
        text(data, "next_command")
      )
    }
  })

  it("a NUL is refused wherever it stands", async () => {
    const lines = [
      ["create", "--guide", "--prompt=a\0b"],
      ["create", "--guide", "a\0b"],
      ["create", "--prompt", "x", "--model=\0"],
      ["models", "show", "a\0b"],
      ["signup", "--agent", "--agent-name=a\0", "--runtime", "b"]
    ]
    for (const { changed, code, exitCode } of await drive(
      fresh,
      lines.map((args) => ({ args }))
    )) {
      assert.deepStrictEqual([code, exitCode, changed], ["INVALID_ARGUMENTS", 2, []])
    }
  })
})

describe("commands of a service that was named by flag", () => {
  it("every one of them names it again", async () => {
    const elsewhere = await stub(
      service({
        "GET /v1/quota": envelope("image-skill usage quota", quota(4)),
        "GET /v1/jobs/job_1": envelope("image-skill jobs show", { job: { status: "running" } }),
        "POST /v1/credit-quotes": envelope("image-skill credits quote", {
          next_command: "image-skill credits buy --provider stripe --quote-id quote_1 --idempotency-key k --json"
        }),
        "POST /v1/create": refusing(
          402,
          5,
          failure("image-skill create", { code: "QUOTA_EXCEEDED", message: "9 are needed", retryable: false })
        )
      })
    )
    const token = ["--token", "isk_r_x"]
    const wish = ["--prompt", "a lighthouse"]
    const lines = [
      ["create", "--guide", ...wish],
      ["create", "--guide"],
      ["create", "--guide", ...wish, ...token],
      ["create", "--guide", ...wish, "--model", "none"],
      ["create", "--guide", ...wish, "--dry-run"],
      ["create", ...wish],
      ["create"],
      ["create", ...wish, ...token],
      ["create", ...wish, "--aspect-ratio", "wide", ...token],
      ["signup", "--agent"],
      ["whoami"],
      ["assets", "show", "picture.png"],
      ["jobs", "wait", "job_1", "--timeout-ms", "0", ...token],
      ["auth", "save"],
      ["models", "list", "--catalog-only", "--available"],
      ["credits", "methods"],
      ["credits", "plan", "--credits", "60"],
      ["credits", "plan", "--max-usd", "0"],
      ["credits", "quote"],
      ["credits", "quote", "--credits", "60"],
      ["credits", "quote", "--credits", "60", ...token],
      ["credits", "buy"],
      ["credits", "buy", "--provider", "stripe"],
      ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1", ...token],
      ["credits", "fake-purchase", "--quote-id", "quote_1", ...token],
      ["credits", "status", "--quote-id", "quote_1", "--receipt-id", "receipt_1"]
    ].map((args) => ({ args: [...args, "--api-base-url", elsewhere.url], env }))
    const down = [
      ["doctor"],
      ["whoami", ...token],
      ["create", "--guide", ...wish],
      ["credits", "quote", "--credits", "60", ...token],
      ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1", "--idempotency-key", "k", ...token],
      ["credits", "status", ...token]
    ].map((args) => ({
      args: [...args, "--api-base-url", nowhere],
      env
    }))
    const ran = await drive(place(), [...lines, ...down])
    const strays = ran.flatMap((one, index) => {
      const { args } = [...lines, ...down][index] ?? { args: [] }
      const stderr = one.stderr.trim() === "" ? {} : (JSON.parse(one.stderr) as object)
      return commandsIn({ ...one.envelope, ...stderr })
        .filter(({ line }) => !line.includes("--help") && !line.startsWith(`${program} help`))
        .filter(({ line }) => !line.includes(`--api-base-url "http://127.0.0.1:`))
        .map(({ line, path }) => `${args.slice(0, -2).join(" ")} → ${path}: ${line}`)
    })
    assert.deepStrictEqual(strays, [])
  })
})

describe("commands of a payment", () => {
  it("carry any text to the program as it is, whoever made it: a method of the service, a quote, a key", async () => {
    const hostile = prompts.filter((text) => text.trim() === text && text.length <= 40 && !text.startsWith("-"))
    const methods = hostile.slice(0, 6).map((id) => ({
      method_id: id,
      available: true,
      quoteable: true,
      purchasable: true,
      live_money: true,
      requires_browser: false,
      agent_settleable: true,
      buyer_modes: ["agent_only"]
    }))
    const server = await stub(
      service({ "GET /v1/payment-methods": envelope("image-skill credits methods", { methods }) })
    )
    const plan = await place().run(["credits", "plan", "--credits", "60"], {
      env: { ...env, IMAGE_SKILL_API_BASE_URL: server.url }
    })
    const rows = at(plan.data, "ranked") as ReadonlyArray<{
      readonly method_id: string
      readonly quote_command: string
    }>
    assert.lengthOf(rows, 6)
    for (const [index, call] of callsOf(rows.map(({ quote_command: line }) => line)).entries()) {
      const id = rows[index]?.method_id ?? ""
      const words = ["--credits", "60", "--payment-method", id, "--json"]
      assert.deepStrictEqual(call.args, ["credits", "quote", ...words])
    }
    const quotes = hostile.filter((text) => !/\p{Cc}/u.test(text)).slice(0, 60)
    const ran = await drive(
      signed,
      quotes.map((quote) => ({
        args: ["credits", "buy", "--provider", "stripe", `--quote-id=${quote}`, "--idempotency-key", "k"],
        env: { ...env, IMAGE_SKILL_API_BASE_URL: nowhere, IMAGE_SKILL_TOKEN: "isk_r_x" }
      }))
    )
    const lines = ran.map((one) => text(one.envelope.error, "recovery.suggested_command"))
    for (const [index, call] of callsOf(lines).entries()) {
      const words = ["--provider", "stripe", "--quote-id", quotes[index] ?? "", "--idempotency-key", "k", "--json"]
      assert.deepStrictEqual(call.args, ["credits", "buy", ...words])
    }
  })
})

describe("commands where the config cannot be written", () => {
  it("the action, the command after it and its rerun start where the token was put", async () => {
    const machine = place()
    mkdirSync(machine.data, { recursive: true })
    symlinkSync("/nonexistent", machine.config)
    const { data } = await machine.run(["create", "--guide", "a lighthouse", "--explain"], { env })
    const elsewhere = `IMAGE_SKILL_HOME="$PWD/.image-skill" ${program} `
    const lines = ["next_command", "next_actions.sign_up.command", "after_next", "auth_handoff.rerun_guide.with_env"]
    assert.deepStrictEqual(
      lines.filter((path) => !text(data, path).includes(elsewhere)),
      []
    )
  })
})
