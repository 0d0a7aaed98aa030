// What the service carries beside the least that could do the same: a bare node:http server that writes one row.
// By itself: node bench/service.mjs
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { Agent, createServer, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { serve, signUp } from "./process.mjs"
import { atLeast, atMost, median } from "./row.mjs"

/** @import { ChildProcess } from "node:child_process" */
/** @import { Row } from "./row.mjs" */

/**
 * Where a load goes, and where it ends: at whichever limit is reached first.
 *
 * @typedef {object} Load
 * @property {string} url
 * @property {Readonly<Record<string, string>>} headers
 * @property {string} body
 * @property {number} milliseconds
 * @property {number} requests
 */

/**
 * @typedef {object} Carried
 * @property {number} perSecond
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 */

const connections = 24
const rounds = 5
const limits = { milliseconds: 2000, requests: 50_000 }
const plan = JSON.stringify({
  prompt: "a compact field camera on a stainless workbench",
  aspect_ratio: "1:1",
  dry_run: true,
  accept_unknown_cost: false
})

/** Without a key, so that each is another quote. */
const quote = JSON.stringify({ credits: 100, payment_method: "fake" })

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  const service = await serve(folder, { IMAGE_SKILL_RAILS: "fake" })
  const bare = start("bare", join(folder, "bare.sqlite"))
  const generator = start("load")
  try {
    const token = signUp(folder, ["--no-save", "--show-token", "--api-base-url", service.origin])
    const headers = { "content-type": "application/json" }
    const url = `${service.origin}/v1/create`
    const signed = { ...headers, authorization: `Bearer ${token}` }
    const sides = [
      { url: await message(bare), headers, body: plan, rounds: [] },
      { url, headers: signed, body: plan, rounds: [] },
      { url, headers, body: plan, rounds: [] },
      { url: `${service.origin}/v1/credit-quotes`, headers: signed, body: quote, rounds: [] }
    ]
    const [reference, stored, anonymous, quoted] = await carried(generator, sides)
    if (reference === undefined || stored === undefined || anonymous === undefined || quoted === undefined)
      throw new Error("a side is missing")
    return [
      ...rows("quote", quoted, reference),
      ...rows("dry run", stored, reference),
      ...rows("dry run without a token, of which nothing is stored", anonymous, reference)
    ]
  } finally {
    await Promise.all([end(generator), end(bare), service.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} what @param {Carried} ours @param {Carried} bare */
const rows = (what, ours, bare) => [
  atLeast(`${what}, beside bare node:http with one row a request`, ours.perSecond, bare.perSecond, "1/s", 0.5),
  atMost(`${what}: p99 beside p50`, ours.p99, ours.p50, "ms", 10)
]

/**
 * What each side carries, measured in turns: the medians of its rounds, of which the first warms up.
 *
 * @param {ChildProcess} generator
 * @param {ReadonlyArray<Pick<Load, "url" | "headers" | "body"> & { readonly rounds: Array<Carried> }>} sides
 */
const carried = async (generator, sides) => {
  for (let round = 0; round <= rounds; round += 1)
    for (const { body, headers, rounds: done, url } of sides) {
      generator.send({ url, headers, body, ...limits })
      const result = await message(generator)
      if (round > 0) done.push(result)
    }
  return sides.map(({ rounds: done }) => ({
    perSecond: median(done.map(({ perSecond }) => perSecond)),
    p50: median(done.map(({ p50 }) => p50)),
    p99: median(done.map(({ p99 }) => p99))
  }))
}

/** This file in a process of its own. @param {...string} words what it does: see the end of this file */
const start = (...words) =>
  spawn(process.execPath, ["--no-warnings", fileURLToPath(import.meta.url), ...words], {
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
      resolve(value)
    })
  })

/** @param {ChildProcess} child */
const end = (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const closed = new Promise((resolve) => child.once("close", resolve))
  child.kill()
  return closed
}

/**
 * The least that could be asked of a service: it reads a JSON body, stores it as a row, and answers its number. SQLite
 * syncs as often as ours does.
 *
 * @param {string} file
 */
const serveBare = (file) => {
  const database = new DatabaseSync(file)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  database.exec("CREATE TABLE request (id INTEGER PRIMARY KEY, prompt TEXT NOT NULL, body TEXT NOT NULL)")
  const insert = database.prepare("INSERT INTO request (prompt, body) VALUES (?, ?)")
  const server = createServer((incoming, response) => {
    /** @type {Array<Buffer>} */
    const chunks = []
    incoming.on("data", (chunk) => chunks.push(chunk))
    incoming.on("end", () => {
      const text = Buffer.concat(chunks).toString()
      const { lastInsertRowid } = insert.run(JSON.parse(text).prompt, text)
      const answer = JSON.stringify({ ok: true, id: Number(lastInsertRowid) })
      response
        .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) })
        .end(answer)
    })
  })
  process.on("disconnect", () => process.exit())
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("no address")
    process.send?.(`http://127.0.0.1:${address.port}/`)
  })
}

/** @param {Load} load @returns {Promise<Carried>} */
const generate = async ({ body, headers, milliseconds, requests, url }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const options = { agent, method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) } }
  const began = performance.now()
  /** @type {Array<number>} */
  const times = []
  let left = requests
  const keepAsking = async () => {
    while (left > 0 && performance.now() - began < milliseconds) {
      left -= 1
      const asked = performance.now()
      await ask(url, options, body)
      times.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: connections }, keepAsking))
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  return {
    perSecond: times.length / seconds,
    p50: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
    p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN
  }
}

/** @param {string} url @param {import("node:http").RequestOptions} options @param {string} body @returns {Promise<void>} */
const ask = (url, options, body) =>
  new Promise((resolve, reject) => {
    const asking = request(url, options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
      response.on("error", reject).on("end", resolve).resume()
    })
    asking.on("error", reject).end(body)
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , word, file] = process.argv
  if (word === "bare" && file !== undefined) serveBare(file)
  else if (word === "load") {
    process.on("message", (load) => void generate(/** @type {Load} */ (load)).then((result) => process.send?.(result)))
  } else console.table(await run())
}
