import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { at, type DroveCase, place, signedUp, text } from "./Cli.ts"
import { rows } from "./ConformanceRequests.ts"
import { canaries, hear, holding, play, type Played, requestsOf, type Scene } from "./ConformanceRuns.ts"
import { proved } from "./Proof.ts"
import { envelope, failure, json, quota, refusing, service, sketch } from "./Stub.ts"

/**
 * The conformance checklist of the contract (contract/cli.md 14), row by row. What another file proves stands here by
 * its name, so that it cannot go unnoticed.
 */

let success: Awaited<ReturnType<typeof hear>>
beforeAll(async () => {
  success = await hear()
})

const code = (ran: DroveCase | undefined): string => ran?.code ?? "nothing ran"

describe("Every rule in §2 (last flag wins, = form, false), each with one test", () => {
  proved("core/test/envelope/Arguments.test.ts", [
    "a flag with an equals sign takes the rest",
    "only the first equals sign counts",
    "a value after an equals sign may be empty",
    "a value after an equals sign may start with two dashes",
    "a flag takes the next word",
    "a word that starts with two dashes is no value",
    "a flag at the end has no value",
    "a word with one dash is a value",
    "a word with one dash is a positional",
    "a bare -- is a flag with an empty name and no end of flags",
    "every occurrence is kept in order, so that the last can win",
    "a switch leaves the next word alone",
    "a switch takes the word false",
    "a flag before the sub-command",
    "models with flags stands for models list",
    "a flag in the first place",
    "--help before the rest of a command that changes state"
  ])
  proved("cli/test/BadInput.test.ts", [
    "the last of a repeated flag counts",
    "the last text counts, though a later one came without its text",
    "a switch is on whatever follows its equals sign, but for false",
    "a switch takes no other word than true and false",
    "numbers are read as JavaScript does, and nothing is rounded",
    "is refused by commands that change something, and nothing of it is repeated but its name",
    "is warned about by commands that only read"
  ])
})

describe("Token precedence: 4 sources × present/blank, both flags, empty and terminal stdin", () => {
  proved("cli/test/Secrets.test.ts", [
    "the first that is given: standard input, flag, environment, its older name, the store",
    "a blank one that was given is refused, not skipped",
    "what is saved by another program's format counts, and what is no config counts as nothing saved"
  ])
  proved("cli/test/HardPlaces.test.ts", ["is not read as a token"])
  proved("adapters/test/identity/SecretStores.test.ts", [
    "gives the older name only while the first is unset or blank",
    "that is a terminal is not read"
  ])

  it("a command that needs none discards what it is given, and refuses what contradicts itself", async () => {
    const given: ReadonlyArray<readonly [flags: ReadonlyArray<string>, code: string, exitCode: number]> = [
      [["--token"], "INVALID_ARGUMENTS", 2],
      [["--token", "isk_r_x", "--token-stdin"], "INVALID_ARGUMENTS", 2],
      [["--token-stdin"], "AUTH_REQUIRED", 3],
      [["--token", "isk_r_x"], "", 0]
    ]
    const scenes = [
      ["credits", "methods"],
      ["credits", "packs", "list"]
    ].flatMap((command) =>
      given.map(([flags, code, exitCode]) => ({
        typed: [...command, ...flags],
        answer: service({ "GET /v1/credit-packs": envelope("image-skill credits packs list", {}) }),
        expected: [code, exitCode, exitCode === 0 ? ["none"] : []]
      }))
    )
    for (const { ran, requests, scene } of await play(place(), scenes)) {
      const sent = requests.map(({ headers }) => headers.authorization ?? "none")
      assert.deepStrictEqual<unknown>([code(ran), ran?.exitCode, sent], scene.expected, scene.typed.join(" "))
    }
  })
})

