// What our loop adds to a provider: a create over HTTP, from the request to the stored and measured asset, beside the
// bare calls of the same emulator that end with a synced file; and whether a service that runs many jobs still answers.
// By itself: node bench/loop.mjs
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { executable, signUp } from "./process.mjs"
import { amount, median, note } from "./row.mjs"

/** @import { ChildProcess } from "node:child_process" */
/** @import { Row } from "./row.mjs" */

/** @typedef {"openai" | "fal"} Vendor */
/** @typedef {{ readonly origin: string, readonly apiKey: string }} Emulated */
/** @typedef {{ readonly origin: string, readonly authorization: string }} Target */
/** @typedef {{ readonly fault?: import("@image-skill/testing/media/emulators/Emulator").Fault, readonly pace?: { readonly queued: number, readonly running: number } }} Wish */

/**
 * What a client process is asked for, one at a time.
 *
 * @typedef {{ readonly kind: "bare", readonly vendor: Vendor, readonly target: Target, readonly times: number, readonly folder: string }
 *   | { readonly kind: "create", readonly vendor: Vendor, readonly target: Target, readonly times: number }
 *   | { readonly kind: "burst", readonly vendor: Vendor, readonly target: Target, readonly jobs: number }
 *   | { readonly kind: "watch", readonly target: Target, readonly every: number }
 *   | { readonly kind: "stop" }} Ask
 */

