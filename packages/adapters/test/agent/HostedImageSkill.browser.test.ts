import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { providerFrom } from "@image-skill/adapters/agent/OwnProvider"
import * as WebHandler from "@image-skill/adapters/service/WebHandler"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { solidPng } from "@image-skill/testing/media/Png"
import { rolldown } from "rolldown"
import * as Browser from "../service/Browser.ts"

const entry = fileURLToPath(new URL("../../src/agent/HostedImageSkill.ts", import.meta.url))

/** As a site's own bundler would make it. */
const bundled = async () => {
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    resolve: { conditionNames: ["@image-skill/source", "browser", "import", "default"] }
  })
  const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false })
  await bundle.close()
  return output[0]
}

const { code, dynamicImports, imports } = await bundled()
const started = await Browser.start()
const place = mkdtempSync(join(tmpdir(), "image-skill-browser-"))
afterAll(async () => {
  if ("browser" in started) await started.browser.close()
  rmSync(place, { recursive: true, force: true })
})

/** What both a page and a worker run: from nothing to a picture that is uploaded. `say` takes what was seen. */
const walk = (name: string, say: string): string => `
  import { connect } from "/agent.js"
  const walk = async () => {
    const picture = new Uint8Array(await (await fetch("/picture.png")).arrayBuffer())
    const skill = await connect({ baseUrl: self.location.origin, runtime: "browser" })
    const { stage } = await skill.guide({ prompt: "a red fox" })
    await skill.signup({ agent_name: "${name}", agent_contact: "${name}@agents.example.com" })
    const made = await skill.create({ prompt: "a red fox", max_usd: 0.1, idempotency_key: "fox-1" })
    const { asset } = await skill.upload({ bytes: picture, filename: "a.png" })
    const refused = await skill.create({ prompt: 7 }).catch((error) => error.code)
    const stopped = await skill.quota({}, { signal: AbortSignal.abort() }).catch((error) => error.code)
    return { stage, assets: made.asset_ids.length, width: asset.width, refused, stopped }
  }
  const seen = JSON.stringify(await walk().catch((error) => ({ failed: String(error) })))
  ${say}
`

const files: { readonly [path: string]: { readonly type: string; readonly body: string | Uint8Array } } = {
  "/": {
    type: "text/html",
    body: `<!doctype html><title>start</title><script type="module">${walk("page", "document.title = seen")}</script>`
  },
  "/in-a-worker": {
    type: "text/html",
    body: `<!doctype html><title>start</title><script>
      new Worker("/worker.js", { type: "module" }).onmessage = (event) => { document.title = event.data }
    </script>`
  },
  "/agent.js": { type: "text/javascript", body: code },
  "/worker.js": { type: "text/javascript", body: walk("worker", "self.postMessage(seen)") },
  "/picture.png": { type: "image/png", body: solidPng(48, 24, 1, 2, 3) }
}

const painter = providerFrom({
  id: "mine",
  models: [{ id: "mine.painter", price: { _tag: "PerOutput", microUsd: 50_000 } }],
  generate: () => Promise.resolve(solidPng(64, 64, 200, 40, 40))
})

/** A site of its own, with the service below `/v1`. */
const site = async () => {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""]
    if (file !== undefined) return void response.writeHead(200, { "content-type": file.type }).end(file.body)
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => void answer(request.method ?? "GET", request.url ?? "", request.headers, chunks))
    const answer = async (method: string, url: string, given: object, body: ReadonlyArray<Buffer>) => {
      const headers = new Headers(Object.entries(given).map(([name, value]) => [name, String(value)]))
      const sent = method === "GET" ? {} : { body: Buffer.concat(body) }
      const reply = await service.handle(new Request(`${origin}${url}`, { method, headers, ...sent }), "127.0.0.1")
      response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
  const service = await WebHandler.open({
    dataFolder: place,
    publicApiUrl: origin,
    limits: contractLimits,
    contentRules: [],
    variable: () => null,
    providers: [painter.provider],
    models: painter.models
  })
  return {
    origin,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await service.close()
    }
  }
}

const title = `does the whole walk in a page and in a worker${"reason" in started ? ` (skipped: ${started.reason})` : ""}`

describe("the library's agent in a browser", () => {
  it("is made of nothing that only Node has", () => {
    assert.deepStrictEqual([...imports, ...dynamicImports], [])
    assert.notMatch(code, /\bfrom\s*["'`]node:|\bimport\(|\brequire\(|\bBuffer\b/u)
  })

  // Where no browser starts, the title says why; it runs again as soon as one does.
  it.skipIf(!("browser" in started))(title, { timeout: 60_000 }, async () => {
    if (!("browser" in started)) return assert.fail(started.reason)
    const { close, origin } = await site()
    const page = await started.browser.newPage()
    for (const path of ["/", "/in-a-worker"]) {
      await page.goto(`${origin}${path}`)
      await page.waitForFunction(`document.title !== "start"`, { timeout: 20_000 })
      assert.deepStrictEqual(JSON.parse(await page.title()), {
        stage: "auth_required",
        assets: 1,
        width: 48,
        refused: "INVALID_ARGUMENTS",
        stopped: "INTERRUPTED"
      })
    }
    await page.close()
    await close()
  })
})
