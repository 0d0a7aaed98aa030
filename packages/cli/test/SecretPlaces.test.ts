import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as S3Emulator from "@image-skill/testing/media/emulators/S3Emulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { holdsSecrets, strayFiles } from "./Canaries.ts"
import { drive, prefix, type Place, place, type Ran, type Running, text } from "./Cli.ts"
import { type Answering, json, type Stub, stub } from "./Stub.ts"

const hex = (bytes: number): string => randomBytes(bytes).toString("hex")

/** One of a kind, in the form that its reader expects. */
const uniqueIn = (form: (mark: string) => string): string => form(`CANARY${hex(14)}`)

const token = (): string => uniqueIn((mark) => `isk_r_${mark}`.slice(0, 38))

/** What an operator has in the environment, and the only host that each may be sent to. */
const operators = () => ({
  OPENAI_API_KEY: { value: uniqueIn((mark) => `sk-proj-${mark}`), host: "openai" },
  XAI_API_KEY: { value: uniqueIn((mark) => `xai-${mark}`), host: "xai" },
  FAL_KEY: { value: `11111111-2222-4333-8444-555555555555:${hex(16)}`, host: "fal" },
  GEMINI_API_KEY: { value: uniqueIn((mark) => `AIza${mark}`), host: "google" },
  BFL_API_KEY: { value: uniqueIn((mark) => `bfl-${mark}`), host: "bfl" },
  REPLICATE_API_TOKEN: { value: uniqueIn((mark) => `r8_${mark}`), host: "replicate" },
  STRIPE_SECRET_KEY: { value: uniqueIn((mark) => `sk_test_${mark}`), host: "stripe" },
  STRIPE_WEBHOOK_SECRET: { value: uniqueIn((mark) => `whsec_${mark}`), host: null },
  STRIPE_WEBHOOK_SECRET_PREVIOUS: { value: uniqueIn((mark) => `whsec_${mark}`), host: null },
  IMAGE_SKILL_FEEDBACK_GITHUB_TOKEN: { value: uniqueIn((mark) => `ghp_${mark}`), host: "github" }
})

/** A host that refuses, and says back all that it was sent, as often as it can. */
const echo: Answering = ({ body, headers, path }, response) => {
  const said = `${path} ${JSON.stringify(headers)} ${body}`.slice(0, 20_000)
  json(
    response,
    401,
    { error: { type: "invalid_request_error", code: said, message: said }, detail: said, message: said },
    { "x-request-id": encodeURIComponent(said).slice(0, 4_000) }
  )
}

type Hosts = { readonly [name: string]: Stub }

const hostNames = ["openai", "xai", "fal", "google", "bfl", "replicate", "stripe", "github", "collector"] as const

const echoes = async (): Promise<Hosts> =>
  Object.fromEntries(await Promise.all(hostNames.map(async (name) => [name, await stub(echo)] as const)))

const sentTo = (hosts: Hosts, value: string): ReadonlyArray<string> =>
  Object.entries(hosts)
    .filter(([, { requests }]) => requests.some((request) => JSON.stringify(request).includes(value)))
    .map(([name]) => name)

/** Every file below a folder, and its bytes. */
const filesOf = (root: string): ReadonlyArray<readonly [name: string, bytes: Buffer]> =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(root, file), readFileSync(file)])

const holding = (root: string, value: string): ReadonlyArray<string> =>
  filesOf(root)
    .filter(([, bytes]) => bytes.includes(value))
    .map(([name]) => name.replaceAll(/[0-9a-f]{64}/gu, "<digest>"))
    .toSorted()

