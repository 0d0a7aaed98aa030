import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { holdsSecrets } from "./Canaries.ts"
import { at, type Options, type Place, place, read, signedUp, small, text } from "./Cli.ts"
import { envelope, refusing, service, type Stub, stub } from "./Stub.ts"

const canary = "isk_r_CANARY0000000000000000000000canary"

/** Every file below a folder whose bytes hold the text. */
const holding = (folder: string, secret: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(secret))

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8)

/** A program that keeps tokens in a file of its own, and writes down every word it was started with. */
const keeper = (machine: Place, { get = "", fails = "" } = {}): string => {
  const program = holdsSecrets(join(machine.root, "keeper"))
  holdsSecrets(join(machine.root, "kept"))
  const script = [
    "#!/bin/sh",
    `printf '%s\\n' "$*" >> '${machine.root}/keeper.calls'`,
    `[ "$1" = '${fails}' ] && exit 7`,
    `case "$1" in`,
    `get) if [ -f '${machine.root}/kept' ]; then cat '${machine.root}/kept'; else printf '%s' '${get}'; [ -n '${get}' ]; fi ;;`,
    `store) cat > '${machine.root}/kept' ;;`,
    `erase) rm '${machine.root}/kept' ;;`,
    "esac"
  ].join("\n")
  writeFileSync(program, `${script}\n`)
  chmodSync(program, 0o755)
  return program
}

const saveConfig = (path: string, base: string, token: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify({ api_base_url: base, token, saved_at: "", actor: null }), { mode: 0o600 })
}

/** Every road by which a token gets into a run. */
const roads: { readonly [road: string]: (machine: Place) => Options & { readonly flags?: ReadonlyArray<string> } } = {
  stdin: () => ({ flags: ["--token-stdin"], stdin: `${canary}\n` }),
  flag: () => ({ flags: ["--token", canary] }),
  env: () => ({ env: { IMAGE_SKILL_TOKEN: canary } }),
  "alias env": () => ({ env: { IMAGE_SKILL_HOSTED_TOKEN: canary } }),
  config: (machine) => {
    saveConfig(machine.config, "embedded:", canary)
    return {}
  },
  "command store": (machine) => ({
    env: { IMAGE_SKILL_SECRET_STORE: `command:'${keeper(machine, { get: canary })}'` }
  })
}