const rounds = 6
const perRound = 12
const burst = 50
/** How long the provider takes for each job of a burst, and how often the service is asked meanwhile. */
const slowMillis = 300
const everyMillis = 5

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  const emulators = { openai: start("emulator", "openai"), fal: start("emulator", "fal") }
  const client = start("client")
  const watcher = start("client")
  try {
    /** @type {Readonly<Record<Vendor, Emulated>>} */
    const emulated = { openai: await message(emulators.openai), fal: await message(emulators.fal) }
    const service = await serve(folder, emulated)
    try {
      const token = signUp(folder, ["--no-save", "--show-token", "--api-base-url", service.origin])
      const target = { origin: service.origin, authorization: `Bearer ${token}` }
      emulators.fal.send({ pace: { queued: 0, running: 0 } })
      const atOnce = await beside(client, folder, target, emulated)
      emulators.fal.send({ pace: { queued: 1, running: 1 } })
      const polled = await side(client, folder, "fal", target, emulated.fal)
      for (const one of Object.values(emulators)) one.send({ fault: { _tag: "slow", millis: slowMillis } })
      const idle = await watched(watcher, target, () => new Promise((resolve) => setTimeout(resolve, 1000)))
      // What is run for the first time is compiled meanwhile.
      for (const vendor of /** @type {const} */ (["openai", "fal"]))
        await asked(client, { kind: "burst", vendor, target, jobs: burst })
      const busy = await watched(watcher, target, () =>
        asked(client, { kind: "burst", vendor: "openai", target, jobs: burst })
      )
      const queued = await watched(watcher, target, () =>
        asked(client, { kind: "burst", vendor: "fal", target, jobs: burst })
      )
      return [
        ...atOnce,
        note(
          "create with a queue that is done at the third poll, beside its bare calls",
          polled.ours,
          polled.bare,
          "ms"
        ),
        ...burstRows("synchronous", busy, idle),
        ...burstRows("queue", queued, idle)
      ]
    } finally {
      await service.close()
    }
  } finally {
    await Promise.all([...Object.values(emulators), client, watcher].map(end))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {ChildProcess} client @param {string} folder @param {Target} target @param {Readonly<Record<Vendor, Emulated>>} emulated */
const beside = async (client, folder, target, emulated) => {
  const synchronous = await side(client, folder, "openai", target, emulated.openai)
  const queue = await side(client, folder, "fal", target, emulated.fal)
  return [...loopRows("a synchronous provider", synchronous), ...loopRows("a queue", queue)]
}

/** @typedef {{ readonly ours: number, readonly bare: number }} Medians milliseconds */

/** @param {string} what @param {Medians} medians @returns {ReadonlyArray<Row>} */
const loopRows = (what, { bare, ours }) => [
  note(`create with ${what}, beside its bare calls`, ours, bare, "ms"),
  amount(`our loop over the bare calls of ${what}`, ours - bare, "ms", 15)
]

/** @param {string} what @param {ReadonlyArray<number>} busy @param {ReadonlyArray<number>} idle */
const burstRows = (what, busy, idle) => [
  amount(
    `healthz during ${burst} jobs of a ${what} provider, p99`,
    percentile(busy, 0.99),
    "ms",
    50,
    percentile(idle, 0.99)
  ),
  note(`healthz during ${burst} jobs of a ${what} provider, p50`, percentile(busy, 0.5), percentile(idle, 0.5), "ms")
]

/**
 * Both sides in turns; the first round warms up.
 *
 * @param {ChildProcess} client @param {string} folder @param {Vendor} vendor @param {Target} target @param {Emulated} emulator
 * @returns {Promise<Medians>}
 */
const side = async (client, folder, vendor, target, { apiKey, origin }) => {
  const direct = { origin, authorization: vendor === "fal" ? `Key ${apiKey}` : `Bearer ${apiKey}` }
  const ours = []
  const bare = []
  for (let round = 0; round <= rounds; round += 1) {
    const first = await asked(client, { kind: "bare", vendor, target: direct, times: perRound, folder })
    const second = await asked(client, { kind: "create", vendor, target, times: perRound })
    if (round === 0) continue
    bare.push(...first)
    ours.push(...second)
  }
  return { ours: median(ours), bare: median(bare) }
}

/** How long the service took to answer, again and again, while something was done. @param {ChildProcess} watcher @param {Target} target @param {() => Promise<unknown>} work */
const watched = async (watcher, target, work) => {
  watcher.send({ kind: "watch", target, every: everyMillis })
  await work()
  watcher.send({ kind: "stop" })
  /** @type {ReadonlyArray<number>} */
  const times = await message(watcher)
  return times
}

/** @param {ReadonlyArray<number>} times @param {number} share */
const percentile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN

/** The executable's own service, with providers that are emulated. @param {string} folder @param {Readonly<Record<Vendor, Emulated>>} emulated */
const serve = async (folder, { fal, openai }) => {
  const limits = join(folder, "limits.json")
  const many = 1_000_000
  writeFileSync(
    limits,
    JSON.stringify({ preview_credits: many, daily_jobs_on_preview: many, max_credits_per_job_on_preview: many })
  )
  const child = spawn(
    process.execPath,
    [executable, "serve", "--port", "0", "--limits", limits, "--data-dir", join(folder, "service"), "--json"],
    {
      env: {
        PATH: "",
        HOME: folder,
        OPENAI_API_KEY: openai.apiKey,
        OPENAI_BASE_URL: `${openai.origin}/v1`,
        FAL_KEY: fal.apiKey,
        FAL_BASE_URL: fal.origin
      },
      stdio: ["ignore", "pipe", "ignore"]
    }
  )
  let text = ""
  const origin = await new Promise((resolve, reject) => {
    child.once("close", () => reject(new Error(`the service ended: ${text}`)))
    child.stdout.on("data", (chunk) => {
      text += chunk
      try {
        resolve(JSON.parse(text).data.api_base_url)
      } catch {
        // Not all of the answer is here yet.
      }
    })
  })
  return { origin: /** @type {string} */ (origin), close: () => end(child) }
}

/** This file in a process of its own. @param {...string} words what it does: see the end of this file */
const start = (...words) =>
  spawn(process.execPath, [...process.execArgv, "--no-warnings", fileURLToPath(import.meta.url), ...words], {
    stdio: ["ignore", "inherit", "inherit", "ipc"]
  })

/** The next message of a process. @param {ChildProcess} child @returns {Promise<any>} */
const message = (child) =>
  new Promise((resolve, reject) => {
    /** @param {number | null} code */
    const ended = (code) => reject(new Error(`a process of the bench ended with ${code}`))
    child.once("close", ended)
    child.once("message", (value) => {
      child.off("close", ended)
      if (typeof value === "object" && "failed" in value) reject(new Error(String(value.failed)))
      else resolve(value)
    })
  })

/** @param {ChildProcess} client @param {Ask} ask @returns {Promise<ReadonlyArray<number>>} */
const asked = (client, ask) => {
  client.send(ask)
  return message(client)
}

/** @param {ChildProcess} child */
const end = (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const closed = new Promise((resolve) => child.once("close", resolve))
  child.kill("SIGTERM")
  return closed
}

/** A provider of this machine, until the bench ends. @param {string} vendor */
const emulate = async (vendor) => {
  const { runPromise } = await import("effect/Effect")
  const { makeUnsafe, provide } = await import("effect/Scope")
  const scope = makeUnsafe()
  if (vendor === "fal") {
    const { make } = await import("@image-skill/testing/media/emulators/FalEmulator")
    const { apiKey, fail, origin, setPace } = await runPromise(provide(make, scope))
    process.on("message", (/** @type {Wish} */ { fault, pace }) => {
      if (fault !== undefined) fail(fault)
      if (pace !== undefined) setPace(pace)
    })
    process.send?.({ apiKey, origin })
    return
  }
  const { make } = await import("@image-skill/testing/media/emulators/OpenAiEmulator")
  const { apiKey, fail, origin } = await runPromise(provide(make, scope))
  process.on("message", (/** @type {Wish} */ { fault }) => fail(fault ?? null))
  process.send?.({ apiKey, origin })
}

const agent = new Agent({ keepAlive: true })

/** One exchange on a connection that is kept. @param {Target} target @param {string} path @param {object} [body] @returns {Promise<Buffer>} */
const exchange = ({ authorization, origin }, path, body) =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body)
    const headers = { authorization, "content-type": "application/json", "content-length": Buffer.byteLength(text) }
    const asking = request(
      new URL(path, origin),
      { agent, method: body === undefined ? "GET" : "POST", headers },
      (response) => {
        /** @type {Array<Buffer>} */
        const chunks = []
        response.on("data", (chunk) => chunks.push(chunk))
        response.on("end", () => {
          const bytes = Buffer.concat(chunks)
          if ((response.statusCode ?? 0) < 300) resolve(bytes)
          else reject(new Error(`${path} answered ${response.statusCode}: ${bytes.toString().slice(0, 400)}`))
        })
      }
    )
    asking.on("error", reject).end(text)
  })