/** The words of every process of this machine, looked at as long as something goes on. */
const watchArguments = () => {
  const seen = new Set<string>()
  const look = () => {
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/u.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${id}/cmdline`, "utf8"))
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  const looking = Effect.runFork(Effect.repeat(Effect.sync(look), Schedule.spaced("40 millis")))
  return {
    end: async (): Promise<ReadonlyArray<string>> => {
      look()
      await Effect.runPromise(Fiber.interrupt(looking))
      return [...seen]
    }
  }
}

const printed = (runs: ReadonlyArray<Ran>): string => runs.map(({ stderr, stdout }) => stdout + stderr).join("\n")

/** A wallet's key in a file of its owner, and what the owner allows. */
const withWallet = (machine: Place) => {
  mkdirSync(machine.data, { recursive: true, mode: 0o700 })
  const key = hex(32)
  const file = join(machine.data, "wallet.key")
  writeFileSync(file, `0x${key}`, { mode: 0o600 })
  return { key, file, env: { IMAGE_SKILL_WALLET_KEY_FILE: file } }
}

const drawn = {
  openai: ["openai.gpt-image-2", '{"quality":"low","size":"1024x1024"}'],
  xai: ["xai.grok-imagine-image", "{}"],
  fal: ["fal.flux-dev", '{"image_size":"square"}'],
  google: ["google.gemini-2-5-flash-image", "{}"],
  bfl: ["bfl.flux-pro-1-1", "{}"],
  replicate: ["replicate.flux-schnell", "{}"]
} as const

/** What an agent types, a prompt and a report with something of their own in them. */
const walk = ({ inbox, prompt, report }: { readonly [what in "inbox" | "prompt" | "report"]: string }) => [
  ...Object.entries(drawn).map(([vendor, [model, parameters]]) => [
    ...`create --accept-unknown-cost --max-usd 1 --idempotency-key draw-${vendor} --json --model ${model}`.split(" "),
    "--model-parameters-json",
    parameters,
    "--prompt",
    prompt
  ]),
  ["create", "--model", "local.storyboard", "--prompt", prompt, "--idempotency-key", "local", "--stream"],
  ["create", "--model", "local.storyboard", "--prompt", prompt, "--dry-run", "--json"],
  ["create", "--guide", prompt, "--explain", "--json"],
  ["credits", "methods", "--json"],
  ["credits", "quote", "--credits", "500", "--payment-method", "stripe_checkout", "--idempotency-key", "q", "--json"],
  ["feedback", "create", "--title", "it is odd", "--body", report, "--json"],
  ["feedback", "create", "--title", "it is slow", "--next-state", "promote", "--json"],
  ["claim", "request", "--contact", inbox, "--json"],
  ["whoami", "--json"],
  ["auth", "status", "--json"],
  ["usage", "quota", "--json"],
  ["activity", "list", "--json"],
  ["jobs", "list", "--json"],
  ["assets", "list", "--json"],
  ["spend-policy", "show", "--json"],
  ["doctor", "--json"],
  ["trust", "--json"],
  ["models", "list", "--limit", "3", "--json"]
]

/** What nobody may hand over as a way to pay: as a flag, as a field, and as a value under a harmless name. */
const handedOver = (value: string): ReadonlyArray<ReadonlyArray<string>> => [
  ["credits", "quote", "--credits", "500", "--card-number", value, "--json"],
  ["credits", "quote", "--credits", "500", "--stripe-secret", `sk_live_${value}`, "--json"],
  ["credits", "buy", "--provider", "stripe", "--quote-id", "q", "--idempotency-key", `sk_live_${value}`, "--json"],
  ["create", "--prompt", "x", "--model-parameters-json", `{"a":{"client_secret":"${value}"}}`, "--json"],
  ["credits", "quote", "--input", "@pay.json", "--json"]
]

/** Every host that an operator can name, and that says back what it is sent. */
const addresses = (hosts: Hosts) => {
  const url = (name: string): string => hosts[name]?.url ?? ""
  return {
    OPENAI_BASE_URL: url("openai"),
    XAI_BASE_URL: url("xai"),
    FAL_BASE_URL: url("fal"),
    GEMINI_BASE_URL: url("google"),
    BFL_BASE_URL: url("bfl"),
    REPLICATE_BASE_URL: url("replicate"),
    STRIPE_BASE_URL: url("stripe"),
    IMAGE_SKILL_FEEDBACK_REPO: "studio/issues",
    IMAGE_SKILL_FEEDBACK_MODE: "live",
    IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL: url("github"),
    IMAGE_SKILL_OTLP_ENDPOINT: url("collector")
  }
}

const valuesOf = (secrets: ReturnType<typeof operators>) =>
  Object.fromEntries(Object.entries(secrets).map(([name, { value }]) => [name, value]))

/** What happened to secrets until now. */
interface World {
  readonly hosts: Hosts
  readonly root: string
  readonly everywhere: string
  readonly words: ReadonlyArray<string>
}

/** Where a value was found besides the one host and the files that it belongs to. */
const strays = (
  { everywhere, hosts, root, words }: World,
  what: string,
  value: string,
  to: string | null = null,
  files: ReadonlyArray<string> = []
): ReadonlyArray<string> => {
  const sent = sentTo(hosts, value)
  const held = holding(root, value)
  return [
    ...(sent.join() === (to ?? "") ? [] : [`${what}: sent to ${sent.join()}`]),
    ...(held.join() === files.join() ? [] : [`${what}: in ${held.join()}`]),
    ...(everywhere.includes(value) ? [`${what}: printed`] : []),
    ...(words.some((line) => line.includes(value)) ? [`${what}: in the arguments of a process`] : [])
  ]
}

const until = (isSo: () => boolean): Promise<unknown> =>
  Effect.runPromise(
    Effect.repeat(Effect.sync(isSo), { until: (so) => so, times: 400, schedule: Schedule.spaced("25 millis") })
  )

const stop = async ({ child, ended }: Running): Promise<Ran> => {
  child.kill("SIGTERM")
  return ended
}

describe("a service with a secret in every place, and hosts that say back what they were sent", () => {
  it.live("sends each to its own host, and writes none anywhere", () =>
    Effect.gen(function* () {
      const store = yield* S3Emulator.make()
      yield* Effect.promise(async () => {
        const hosts = await echoes()
        const secrets = operators()
        const machine = place()
        const data = join(machine.root, "served")
        const limits = join(machine.root, "limits.json")
        writeFileSync(limits, JSON.stringify({ preview_credits: 5_000, daily_jobs_on_preview: 1_000 }))
        const wallet = withWallet(machine)
        const operator = {
          ...valuesOf(secrets),
          ...addresses(hosts),
          IMAGE_SKILL_S3_BUCKET: store.bucket,
          IMAGE_SKILL_S3_ENDPOINT: store.origin,
          IMAGE_SKILL_S3_REGION: store.credentials.region,
          AWS_ACCESS_KEY_ID: store.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: store.credentials.secretAccessKey
        }
        const watch = watchArguments()
        const begin = () =>
          machine.start(["serve", "--port", "0", "--data-dir", data, "--limits", limits], { env: operator })
        const service = begin()
        const origin = text(await service.firstEnvelope, "data.api_base_url")
        // The agent has keys of its own, which are nobody's business.
        const agents = operators()
        const env = {
          ...valuesOf(agents),
          ...wallet.env,
          AWS_SECRET_ACCESS_KEY: uniqueIn((mark) => mark),
          IMAGE_SKILL_API_BASE_URL: origin
        }
        const said = {
          prompt: `a fox ${uniqueIn((mark) => mark)}`,
          report: uniqueIn((mark) => `it said isk_r_${mark} and ghp_${mark} when I pasted them, and then went on`),
          inbox: `${uniqueIn((mark) => mark)}@studio.example`
        }
        const credential = hex(8)
        writeFileSync(holdsSecrets(join(machine.work, "pay.json")), JSON.stringify({ credits: 500, cvc: credential }))
        const signup = [
          "signup",
          "--agent",
          "--agent-contact",
          said.inbox,
          "--agent-name",
          "a",
          "--runtime",
          "b",
          "--json"
        ]
        const runs: Array<Ran> = [
          ...(await drive(
            machine,
            [signup, ...walk(said), ...handedOver(credential)].map((args) => ({ args })),
            { env }
          ))
        ]
        assert.deepStrictEqual(
          runs.filter(({ stdout }) => stdout === ""),
          []
        )
        const minted = await machine.run(["admin", "agents", "--data-dir", data, "--json"])
        const organization = text(minted.data, "agents.0.organization_id")
        const made = await machine.run([
          "admin",
          "owner-token",
          "--organization",
          organization,
          "--data-dir",
          data,
          "--json"
        ])
        const owner = text(made.data, "token")
        assert.match(owner, /^isk_o_/u)
        runs.push(await machine.run(["spend-policy", "show", "--token-stdin", "--json"], { env, stdin: owner }))
        await fetch(`${origin}/v1/webhooks/stripe`, {
          method: "POST",
          body: "{}",
          headers: { "stripe-signature": "t=1,v1=00" }
        }).then((response) => response.text())
        // While it runs, with all that is not yet in the database itself; and after its end.
        const during = strayFiles(data)
        runs.push(await stop(service))
        // Once more: what is to be handed over is handed over at the start.
        const again = begin()
        await until(() => ["github", "collector"].every((name) => (hosts[name]?.requests.length ?? 0) > 0))
        runs.push(await stop(again))
        const words = await watch.end()
        const everywhere = printed(runs)
        const config = join("home", ".config", "image-skill", "config.json")
        const saved = text(JSON.parse(readFileSync(join(machine.root, config), "utf8")), "token")
        const found: World = { hosts, root: machine.root, everywhere, words }
        assert.deepStrictEqual(
          [
            ...Object.entries(secrets).flatMap(([name, { host, value }]) => strays(found, name, value, host)),
            ...Object.entries(agents).flatMap(([name, { value }]) => strays(found, `the agent's ${name}`, value)),
            ...strays(found, "the secret of the object store", store.credentials.secretAccessKey),
            ...strays(found, "the wallet's key", wallet.key, null, [relative(machine.root, wallet.file)]),
            ...strays(found, "the owner's token", owner),
            ...strays(found, "the agent's token", saved, null, [config])
          ],
          []
        )
        assert.deepStrictEqual(during, [])
        assert.isAbove(store.calls.length, 0)
        assert.isFalse(store.calls.some((call) => JSON.stringify(call).includes(store.credentials.secretAccessKey)))
        // What was said goes to whoever draws it or reads it, and the rest of the world hears nothing.
        assert.deepStrictEqual(sentTo(hosts, said.prompt.slice(6)), [
          "openai",
          "xai",
          "fal",
          "google",
          "bfl",
          "replicate"
        ])
        assert.deepStrictEqual(holding(machine.root, said.prompt.slice(6)), [])
        assert.deepStrictEqual(sentTo(hosts, said.report.slice(14, 30)), [])
        assert.deepStrictEqual(holding(machine.root, said.report.slice(14, 30)), [])
        assert.deepStrictEqual(sentTo(hosts, said.inbox), [])
        assert.notInclude(everywhere, said.inbox)
        assert.deepStrictEqual(holding(machine.root, credential), ["home/work/pay.json"])
        assert.notInclude(everywhere, credential)
      })
    })
  )
})

