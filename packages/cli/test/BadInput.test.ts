import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { solidPng } from "@image-skill/testing/media/Png"
import {
  at,
  type Case,
  drive,
  type DroveCase,
  type Place,
  place,
  prefix,
  type Ran,
  signedUp,
  small,
  text
} from "./Cli.ts"
import { budgets, credentialFlags, exitCodes, type FlagKind, flagKinds } from "./Contract.ts"

/** Appears in values that must not come back. */
const canary = "canary4242"

const long = "x".repeat(100_000)

const wrongKeys = ["", " ", "a b", "é", "a/b", "x".repeat(201), "two\nlines", long]
const wrongReferences = ["", " ", "two\nlines", "a\u0007b", "x".repeat(201), long]

/** A URL that is a script, which nobody may ever follow. */
// oxlint-disable-next-line no-script-url -- it is typed to be refused
const scriptUrl = "javascript:alert(1)"

/** What each kind of flag cannot take, whichever flag it is (contract/cli.md 2, hardening d). */
const wrongForKind = {
  number: ["", " ", "cheap", "NaN", "Infinity", "-Infinity", "1e999", "0x", "1,5", "1 2", "$5"],
  count: ["", " ", "two", "NaN", "0", "-1", "1.5", "1e-3", "Infinity", "1e999", "01x"],
  object: ["", " ", "{", "[]", "null", "1", `"text"`, "true", "{'a':1}", `{"a":1}x`],
  text: [],
  switch: []
} as const

/** What is no picture, wherever one can be named. */
const wrongPictures = [
  "",
  " ",
  "nothing.png",
  ".",
  "binary",
  "/dev/zero",
  "http://",
  "http://127.0.0.1:9/a.png",
  `http://u:${canary}@a.example/a.png`,
  `http://10.0.0.1/${canary}`,
  long
]

const wrongGuides = {
  "element-frontal": [...wrongPictures, "@0", "image_1@0:1", "image_1@10", "image_1@1"],
  "element-reference": [...wrongPictures, "@0", "image_1", "image_1@0:3", "image_1@0:x"],
  "reference-image": [
    ...wrongPictures,
    "@0",
    "image_1@1",
    "image_1@0:foo",
    "image_1@",
    `image_1@${"0".repeat(9_000)}x`
  ],
  visibility: ["", " ", "friends", "Public", long],
  "wait-ms": ["-1", "280001", "1.5", "1e9"]
}