describe("Config: default path, XDG_CONFIG_HOME, IMAGE_SKILL_CONFIG_PATH; mode 0600 after overwriting a 0644 file; corrupt file = no token; never read api_base_url", () => {
  it("lies where the variables say, and else in the folder of the user", async () => {
    const machine = place()
    const places: ReadonlyArray<readonly [path: string, env: { readonly [name: string]: string }]> = [
      [join(machine.home, ".config", "image-skill", "config.json"), {}],
      [join(machine.root, "xdg", "image-skill", "config.json"), { XDG_CONFIG_HOME: join(machine.root, "xdg") }],
      [
        join(machine.root, "mine.json"),
        { IMAGE_SKILL_CONFIG_PATH: join(machine.root, "mine.json"), XDG_CONFIG_HOME: "/x" }
      ]
    ]
    const played = await play(
      machine,
      places.map(([, env]) => ({ typed: ["doctor"], env, answer: service() }))
    )
    assert.deepStrictEqual(
      played.map(({ ran }) => text(ran?.data, "auth.config_path")),
      places.map(([path]) => path)
    )
  })

  proved("adapters/test/identity/FileAuthConfig.test.ts", [
    "that others could read is replaced by one that they cannot",
    "that $what counts as none, and is replaced"
  ])
  // Decision D1.1 in place of the last rule: the base is read, and the token goes to the origin that issued it alone.
  proved("cli/test/Secrets.test.ts", [
    "of a config that was readable by others is its owner's alone once it is saved again",
    "a saved one to the origin that issued it, however its base URL is written",
    "a saved one to no other origin"
  ])
})

describe("Request bodies of §6 byte-compared as JSON values, for the minimal and the full flag set", () => {
  it.each(rows.map((row, index) => [row.typed.join(" "), index] as const))("%s", (_, index) => {
    const played = success.heard[index] ?? assert.fail("it was not run")
    assert.strictEqual(played.ran?.exitCode, 0, played.ran?.stdout)
    const order = (all: ReadonlyArray<{ readonly route: string }>) =>
      played.scene.atOnce === true ? all.toSorted((a, b) => (a.route < b.route ? -1 : 1)) : all
    assert.deepStrictEqual<unknown>(order(requestsOf(played)), order(played.scene.sends))
    for (const { body, headers } of played.requests) {
      assert.strictEqual(headers.accept, "application/json")
      assert.strictEqual(headers["content-type"], body === "" ? undefined : "application/json")
    }
  })

  proved("cli/test/Trust.test.ts", ["asks each host once, without a token, and hashes what it was given"])
  proved("cli/test/Uploads.test.ts", [
    "fetches it without any credential and says where it is from, not what was asked"
  ])
  proved("cli/test/Edits.test.ts", [
    "sends what was asked, and nothing that was not",
    "uploads what is no asset, in order and once, before it asks"
  ])
  proved("cli/test/Settle.test.ts", [
    "only the attempt's id and the token go to the service, and neither of them to the node"
  ])
})

/** contract/cli.md 1.5: without the header, the status alone. */
const classes: ReadonlyArray<readonly [exitCode: number, statuses: ReadonlyArray<number>]> = [
  [1, [400, 404, 405, 409, 410, 413, 415, 422]],
  [3, [401, 403]],
  [5, [402, 429]],
  [7, [500, 502, 503, 504]]
]
const refused = failure("image-skill whoami", { code: "X", message: "x", retryable: false })

/** It is sent once: a read would be repeated while the service fails. */
const once = ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--no-save"]

describe("Exit code: header present/absent/garbage; each HTTP class; non-JSON; refused connection", () => {
  it("is that of each HTTP status where there is no header, an envelope or none, and 7 where nobody listens", async () => {
    const answered = classes.flatMap(([exitCode, statuses]) =>
      statuses.flatMap((status) =>
        [refused, [status]].map((body) => ({
          typed: once,
          answer: (_: unknown, response: Response) => json(response, status, body),
          ends: [body === refused ? "X" : "HOSTED_API_NON_JSON_RESPONSE", exitCode, body !== refused && status >= 500]
        }))
      )
    )
    const nowhere = {
      typed: once,
      env: { IMAGE_SKILL_API_BASE_URL: "http://127.0.0.1:9" },
      answer: service(),
      ends: ["HOSTED_API_REQUEST_FAILED", 7, true]
    }
    for (const { ran, scene } of await play(place(), [...answered, nowhere])) {
      const ends = [code(ran), ran?.exitCode, at(ran?.envelope.error, "retryable")]
      assert.deepStrictEqual<unknown>(ends, scene.ends, ran?.stdout)
    }
  })

  proved("cli/test/HostileService.test.ts", [
    "exit codes count as integers that agree with ok, and nothing else",
    ": every command says so, with the exit code of the HTTP status",
    ": every command says that it failed, and the create that nobody knows"
  ])
})