let made = 0

/** Each picture is another one, as it is for those who are served. */
const prompt = () => `a compact field camera on a stainless workbench, number ${(made += 1)}`

const native = {
  openai: () => ({ model: "gpt-image-2", prompt: prompt(), n: 1, size: "512x512", quality: "low" }),
  fal: () => ({ prompt: prompt(), image_size: "square", num_images: 1 })
}

/** The same pictures through the service. */
const wished = {
  openai: () => ({
    prompt: prompt(),
    model: "openai.gpt-image-2",
    model_parameters: { size: "512x512", quality: "low" },
    accept_unknown_cost: true
  }),
  fal: () => ({ prompt: prompt(), model: "fal.z-image-turbo", model_parameters: { image_size: "square" } })
}

/** The least that could do the same: the provider's own calls, and a file that is on the disk. */
const bare = {
  /** @param {Target} target */
  openai: async (target) => {
    const answer = JSON.parse((await exchange(target, "/v1/images/generations", native.openai())).toString())
    return Buffer.from(answer.data[0].b64_json, "base64")
  },
  /** @param {Target} target */
  fal: async (target) => {
    const ticket = JSON.parse((await exchange(target, "/fal-ai/z-image/turbo", native.fal())).toString())
    let status = ""
    while (status !== "COMPLETED") status = JSON.parse((await exchange(target, ticket.status_url)).toString()).status
    const result = JSON.parse((await exchange(target, ticket.response_url)).toString())
    return exchange(target, result.images[0].url)
  }
}

/** @param {string} path @param {Buffer} bytes */
const writeSynced = async (path, bytes) => {
  const handle = await open(path, "w")
  await handle.writeFile(bytes)
  await handle.sync()
  await handle.close()
}

/** @param {Target} target @param {Vendor} vendor */
const create = async (target, vendor) => {
  const { data } = JSON.parse((await exchange(target, "/v1/create", wished[vendor]())).toString())
  if (data.assets.length !== 1) throw new Error("no asset was made")
}

/** @param {number} times @param {(turn: number) => Promise<void>} work */
const timed = async (times, work) => {
  /** @type {Array<number>} */
  const measured = []
  for (let turn = 0; turn < times; turn += 1) {
    const began = performance.now()
    await work(turn)
    measured.push(performance.now() - began)
  }
  return measured
}

/** Asks on a clock of its own, so that a late answer does not put off the next question. @param {Target} target @param {number} every */
const watch = async (target, every) => {
  /** @type {Array<Promise<ReadonlyArray<number>>>} */
  const answers = []
  const asking = setInterval(() => {
    answers.push(timed(1, async () => void (await exchange(target, "/healthz"))))
  }, every)
  await new Promise((resolve) => process.once("message", resolve))
  clearInterval(asking)
  return (await Promise.all(answers)).flat()
}

/** @param {Ask} ask @returns {Promise<ReadonlyArray<number>>} */
const work = (ask) => {
  switch (ask.kind) {
    case "bare":
      return timed(ask.times, async (turn) =>
        writeSynced(join(ask.folder, `bare-${ask.vendor}-${turn}`), await bare[ask.vendor](ask.target))
      )
    case "create":
      return timed(ask.times, () => create(ask.target, ask.vendor))
    case "burst":
      return timed(1, async () => {
        await Promise.all(Array.from({ length: ask.jobs }, () => create(ask.target, ask.vendor)))
      })
    case "watch":
      return watch(ask.target, ask.every)
    case "stop":
      return Promise.resolve([])
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , word, vendor = ""] = process.argv
  if (word === "emulator") await emulate(vendor)
  else if (word === "client") {
    process.on("message", (/** @type {Ask} */ ask) => {
      if (ask.kind === "stop") return
      work(ask).then(
        (times) => process.send?.(times),
        (/** @type {unknown} */ error) => process.send?.({ failed: String(error) })
      )
    })
  } else console.table(await run())
}