describe("a token", () => {
  const commands: ReadonlyArray<ReadonlyArray<string>> = [
    ["whoami"],
    ["auth", "status"],
    ["doctor"],
    ["create", "--guide", "a lighthouse"],
    ["create", "--prompt", "a lighthouse", "--idempotency-key", "k"],
    ["create", "--dry-run", "--prompt", "a lighthouse"],
    ["assets", "get", "image_1"],
    ["signup", "--agent", "--agent-name", "a", "--runtime", "b", "--no-save"]
  ]

  for (const [road, travel] of Object.entries(roads)) {
    it(`that comes by ${road} is written to no stream and no file, and stands in no argument of a child`, async () => {
      const machine = place()
      const { flags = [], ...options } = travel(machine)
      const held = holding(machine.root, canary)
      for (const command of commands) {
        const ran = await machine.run([...command, ...flags], options)
        assert.notInclude(ran.stdout + ran.stderr, "CANARY", command.join(" "))
      }
      assert.deepStrictEqual(holding(machine.root, canary), held)
      const calls = join(machine.root, "keeper.calls")
      if (existsSync(calls)) assert.notInclude(read(calls), "CANARY")
    })
  }

  it("that is saved stands in the config alone, which is its owner's alone", async () => {
    const machine = place()
    const saved = await machine.run(["auth", "save", "--token-stdin"], { stdin: canary })
    assert.strictEqual(saved.exitCode, 0)
    assert.notInclude(saved.stdout + saved.stderr, "CANARY")
    assert.deepStrictEqual(holding(machine.root, canary), [machine.config])
    assert.deepStrictEqual([modeOf(machine.config), modeOf(machine.data)], ["600", "700"])
  })

  it("that a signup made is shown nowhere unless it was asked for", async () => {
    const machine = await signedUp()
    const token = text(JSON.parse(read(machine.config)), "token")
    assert.match(token, /^isk_r_[0-9A-Za-z]{32}$/u)
    assert.deepStrictEqual(holding(machine.root, token), [machine.config])
    for (const args of [["whoami"], ["auth", "status"], ["create", "--guide", "x"], ["doctor"], ["activity", "list"]]) {
      const ran = await machine.run(args)
      assert.notInclude(ran.stdout + ran.stderr, token.slice(6))
    }
    const shown = await machine.run([
      "signup",
      "--agent",
      "--agent-name",
      "b",
      "--runtime",
      "c",
      "--show-token",
      "--no-save"
    ])
    assert.include(read(machine.config), token)
    assert.deepStrictEqual(holding(machine.root, text(shown.data, "token")), [])
  })

  it("is kept by a command of the operator's, by its standard input", async () => {
    const machine = place()
    const env = { IMAGE_SKILL_SECRET_STORE: `command:${keeper(machine)}` }
    const signup = await machine.run(["signup", "--agent", "--agent-name", "a", "--runtime", "b"], { env })
    assert.strictEqual(signup.exitCode, 0, signup.stdout)
    const token = read(join(machine.root, "kept")).trim()
    assert.deepStrictEqual(holding(machine.root, token), [join(machine.root, "kept")])
    const whoami = await machine.run(["whoami"], { env })
    assert.strictEqual(whoami.exitCode, 0)
    const status = await machine.run(["auth", "status"], { env })
    assert.strictEqual(text(status.data, "auth_source"), "command")
    const logout = await machine.run(["auth", "logout"], { env })
    assert.strictEqual(at(logout.data, "removed"), true)
    assert.strictEqual((await machine.run(["whoami"], { env })).code, "AUTH_REQUIRED")
    assert.deepStrictEqual(
      [...new Set(read(join(machine.root, "keeper.calls")).trim().split("\n"))],
      ["get embedded:", "store embedded:", "erase embedded:"]
    )
  })

  it("that its store did not take after the signup is not said to be unsent", async () => {
    const machine = place()
    const env = { IMAGE_SKILL_SECRET_STORE: `command:${keeper(machine, { fails: "store" })}` }
    const ran = await machine.run(["signup", "--agent", "--agent-name", "a", "--runtime", "b"], { env })
    assert.strictEqual(ran.code, "SECRET_STORE_UNAVAILABLE")
    assert.include(["succeeded", "unknown"], text(ran.envelope.error, "outcome"))
    assert.notStrictEqual(text(ran.envelope.error, "recovery.suggested_command"), "")
  })

  it("of a config that was readable by others is its owner's alone once it is saved again", async () => {
    const machine = place()
    saveConfig(machine.config, "embedded:", "isk_r_before")
    chmodSync(machine.config, 0o644)
    await machine.run(["auth", "save"], { env: { IMAGE_SKILL_TOKEN: canary } })
    const files = readdirSync(machine.data).toSorted()
    assert.strictEqual(files.length, 2)
    assert.deepStrictEqual(
      files.map((name) => modeOf(join(machine.data, name))),
      ["600", "600"]
    )
    assert.include(read(machine.config), canary)
  })

  it("that is replaced stays beside the new one, and no more than three of them do", async () => {
    const machine = place()
    for (const name of ["one", "two", "three", "four", "five", "six"]) {
      await machine.run(["auth", "save"], { env: { IMAGE_SKILL_TOKEN: `isk_r_${name}` } })
    }
    const kept = readdirSync(machine.data).filter((name) => name.includes("previous"))
    assert.strictEqual(kept.length, 3)
    assert.deepStrictEqual([...new Set(kept.map((name) => modeOf(join(machine.data, name))))], ["600"])
  })
})

describe("a prompt", () => {
  it("is nowhere in the data folder once its job has ended and nobody has the database open", async () => {
    const machine = await signedUp()
    // Long enough for pages of its own, which are freed with it.
    const prompt = "a lighthouse beside the zebra ".repeat(260).trim()
    const created = await machine.run(["create", "--prompt", prompt, ...small])
    assert.strictEqual(created.exitCode, 0, created.stdout)
    assert.strictEqual((await machine.run(["quota"])).exitCode, 0)
    assert.deepStrictEqual(holding(machine.root, "lighthouse beside the zebra"), [])
  })
})

