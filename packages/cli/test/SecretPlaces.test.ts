import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as S3Emulator from "@image-skill/testing/media/emulators/S3Emulator"
import * as Effect from "effect/Effect"
import { holdsSecrets, noSecretLeft, noSecretPrinted, strayFiles } from "./Canaries.ts"
import { drive, folder, type Place, place, type Ran, type Running, text } from "./Cli.ts"
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
  const timer = setInterval(look, 40)
  return {
    end: () => {
      look()
      clearInterval(timer)
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
  return { key, env: { IMAGE_SKILL_WALLET_KEY_FILE: file } }
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
    "create",
    ...["--model", model, "--model-parameters-json", parameters, "--prompt", prompt],
    ...["--accept-unknown-cost", "--max-usd", "1", "--idempotency-key", `draw-${vendor}`, "--json"]
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

const until = async (isSo: () => boolean): Promise<void> => {
  for (let look = 0; look < 400 && !isSo(); look += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 25)
    })
  }
}

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
        const url = (name: string): string => hosts[name]?.url ?? ""
        const secrets = operators()
        const machine = place()
        const data = join(machine.root, "served")
        const limits = join(machine.root, "limits.json")
        writeFileSync(limits, JSON.stringify({ preview_credits: 5_000, daily_jobs_on_preview: 1_000 }))
        const wallet = withWallet(machine)
        const own = Object.fromEntries(Object.entries(secrets).map(([name, { value }]) => [name, value]))
        const operator = {
          ...own,
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
          IMAGE_SKILL_OTLP_ENDPOINT: url("collector"),
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
          ...Object.fromEntries(Object.entries(agents).map(([name, { value }]) => [name, value])),
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
        const words = watch.end()
        const everywhere = printed(runs)
        const saved = text(
          JSON.parse(
            readFileSync(machine.config.replace(machine.data, join(machine.home, ".config", "image-skill")), "utf8")
          ),
          "token"
        )

        const wrong: Array<string> = []
        const belongs = (what: string, value: string, to: ReadonlyArray<string>, files: ReadonlyArray<string> = []) => {
          if (JSON.stringify(sentTo(hosts, value)) !== JSON.stringify(to))
            wrong.push(`${what}: sent to ${sentTo(hosts, value).join()}`)
          const held = holding(machine.root, value)
          if (JSON.stringify(held) !== JSON.stringify(files)) wrong.push(`${what}: in ${held.join()}`)
          if (everywhere.includes(value)) wrong.push(`${what}: printed`)
          if (words.some((line) => line.includes(value))) wrong.push(`${what}: in the arguments of a process`)
        }
        for (const [name, { host, value }] of Object.entries(secrets)) belongs(name, value, host === null ? [] : [host])
        for (const [name, { value }] of Object.entries(agents)) belongs(`the agent's ${name}`, value, [])
        belongs("the store's secret", store.credentials.secretAccessKey, [])
        belongs("the wallet's key", wallet.key, [], [relative(machine.root, wallet.env.IMAGE_SKILL_WALLET_KEY_FILE)])
        belongs("the owner's token", owner, [])
        belongs("the agent's token", saved, [], ["home/.config/image-skill/config.json"])
        assert.deepStrictEqual(wrong, [])
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
          const runs =
            stdin === undefined
              ? await drive(
                  machine,
                  lines.map((args) => ({ args })),
                  { env: all }
                )
              : [await machine.run(lines[5] ?? [], { env: all, stdin })]
          for (const [index, { stderr, stdout }] of runs.entries()) {
            if ((stdout + stderr).includes(given))
              wrong.push(
                `${road}: ${asked[index]?.join(" ")}: ${(stdout + stderr)
                  .split("\n")
                  .filter((l) => l.includes(given))
                  .map((l) => l.replaceAll(given, "TOKEN"))
                  .join("|")}`
              )
          }
          const left = holding(machine.root, given)
          if (JSON.stringify(left) !== JSON.stringify(before)) wrong.push(`${road}: in ${left.join()}`)
          if (sentTo({ api }, given).length === 0) wrong.push(`${road}: not sent at all`)
        })
      )
      assert.deepStrictEqual(wrong, [])
    })
  }
})
