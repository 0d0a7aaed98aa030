// What a run of the executable costs: CPU of the whole process, beside a Node that does nothing.
// By itself: node bench/process.mjs
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { atMost, median, note } from "./row.mjs"

export const executable = fileURLToPath(new URL("../packages/cli/dist/image-skill.js", import.meta.url))
const rounds = 9
const runsPerRound = 8

/** @returns {Promise<ReadonlyArray<import("./row.mjs").Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  try {
    return [...version(), ...(await hostedRead(folder)), ...(await guide(folder)), ...embeddedCreate(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const onNode20 = process.versions.node.startsWith("20.")

const version = () => {
  const { bare, ours } = compare({ bare: { words: ["-e", "0"] }, ours: { words: [executable, "version"] } })
  return [atMost("version, CPU beside bare node", ours, bare, "ms", onNode20 ? 1.3 : 1.15)]
}

/**
 * `PUBLISHED_CLIENT` may name the file of the client of version 0.1.24. Without it a bare fetch that prints what it got
 * stands in for it: no client that uses fetch can be cheaper.
 */
const published = process.env["PUBLISHED_CLIENT"]

/** @param {string} folder */
const hostedRead = async (folder) => {
  const service = await serve(folder)
  const bareFetch = join(folder, "fetch.mjs")
  writeFileSync(
    bareFetch,
    `console.log(JSON.stringify(await (await fetch(${JSON.stringify(`${service.origin}/v1/payment-methods`)})).json(), null, 2))`
  )
  const read = ["credits", "methods", "--api-base-url", service.origin, "--json"]
  const { bare, ours, theirs } = compare({
    bare: { words: ["-e", "0"] },
    ours: { words: [executable, ...read], home: folder },
    theirs: { words: published === undefined ? [bareFetch] : [published, ...read], home: folder }
  })
  await service.close()
  const certificates = process.env["NODE_EXTRA_CA_CERTS"] === undefined ? "unset" : "set, which distorts Node 20"
  const beside = published === undefined ? "a bare fetch" : "the published client"
  return [
    // The published client was measured at 3.22 times bare node on Node 24, and at 6.97 times on Node 20.
    atMost("hosted read, CPU beside bare node", ours, bare, "ms", onNode20 ? 0.45 * 6.97 : 0.72 * 3.22),
    atMost(
      `hosted read, CPU beside ${beside} (NODE_EXTRA_CA_CERTS ${certificates})`,
      ours,
      theirs,
      "ms",
      published === undefined ? 1 : onNode20 ? 0.45 : 0.72
    )
  ]
}

/** How often a guide waits for a service that is 50 ms away, counted in such waits. @param {string} folder */
const guide = async (folder) => {
  const service = await serve(join(folder, "guide"))
  const token = signUp(folder, ["--no-save", "--show-token", "--api-base-url", service.origin])
  const words = ["create", "--guide", "--prompt", "a red fox", "--json"]
  const delay = 50
  const [near, far] = await Promise.all([slowed(service.origin, 0), slowed(service.origin, delay)])
  const times = { near: /** @type {Array<number>} */ ([]), far: /** @type {Array<number>} */ ([]) }
  for (let round = 0; round < rounds; round += 1) {
    times.near.push(await wall([executable, ...words, "--api-base-url", near.origin], folder, token))
    times.far.push(await wall([executable, ...words, "--api-base-url", far.origin], folder, token))
  }
  await Promise.all([near.close(), far.close(), service.close()])
  return [atMost("hosted guide, 50 ms away, beside one wait", median(times.far) - median(times.near), delay, "ms", 2)]
}

/** @param {string} folder */
const embeddedCreate = (folder) => {
  const home = join(folder, "embedded")
  const words = ["create", "--prompt", "a red fox in the snow", "--json"]
  signUp(home, [])
  spawnSync(process.execPath, [executable, ...words], { env: { PATH: "", HOME: home } })
  const { bare, illustrator, ours } = compare(
    {
      bare: { words: ["-e", "0"] },
      illustrator: { words: [fileURLToPath(import.meta.url), "illustrate"] },
      ours: { words: [executable, ...words], home }
    },
    { rounds: 5, runs: 1 }
  )
  return [
    atMost(
      "embedded create, cold, CPU beside bare node + 150 ms + the illustrator alone",
      ours,
      illustrator + 150,
      "ms",
      1
    ),
    atMost("embedded create, cold, CPU over the illustrator alone, beside 150 ms", ours - illustrator, 150, "ms", 1),
    note("the illustrator alone, cold, beside bare node", illustrator, bare, "ms")
  ]
}