describe("files", () => {
  for (const umask of ["000", "022", "077"]) {
    it(`are their owner's alone under umask ${umask}, the media included`, async () => {
      const machine = place()
      const under = ["/bin/sh", "-c", `umask ${umask}; exec "$@"`, "sh"]
      await machine.run(["signup", "--agent", "--agent-name", "a", "--runtime", "b"], { under })
      const created = await machine.run(["create", "--prompt", "a red apple", ...small], { under })
      assert.strictEqual(created.exitCode, 0, created.stdout)
      const open = readdirSync(machine.data, { recursive: true, withFileTypes: true })
        .map((entry) => ({ entry, mode: modeOf(join(entry.parentPath, entry.name)) }))
        .filter(({ entry, mode }) => mode !== (entry.isDirectory() ? "700" : "600"))
        .map(({ entry, mode }) => `${entry.name} ${mode}`)
      assert.deepStrictEqual(open, [])
      assert.strictEqual(modeOf(machine.data), "700")
    })
  }

  it("are not written through a symbolic link in the place of the config", async () => {
    const machine = place()
    const elsewhere = join(machine.home, "elsewhere.json")
    writeFileSync(elsewhere, "{}")
    mkdirSync(machine.data, { recursive: true })
    symlinkSync(elsewhere, machine.config)
    const saved = await machine.run(["auth", "save"], { env: { IMAGE_SKILL_TOKEN: canary } })
    const signup = await machine.run(["signup", "--agent", "--agent-name", "a", "--runtime", "b"])
    assert.deepStrictEqual(
      [saved.code, signup.code],
      ["PUBLIC_CLI_CONFIG_WRITE_FAILED", "PUBLIC_CLI_CONFIG_WRITE_FAILED"]
    )
    assert.strictEqual(read(elsewhere), "{}")
    assert.isTrue(lstatSync(machine.config).isSymbolicLink())
    assert.deepStrictEqual(readdirSync(machine.data), ["config.json"])
  })

  it("are left by a logout but for the config, and a link is not taken for one", async () => {
    const machine = await signedUp()
    assert.strictEqual((await machine.run(["auth", "logout"])).exitCode, 0)
    assert.isFalse(existsSync(machine.config))
    assert.isTrue(existsSync(join(machine.data, "image-skill.sqlite")))
    const linked = place()
    mkdirSync(linked.data, { recursive: true })
    symlinkSync(join(linked.home, "elsewhere.json"), linked.config)
    const ran = await linked.run(["auth", "logout"])
    assert.notInclude(text(ran.envelope.error, "message"), "cannot be saved")
    assert.notInclude(text(ran.envelope.error, "recovery.suggested_command"), "auth save")
  })
})

const authorizations = ({ requests }: Stub): ReadonlyArray<string> =>
  requests.map(({ headers }) => headers.authorization ?? "none")

