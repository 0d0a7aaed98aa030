import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { type CommandName, commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { errorsOf } from "@image-skill/core/envelope/CommandExits"
import { commandNamed, groupNames } from "@image-skill/core/envelope/CommandTree"
import { Ids } from "@image-skill/core/envelope/Ids"
import { words } from "@image-skill/core/envelope/ShellWords"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { explain } from "../src/commands/help/show.ts"
import { commandSchema } from "../src/commands/schema/command.ts"
import { leaf as schemaLeaf } from "../src/commands/schema/show.ts"
import { thisMachine } from "../src/Machine.ts"
import { at, drive, signedUp, small, text } from "./Cli.ts"

const host = { prefix: "image-skill", apiBaseUrl: null, startWith: () => ({ prefix: "image-skill", apiBaseUrl: null }) }

const traced = { trace: Effect.succeed("trace_00000000000000aa") } as Ids["Service"]

const helpOf = (topic: ReadonlyArray<string>) =>
  Effect.runSync(Effect.provideService(explain(topic, host), Ids, traced)).envelope

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value, null, 2))

describe("help", () => {
  it("has every command and every group, each of at most 6 kB, with its own label", () => {
    for (const node of [...commandNames, ...groupNames]) {
      const envelope = helpOf(node.split(" "))
      assert.isAtMost(bytes(envelope), 6_000, node)
      assert.strictEqual(envelope.command, `image-skill ${node} help`)
      assert.strictEqual(text(envelope.data, "command"), node)
      assert.isTrue(text(envelope.data, "usage").startsWith(`image-skill ${node}`), node)
      assert.isNotEmpty(text(envelope.data, "description"), node)
      assert.include(text(envelope.data, "docs_url"), `#image-skill-${node.replaceAll(" ", "-")}`)
    }
    assert.isAtMost(bytes(helpOf([])), 6_000)
  })

  it("of a command names each of its flags once, as required or as optional", () => {
    for (const name of commandNames) {
      const { data } = helpOf(name.split(" "))
      const lines = [at(data, "required_flags"), at(data, "optional_flags")].flatMap(
        (list) => (list ?? []) as Array<string>
      )
      assert.sameMembers(
        lines.map((line) => /^--([\w-]+)/u.exec(line)?.[1] ?? line),
        Object.keys(specOf(name).flags),
        name
      )
    }
    assert.deepStrictEqual(
      (at(helpOf(["credits", "buy"]).data, "required_flags") as Array<string>).map((line) => line.split(":")[0]),
      ["--provider PROVIDER", "--quote-id QUOTE_ID", "--idempotency-key KEY"]
    )
    assert.deepStrictEqual(at(helpOf(["credits", "buy"]).data, "supported_providers"), [
      "stripe",
      "stripe_x402",
      "fake"
    ])
  })

  it("of what does not exist is the help of all, with the likeliest in a warning", () => {
    const envelope = helpOf(["credit", "quote"])
    assert.strictEqual(envelope.command, "image-skill help")
    assert.match(envelope.warnings[0] ?? "", /did you mean credits quote\?/u)
    assert.deepStrictEqual(helpOf([]).warnings, [])
  })

  it("names for a command every error code that a golden answer of it has", () => {
    const folder = fileURLToPath(new URL("goldens/", import.meta.url))
    const missing = new Set<string>()
    for (const file of readdirSync(folder)) {
      const transcript = readFileSync(`${folder}${file}`, "utf8")
      const label = /"command": "image-skill ([^"]+)"/u.exec(transcript)?.[1] ?? ""
      const code = /^ {2}"error": \{\s+"code": "([A-Z_]+)"/mu.exec(transcript)?.[1]
      const name = commandNamed(label.split(" "))
      // Of a command that was still to come.
      const isLater = code === "PUBLIC_CLI_COMMAND_NOT_AVAILABLE"
      if (name !== null && code !== undefined && !isLater && !errorsOf(name).some((known) => known === code)) {
        missing.add(`${name}: ${code}`)
      }
    }
    assert.deepStrictEqual([...missing], [])
  })

  it("has examples that run on an embedded machine, once their ids are real ones", async () => {
    const machine = await signedUp()
    const env = { IMAGE_SKILL_RAILS: "fake" }
    const [made, quoted, who] = await drive(
      machine,
      [
        { args: ["create", "--prompt", "a red apple", ...small] },
        { args: ["credits", "quote", "--credits", "40", "--payment-method", "fake", "--idempotency-key", "one"] },
        { args: ["whoami"] }
      ],
      { env }
    )
    await drive(machine, [{ args: ["assets", "get", text(made?.data, "asset_ids.0"), "--output", "photo.jpg"] }])
    const real: ReadonlyArray<readonly [pattern: RegExp, id: string]> = [
      [/^image_\w+$/u, text(made?.data, "asset_ids.0")],
      [/^job_\w+$/u, text(made?.data, "job_id")],
      [/^quote_\w+$/u, text(quoted?.data, "quote_id")],
      [/^agt_\w+$/u, text(who?.envelope.actor, "actor_id")],
      [/^org_\w+$/u, text(who?.envelope.actor, "organization_id")]
    ]
    const filled = (word: string): string => real.find(([pattern]) => pattern.test(word))?.[1] ?? word
    const cases = commandNames
      .filter((name) => !elsewhere.has(name))
      .flatMap((name) => specOf(name).examples.map((example) => ({ name, example })))
      // Nothing is fetched from the world in a test.
      .filter(({ example }) => !example.includes("https://"))
    const ran = await drive(
      machine,
      cases.map(({ example, name }) => ({
        args: [...Option.getOrThrow(words(example)).map(filled), ...(name === "create" ? small : [])]
      })),
      { env }
    )
    const failed = cases.flatMap(({ example, name }, index) => {
      const answer = ran[index]
      if (answer === undefined || answer.exitCode === 0) return []
      return isExpected(name, answer.code) ? [] : [`${example}: ${answer.code}`]
    })
    assert.deepStrictEqual(failed, [])
  })
})