describe("a machine with a secret in every place, and the service in it", () => {
  it("sends each to its own host, and writes none anywhere", async () => {
    const hosts = await echoes()
    const machine = place()
    const wallet = withWallet(machine)
    const secrets = operators()
    const all = { ...valuesOf(secrets), ...wallet.env, ...addresses(hosts) }
    const kept = holdsSecrets(join(machine.root, "kept"))
    const keeper = join(machine.root, "keeper")
    writeFileSync(keeper, `#!/bin/sh\ncase "$1" in store) cat > '${kept}' ;; get) cat '${kept}' ;; esac\n`)
    chmodSync(keeper, 0o755)
    const env = { ...all, IMAGE_SKILL_SECRET_STORE: `command:${keeper}` }
    const prompt = uniqueIn((mark) => mark)
    const inbox = `${uniqueIn((mark) => mark)}@studio.example`
    const watch = watchArguments()
    const signup = ["signup", "--agent", "--agent-contact", inbox, "--agent-name", "a", "--runtime", "b", "--json"]
    const [drawing = [], ...others] = walk({ inbox, prompt, report: `a ghp_${hex(12)} in it` })
    const [make = [], ...asked] = others.filter(([name, , model]) => name !== "create" || model === "local.storyboard")
    const runs: Array<Ran> = [
      ...(await drive(
        machine,
        [signup, ...asked].map((args) => ({ args })),
        { env }
      ))
    ]
    // What may call a provider runs in a process of its own.
    for (const args of [make, drawing]) runs.push(await machine.run(args, { env }))
    const page = await machine.shell(`script -qec '${prefix} doctor' /dev/null`, { env: { ...env, TERM: "xterm" } })
    const words = await watch.end()
    const token = readFileSync(kept, "utf8").trim()
    const found: World = { hosts, root: machine.root, everywhere: printed([...runs, page]), words }
    assert.deepStrictEqual(
      [
        ...Object.entries(secrets).flatMap(([name, { host, value }]) =>
          strays(found, name, value, host === "openai" ? host : null)
        ),
        ...strays(found, "the wallet's key", wallet.key, null, [relative(machine.root, wallet.file)]),
        ...strays(found, "the token", token, null, ["kept"])
      ],
      []
    )
    assert.deepStrictEqual(sentTo(hosts, prompt), ["openai"])
    assert.deepStrictEqual(holding(machine.root, prompt), [])
    assert.deepStrictEqual(sentTo(hosts, inbox), [])
    assert.notInclude(found.everywhere, inbox)
  })
})