/** What single flags cannot take, by the rules of contract/cli.md 6 and contract/api.md 3.5, 8.1 and 10.1. */
const wrongForFlag: { readonly [command: string]: { readonly [flag: string]: ReadonlyArray<string> } } = {
  signup: {
    "agent-name": ["", " ", "x".repeat(81), "two\nlines", "a\u0007b", long],
    runtime: ["", " ", "x".repeat(81), "two\nlines", long],
    "agent-contact": ["", " ", "the boss", "a@b", "@studio.example", "a b@studio.example", `${"x".repeat(255)}@a.b`],
    "human-email": ["", " ", "the boss", "a@b", "a@@studio.example"]
  },
  create: {
    prompt: ["", " ", "\n\t", "x".repeat(8_001), long],
    "prompt-file": ["", " ", "nothing.txt", ".", "binary", "/dev/zero", "blank.txt", "long.txt"],
    provider: ["", " ", "two\nlines", "acme", long],
    model: ["", " ", "two\nlines", "acme.paint-1", "local", long],
    intent: ["", " ", "two\nlines", long],
    "aspect-ratio": ["", " ", "wide", "1", "0:1", "100:1", "1:1:1", "-1:1", "1.5:1", "5:4", long],
    "output-count": ["5", "1001", "1e3"],
    "max-estimated-usd-per-image": ["-1", "-0.01", "1001", "1e9"],
    "max-usd": ["-1", "1001", "1e300"],
    ...wrongGuides,
    "idempotency-key": wrongKeys,
    "model-parameters-json": [
      `{"width":100}`,
      `{"width":1e9}`,
      `{"width":256.5}`,
      `{"width":"256"}`,
      `{"seed":-1}`,
      `{"style":"cubist"}`,
      `{"output_format":"gif"}`,
      `{"sede":1}`,
      `{"__proto__":1}`,
      `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`
    ]
  },
  upload: { input: wrongPictures, visibility: ["", " ", "friends", long] },
  edit: {
    ...wrongGuides,
    input: wrongPictures,
    "input-asset-id": wrongPictures,
    mask: wrongPictures,
    prompt: ["", " ", "\n\t", "x".repeat(8_001), long],
    "prompt-file": ["", " ", "nothing.txt", ".", "binary", "/dev/zero", "blank.txt", "long.txt"],
    provider: ["", " ", "two\nlines", long],
    model: ["", " ", "two\nlines", long],
    intent: ["", " ", "two\nlines", long],
    "aspect-ratio": ["", " ", "wide", "1", "0:1", "100:1", "1:1:1", "-1:1", "1.5:1", long],
    "output-count": ["1001"],
    "max-estimated-usd-per-image": ["-1", "-0.01", "1001", "1e9"],
    "max-usd": ["-1", "1001", "1e300"],
    "idempotency-key": wrongKeys,
    "model-parameters-json": [`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`]
  },
  "credits plan": { "max-usd": ["-1", "-0.01", "1001", "1e300"] },
  "credits quote": {
    credits: ["5001", "1e9"],
    pack: ["", " ", "two\nlines", "jumbo", "starter-501", "x".repeat(81), long],
    "payment-method": ["", " ", "two\nlines", "acme", "FAKE", "x".repeat(81), long],
    "idempotency-key": wrongKeys
  },
  "credits buy": {
    provider: ["", " ", "acme", "Stripe", "stripe_checkout", "toString", "two\nlines", long],
    "quote-id": wrongReferences,
    "idempotency-key": wrongKeys
  },
  "credits status": {
    "quote-id": wrongReferences,
    "payment-attempt-id": wrongReferences,
    "checkout-session-id": wrongReferences,
    "receipt-id": wrongReferences
  },
  "credits fake-purchase": { "quote-id": wrongReferences, "idempotency-key": wrongKeys },
  "models list": {
    operation: [" ", "image.paint", "two\nlines", long],
    provider: ["acme", "two\nlines", long],
    modality: ["smell", "two\nlines", long],
    query: ["two\nlines", long]
  },
  "assets list": {
    limit: ["0", "-1", "1.5", "101", "1e9"],
    cursor: ["", " ", "picture.png", "image_", long],
    kind: ["", " ", "found", long],
    modality: ["", " ", "smell", long]
  },
  "assets lineage": { id: ["", " ", "picture.png", "image_", "image_a b"] },
  "assets delete": { id: ["", " ", "picture.png", "image_", "image_a b"] },
  "jobs list": {
    limit: ["0", "-1", "1.5", "101", "1e9"],
    cursor: ["", " ", "two\nlines", long],
    status: ["", " ", "stuck", long]
  },
  "jobs cancel": { "job-id": ["", " ", "two\nlines", long] },
  "assets show": {
    thumbnail: ["0", "15", "1025", "-64", "64.5", "1e9"],
    id: ["", " ", "picture.png", "image_", "image_a b", "https://media.example.com/a/image_1.png"]
  },
  "assets get": { id: ["", " ", "picture.png", "http://media.image-skill.com/a/image_1.png"] },
  "jobs show": { "job-id": ["", " ", "two\nlines", long] },
  "jobs wait": { "job-id": ["", " ", "two\nlines"], "timeout-ms": ["-1", "-1e9"] },
  "activity list": { limit: ["0", "-1", "1.5", "101", "1e9"], subject: ["", " ", "two\nlines", long] },
  "activity show": { reference: ["", " ", "two\nlines", long] },
  mcp: {
    allow: ["", " ", "paint", "guide,,quota", "guide quota"],
    host: ["", " ", "not a host", "a/b", "0.0.0.0"],
    port: ["-1", "1.5", "65536", "1e9"],
    "allow-host": ["", " ", "a:80", "http://a.example"],
    "allow-origin": ["", "example.com", "https://a.example/", "https://a.example/base", scriptUrl]
  },
  serve: {
    host: ["", " ", "not a host", "999.1.1.1"],
    "data-dir": ["", " "],
    port: ["-1", "1.5", "65536", "1e9"],
    limits: ["", " ", "nothing.json", ".", "binary", "/dev/zero", "long.txt"],
    "public-api-url": ["", " ", "example.com", "ftp://example.com", "https://a.example/base", "https://u:p@a.example"],
    "public-media-url": ["", "example.com", scriptUrl, "https://a.example/base"]
  }
}