/** `serve` runs until it is stopped, `conformance` wants it running, and the commands after these have no token or no asset any more. */
const elsewhere: ReadonlySet<string> = new Set([
  "mcp",
  "serve",
  "conformance",
  "auth logout",
  "auth save",
  "assets delete",
  "admin revoke",
  "admin freeze"
])

/** What an example answers where there is no such payment, rail, wallet or network. */
const isExpected = (name: CommandName, code: string): boolean => (expected[name] ?? []).includes(code)

const expected: { readonly [N in CommandName]?: ReadonlyArray<string> } = {
  // The embedded illustrator changes only what it drew, and no file of the caller's is that.
  edit: ["INPUT_POLICY_DENIED"],
  "credits quote": ["PAYMENT_METHOD_UNAVAILABLE"],
  "credits buy": ["PAYMENT_METHOD_MISMATCH", "PAYMENT_METHOD_UNAVAILABLE"],
  "credits status": ["PAYMENT_NOT_FOUND"],
  "credits settle": ["PAYMENT_NOT_FOUND", "WALLET_UNAVAILABLE"],
  "jobs cancel": ["JOB_NOT_FOUND"],
  "activity show": ["ACTIVITY_NOT_FOUND"],
  "assets get": ["OUTPUT_EXISTS"],
  "admin reversals": ["PAYMENT_NOT_FOUND", "NOT_FOUND"],
  "admin approve": ["NOT_FOUND"],
  "admin revoke": ["NOT_FOUND"]
}

describe("schema", () => {
  it("has of every command its flags, and of one that asks a service its answer", () => {
    for (const name of commandNames) {
      const { answer_schema: answer, flags_schema: flags, operations } = commandSchema(name)
      assert.sameMembers(Object.keys((at(flags, "properties") ?? {}) as object), Object.keys(specOf(name).flags), name)
      assert.strictEqual(answer === null, operations.length === 0, name)
    }
  })

  it("answers in at most 6 kB unless more is asked for, and names what it left out with the command that shows it", () => {
    for (const name of [[], ...[...commandNames, ...groupNames].map((node) => node.split(" "))]) {
      const { data } = schemaOf(name)
      assert.isAtMost(bytes(data), 5_800, name.join(" "))
    }
    const short = schemaOf(["create"]).data
    assert.deepStrictEqual(at(short, "omitted"), ["answer_schema", "flags_schema"])
    assert.strictEqual(text(short, "omitted_command"), "image-skill schema create --explain --json")
    const whole = schemaOf(["create", "--explain"]).data
    assert.isDefined(at(whole, "answer_schema"))
    assert.isDefined(at(whole, "flags_schema.properties.prompt"))
    assert.isUndefined(at(whole, "omitted"))
  })

  it("with --all has every command with its schemas", () => {
    const commands = at(schemaOf(["--all"]).data, "commands") as ReadonlyArray<{ readonly command: string }>
    assert.deepStrictEqual(
      commands.map(({ command }) => command),
      [...commandNames]
    )
  })
})

const schemaOf = (args: ReadonlyArray<string>) => {
  const parsed = read(["schema", ...args])
  if (parsed._tag !== "Command") throw new Error(args.join(" "))
  const answer = schemaLeaf({ parsed, host, machine: thisMachine("/home/demo/image-skill") })
  return Effect.runSync(Effect.provideService(answer, Ids, traced)).envelope
}
