import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { served } from "./Compositions.ts"
import { assertEnvelope, send } from "./RawHttp.ts"

/** contract/api.md 12.3, and ours beside them; each with the file that it is a copy of. */
const routes = [
  ["/skill.md", "text/markdown; charset=utf-8", "skill.md"],
  ["/llms.txt", "text/plain; charset=utf-8", "llms.txt"],
  ["/cli.md", "text/markdown; charset=utf-8", "cli.md"],
  ["/errors.md", "text/markdown; charset=utf-8", "errors.md"]
] as const

const published = (file: string): string => readFileSync(new URL(`../../../cli/${file}`, import.meta.url), "utf8")

describe("documents on the origin of the API", () => {
  it.effect("are the very bytes of the package, with a tag to ask again by, and nothing else is there", () =>
    Effect.gen(function* () {
      const { apiBaseUrl } = yield* served
      for (const [path, contentType, file] of routes) {
        const reply = yield* send(apiBaseUrl, { path })
        const { etag = "", ...headers } = reply.headers
        assert.deepStrictEqual([reply.status, headers["content-type"]], [200, contentType], path)
        assert.strictEqual(reply.text, published(file), `${path} is not ${file}. Run: npm run documents`)
        assert.strictEqual(etag, `"${createHash("sha256").update(reply.bytes).digest("hex")}"`)
        assert.strictEqual(headers["cache-control"], "public, max-age=300")

        const known = yield* send(apiBaseUrl, { path, headers: { "if-none-match": `"other", W/${etag}` } })
        assert.deepStrictEqual([known.status, known.text, known.headers.etag], [304, "", etag], path)

        const head = yield* send(apiBaseUrl, { method: "HEAD", path })
        assert.deepStrictEqual([head.status, head.text], [200, ""], path)
        assert.strictEqual(head.headers["content-length"], `${reply.bytes.length}`)

        const posted = yield* send(apiBaseUrl, { method: "POST", path })
        assert.deepStrictEqual([posted.status, posted.headers.allow], [405, "GET, HEAD"], path)
      }
      for (const path of ["/README.md", "/skills/image-skill/SKILL.md", "/image-skill/0.1.24"]) {
        const reply = yield* send(apiBaseUrl, { path })
        assertEnvelope(reply, { status: 404, exit: 1, code: "NOT_FOUND", command: "image-skill" }, path)
      }
    })
  )
})