/** Wrong for every command that talks to a service. */
const wrongBases = ["ftp://example.com", "example.com", "http://", scriptUrl, `https://u:${canary}@a.example`]
const wrongTokens = ["", " ", `${canary} b`, `${canary}é`, `${canary}\nx`, `${canary}\u0000`, "x".repeat(4_097)]

const unknownQuote = "quote_00000000000000000000"

/** The rest of a command line that works, so that only the flag in question can be wrong. */
const base: { readonly [command: string]: ReadonlyArray<string> } = {
  signup: ["--agent", "--agent-name", "painter", "--runtime", "tests"],
  create: ["--prompt", "a lighthouse", "--idempotency-key", "bad-input", ...small],
  "credits quote": ["--credits", "5", "--payment-method", "fake", "--idempotency-key", "bad-input"],
  "credits buy": ["--provider", "fake", "--quote-id", unknownQuote, "--idempotency-key", "bad-input"],
  "credits fake-purchase": ["--quote-id", unknownQuote, "--idempotency-key", "bad-input"],
  upload: ["--input", "apple.png"],
  edit: ["--input", "image_00000000000000000000", "--prompt", "make it night", "--idempotency-key", "bad-input"],
  "assets lineage": ["image_00000000000000000000"],
  "assets delete": ["image_00000000000000000000"],
  "jobs cancel": ["job_00000000000000000000"],
  "models show": ["local.storyboard"],
  "capabilities show": ["is.image.generate.local-storyboard.v1"],
  "assets show": ["image_00000000000000000000"],
  "assets get": ["image_00000000000000000000"],
  "jobs show": ["job_00000000000000000000"],
  "jobs wait": ["job_00000000000000000000"],
  "activity show": ["evt_00000000000000000000"],
  mcp: ["--http"],
  serve: ["--port", "0"]
}

const commands = Object.keys(flagKinds).filter((name) => name !== "help" && name !== "version")
const changing = new Set([
  "conformance",
  "upload",
  "edit",
  "assets delete",
  "jobs cancel",
  "signup",
  "auth status",
  "auth save",
  "auth logout",
  "create",
  "credits plan",
  "credits quote",
  "credits buy",
  "credits fake-purchase",
  "mcp",
  "serve"
])

interface Bad extends Case {
  readonly command: string
  readonly flag: string
  readonly value: string
}

/** A whole command line with `flag` set to `value`; the flag's own positional, or what excludes it, gives way to it. */
const line = (command: string, flag: string, value: string): Bad => {
  const rest = base[command] ?? []
  const own = ["id", "job-id", "reference"].includes(flag) ? [] : without(rest, flag)
  const kept = without(own, excludes[flag] ?? flag)
  return { command, flag, value, args: [...command.split(" "), ...kept, `--${flag}=${value}`], env: fakeRail }
}

const excludes: { readonly [flag: string]: string } = {
  "prompt-file": "prompt",
  pack: "credits",
  "input-asset-id": "input"
}

/** Something to buy, so that only the value in question stands in the way. */
const fakeRail = { IMAGE_SKILL_RAILS: "fake" }

const without = (rest: ReadonlyArray<string>, flag: string): ReadonlyArray<string> => {
  const index = rest.indexOf(`--${flag}`)
  return index === -1 ? rest : rest.toSpliced(index, 2)
}

let signed: Place

const files = (machine: Place): void => {
  writeFileSync(join(machine.work, "binary"), Buffer.from([0xff, 0xfe, 0x00, 0xc3]))
  writeFileSync(join(machine.work, "apple.png"), solidPng(4, 3, 255, 0, 0))
  writeFileSync(join(machine.work, "blank.txt"), " \n\t\n")
  writeFileSync(join(machine.work, "long.txt"), "x".repeat(70_000))
}

beforeAll(async () => {
  signed = await signedUp()
  files(signed)
})

/** The folder of the database changes its time when SQLite puts its own files there and takes them away. */
const written = ({ changed }: DroveCase): ReadonlyArray<string> =>
  changed.filter((name) => name !== ".local/share/image-skill")