type Response = Parameters<typeof json>[0]

const guide = ["create", "--guide", "--prompt", "a lighthouse"]
const token = { IMAGE_SKILL_TOKEN: "isk_r_x" }
const nobody = refusing(503, 7, "<html>")
const rejected = refusing(401, 3, failure("image-skill usage quota", { code: "AUTH_REQUIRED", message: "x" }))

/** contract/cli.md 9.6, row by row: what was typed, what the service says, and the stage that follows. */
const stages: ReadonlyArray<
  readonly [row: string, stage: string, answers: { readonly [route: string]: unknown }, more?: Partial<Scene>]
> = [
  ["1: the prompt is empty", "prompt_required", {}, { typed: ["create", "--guide", "--prompt", "  "] }],
  ["2: health is not ok", "service_unreachable", { "GET /healthz": nobody }],
  ["2: models are not ok", "service_unreachable", { "GET /v1/models": nobody }],
  ["3: no model is selected", "no_executable_model", {}, { typed: [...guide, "--model", "demo.retired"] }],
  ["3: an answer without models", "no_executable_model", { "GET /v1/models": envelope("x", {}) }],
  ["4: no token", "auth_required", {}, { env: {} }],
  ["5a: the quota says AUTH_REQUIRED", "auth_required", { "GET /v1/quota": rejected }],
  ["5b: the quota fails otherwise", "service_unreachable", { "GET /v1/quota": nobody }],
  ["6: too few credits remain", "quota_required", { "GET /v1/quota": envelope("x", quota(8)) }],
  ["7: no job remains of the day", "quota_required", { "GET /v1/quota": envelope("x", quota(41, 0)) }],
  ["8: otherwise", "ready_to_create", {}],
  ["8: an unreachable payment catalogue", "ready_to_create", { "GET /v1/payment-methods": nobody }]
]

const priced = (id: string, usd: number) => ({
  ...sketch,
  id,
  economics: { credit_pricing: { credits_required: Math.round(usd * 100), estimated_revenue_usd: usd } }
})
const twoPrices = envelope("x", { models: [priced("demo.dear", 0.09), priced("demo.cheap", 0.02)] })

/** contract/cli.md 9.3 and 9.4 with decision D3.5: the cap, the model that it leaves, and the guard as it was given. */
const caps: ReadonlyArray<readonly [cap: string, model: string]> = [
  ["0.10", "demo.dear"],
  ["0.09", "demo.dear"],
  ["0.0899", "demo.cheap"],
  ["0.02", "demo.cheap"],
  ["0.01", "demo.dear"]
]

describe('Guide: one test per row of §9.6 and of the payment-preference order; unreachable payment catalogue; cap above, below and equal to the debit; prompts containing ", $, backquote, newline; the emitted command is run through a real shell and must reproduce the prompt exactly', () => {
  let asked: ReadonlyArray<Played<Scene>> = []
  beforeAll(async () => {
    asked = await play(place(), [
      ...stages.map(([, , answers, more]) => ({ typed: guide, env: token, answer: service(answers), ...more })),
      ...caps.map(([cap]) => ({
        typed: [...guide, "--max-estimated-usd-per-image", cap],
        env: token,
        answer: service({ "GET /v1/models": twoPrices })
      }))
    ])
  })

  it.each(stages.map(([row, stage], index) => ({ row, stage, index })))("row $row: $stage", ({ index, stage }) => {
    const { ran } = asked[index] ?? assert.fail("it was not run")
    assert.deepStrictEqual([ran?.exitCode, text(ran?.data, "stage")], [0, stage])
    assert.strictEqual(text(ran?.data, "blocker.code"), stage === "ready_to_create" ? "" : stage)
  })

  it.each(caps.map(([cap, model], index) => ({ cap, model, index })))(
    "a cap of $cap USD: $model",
    ({ cap, index, model }) => {
      const { ran } = asked[stages.length + index] ?? assert.fail("it was not run")
      assert.strictEqual(text(ran?.data, "selection.model_id"), model)
      assert.include(text(ran?.data, "next_command"), `--max-estimated-usd-per-image "${cap}"`)
    }
  )

  proved("core/test/guide/GuideDecision.test.ts", ["equals the contract's table for every state of a service"])
  proved("core/test/guide/NextStep.test.ts", ["the preferred rail"])
  proved("core/test/payments/RailSelection.test.ts", ["every combination of facts is classed as the contract says"])
  proved("cli/test/PrintedCommands.test.ts", [
    "the guide of a newcomer",
    "the guide of somebody who can create, with every wish and another service"
  ])
})

