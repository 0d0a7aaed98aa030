import { assert, describe, it } from "@effect/vitest"
import { documents } from "@image-skill/core/documents/Documents"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import { groupNames } from "@image-skill/core/envelope/CommandTree"
import { errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import { isCredentialName } from "@image-skill/core/envelope/PaymentCredential"
import { drive, type Place, place, text } from "./Cli.ts"
import * as Runs from "./DocumentRuns.ts"
import { parse } from "./Markdown.ts"

/** The documents for agents, each text once, and the pages of this repository. */
const generated = [
  ...new Map(
    documents()
      .toReversed()
      .map(({ path, text }) => [text, path])
  ).values()
].map((path) => parse(`packages/cli/${path}`))
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "packages/cli/README.md",
  "packages/testing/README.md"
].map((path) => parse(path))

/** Every command line in a document for agents; of the pages, whose blocks are run as scripts, what stands in the text. */
const shown = [
  ...generated.flatMap(Runs.commandsShown),
  ...pages.flatMap((page) => Runs.commandsShown({ ...page, blocks: [] }))
]

/** What cannot be run here, and why. */
const notRun: ReadonlyArray<readonly [command: RegExp, why: string]> = [
  [/^serve\b/u, "it serves until it is told to stop; Documents.test.ts does both"],
  [/^mcp\b/u, "it waits for a client on standard input"],
  [/--token-stdin/u, "it takes a secret from standard input; Documents.test.ts runs it in a shell"],
  [/--raw\b/u, "it prints a script for a shell and no envelope"],
  [/^upload https:/u, "it fetches from the network"],
  [/^credits settle\b/u, "it needs a wallet and a chain; Settle.test.ts has both"],
  [/^conformance --api-base-url\b/u, "it judges a service that runs; ConformanceCommand.test.ts starts one"]
]

/** What is refused on a machine without keys of providers, with the code that it is refused with. */
const refused: ReadonlyArray<readonly [command: RegExp, code: string, why: string]> = [
  [/^credits buy --provider stripe\b/u, "PAYMENT_METHOD_MISMATCH", "the quote of the story is one of the fake rail"],
  [/^credits quote .*stripe/u, "PAYMENT_METHOD_UNAVAILABLE", "no key of Stripe"],
  [/^edit --dry-run .*photo\.jpg/u, "INPUT_POLICY_DENIED", "the embedded model repaints only what it drew itself"],
  [/^admin reversals --resolve\b/u, "NOT_FOUND", "nothing was refunded or disputed"],
  [/^admin approve --id\b/u, "NOT_FOUND", "nobody has asked for an approval"]
]

/** These end what others need, or begin something else, so they come last, in this order. */
const last = [
  /^assets delete\b/u,
  /^admin (?!freeze|revoke)/u,
  /^admin freeze\b/u,
  /^admin revoke\b/u,
  /^auth logout\b/u,
  /^auth save\b/u,
  /^signup\b/u
]

const rankOf = (line: string): number => last.findIndex((pattern) => pattern.test(line))

const lineOf = ({ line }: Runs.Shown): string => line.replace(/^image-skill /u, "")