/** Every road by which a token gets into a run, and what the run needs for it. */
const roads: {
  readonly [road: string]: (
    machine: Place,
    token: string,
    origin: string
  ) => {
    readonly flags?: ReadonlyArray<string>
    readonly env?: { readonly [name: string]: string }
    readonly stdin?: string
  }
} = {
  stdin: (_, value) => ({ flags: ["--token-stdin"], stdin: value }),
  flag: (_, value) => ({ flags: ["--token", value] }),
  env: (_, value) => ({ env: { IMAGE_SKILL_TOKEN: value } }),
  "older env": (_, value) => ({ env: { IMAGE_SKILL_HOSTED_TOKEN: value } }),
  config: (machine, value, origin) => {
    const file = join(machine.home, ".config", "image-skill", "config.json")
    mkdirSync(join(file, ".."), { recursive: true })
    writeFileSync(file, JSON.stringify({ api_base_url: origin, token: value, saved_at: "", actor: null }), {
      mode: 0o600
    })
    return {}
  },
  command: (machine, value) => {
    const program = holdsSecrets(join(machine.root, "keeper"))
    writeFileSync(program, `#!/bin/sh\nprintf '%s' '${value}'\n`)
    chmodSync(program, 0o755)
    return { env: { IMAGE_SKILL_SECRET_STORE: `command:'${program}'` } }
  }
}