/** What is wrong with a refusal; empty when it is as it should be. */
const faults = ({ command, flag, value }: Bad, ran: Ran & { readonly changed: DroveCase["changed"] }) => {
  const where = `${command} --${flag}=${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`
  if (ran.exitCode === 0) return [`${where}: was accepted`]
  const { error } = ran.envelope
  const found = [
    ...(exitCodes[ran.code] === ran.exitCode ? [] : [`${ran.code} ended with ${ran.exitCode}`]),
    ...(text(error, "money_moved") === "no" ? [] : ["money may have moved"]),
    ...(written(ran).length === 0 ? [] : [`wrote ${written(ran).join(", ")}`]),
    ...(Buffer.byteLength(bare(ran.stdout)) <= budgets.error ? [] : [`${bare(ran.stdout).length} bytes`]),
    ...(ran.stdout.includes(canary) || ran.stderr.includes(canary) ? ["echoes the value"] : []),
    ...(namesOf(flag).some((name) => JSON.stringify(error).includes(name))
      ? []
      : [`does not name the flag: ${text(error, "message")}`])
  ]
  return found.map((fault) => `${where}: ${fault}`)
}

/** Where this very checkout lies is no part of an answer's length (decision D3.11). */
const bare = (stdout: string): string => stdout.replaceAll(prefix, "image-skill")

/** The older name of a flag may be answered under the one that it stands for (contract/cli.md 6.6). */
const namesOf = (flag: string): ReadonlyArray<string> =>
  flag === "human-email" ? ["--human-email", "--agent-contact"] : [`--${flag}`]

const judge = async (machine: Place, cases: ReadonlyArray<Bad>, more: typeof faults = () => []) => {
  const ran = await drive(machine, cases)
  return cases.flatMap((one, index) => {
    const answer = ran[index]
    return answer === undefined ? [] : [...faults(one, answer), ...more(one, answer)]
  })
}

const casesOf = (command: string): ReadonlyArray<Bad> =>
  Object.entries(flagKinds[command] ?? {}).flatMap(([flag, kind]) =>
    [...wrongForKind[kind], ...(wrongForFlag[command]?.[flag] ?? [])].map((value) => line(command, flag, value))
  )

const refusesAllOf = (command: string) => async () => {
  assert.deepStrictEqual(await judge(signed.copy(), casesOf(command)), [])
}

const wasNotSent: typeof faults = ({ command, flag, value }, ran) =>
  text(ran.envelope.error, "outcome") === "not_sent"
    ? []
    : [`${command} --${flag}=${value}: outcome ${text(ran.envelope.error, "outcome")}`]

describe("a value that a flag cannot take", () => {
  for (const command of commands.filter((name) => name !== "serve" && casesOf(name).length > 0)) {
    it(`${command} refuses it, names the flag, and changes nothing`, refusesAllOf(command))
  }

  it("serve refuses it, names the flag, and does not begin to listen", async () => {
    const machine = place()
    files(machine)
    // One that listens would go on for ever, and no case would come after it.
    assert.deepStrictEqual(await judge(machine, casesOf("serve")), [])
  })

  it("a base URL that is none is refused by every command", async () => {
    const cases = commands
      .filter((name) => name !== "serve")
      .flatMap((name) => wrongBases.map((value) => line(name, "api-base-url", value)))
    assert.deepStrictEqual(await judge(signed, cases), [])
  })

  it("a token that no header takes is refused by every command that sends one, and is not repeated", async () => {
    const cases = [
      "whoami",
      "quota",
      "create",
      "assets show",
      "jobs show",
      "activity list",
      "auth status",
      "auth save"
    ].flatMap((name) => wrongTokens.map((value) => line(name, "token", value)))
    assert.deepStrictEqual(await judge(signed, cases), [])
  })

  it("a value of the wrong kind was never sent, and says so", async () => {
    const cases = commands
      .flatMap((name) => casesOf(name))
      .filter(({ flag, value }) => ["cheap", "0", "[]", "wide", "a b", "the boss"].includes(value) && flag !== "id")
    assert.deepStrictEqual(
      (await judge(signed.copy(), cases, wasNotSent)).filter((fault) => fault.includes(": outcome")),
      []
    )
  })
})