/** The token of a new agent, where it is shown. @param {string} home @param {ReadonlyArray<string>} more */
export const signUp = (home, more) => {
  const words = ["signup", "--agent", "--agent-name", "bench", "--runtime", "bench", "--json", ...more]
  const { status, stdout } = spawnSync(process.execPath, [executable, ...words], {
    env: { PATH: "", HOME: home },
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(stdout)
  return JSON.parse(stdout).data.token
}

/** The very worker of the executable, with nothing around it. */
const illustrate = async () => {
  const worker = new Worker(new URL("../packages/cli/dist/StoryboardWorker.js", import.meta.url))
  const request = { prompt: "a red fox in the snow", width: 1024, height: 1024, seed: 0, style: null, format: "png" }
  worker.postMessage({ id: 1, task: { kind: "illustrate", request } }, [])
  const answer = await new Promise((resolve) => worker.once("message", resolve))
  if (answer.failure !== undefined) throw new Error(JSON.stringify(answer.failure))
  await worker.terminate()
}

/**
 * The median CPU of each program in milliseconds, measured in turns.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, Program>>} programs
 * @returns {Record<Name, number>}
 */
export const compare = (programs, { rounds: turns, runs } = { rounds, runs: runsPerRound }) => {
  const names = /** @type {ReadonlyArray<Name>} */ (/** @type {unknown} */ (Object.keys(programs)))
  const samples = new Map(names.map((name) => [name, /** @type {Array<number>} */ ([])]))
  // The first round warms the caches of the file system and of the compiler.
  for (let turn = 0; turn <= turns; turn += 1)
    for (const name of names) {
      const used = cpu(programs[name], runs)
      if (turn > 0) samples.get(name)?.push(used)
    }
  return /** @type {Record<Name, number>} */ (
    Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])]))
  )
}

/**
 * @typedef {object} Program
 * @property {ReadonlyArray<string>} words
 * @property {string} [home]
 * @property {Readonly<Record<string, string>>} [env]
 * @property {boolean} [mayFail] it is measured however it ends
 */

/** CPU of a process and all its threads, by the shell's own account of its children. @param {Program} program @param {number} runs */
const cpu = ({ env: own = {}, home = "/", mayFail = false, words }, runs) => {
  const otherwise = mayFail ? "true" : "exit 1"
  const script = `i=0; while [ $i -lt ${runs} ]; do "$@" >/dev/null 2>&1 </dev/null || ${otherwise}; i=$((i+1)); done; times`
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env
  const certified = certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }
  const env = { PATH: "", HOME: home, ...certified, ...own }
  const { status, stdout } = spawnSync("/bin/sh", ["-c", script, "sh", process.execPath, ...words], {
    env,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`this failed: ${words.join(" ")}`)
  const [, children = ""] = stdout.trim().split("\n")
  const seconds = Array.from(
    children.matchAll(/(\d+)m([\d.]+)s/gu),
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest)
  )
  return (seconds.reduce((sum, part) => sum + part, 0) * 1000) / runs
}

/** @param {ReadonlyArray<string>} words @param {string} home @param {string} token */
const wall = async (words, home, token) => {
  const began = performance.now()
  const child = spawn(process.execPath, [...words], {
    env: { PATH: "", HOME: home, IMAGE_SKILL_TOKEN: token },
    stdio: ["ignore", "ignore", "inherit"]
  })
  const code = await new Promise((resolve) => child.once("close", resolve))
  if (code !== 0) throw new Error(`this failed: ${words.join(" ")}`)
  return performance.now() - began
}

/** The executable's own service. @param {string} folder @param {Readonly<Record<string, string>>} [variables] */
export const serve = async (folder, variables = {}) => {
  const child = spawn(
    process.execPath,
    [executable, "serve", "--port", "0", "--data-dir", join(folder, "service"), "--json"],
    {
      env: { PATH: "", HOME: folder, ...variables },
      stdio: ["ignore", "pipe", "inherit"]
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
  return {
    origin: /** @type {string} */ (origin),
    close: () => {
      const closed = new Promise((resolve) => child.once("close", resolve))
      child.kill("SIGTERM")
      return closed
    }
  }
}

/** A way to the service on which every request takes that much longer. @param {string} origin @param {number} wait */
const slowed = async (origin, wait) => {
  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  const forward = async ({ headers: { authorization }, url }, response) => {
    const answer = await fetch(`${origin}${url}`, { headers: authorization === undefined ? {} : { authorization } })
    const body = await answer.text()
    response.writeHead(answer.status, { "content-type": "application/json" }).end(body)
  }
  const proxy = createServer((request, response) => {
    setTimeout(() => void forward(request, response), wait)
  })
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(undefined)))
  const address = proxy.address()
  if (address === null || typeof address === "string") throw new Error("no address")
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => proxy.close(resolve))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === "illustrate") await illustrate()
  else console.table(await run())
}