const asked: ReadonlyArray<ReadonlyArray<string>> = [
  ["whoami"],
  ["usage", "quota"],
  ["auth", "status"],
  ["doctor"],
  ["create", "--guide", "a fox"],
  ["create", "--prompt", "a fox", "--idempotency-key", "k"],
  ["create", "--prompt", "a fox", "--idempotency-key", "k", "--stream"],
  ["create", "--prompt", "a fox", "--dry-run"],
  ["credits", "quote", "--credits", "500", "--payment-method", "stripe_checkout", "--idempotency-key", "q"],
  ["credits", "status", "--payment-attempt-id", "payatt_1"],
  ["feedback", "create", "--title", "t"],
  ["claim", "request", "--contact", "a@b.example"],
  ["activity", "list"],
  ["jobs", "show", "job_1"],
  ["assets", "show", "image_1"],
  ["spend-policy", "show"]
]

/** Services that got a token, and say it back: in a refusal, and in an answer. */
const parrots = {
  refuses: (said: string) => ({
    ok: false,
    command: said,
    trace_id: said,
    actor: { token: said },
    data: null,
    warnings: [said],
    error: {
      code: said,
      message: said,
      retryable: false,
      recovery: { suggested_command: `image-skill whoami --token ${said}`, docs_url: `https://a.example/${said}` },
      details: { [said]: said }
    }
  }),
  answers: (said: string) => ({
    ok: true,
    command: "image-skill",
    trace_id: "trace_00112233445566aa",
    actor: { agent_id: said },
    data: {
      authenticated: true,
      status: said,
      token_status: said,
      said,
      job: { job_id: said, status: "completed" },
      asset: { asset_id: said, url: `https://media.example/${said}.png` },
      events: [{ type: said, summary: said }],
      next_command: `image-skill whoami --token ${said}`
    },
    warnings: [said],
    error: null
  })
}

describe("a token that a service says back", () => {
  for (const [how, answer] of Object.entries(parrots)) {
    it(`where it ${how}, is printed by no road`, async () => {
      const wrong: Array<string> = []
      const api = await stub(({ headers }, response) => {
        const said = (headers.authorization ?? "none").replace(/^Bearer /u, "")
        json(response, how === "refuses" ? 401 : 200, answer(said), {
          "x-image-skill-exit-code": how === "refuses" ? "3" : "0",
          "x-said": said
        })
      })
      await Promise.all(
        Object.entries(roads).map(async ([road, travel]) => {
          const machine = place()
          const given = token()
          const { env = {}, flags = [], stdin } = travel(machine, given, api.url)
          const before = holding(machine.root, given)
          const all = { ...env, IMAGE_SKILL_API_BASE_URL: api.url }
          const lines = asked.map((args) => [...args, ...flags, "--json"])
          const runs: ReadonlyArray<Ran> =
            stdin === undefined
              ? await drive(
                  machine,
                  lines.map((args) => ({ args })),
                  { env: all }
                )
              : [await machine.run(lines[5] ?? [], { env: all, stdin })]
          if (printed(runs).includes(given)) wrong.push(`${road}: printed`)
          const left = holding(machine.root, given)
          if (left.join() !== before.join()) wrong.push(`${road}: in ${left.join()}`)
          if (sentTo({ api }, given).length === 0) wrong.push(`${road}: not sent at all`)
        })
      )
      assert.deepStrictEqual(wrong, [])
    })
  }
})