const valueless = (command: string): ReadonlyArray<Bad> =>
  Object.entries<FlagKind>({ ...flagKinds[command], token: "text" })
    .filter(([, kind]) => kind !== "switch")
    .map(([flag]) => {
      const { args } = line(command, flag, "")
      return { command, flag, value: "", args: [...args.slice(0, -1), `--${flag}`] }
    })

describe("a flag without its value", () => {
  it("is refused by commands that change something", async () => {
    const cases = [...changing].flatMap(valueless)
    assert.deepStrictEqual(await judge(signed, cases), [])
  })

  it("is refused or warned about by commands that only read", async () => {
    const cases = commands.filter((name) => !changing.has(name)).flatMap(valueless)
    const ran = await drive(signed, cases)
    const silent = cases.filter(({ flag }, index) => {
      const { error, warnings } = ran[index]?.envelope ?? {}
      return !JSON.stringify([error, warnings]).includes(`--${flag}`)
    })
    assert.deepStrictEqual(
      silent.map(({ command, flag }) => `${command} --${flag}`),
      []
    )
  })

  it("does not swallow the flag that follows", async () => {
    const [ran] = await drive(signed, [{ args: ["create", "--model", "--prompt", "a lighthouse", "--dry-run"] }])
    assert.strictEqual(ran?.code, "INVALID_ARGUMENTS")
    assert.include(text(ran?.envelope.error, "message"), "--model")
  })
})

const unknown = (command: string, flag: string): Bad => ({ ...line(command, flag, canary), flag })

describe("a flag that the command does not have", () => {
  it("is refused by commands that change something, and nothing of it is repeated but its name", async () => {
    const cases = [...changing].flatMap((command) => [unknown(command, "use-case"), unknown(command, "$(id)")])
    const ran = await drive(signed, cases)
    for (const [index, { command }] of cases.entries()) {
      const one = ran[index]
      assert.deepStrictEqual([one?.code, one?.exitCode], ["PUBLIC_CLI_FLAG_NOT_AVAILABLE", 2], command)
      assert.deepStrictEqual(one?.changed, [], command)
      assert.notInclude(one?.stdout, canary)
      assert.notInclude(one?.stdout, "$(id)")
    }
  })

  it("is warned about by commands that only read", async () => {
    // What `trust` says must not depend on what it did not understand (contract/cli.md 6.5).
    const reading = commands.filter((name) => !changing.has(name) && name !== "trust")
    const cases = reading.map((command) => unknown(command, "use-case"))
    const ran = await drive(signed, cases)
    for (const [index, { command }] of cases.entries()) {
      assert.isTrue(
        ran[index]?.envelope.warnings.some((warning) => warning.includes("--use-case")),
        command
      )
      assert.notInclude(ran[index].stdout, canary)
    }
  })

  it("and is nearly one it has: the answer says which was meant", async () => {
    const slips: ReadonlyArray<readonly [command: string, typed: string, meant: string]> = [
      ["create", "promt", "prompt"],
      ["create", "max_usd", "max-usd"],
      ["create", "idempotencykey", "idempotency-key"],
      ["create", "dryrun", "dry-run"],
      ["signup", "agent_name", "agent-name"],
      ["signup", "agentcontact", "agent-contact"],
      ["auth save", "token-stdn", "token-stdin"],
      ["models list", "availble", "available"],
      ["activity list", "limits", "limit"],
      ["credits quote", "credit", "credits"],
      ["credits quote", "payment_method", "payment-method"],
      ["credits buy", "quoteid", "quote-id"],
      ["credits status", "payment-atempt-id", "payment-attempt-id"],
      ["credits plan", "max-us", "max-usd"],
      ["assets get", "overwrit", "overwrite"],
      // Of all commands: a slip here sends a request to another service, or without its token.
      ["whoami", "api-base-ur", "api-base-url"],
      ["quota", "tokn", "token"],
      ["models list", "api_base_url", "api-base-url"]
    ]
    const ran = await drive(
      signed,
      slips.map(([command, typed]) => ({ args: [...command.split(" "), ...(base[command] ?? []), `--${typed}=x`] }))
    )
    const missed = slips.filter(([, , meant], index) => {
      const { error, warnings } = ran[index]?.envelope ?? {}
      return !JSON.stringify([text(error, "message"), warnings]).includes(`did you mean --${meant}?`)
    })
    assert.deepStrictEqual(
      missed.map(([command, typed]) => `${command} --${typed}`),
      []
    )
  })
})

