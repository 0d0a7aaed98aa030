// What it takes to bring 200 MB of media up to a service and down again: memory above idle, and time beside a bare
// node:http server that hashes and writes a file. The service is a process of its own; so is the bare one.
// By itself: node bench/media.mjs
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { createServer, get, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileURLToPath } from "node:url"
import sharp from "sharp"
import { executable, signUp } from "./process.mjs"
import { amount, atMost } from "./row.mjs"

/** @import { IncomingMessage } from "node:http" */
/** @import { Row } from "./row.mjs" */

const megabyte = 1024 * 1024
const size = 200 * megabyte

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  const ours = await start(folder, [executable, "serve", "--port", "0", "--data-dir", join(folder, "data"), "--json"])
  const bare = await start(folder, [fileURLToPath(import.meta.url), "bare", folder])
  try {
    const token = signUp(folder, ["--no-save", "--show-token", "--api-base-url", ours.origin])
    const authorization = { authorization: `Bearer ${token}` }
    const picture = await padded()
    const small = picture.subarray(0, 0)
    // What the first request loads belongs to idle; its picture is another than the large one.
    await upload(ours.origin, await tiny(), authorization)
    await upload(bare.origin, small, {})
    const idle = await settled(ours.pid)
    const [up, path] = await timed(() => upload(ours.origin, picture, authorization))
    const uploaded = peakOf(ours.pid)
    const [down] = await timed(() => download(ours.origin + path, picture))
    const peak = peakOf(ours.pid)
    const [bareUp, barePath] = await timed(() => upload(bare.origin, picture, {}))
    const [bareDown] = await timed(() => download(bare.origin + barePath, picture))
    return [
      amount("upload of 200 MB, peak memory above idle", (uploaded - idle) / megabyte, "MB", 64),
      amount("upload and download of 200 MB, peak memory above idle", (peak - idle) / megabyte, "MB", 64),
      atMost("upload of 200 MB beside bare node:http that hashes and writes", up, bareUp, "ms", 3),
      atMost("download of 200 MB beside bare node:http that reads", down, bareDown, "ms", 4)
    ]
  } finally {
    await Promise.all([ours.close(), bare.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A service that tells where it listens in one JSON line or envelope. @param {string} folder @param {ReadonlyArray<string>} words */
const start = async (folder, words) => {
  mkdirSync(folder, { recursive: true })
  const child = spawn(process.execPath, ["--no-warnings", ...words], {
    env: { PATH: "", HOME: folder },
    stdio: ["ignore", "pipe", "inherit"]
  })
  let text = ""
  const origin = await new Promise((resolve, reject) => {
    child.once("close", () => reject(new Error(`it ended: ${text}`)))
    child.stdout.on("data", (chunk) => {
      text += chunk
      try {
        resolve(JSON.parse(text).data.api_base_url)
      } catch {
        // Not all of the answer is here yet.
      }
    })
  })
  const close = () => {
    const closed = new Promise((resolve) => child.once("close", resolve))
    child.kill("SIGTERM")
    return closed
  }
  return { origin: /** @type {string} */ (origin), pid: child.pid ?? 0, close }
}

const tiny = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: "#123456" } })
    .png()
    .toBuffer()

/** A small picture that is 200 MB long: a private chunk of random bytes, which readers have to skip (PNG, 14.2). */
const padded = async () => {
  const picture = await tiny()
  const chunk = Buffer.alloc(size - picture.length, "a heron standing in the shallows ")
  chunk.writeUInt32BE(chunk.length - 12, 0)
  chunk.write("heRn", 4, "latin1")
  const { crc32 } = await import("node:zlib")
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4)
  // Before IEND, the last 12 bytes.
  return Buffer.concat([picture.subarray(0, -12), chunk, picture.subarray(-12)])
}

/** The most a process ever held, in bytes. @param {number} pid */
const peakOf = (pid) => Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024

/** What it holds now becomes its peak. @param {number} pid */
const settled = async (pid) => {
  await new Promise((resolve) => setTimeout(resolve, 500))
  writeFileSync(`/proc/${pid}/clear_refs`, "5")
  return peakOf(pid)
}

/** @template T @param {() => Promise<T>} work @returns {Promise<[number, T]>} */
const timed = async (work) => {
  const began = performance.now()
  const value = await work()
  return [performance.now() - began, value]
}

/** @param {string} origin @param {Buffer} picture @param {Readonly<Record<string, string>>} headers */
const upload = async (origin, picture, headers) => {
  const put = request(`${origin}/v1/uploads?filename=heron.png&source_kind=local_path`, {
    method: "PUT",
    headers: { ...headers, "content-type": "image/png", "content-length": picture.length }
  })
  /** @type {Promise<IncomingMessage>} */
  const answered = new Promise((resolve, reject) => {
    put.on("response", resolve).on("error", reject)
  })
  for (let at = 0; at < picture.length; at += megabyte) {
    if (!put.write(picture.subarray(at, at + megabyte))) await new Promise((resolve) => put.once("drain", resolve))
  }
  put.end()
  let text = ""
  for await (const chunk of await answered) text += chunk
  const { data } = JSON.parse(text)
  if (data === null) throw new Error(text)
  return new URL(data.asset.url).pathname
}

/** @param {string} url @param {Buffer} expected */
const download = async (url, expected) => {
  /** @type {IncomingMessage} */
  const response = await new Promise((resolve, reject) => {
    get(url, resolve).on("error", reject)
  })
  const hash = createHash("sha256")
  await pipeline(response, hash)
  if (hash.digest("hex") !== createHash("sha256").update(expected).digest("hex")) throw new Error("other bytes came")
}

/** The least that could do the same. @param {string} folder */
const bare = (folder) => {
  const file = join(folder, "bare")
  const server = createServer((request, response) => {
    void (request.method === "PUT" ? give(request, response) : pipeline(createReadStream(file), response))
  })
  /** @param {IncomingMessage} request @param {import("node:http").ServerResponse} response */
  const give = async (request, response) => response.end(await take(request))
  /** @param {IncomingMessage} request */
  const take = async (request) => {
    const hash = createHash("sha256")
    const handle = await open(file, "w")
    for await (const chunk of request) {
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
    await handle.close()
    const url = `http://${request.headers.host}/${hash.digest("hex")}`
    return JSON.stringify({ data: { asset: { url } } })
  }
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" ? address?.port : address
    console.log(JSON.stringify({ data: { api_base_url: `http://127.0.0.1:${port}` } }))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === "bare") bare(process.argv[3] ?? "")
  else console.table(await run())
}