describe("where a token is sent", () => {
  const whoami = service({ "GET /v1/whoami": envelope("image-skill whoami", { authenticated: true }) })

  it("a saved one to the origin that issued it, however its base URL is written", async () => {
    const home = await stub(whoami)
    const machine = place()
    const config = join(machine.home, ".config", "image-skill", "config.json")
    for (const base of [home.url, `${home.url}/`, `${home.url}/base/v2?x=1`]) {
      saveConfig(config, base, canary)
      assert.strictEqual((await machine.run(["whoami"])).exitCode, 0, base)
      assert.strictEqual((await machine.run(["whoami", "--api-base-url", home.url])).exitCode, 0, base)
    }
    assert.deepStrictEqual([...new Set(authorizations(home))], [`Bearer ${canary}`])
    assert.deepStrictEqual([...new Set(home.requests.map(({ path }) => path))], ["/v1/whoami"])
  })

  it("a saved one to no other origin", async () => {
    const home = await stub(whoami)
    const other = await stub(whoami)
    const machine = place()
    saveConfig(join(machine.home, ".config", "image-skill", "config.json"), home.url, canary)
    const named = [
      await machine.run(["whoami", "--api-base-url", other.url]),
      await machine.run(["whoami"], { env: { IMAGE_SKILL_API_BASE_URL: other.url } }),
      await machine.run(["whoami", "--api-base-url", home.url.replace("127.0.0.1", "localhost")]),
      await machine.run(["whoami", "--api-base-url", "embedded:"])
    ]
    for (const ran of named) assert.strictEqual(ran.code, "AUTH_REQUIRED")
    assert.deepStrictEqual([...authorizations(home), ...authorizations(other)], [])
    await machine.run(["create", "--guide", "x", "--api-base-url", other.url])
    await machine.run(["credits", "methods"])
    assert.deepStrictEqual([...new Set([...authorizations(home), ...authorizations(other)])], ["none"])
  })

  it("not at all where another origin is meant, and the answer says that there is one that is not used", async () => {
    const machine = place()
    saveConfig(join(machine.home, ".config", "image-skill", "config.json"), "https://api.example.com", canary)
    const ran = await machine.run(["whoami", "--api-base-url", "http://127.0.0.1:9"])
    assert.match(JSON.stringify(ran.envelope), /https:\/\/api\.example\.com/u)
  })

  it("an embedded one to no service over HTTP, though they share one config", async () => {
    const other = await stub(whoami)
    const machine = place()
    const config = join(machine.root, "config.json")
    saveConfig(config, "embedded:", canary)
    const env = { IMAGE_SKILL_CONFIG_PATH: config }
    const ran = await machine.run(["whoami", "--api-base-url", other.url], { env })
    assert.strictEqual(ran.code, "AUTH_REQUIRED")
    assert.deepStrictEqual(authorizations(other), [])
  })

  it("never along a redirect to another origin, of a read or of a create", async () => {
    const thief = await stub(whoami)
    const home = await stub(({ path }, response) => {
      response.writeHead(path === "/v1/create" ? 307 : 302, { location: `${thief.url}${path}` })
      response.end()
    })
    const machine = place()
    const env = { IMAGE_SKILL_API_BASE_URL: home.url, IMAGE_SKILL_TOKEN: canary }
    const read = await machine.run(["whoami"], { env })
    const create = await machine.run(["create", "--prompt", "x", "--idempotency-key", "k"], { env })
    assert.deepStrictEqual([read.code, create.code], ["HOSTED_API_REQUEST_FAILED", "HOSTED_API_REQUEST_FAILED"])
    assert.deepStrictEqual(thief.requests, [])
  })

  it("never to a read that needs none", async () => {
    const home = await stub(service())
    const machine = place()
    const env = { IMAGE_SKILL_API_BASE_URL: home.url, IMAGE_SKILL_TOKEN: canary }
    const reads = [
      ["credits", "methods"],
      ["credits", "packs", "list"],
      ["credits", "plan"],
      ["models", "list"],
      ["doctor"]
    ]
    for (const args of reads) {
      await machine.run([...args, "--token", canary], { env })
    }
    assert.deepStrictEqual([...new Set(authorizations(home))], ["none"])
  })

  it("in the header alone: no path, body or query holds it", async () => {
    const home = await stub(
      service({
        "POST /v1/create": refusing(503, 7, "<html>"),
        "POST /v1/credit-quotes": refusing(503, 7, "<html>"),
        "GET /v1/activity": envelope("image-skill activity list", {})
      })
    )
    const machine = place()
    const env = { IMAGE_SKILL_API_BASE_URL: home.url, IMAGE_SKILL_TOKEN: canary }
    await machine.run(["create", "--prompt", "x", "--idempotency-key", "k"], { env })
    await machine.run(["activity", "list", "--subject", "s"], { env })
    await machine.run(["credits", "quote", "--credits", "60"], { env })
    await machine.run(["credits", "buy", "--provider", "stripe", "--quote-id", "q", "--idempotency-key", "k"], { env })
    await machine.run(["credits", "status", "--quote-id", "q"], { env })
    await machine.run(["create", "--guide", "x"], { env })
    assert.isNotEmpty(home.requests)
    for (const { body, path } of home.requests) assert.notInclude(`${path} ${body}`, "CANARY")
  })
})

/** Built here, so that no file holds what looks like a key. */
const handedOver: ReadonlyArray<string> = [
  ["sk", "live", "CANARY00000000000000"].join("_"),
  ["rk", "test", "CANARY00000000000000"].join("_"),
  ["whsec", "CANARY00000000000000"].join("_"),
  ["pi", "1CANARY", "secret", "CANARY0000"].join("_"),
  `0x${"c0ffee00".repeat(8)}`
]