describe("every command in a document", () => {
  it("is one that the parser takes, with flags that the command has", () => {
    assert.isAtLeast(shown.length, 150)
    for (const { line, where } of shown) {
      const reading = read(Runs.argumentsOf(line))
      if (reading._tag === "Help") continue
      if (reading._tag !== "Command") return assert.fail(`${where}: ${line}: ${reading._tag}`)
      assert.deepStrictEqual(reading.unknown, [], `${where}: ${line}`)
      const { positionals } = specOf(reading.name)
      // The name of a command may be several words.
      if (!positionals.includes("COMMAND"))
        assert.isAtMost(reading.positionals.length, positionals.length, `${where}: ${line}`)
    }
  })

  it("is there, also where only its name stands, and so are flags and codes", () => {
    const names = new Set<string>([...commandNames, ...groupNames])
    const firstWords = new Set(commandNames.map((name) => name.split(" ")[0]))
    const flags = new Set([globalFlags, ...commandNames.map((name) => specOf(name).flags)].flatMap(Object.keys))
    const codes = new Set<string>(errorCodes)
    for (const { codes: inline, path } of generated) {
      for (const code of inline) {
        const [word = "", second] = code.split(" ")
        if (second !== undefined && firstWords.has(word) && /^[a-z]+(?: [a-z][a-z-]*)+$/u.test(code))
          assert.isTrue(names.has(code), `${path}: ${code}`)
        for (const [, flag = ""] of code.matchAll(/(?<![\w-])--([a-z][a-z-]+)/gu))
          assert.isTrue(flags.has(flag) || isCredentialName(flag), `${path}: --${flag}`)
        if (/^[A-Z]+(?:_[A-Z]+)+$/u.test(code) && !code.startsWith("IMAGE_SKILL_"))
          assert.isTrue(codes.has(code), `${path}: ${code}`)
      }
    }
  })

  it("runs and ends as it should, each once, on one machine", { timeout: 120_000 }, async () => {
    const machine = place()
    const env = { IMAGE_SKILL_RAILS: "fake" }
    const story = await tell(machine, env)
    const distinct = [...new Map(shown.map((one) => [lineOf(one), one])).values()]
    for (const [pattern] of [...notRun.slice(2), ...refused])
      assert.isTrue(
        distinct.some((one) => pattern.test(lineOf(one))),
        `nothing to except: ${pattern}`
      )
    const running = distinct
      .filter((one) => !notRun.some(([pattern]) => pattern.test(lineOf(one))))
      .toSorted((left, right) => rankOf(lineOf(left)) - rankOf(lineOf(right)))
    // Two lines that come to the same, such as an example and its form with a capital word, are one.
    const lines = new Map(
      running.map((one) => {
        const args = quick(Runs.filled(Runs.argumentsOf(one.line), story))
        return [JSON.stringify(args), { ...one, args }] as const
      })
    )
    assert.isTrue(lines.delete(JSON.stringify(first)), "the story begins with a command of the documents")
    const cases = [...lines.values()].toSorted((left, right) => Number(shows(right)) - Number(shows(left)))
    const apart = cases.filter(shows)
    const ran = [
      ...(await Promise.all(apart.map(({ args }) => machine.run(args, { env })))),
      ...(await drive(
        machine,
        cases.slice(apart.length).map(({ args }) => ({ args, env }))
      ))
    ]
    const wrong = ran.flatMap((one, index) => {
      const { line = "", where = "" } = cases[index] ?? {}
      const [, code = ""] = refused.find(([pattern]) => pattern.test(lineOf({ line, where }))) ?? []
      return one.code === code ? [] : [`${where}: ${line}: ${one.code} ${text(one.envelope.error, "message")}`]
    })
    assert.deepStrictEqual(wrong, [])
  })
})

/** It prints a secret that was asked for, which a process of its own may do and a run of many may not. */
const shows = ({ line }: Runs.Shown): boolean => line.startsWith("image-skill admin owner-token ")

const small = ["--model-parameters-json", `{"width":256,"height":256}`]

/** A create that says nothing about the size makes a small picture here, since drawing takes most of the time. */
const quick = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args[0] !== "create" || args.some((word) => /^--(?:guide|dry-run|model-parameters-json)$/u.test(word))
    ? args
    : [...args, ...small]

/** With what the story begins, so that it is not run again. */
const first = quick(["create", "--prompt", "a lighthouse at dusk", "--max-estimated-usd-per-image", "0.10"])

const offer = (key: string) => [
  "credits",
  "quote",
  "--credits",
  "100",
  "--payment-method",
  "fake",
  "--idempotency-key",
  key
]

/** Somebody with a picture, a job, an open quote and a payment that is made. */
const tell = async (machine: Place, env: { readonly IMAGE_SKILL_RAILS: string }): Promise<Runs.Story> => {
  const picture = "photo.png"
  const [signup, create, paid, open] = await drive(
    machine,
    [["signup", "--agent", "--agent-name", "reader", "--runtime", "tests"], first, offer("paid"), offer("open")].map(
      (args) => ({ args, env })
    )
  )
  assert.strictEqual(signup?.exitCode, 0, signup?.stdout)
  const asset = text(create?.data, "asset_ids.0")
  const quoteId = text(paid?.data, "quote_id")
  const [saved, bought, whoami] = await drive(machine, [
    { args: ["assets", "get", asset, "--output", picture], env },
    { args: ["credits", "buy", "--provider", "fake", "--quote-id", quoteId, "--idempotency-key", "paid-buy"], env },
    { args: ["auth", "status"], env }
  ])
  assert.strictEqual(saved?.exitCode, 0, saved?.stdout)
  return {
    agent: text(whoami?.envelope.actor, "actor_id"),
    organization: text(whoami?.envelope.actor, "organization_id"),
    fingerprint: text(whoami?.data, "token_fingerprint"),
    asset,
    job: text(create?.data, "job_id"),
    quote: text(open?.data, "quote_id"),
    payment: text(bought?.data, "payment_attempt_id"),
    trace: create?.envelope.trace_id ?? "",
    picture
  }
}
