// How long the answers are that an agent has to read, and how much an installation has to download.
// By itself: node bench/sizes.mjs
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as PricedService from "@image-skill/testing/service/PricedService"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { executable, signUp } from "./process.mjs"
import { amount } from "./row.mjs"

/** @import { Row } from "./row.mjs" */

const budgets = { guide: 6000, error: 1600, pack: 5_000_000 }
const prompt = "a compact field camera on a stainless workbench"

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  try {
    return [...(await guides(folder)), await errors(folder), ...(await pack(folder))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Every stage, each reached for real: by the executable, on its embedded service and on one whose only model costs more
 * than the agent has. Of the two ways to a stage the longer answer counts.
 *
 * @param {string} folder
 */
const guides = async (folder) => {
  const [fresh, signed] = [join(folder, "fresh"), join(folder, "signed")]
  mkdirSync(fresh)
  signUp(signed, [])
  const priced = await pricedService()
  const hosted = { IMAGE_SKILL_API_BASE_URL: priced.origin }
  const signup = ["signup", "--agent", "--agent-name", "bench", "--runtime", "bench", "--no-save", "--show-token"]
  const { token } = (await answer(signup, fresh, hosted)).envelope.data
  const wishes = ["--aspect-ratio", "16:9", "--output-count", "2", "--max-estimated-usd-per-image", "0.25"]
  const asked = ["--prompt", prompt, ...wishes, "--intent", "final"]
  /** @type {ReadonlyArray<{ stage: string, words?: ReadonlyArray<string>, home?: string, env?: Readonly<Record<string, string>> }>} */
  const cases = [
    { stage: "prompt_required", words: [] },
    { stage: "prompt_required", words: [], env: hosted },
    { stage: "service_unreachable", env: { IMAGE_SKILL_API_BASE_URL: "http://127.0.0.1:9" } },
    { stage: "no_executable_model", words: [...asked, "--model", "demo.retired"] },
    { stage: "no_executable_model", words: [...asked, "--model", "demo.retired"], env: hosted },
    { stage: "auth_required" },
    { stage: "auth_required", env: hosted },
    { stage: "auth_required", env: { ...hosted, IMAGE_SKILL_TOKEN: "isk_r_unknown" } },
    { stage: "quota_required", env: { ...hosted, IMAGE_SKILL_TOKEN: token } },
    { stage: "ready_to_create", home: signed },
    {
      stage: "ready_to_create",
      words: [...asked, "--model", "local.storyboard"],
      env: { ...hosted, IMAGE_SKILL_TOKEN: token }
    }
  ]
  /** @type {Map<string, number>} */
  const longest = new Map()
  for (const { env = {}, home = fresh, stage, words = asked } of cases) {
    const { envelope, text } = await answer(["create", "--guide", ...words], home, env)
    if (envelope.data?.stage !== stage) throw new Error(`${stage} was not reached: ${text}`)
    // The caller's own words do not count; what is shorter than these may stand in other texts by chance.
    const own = words
      .filter((word) => !word.startsWith("--") && word.length >= 4)
      .reduce((rest, word) => rest.replaceAll(word, ""), text)
    longest.set(stage, Math.max(longest.get(stage) ?? 0, Buffer.byteLength(own)))
  }
  await priced.close()
  return [...longest].map(([stage, bytes]) => amount(`guide answer, ${stage}`, bytes, "B", budgets.guide))
}

/** A service whose preferred model costs more credits than a new agent is given. */
const pricedService = async () => {
  const server = createServer()
  const app = Effect.map(PricedService.pricedOptions, (options) =>
    MemoryService.programs({ ...options, limits: { previewCredits: 1 } }).pipe(Layer.provideMerge(MemoryService.memory))
  )
  const socket = NodeHttpServer.layer(() => server, { host: "127.0.0.1", port: 0 })
  const serving = Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      yield* HttpServer.serveEffect(yield* HttpApp.make(HttpServer.formatAddress(address)))
    })
  )
  const runtime = ManagedRuntime.make(serving.pipe(Layer.provide(Layer.unwrap(app)), Layer.provideMerge(socket)))
  const { address } = await runtime.runPromise(HttpServer.HttpServer)
  return { origin: HttpServer.formatAddress(address), close: () => runtime.dispose() }
}

/**
 * The longest of many refusals: of the line itself, of the service, of files, and of requests with every field wrong.
 *
 * @param {string} folder
 */