const spellings = (flag: string): ReadonlyArray<string> => [
  flag,
  flag.replaceAll("-", "_"),
  flag.replaceAll(/-([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase()),
  flag.toUpperCase()
]

const isCredentialFlag: typeof faults = ({ command, flag }, ran) =>
  ran.code === "PAYMENT_CREDENTIAL_FLAG_REJECTED" ? [] : [`${command} --${flag}: ${ran.code}`]

describe("a payment credential", () => {
  it("is refused by name before anything else, in every spelling, and its value is not repeated", async () => {
    const cases = [
      ...["create", "signup", "credits methods", "credits quote", "credits buy", "credits status"].flatMap((command) =>
        credentialFlags.flatMap((flag) => spellings(flag).map((spelled) => line(command, spelled, canary)))
      ),
      ...commands.flatMap((command) => ["card", "privateKey", "x_payment"].map((flag) => line(command, flag, canary)))
    ]
    assert.deepStrictEqual(await judge(signed, cases, isCredentialFlag), [])
  })

  it("is found although other arguments are wrong, too, and without a token", async () => {
    const ran = await drive(place(), [
      { args: ["create", "--model-parameters-json", "[]", "--nonsense", "--cvc", canary] },
      { args: ["whoami", `--mnemonic=${canary}`] },
      { args: ["create", "--prompt", "x", "--card", canary, "--card", canary] }
    ])
    for (const one of ran) {
      assert.strictEqual(one.code, "PAYMENT_CREDENTIAL_FLAG_REJECTED")
      assert.notInclude(one.stdout + one.stderr, canary)
    }
  })

  it("in the parameters of a model is neither repeated nor sent", async () => {
    const parameters = [`{"card":"${canary}"}`, `{"a":{"b":[{"privateKey":"${canary}"}]}}`]
    const ran = await drive(
      signed,
      parameters.flatMap((json) => [
        { args: ["create", "--prompt", "x", "--idempotency-key", "k", "--model-parameters-json", json] },
        { args: ["create", "--dry-run", "--prompt", "x", "--model-parameters-json", json] },
        { args: ["create", "--guide", "--prompt", "x", "--model-parameters-json", json] },
        {
          args: [
            "signup",
            "--agent",
            "--agent-name",
            "a",
            "--runtime",
            "b",
            "--no-save",
            "--model-parameters-json",
            json
          ]
        }
      ])
    )
    const leaks = ran.flatMap(({ code, stderr, stdout }, index) => [
      ...(code.startsWith("PAYMENT_CREDENTIAL") ? [] : [`${index}: ${code}`]),
      ...(stdout.includes(canary) ? [`${index}: on stdout`] : []),
      ...(stderr.includes(canary) ? [`${index}: on stderr`] : [])
    ])
    assert.deepStrictEqual(leaks, [])
  })
})

const areContradictory = (ran: () => DroveCase | undefined, named: ReadonlyArray<string>) => () => {
  const answer = ran()
  assert.deepStrictEqual([answer?.code, answer?.exitCode], ["INVALID_ARGUMENTS", 2])
  for (const flag of named) assert.include(text(answer?.envelope.error, "message"), flag)
}

describe("flags that contradict each other", () => {
  const contradictions: ReadonlyArray<readonly [args: ReadonlyArray<string>, named: ReadonlyArray<string>]> = [
    [
      ["create", "--prompt", "a", "--prompt-file", "blank.txt"],
      ["--prompt", "--prompt-file"]
    ],
    [
      ["create", "--guide", "--dry-run", "--prompt", "a"],
      ["--guide", "--dry-run"]
    ],
    [
      ["create", "--prompt-file", "-", "--token-stdin"],
      ["--prompt-file", "--token-stdin"]
    ],
    [
      ["create", "--dry-run", "--prompt", "a", "--model", "local.storyboard", "--provider", "xai"],
      ["--provider", "--model"]
    ],
    [
      ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--save", "--no-save"],
      ["--save", "--no-save"]
    ],
    [
      [
        "signup",
        "--agent",
        "--agent-name",
        "a",
        "--runtime",
        "b",
        "--agent-contact",
        "a@b.cd",
        "--human-email",
        "b@b.cd"
      ],
      ["--agent-contact", "--human-email"]
    ],
    [
      ["credits", "quote", "--credits", "5", "--pack", "starter-500"],
      ["--credits", "--pack"]
    ],
    [
      ["credits", "status", "--quote-id", "quote_1", "--receipt-id", "receipt_1"],
      ["--quote-id", "--receipt-id"]
    ],
    [
      ["credits", "status", "--payment-attempt-id", "payatt_1", "--checkout-session-id", "cs_1"],
      ["--payment-attempt-id", "--checkout-session-id"]
    ],
    [
      ["models", "list", "--catalog-only", "--available"],
      ["--catalog-only", "--available"]
    ],
    [
      ["models", "list", "--catalog-only", "--executable"],
      ["--catalog-only", "--executable"]
    ],
    [
      ["credits", "methods", "--token", "x", "--token-stdin"],
      ["--token", "--token-stdin"]
    ],
    [
      ["credits", "packs", "list", "--token", "x", "--token-stdin"],
      ["--token", "--token-stdin"]
    ],
    [
      ["credits", "plan", "--token", "x", "--token-stdin"],
      ["--token", "--token-stdin"]
    ]
  ]

  const ran: Array<DroveCase> = []
  beforeAll(async () => {
    const cases = contradictions.map(([args]) => ({ args }))
    ran.push(...(await drive(signed, cases)))
  })

  for (const [index, [args, named]] of contradictions.entries()) {
    it(
      `${args.slice(0, 2).join(" ")}: ${named.join(" and ")}`,
      areContradictory(() => ran[index], named)
    )
  }
})

describe("a refusal", () => {
  it("of arguments offers a command that can be run", async () => {
    const all = commands
      .filter((name) => name !== "serve")
      .flatMap((command) => {
        const [first] = casesOf(command)
        return first === undefined ? [] : [first]
      })
    const more: ReadonlyArray<Case> = [
      { args: ["create", "--prompt", "x", "--max-usd"] },
      { args: ["create", "--prompt", "x", "--aspect-ratio", "wide", "--idempotency-key", "k"] },
      { args: ["create", "--prompt", "x".repeat(8_001), "--idempotency-key", "k"] },
      { args: ["create", "--prompt-file", "nothing.txt"] },
      { args: ["create", "--prompt", "x", "--card", "1"] },
      { args: ["signup", "--agent", "--agent-name"] },
      { args: ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--agent-contact", "the boss"] },
      { args: ["activity", "list", "--limit", "0"] },
      { args: ["jobs", "wait", "job_1", "--timeout-ms", "-1"] },
      { args: ["whoami", "--api-base-url", "ftp://a"] },
      { args: ["whoami", "--token="] },
      { args: ["serve", "--port", "-1"] },
      { args: ["auth", "save"] },
      { args: ["credits", "quote"] },
      { args: ["credits", "quote", "--credits", "5", "--pack", "starter-500"] },
      { args: ["credits", "buy"] },
      { args: ["credits", "buy", "--provider", "stripe"] },
      { args: ["credits", "buy", "--provider", "stripe", "--quote-id", "quote_1"] },
      { args: ["credits", "fake-purchase"] },
      { args: ["credits", "fake-purchase", "--quote-id", "quote_1"] },
      { args: ["credits", "status", "--quote-id", "quote_1", "--receipt-id", "receipt_1"] },
      { args: ["credits"] },
      { args: ["paint"] }
    ]
    const cases = [...all, ...more]
    const ran = await drive(signed, cases)
    const without = cases.filter((_, index) => {
      const recovery = at(ran[index]?.envelope.error, "recovery")
      return text(recovery, "suggested_command") === "" && text(recovery, "fallback_command") === ""
    })
    assert.deepStrictEqual(
      without.map(({ args }) => args.map((word) => word.slice(0, 40)).join(" ")),
      []
    )
  })

  it("keeps the caller's spending limits in the create that it suggests", async () => {
    const machine = await signedUp()
    const limits = ["--max-estimated-usd-per-image", "0.02", "--max-usd", "0.05", "--model", "local.storyboard"]
    const key = ["--idempotency-key", "one"]
    const ran = await drive(machine, [
      { args: ["create", "--prompt", "a red apple", ...limits, ...key, ...small] },
      { args: ["create", "--prompt", "a green apple", ...limits, ...key, ...small] }
    ])
    const [, conflict] = ran
    assert.strictEqual(conflict?.code, "IDEMPOTENCY_KEY_CONFLICT")
    const suggested = text(conflict?.envelope.error, "recovery.suggested_command")
    for (const kept of ["--max-estimated-usd-per-image 0.02", "--max-usd 0.05", "--model local.storyboard", "width"]) {
      assert.include(suggested, kept)
    }
  })

  it("of a contact says how to sign up", async () => {
    const args = ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--agent-contact", "the boss"]
    const [ran] = await drive(signed, [{ args }])
    assert.match(text(ran?.envelope.error, "recovery.suggested_command"), / signup --agent --agent-name /u)
    assert.match(text(ran?.envelope.error, "recovery.docs_url"), /#image-skill-signup-agent$/u)
  })

  it("that was never sent leaves no trace of a live create", async () => {
    const [ran] = await drive(signed, [{ args: ["create", "--prompt", "x", "--aspect-ratio", "wide"] }])
    assert.strictEqual(ran?.stderr, "")
    assert.deepStrictEqual(ran?.envelope.warnings, [])
  })

  it("of a sub-command names the ones that there are", async () => {
    const ran = await drive(signed, [{ args: ["credits", "packs"] }, { args: ["auth"] }, { args: ["jobs", "x"] }])
    assert.deepStrictEqual(
      ran.map(({ envelope }) => at(envelope.error, "details.allowed")),
      [
        ["credits packs list"],
        ["auth status", "auth save", "auth logout"],
        ["jobs list", "jobs show", "jobs wait", "jobs cancel"]
      ]
    )
  })
})

const plan = async (...args: ReadonlyArray<string>) => {
  const [ran] = await drive(place(), [{ args: ["create", "--dry-run", ...args] }])
  return ran?.data
}

describe("what is repeated, switched off, or said with an equals sign", () => {
  it("the last of a repeated flag counts", async () => {
    const data = await plan("--prompt", "four", "--prompt", "sixes!", "--output-count=9", "--output-count", "2")
    assert.deepStrictEqual([at(data, "request.prompt_characters"), at(data, "request.output_count")], [6, 2])
  })

  it("the last text counts, though a later one came without its text", async () => {
    const [ran] = await drive(place(), [{ args: ["models", "list", "--provider", "local", "--provider"] }])
    assert.strictEqual(ran?.exitCode, 0)
  })

  it("a switch is on whatever follows its equals sign, but for false", async () => {
    const values = ["true", "yes", "no", "0", "", "false"]
    const ran = await drive(
      place(),
      values.map((value) => ({ args: ["create", "--prompt", "x", `--dry-run=${value}`], env: place().env }))
    )
    for (const [index, value] of values.slice(0, -1).entries()) {
      assert.strictEqual(at(ran[index]?.data, "dry_run"), true, value)
    }
    assert.strictEqual(ran.at(-1)?.code, "AUTH_REQUIRED")
  })

  it("a switch takes no other word than true and false", async () => {
    const ran = await drive(place(), [
      { args: ["create", "--guide", "a robot"] },
      { args: ["models", "show", "--json", "local.storyboard"] },
      { args: ["create", "--guide", "false", "--prompt", "x"] },
      { args: ["create", "--guide", "true", "a robot"] }
    ])
    assert.deepStrictEqual(
      ran.map(
        ({ envelope }) =>
          text(envelope.data, "stage") || text(envelope.data, "model.id") || text(envelope.error, "code")
      ),
      ["auth_required", "local.storyboard", "AUTH_REQUIRED", "auth_required"]
    )
  })

  it("numbers are read as JavaScript does, and nothing is rounded", async () => {
    const ran = await drive(
      place(),
      ["0x2", "2e0", " 3 ", "1.0"].map((typed) => ({
        args: ["create", "--dry-run", "--prompt", "x", `--output-count=${typed}`],
        env: place().env
      }))
    )
    assert.deepStrictEqual(
      ran.map(({ data }) => at(data, "request.output_count")),
      [2, 2, 3, 1]
    )
  })
})