describe("a payment credential under a harmless name", () => {
  it("is refused by every money command before anything is sent, and shown nowhere", async () => {
    const home = await stub(service())
    const machine = place()
    const env = { IMAGE_SKILL_API_BASE_URL: home.url, IMAGE_SKILL_TOKEN: canary }
    const buy = ["credits", "buy", "--provider", "stripe"]
    for (const secret of handedOver) {
      for (const args of [
        ["credits", "plan", "--credits", secret],
        ["credits", "quote", "--credits", "60", "--idempotency-key", secret],
        ["credits", "quote", "--pack", secret],
        ["credits", "quote", "--credits", "60", "--payment-method", secret],
        [...buy, "--quote-id", secret, "--idempotency-key", "k"],
        [...buy, "--quote-id", "quote_1", "--idempotency-key", secret],
        ["credits", "fake-purchase", "--quote-id", "quote_1", "--idempotency-key", secret],
        ["credits", "status", "--payment-attempt-id", secret]
      ]) {
        const ran = await machine.run(args, { env })
        assert.strictEqual(ran.code, "PAYMENT_CREDENTIAL_FLAG_REJECTED", args.slice(0, -1).join(" "))
        assert.notInclude(ran.stdout + ran.stderr, secret)
      }
    }
    assert.deepStrictEqual(home.requests, [])
    assert.deepStrictEqual(holding(machine.root, "CANARY"), [])
  })
})

describe("which token is used", () => {
  it("the first that is given: standard input, flag, environment, its older name, the store", async () => {
    const home = await stub(service({ "GET /v1/whoami": envelope("image-skill whoami", {}) }))
    const machine = place()
    saveConfig(join(machine.home, ".config", "image-skill", "config.json"), home.url, "isk_r_config")
    const env = { IMAGE_SKILL_API_BASE_URL: home.url }
    const both = { IMAGE_SKILL_TOKEN: "isk_r_env", IMAGE_SKILL_HOSTED_TOKEN: "isk_r_alias" }
    const runs: ReadonlyArray<readonly [ReadonlyArray<string>, Options, string]> = [
      [["--token-stdin", "--token", "isk_r_flag"], { env: { ...env, ...both }, stdin: " isk_r_stdin \n" }, "stdin"],
      [["--token", "isk_r_flag"], { env: { ...env, ...both } }, "flag"],
      [[], { env: { ...env, ...both } }, "env"],
      [[], { env: { ...env, ...both, IMAGE_SKILL_TOKEN: " " } }, "alias"],
      [[], { env: { ...env, IMAGE_SKILL_HOSTED_TOKEN: " isk_r_alias " } }, "alias"],
      [[], { env: { ...env, IMAGE_SKILL_TOKEN: "", IMAGE_SKILL_HOSTED_TOKEN: "" } }, "config"],
      [[], { env }, "config"],
      [["--token-stdin=false", "--token", "isk_r_a", "--token", "isk_r_flag"], { env }, "flag"]
    ]
    for (const [flags, options] of runs) {
      assert.strictEqual((await machine.run(["auth", "status", ...flags], options)).exitCode, 0)
    }
    assert.deepStrictEqual(
      home.requests.map(({ headers }) => headers.authorization),
      runs.map(([, , source]) => `Bearer isk_r_${source}`)
    )
  })

  it("a blank one that was given is refused, not skipped", async () => {
    const machine = await signedUp()
    const stdin = await machine.run(["whoami", "--token-stdin"], { stdin: "" })
    const flag = await machine.run(["whoami", "--token= "])
    assert.deepStrictEqual([stdin.code, stdin.exitCode, flag.code], ["AUTH_REQUIRED", 3, "AUTH_REQUIRED"])
  })

  it("what is saved by another program's format counts, and what is no config counts as nothing saved", async () => {
    const machine = place()
    const config = join(machine.home, ".config", "image-skill", "config.json")
    mkdirSync(dirname(config), { recursive: true })
    const broken = [
      "",
      "{",
      "null",
      "[]",
      `{"token":"isk_r_x"}`,
      `{"api_base_url":"https://a.example","token":""}`,
      `{"api_base_url":"https://a.example","token":7}`,
      `{"api_base_url":"not a url","token":"isk_r_x"}`,
      `{"api_base_url":"file:///etc/passwd","token":"isk_r_x"}`,
      `{"api_base_url":"https://u:p@a.example","token":"isk_r_x"}`,
      `{"api_base_url":7,"token":"isk_r_x"}`,
      `{"api_base_url":"https://a.example","token":"isk_r_x"`,
      "\u0000\u0001",
      " ".repeat(70_000)
    ]
    const wrong: Array<string> = []
    for (const content of broken) {
      writeFileSync(config, content)
      const doctor = await machine.run(["doctor"])
      const saved = at(doctor.envelope.data, "auth.saved_token")
      if (doctor.exitCode !== 0 || text(doctor.envelope.data, "api_base_url") !== "embedded:" || saved !== false) {
        wrong.push(`${content.slice(0, 60)}: ${doctor.code || "answered"}`)
      }
    }
    assert.deepStrictEqual(wrong, [])
  })
})