describe("References: every check of §8.2", () => {
  proved("core/test/media/ReferenceFlags.test.ts", [
    "is a source and, behind its last @, an index and what belongs to it",
    "is sent in the order of the flags: frontals, elements, images",
    "allows what only a model could forbid: equal slots, both families at once, forty of them",
    "are told one by one first, in the order of the flags",
    "are then told all together, in the order of the contract",
    "are told each for itself"
  ])
  proved("cli/test/Edits.test.ts", [
    "judges every flag before the first upload",
    "uploads them, also for a plan, which then needs a token"
  ])
})

/** An asset of the service, and what its media host gives for it. */
interface Download {
  readonly what: string
  /** The path and query of its URL. */
  readonly url: string
  readonly mime?: string
  readonly flags?: ReadonlyArray<string>
  /** The file that has it, or the code of the refusal. */
  readonly ends: string
  readonly body?: string
  readonly announced?: number
}

const media = "the picture"

const downloads: ReadonlyArray<Download> = [
  { what: "its own name", url: "/a/image_a1.webp?x=1", ends: "image_a1.webp" },
  { what: "no extension, a type of five", url: "/a/image_a1", mime: "image/jpeg", ends: "image_a1.jpg" },
  { what: "no extension, a video", url: "/a/image_a1", mime: "video/mp4", ends: "image_a1.mp4" },
  { what: "a folder above in its URL", url: "/a/..%2F..%2Fpwned.png", ends: "image_a1.png" },
  { what: "a folder above of another system", url: "/a/..%5C..%5Cpwned.png", ends: "image_a1.png" },
  { what: "a name with a leading dot", url: "/a/.npmrc", mime: "image/gif", ends: "image_a1.gif" },
  { what: "a name with a NUL", url: "/a/x%00.png", ends: "image_a1.png" },
  { what: "a name that is taken", url: "/a/taken.png", ends: "OUTPUT_EXISTS" },
  { what: "a name that is taken, and leave to replace it", url: "/a/old.png", flags: ["--overwrite"], ends: "old.png" },
  {
    what: "fewer bytes than announced",
    url: "/a/kept.png",
    flags: ["--overwrite"],
    announced: 1_000,
    ends: "ASSET_DOWNLOAD_FAILED"
  },
  {
    what: "other bytes than the service says",
    url: "/a/kept.png",
    flags: ["--overwrite"],
    body: "no picture",
    ends: "ASSET_DOWNLOAD_FAILED"
  },
  { what: "a page in place of a picture", url: "/missing.png", flags: ["--overwrite"], ends: "ASSET_DOWNLOAD_FAILED" }
]

/** A service that is its own media host. */
const keeping =
  ({ announced, body = media, mime = "image/png", url }: Download): Scene["answer"] =>
  ({ headers, path }, response) => {
    const origin = `http://${headers.host ?? ""}`
    if (path === "/healthz")
      return json(response, 200, envelope("image-skill healthz", { status: "ok", media_base_url: `${origin}/a/` }))
    if (path !== "/v1/assets/image_a1") {
      response.writeHead(url.startsWith("/a/") ? 200 : 404, {
        "content-type": mime,
        "content-length": `${announced ?? body.length}`
      })
      return response.write(body, () => (announced === undefined ? response.end() : response.destroy()))
    }
    const asset = { asset_id: "image_a1", url: `${origin}${url}`, mime_type: mime, content_length: media.length }
    return json(response, 200, envelope("image-skill assets show", { asset }))
  }