const errors = async (folder) => {
  const home = join(folder, "signed")
  const limits = join(folder, "limits.json")
  writeFileSync(limits, JSON.stringify({ previewCredits: -1, max_outputs_on_preview: "many", content_rules: [{}] }))
  const wrong = JSON.stringify({ sede: 1, width: 9000, height: 1, style: "baroque", output_format: "gif", seed: "x" })
  const unknown = JSON.stringify(
    Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`parameter_${index}`, 1]))
  )
  const create = ["create", "--prompt", prompt]
  const lines = [
    ["paint"],
    ["credits", "quote", "--pack", "starter-500"],
    ["create"],
    [...create, "--max-usd-per-image", "0.1"],
    [...create, "--card-number", "4242424242424242"],
    [...create, "--aspect-ratio", "wide", "--intent", "x".repeat(50), "--provider", "y".repeat(50)],
    [...create, "--dry-run", "--model", "local.storybord"],
    [...create, "--dry-run", "--model", "openai.gpt-image-2"],
    [...create, "--dry-run", "--provider", "xai"],
    [...create, "--dry-run", "--aspect-ratio", "5:4"],
    [...create, "--dry-run", "--output-count", "5"],
    [...create, "--dry-run", "--model-parameters-json", wrong],
    [...create, "--dry-run", "--model-parameters-json", unknown],
    [...create, "--dry-run", "--model", "local.storyboard", "--provider", "xai"],
    ["create", "--dry-run", "--prompt", "x".repeat(8001)],
    ["create", "--prompt-file", "nothing.txt"],
    ["signup", "--agent", "--runtime", "bench"],
    ["signup", "--agent", "--agent-name", "n".repeat(500), "--runtime", "r".repeat(500), "--agent-contact", "nobody"],
    ["assets", "get", "image_00000000000000000000", "--output", "x.png"],
    ["jobs", "show", "job_00000000000000000000"],
    ["models", "list", "--operation", "image.paint"],
    ["serve", "--port", "0", "--limits", limits],
    ["whoami", "--api-base-url", "http://127.0.0.1:9"]
  ]
  let [largest, code] = [0, ""]
  for (const line of lines) {
    const { envelope, text } = await answer(line, home, {})
    if (envelope.ok) throw new Error(`this was not refused: ${line.join(" ").slice(0, 80)}`)
    const bytes = Buffer.byteLength(text.replaceAll(prompt, ""))
    if (bytes > largest) [largest, code] = [bytes, envelope.error.code]
  }
  return amount(`error, the longest of ${lines.length} (${code})`, largest, "B", budgets.error)
}

/**
 * What the executable prints, started as `image-skill`.
 *
 * @param {ReadonlyArray<string>} words
 * @param {string} home
 * @param {Readonly<Record<string, string>>} env
 * @returns {Promise<{ text: string, envelope: any }>}
 */
const answer = async (words, home, env) => {
  const text = await output(process.execPath, [executable, ...words, "--json"], home, {
    PATH: "",
    HOME: home,
    IMAGE_SKILL_COMMAND_PREFIX: "image-skill",
    ...env
  })
  return { text, envelope: JSON.parse(text) }
}

/** @param {string} program @param {ReadonlyArray<string>} words @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<string>} */
const output = (program, words, cwd, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [...words], { cwd, env, stdio: ["ignore", "pipe", "ignore"] })
    /** @type {Array<Buffer>} */
    const chunks = []
    child.stdout.on("data", (chunk) => chunks.push(chunk))
    child.on("error", reject).on("close", () => resolve(Buffer.concat(chunks).toString()))
  })

/** What npm would publish, packed for real. @param {string} folder */
const pack = async (folder) => {
  const cli = fileURLToPath(new URL("../packages/cli/", import.meta.url))
  const destination = join(folder, "pack")
  mkdirSync(destination)
  const packed = await output("npm", ["pack", "--json", "--pack-destination", destination], cli, process.env)
  const [{ filename, size }] = JSON.parse(packed)
  const words = ["-xzOf", join(destination, filename), "package/package.json"]
  /** @type {Readonly<Record<string, Readonly<Record<string, string>> | undefined>>} */
  const manifest = JSON.parse(await output("tar", words, destination, process.env))
  const scripts = namesIn(manifest, ["scripts"]).filter((name) => atInstall.has(name))
  const all = namesIn(manifest, ["dependencies", "optionalDependencies", "peerDependencies", "bundledDependencies"])
  const others = all.filter((name) => !unbundled.has(name))
  return [
    amount("packed command line", size, "B", budgets.pack),
    amount(`install scripts (${scripts.join(", ") || "none"})`, scripts.length, "", 0),
    amount(`runtime dependencies (${all.join(", ") || "none"}) beyond what cannot be bundled`, others.length, "", 0)
  ]
}

const atInstall = new Set(["preinstall", "install", "postinstall", "prepublish", "prepare"])

/** Native code, which no bundle can hold. */
const unbundled = new Set(["sharp"])

/** @param {Readonly<Record<string, object | undefined>>} manifest @param {ReadonlyArray<string>} sections */
const namesIn = (manifest, sections) => sections.flatMap((section) => Object.keys(manifest[section] ?? {}))

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run())
