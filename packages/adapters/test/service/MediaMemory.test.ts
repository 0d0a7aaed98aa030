import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import { pipeline } from "node:stream/promises"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

const megabyte = 1024 * 1024
const size = 200 * megabyte
/** What a transfer may take beside what the process has anyway. */
const budget = 64 * megabyte

const Started = Schema.Struct({ origin: Schema.String, pid: Schema.Number })

/** The most that a process ever held, in bytes, since it was started or the mark was set back. */
const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024

/** 200 MB that are made as they are sent. */
const upload = async (origin: string, size: number): Promise<{ readonly sha256: string; readonly path: string }> => {
  const hash = createHash("sha256")
  const request = Http.request(`${origin}/v1/uploads`, {
    method: "PUT",
    headers: { "content-length": size, "content-type": "image/png" }
  })
  const answered = new Promise<Http.IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject)
  })
  for (let sent = 0; sent < size; sent += megabyte) {
    const chunk = Buffer.alloc(megabyte, `${sent} `)
    hash.update(chunk)
    if (!request.write(chunk)) await new Promise((resolve) => request.once("drain", resolve))
  }
  request.end()
  const chunks: Array<Buffer> = []
  for await (const chunk of await answered) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  const Told = Schema.fromJsonString(Schema.Struct({ data: Schema.Struct({ path: Schema.String }) }))
  const { path } = Schema.decodeUnknownSync(Told)(Buffer.concat(chunks).toString("utf8")).data
  return { sha256: hash.digest("hex"), path }
}

const download = async (url: string): Promise<string> => {
  const response = await new Promise<Http.IncomingMessage>((resolve, reject) => {
    Http.get(url, resolve).on("error", reject)
  })
  const hash = createHash("sha256")
  await pipeline(response, hash)
  return hash.digest("hex")
}

// Peaks are read from where Linux tells them.
it.live.skipIf(process.platform !== "linux")(
  "200 MB go up and down again at 64 MB above idle",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const child = yield* start("service/programs/MediaServer.ts", [folder])
      const { origin, pid } = yield* Effect.flatMap(child.next, Schema.decodeUnknownEffect(Started))
      // What is loaded by the first request stays for all.
      yield* Effect.promise(() => upload(origin, megabyte))
      const idle = peakOf(pid)
      const { path, sha256 } = yield* Effect.promise(() => upload(origin, size))
      const uploaded = peakOf(pid)
      assert.strictEqual(yield* Effect.promise(() => download(`${origin}${path}`)), sha256)
      const peak = peakOf(pid)
      assert.isBelow(uploaded - idle, budget)
      assert.isBelow(peak - idle, budget)
    }),
  30_000
)