describe("Downloads: exists, overwrite, short body, derived names, path traversal in the URL", () => {
  const machine = place()
  let downloaded: ReadonlyArray<Played<Scene & Download>> = []
  beforeAll(async () => {
    for (const name of ["taken.png", "old.png", "kept.png"]) writeFileSync(join(machine.work, name), "before")
    const scenes = downloads.map((download) => ({
      ...download,
      typed: [
        "assets",
        "get",
        "image_a1",
        ...(download.flags ?? (download.ends === "OUTPUT_EXISTS" ? [] : ["--overwrite"]))
      ],
      answer: keeping(download)
    }))
    downloaded = await play(machine, scenes, { IMAGE_SKILL_TOKEN: canaries.token })
  })

  it.each(downloads.map(({ ends, what }, index) => ({ what, ends, index })))("$what: $ends", ({ ends, index }) => {
    const { ran, requests } = downloaded[index] ?? assert.fail("it was not run")
    const path = text(ran?.envelope.data, "download.output_path")
    assert.strictEqual(path === "" ? code(ran) : path, ends, ran?.stdout)
    const bearers = requests.filter(({ headers }) => headers.authorization !== undefined).map((one) => one.path)
    assert.deepStrictEqual(bearers, ["/v1/assets/image_a1"])
  })

  it("what failed or was refused left what was there, and nothing beside it", () => {
    const names = downloads.map(({ ends }) => ends).filter((name) => existsSync(join(machine.work, name)))
    assert.deepStrictEqual(
      readdirSync(machine.work).toSorted(),
      [...new Set([...names, "kept.png", "taken.png"])].toSorted()
    )
    const contents = ["taken.png", "old.png", "kept.png"].map((name) => readFileSync(join(machine.work, name), "utf8"))
    assert.deepStrictEqual(contents, ["before", media, "before"])
    assert.deepStrictEqual(readdirSync(machine.root).toSorted(), ["home"])
  })

  proved("cli/test/Golden.test.ts", [
    "assets-get.exists",
    "assets-get.overwrites",
    "assets-get.damaged",
    "assets-get.not-a-file"
  ])
})

/** What no service is asked for, with where its success is proved. */
const elsewhere: { readonly [name: string]: readonly [file: string, test: string] } = {
  trust: ["cli/test/Trust.test.ts", "asks each host once, without a token, and hashes what it was given"],
  "credits settle": [
    "cli/test/Settle.test.ts",
    "the key stands in nothing that is printed or written, whatever happens"
  ],
  mcp: [
    "cli/test/Mcp.test.ts",
    "takes the official client from nothing to a picture in a file, and writes nothing but the protocol"
  ],
  conformance: [
    "cli/test/ConformanceCommand.test.ts",
    "says that a service keeps the contract, and writes what became of every rule"
  ],
  serve: ["cli/test/SecretPlaces.test.ts", "sends each to its own host, and writes none anywhere"]
}

const { contacts, madeToken, token: givenToken } = canaries
const seenIn = ({ stderr, stdout }: DroveCase): ReadonlyArray<string> =>
  [givenToken, ...contacts, ...cards].filter((secret) => `${stdout}${stderr}`.toLowerCase().includes(secret))

/** A card, and what looks like a key; built here, so that no file holds one. */
const cards = ["4242424242424242", ["sk", "live", "canary00000000000000"].join("_")] as const

