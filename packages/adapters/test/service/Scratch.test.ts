import * as Http from "node:http"
import * as Net from "node:net"
import { it } from "@effect/vitest"
import { listen } from "@image-skill/adapters/service/Server"
import { contractLimits } from "@image-skill/core/credits/Limits"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../Folder.ts"

const req = (base: string, path: string, o: any = {}) =>
  Effect.promise(
    () =>
      new Promise<any>((resolve) => {
        const r = Http.request(
          base + "/",
          { method: o.method ?? "GET", path, headers: o.headers, agent: false },
          (res) => {
            const chunks: any[] = []
            res.on("data", (c) => chunks.push(c))
            res.on("close", () =>
              resolve({ status: res.statusCode, headers: res.headers, text: Buffer.concat(chunks).toString("latin1") })
            )
            res.on("error", (e) => resolve({ error: String(e) }))
          }
        )
        r.on("error", (e) => resolve({ error: String(e) }))
        if (o.body !== undefined) r.end(o.body)
        else r.end()
      })
  )
const raw = (port: number, text: string, end = true) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve) => {
        const s = Net.connect(port, "127.0.0.1")
        let out = ""
        s.on("data", (c) => (out += c.toString("latin1")))
        s.on("close", () => resolve(out))
        s.on("error", (e) => resolve(out + String(e)))
        s.write(text)
        if (end) s.end()
      })
  )

it.effect(
  "edges",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const l = yield* listen({
        host: "127.0.0.1",
        port: 0,
        publicApiUrl: null,
        publicMediaUrl: null,
        dataFolder: folder,
        limits: contractLimits,
        contentRules: [],
        variable: () => "set"
      })
      const b = l.apiBaseUrl
      const port = Number(new URL(b).port)
      const show = (name: string, r: any) =>
        console.log(
          name,
          typeof r === "string"
            ? r.slice(0, 600)
            : (r.error ?? r.status + " " + JSON.stringify(r.headers) + " " + r.text.slice(0, 500))
        )
      const json = { "content-type": "application/json" }
      const post = (body: any, headers: any = json, path = "/v1/agent-signups") =>
        req(b, path, { method: "POST", headers, body })
      const su = yield* post(JSON.stringify({ agent_name: "x", runtime: "t", return_token: true }))
      const token = JSON.parse(su.text).data.token
      const auth = { ...json, authorization: `Bearer ${token}` }
      const c = yield* post(
        JSON.stringify({ prompt: "a red boat", model_parameters: { width: 256, height: 256 } }),
        auth,
        "/v1/create"
      )
      const asset = JSON.parse(c.text).data.assets[0]
      console.log(asset)
      const p = new URL(asset.url).pathname
      const m = (name: string, o: any = {}, path = p) =>
        Effect.map(req(b, path, o), (r: any) =>
          show(name, { ...r, text: String(r.text?.length) + (r.text?.length < 200 ? r.text : "") })
        )
      yield* m("get")
      yield* m("head", { method: "HEAD" })
      yield* m("range", { headers: { range: "bytes=0-3" } })
      yield* m("suffix", { headers: { range: "bytes=-4" } })
      yield* m("suffix big", { headers: { range: "bytes=-99999999" } })
      yield* m("suffix 0", { headers: { range: "bytes=-0" } })
      yield* m("open", { headers: { range: "bytes=100-" } })
      yield* m("beyond", { headers: { range: "bytes=99999999-" } })
      yield* m("multi", { headers: { range: "bytes=0-1,4-5" } })
      yield* m("reverse", { headers: { range: "bytes=5-1" } })
      yield* m("huge num", { headers: { range: "bytes=0-999999999999999999999999" } })
      yield* m("huge start", { headers: { range: "bytes=99999999999999999999999999-" } })
      yield* m("unit", { headers: { range: "items=0-1" } })
      yield* m("caps", { headers: { range: "Bytes=0-1" } })
      yield* m("spaces", { headers: { range: "bytes= 0-1" } })
      yield* m("head range", { method: "HEAD", headers: { range: "bytes=0-1" } })
      yield* m("inm", { headers: { "if-none-match": `"${asset.sha256}"` } })
      yield* m("inm weak", { headers: { "if-none-match": `W/"${asset.sha256}"` } })
      yield* m("inm list", { headers: { "if-none-match": `"x", "${asset.sha256}"` } })
      yield* m("inm star", { headers: { "if-none-match": `*` } })
      yield* m("if-range other", { headers: { range: "bytes=0-3", "if-range": '"other"' } })
      yield* m("if-range same", { headers: { range: "bytes=0-3", "if-range": `"${asset.sha256}"` } })
      yield* m("if-range date", { headers: { range: "bytes=0-3", "if-range": "Wed, 21 Oct 2015 07:28:00 GMT" } })
      yield* m("post", { method: "POST", headers: json, body: "{}" })
      yield* m("options", {
        method: "OPTIONS",
        headers: { origin: "https://x", "access-control-request-method": "GET" }
      })
      for (const x of [
        "/a/",
        "/a",
        "/a/" + asset.asset_id,
        "/a/" + asset.asset_id + ".jpg",
        "/a/" + asset.asset_id + ".PNG",
        "/A/" + asset.asset_id + ".png",
        "/a/" + asset.asset_id.toUpperCase() + ".png",
        "/a/../a/" + asset.asset_id + ".png",
        "/a/%2e%2e%2f" + asset.asset_id + ".png",
        "/a/..%2f..%2fimage-skill.sqlite",
        "/a/%2fetc%2fpasswd.png",
        "/a/....//x.png",
        "/a/%00.png",
        "/a/x%0d%0ay.png",
        "/a/.png",
        "/a/image_0.png",
        "/a/%zz.png",
        "/a/" + asset.asset_id + ".png/",
        "/a/" + asset.asset_id + ".png?x=1",
        "/a/" + asset.asset_id + ".png%20",
        "//a/" + asset.asset_id + ".png",
        "/a/" + asset.asset_id + "%2epng",
        "/a/" + asset.sha256 + ".png",
        "/objects/sha256/" + asset.sha256,
        "/a/" + "x".repeat(5000) + ".png"
      ])
        yield* m(x.slice(0, 60), {}, x)
      show(
        "raw abs",
        yield* raw(port, "GET http://evil.example/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", false)
      )
      show(
        "raw abs media",
        yield* raw(port, "GET http://evil.example/nope HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", false)
      )
      show(
        "raw authority",
        yield* raw(port, "CONNECT evil.example:443 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", false)
      )
    }).pipe(Effect.scoped),
  60000
)