/** The first example of a command, with the canaries in the places that it has for them. */
const exampleOf = (name: (typeof commandNames)[number]): ReadonlyArray<string> => {
  const { examples, flags } = specOf(name)
  const words = (examples[0]?.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []).map((word) => word.replaceAll(/^["']|["']$/gu, ""))
  const contact = Object.keys(flags).find((flag) => flag.endsWith("contact"))
  return [...words, ...(contact === undefined ? [] : [`--${contact}`, contacts[0]]), "--token", givenToken]
}

/** What every command is told to fail by: the service, twice, and a credential that it is handed. */
const failures: ReadonlyArray<Pick<Scene, "answer"> & { readonly flags: ReadonlyArray<string> }> = [
  { flags: [], answer: (_, response) => json(response, 401, refused) },
  { flags: [], answer: (_, response) => json(response, 422, { ...refused, error: { code: "X", message: "no" } }) },
  { flags: ["--card-number", cards[0], "--stripe-secret-key", cards[1]], answer: service() }
]

describe("No token, contact or payment value in any output, for success and failure of every command", () => {
  it("every command succeeds in a test that looks", () => {
    const typed = new Set([...rows.map(({ typed }) => typed.join(" ")), ...downloads.map(() => "assets get image_a1")])
    const shown = (name: string) => [...typed].some((line) => line === name || line.startsWith(`${name} `))
    const missing = commandNames.filter((name) => !shown(name) && !(name in elsewhere) && !name.startsWith("admin "))
    assert.deepStrictEqual(missing, [])
  })

  for (const [file, test] of Object.values(elsewhere)) proved(file, [test])

  it("none in a success, but for the token that a person asked to see", () => {
    const leaks = success.heard.flatMap(({ ran, scene: { typed } }) => {
      const made = ran?.stdout.includes(madeToken) === typed.includes("--show-token") ? [] : ["the new token"]
      return [...(ran === undefined ? ["nothing"] : seenIn(ran)), ...made].map((what) => `${typed.join(" ")}: ${what}`)
    })
    assert.deepStrictEqual(leaks, [])
    const files = [givenToken, madeToken, ...contacts, ...cards].flatMap((secret) =>
      holding(success.machine.root, secret)
    )
    assert.deepStrictEqual(
      [...new Set(files.map((file) => basename(file).replace(/\.previous-\d+$/u, "")))],
      ["config.json"]
    )
  })

  it("none in a failure", async () => {
    const machine = place()
    const scenes = commandNames.flatMap((name) =>
      failures
        .map(({ answer, flags }) => ({ typed: [...exampleOf(name), ...flags], answer, isHanded: flags.length > 0 }))
        // It would go on for ever.
        .filter(({ isHanded }) => isHanded || (name !== "serve" && name !== "mcp"))
    )
    const played = await play(machine, scenes, { IMAGE_SKILL_TOKEN: givenToken })
    const leaks = played.flatMap(({ ran, scene: { typed } }) =>
      (ran === undefined ? ["nothing"] : seenIn(ran)).map((what) => `${typed.slice(0, 3).join(" ")}: ${what}`)
    )
    assert.deepStrictEqual(leaks, [])
    const taken = played.filter(({ ran, scene }) => scene.isHanded && code(ran) !== "PAYMENT_CREDENTIAL_FLAG_REJECTED")
    assert.deepStrictEqual(
      taken.map(({ scene }) => scene.typed[0]),
      // They explain, and take whatever stands behind them for nothing.
      ["help", "version"]
    )
    assert.deepStrictEqual(
      [givenToken, ...contacts, ...cards].flatMap((secret) => holding(machine.root, secret)),
      []
    )
  })

  it("none where an operator works on the data, where an inbox is masked, too", async () => {
    const machine = await signedUp()
    const [claimed] = contacts
    const [, listed] = await play(
      machine,
      [
        ["claim", "request", "--contact", claimed],
        ["admin", "agents"]
      ].map((typed) => ({ typed, env: embedded, answer: service() }))
    )
    const agent = text(listed?.ran?.data, "agents.0.agent_id")
    const organization = text(listed?.ran?.data, "agents.0.organization_id")
    const lines = [
      ["admin", "agents"],
      ["admin", "reversals"],
      ["admin", "policy", "--organization", organization],
      ["admin", "approve"],
      ["admin", "grant", "--agent", agent, "--take", "job.read"],
      ["admin", "freeze", "--organization", organization],
      ["admin", "freeze", "--organization", organization, "--off"],
      ["admin", "claim", "--agent", agent],
      ["admin", "revoke", "--agent", agent]
    ]
    const played = await play(
      machine,
      lines.map((typed) => ({ typed, env: embedded, answer: service() }))
    )
    const saved = text(JSON.parse(readFileSync(machine.config, "utf8")), "token")
    const leaks = played.filter(({ ran }) => ran?.exitCode !== 0 || `${ran.stdout}${ran.stderr}`.includes(saved))
    assert.deepStrictEqual(
      leaks.map(({ ran, scene }) => `${scene.typed.join(" ")}: ${ran?.stdout}`),
      []
    )
    assert.deepStrictEqual(
      lines.filter((_, index) => played[index]?.ran?.stdout.includes(claimed) === true).map((line) => line.join(" ")),
      []
    )
    assert.deepStrictEqual(holding(machine.root, saved), [machine.config])
  })
})

const embedded = { IMAGE_SKILL_API_BASE_URL: "embedded:" }
