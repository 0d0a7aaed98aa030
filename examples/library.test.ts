import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { measure } from "@image-skill/core/media/Measure"
import { solidPng } from "@image-skill/testing/media/Png"
import { makePicture } from "./guide-loop-promise.ts"
import { makeApp } from "./own-http-framework.ts"
import { openWithFarm, renderFarm } from "./own-provider.ts"
import { buyCredits, type CompanyAccount, openWithAccount } from "./own-rail.ts"
import { openWithVault, Vault } from "./own-secret-store.ts"

const folders: Array<string> = []
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })))

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "image-skill-example-"))
  folders.push(made)
  return made
}

/** The render farm of the example, on a port of this machine; the first requests find it busy. */
const farm = async (busy: number) => {
  const asked: Array<{ readonly key: unknown; readonly body: unknown }> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      asked.push({ key: request.headers["idempotency-key"], body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(asked.length <= busy ? 429 : 200).end(solidPng(64, 64, 20, 90, 160))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  return { asked, baseUrl: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

describe("the examples of the library", () => {
  it("embed.ts makes a picture in ten lines", { timeout: 60_000 }, () => {
    const program = fileURLToPath(new URL("embed.ts", import.meta.url))
    const printed = execFileSync(process.execPath, [program, "a red fox in the snow", join(folder(), "pictures")], {
      encoding: "utf8"
    })
    assert.deepInclude(measure(new Uint8Array(readFileSync(printed.trim()))), { mimeType: "image/png" })
    const lines = readFileSync(program, "utf8").split("\n")
    assert.isAtMost(lines.slice(lines.indexOf(" */") + 1).filter((line) => line !== "").length, 10)
  })

  it("guide-loop-promise.ts follows the guide from nothing to a picture", async () => {
    const { baseUrl, close } = await farm(0)
    await using skill = await ImageSkill.open({ folder: folder(), providers: [renderFarm(baseUrl)] })
    assert.lengthOf(await makePicture(skill, "a red boat", 0.1), 1)
    close()
  })

  it("own-provider.ts is charged once, and asked again when it was busy", async () => {
    const { asked, baseUrl, close } = await farm(1)
    await using skill = await openWithFarm(folder(), baseUrl)
    await skill.signup({ agent_name: "farmer" })
    const request = { prompt: "a red boat", max_usd: 0.1, idempotency_key: "boat-1" }
    await skill.create(request).then(
      () => assert.fail("the farm is busy at first"),
      (error: unknown) => assert.deepInclude(error, { code: "PROVIDER_FAILURE", retryable: true, moneyMoved: "no" })
    )
    assert.lengthOf((await skill.create(request)).asset_ids, 1)
    assert.strictEqual((await skill.quota()).limits.remaining_credits, 41)
    assert.deepInclude(asked[1]?.body, { prompt: "a red boat", ratio: "1:1" })
    assert.strictEqual(asked[0]?.key, asked[1]?.key)
    close()
  })

  it("own-rail.ts charges the company once for one purchase", async () => {
    const entries = new Map<string, number>()
    const account: CompanyAccount = {
      charge: (orderId, cents) => {
        if (cents > 1_000) return Promise.resolve("over_budget")
        entries.set(orderId, cents)
        return Promise.resolve("charged")
      },
      find: (orderId) => {
        const cents = entries.get(orderId)
        return Promise.resolve(cents === undefined ? null : { cents, refundedCents: 0 })
      }
    }
    await using skill = await openWithAccount(folder(), account)
    await skill.signup({ agent_name: "buyer" })
    const before = (await skill.quota()).limits.total_remaining_credits
    assert.strictEqual(await buyCredits(skill, 500, "october"), before + 500)
    assert.strictEqual(await buyCredits(skill, 500, "october"), before + 500)
    assert.deepStrictEqual([...entries.values()], [500])
    await buyCredits(skill, 5_000, "november").catch(() => null)
    assert.strictEqual((await skill.quota()).limits.total_remaining_credits, before + 500)
  })

  it("own-secret-store.ts keeps the token in the vault, and finds it again", async () => {
    const [place, vault] = [folder(), new Vault(join(folder(), "vault"))]
    const first = await openWithVault(place, vault)
    const { actor } = await first.ask("whoami")
    await first.close()
    assert.match((await vault.read("embedded:")) ?? "", /^isk_r_/u)
    const second = await openWithVault(place, vault)
    assert.deepStrictEqual((await second.ask("whoami")).actor, actor)
    await second.close()
    assert.isTrue(await vault.remove("embedded:"))
  })

  it("own-http-framework.ts serves the contract beside its own pages", async () => {
    const publicApiUrl = "https://pictures.example.com"
    const { app, close } = await makeApp({ dataFolder: folder(), publicApiUrl })
    const fetchApp: typeof fetch = async (input, init) => app.fetch(new Request(input, init))
    assert.strictEqual(await (await fetchApp(`${publicApiUrl}/`)).text(), "my own page")
    const health = await fetchApp(`${publicApiUrl}/healthz`)
    assert.strictEqual(health.status, 200)
    await using skill = await ImageSkill.connect({ baseUrl: publicApiUrl, fetch: fetchApp })
    await skill.signup({ agent_name: "caller", agent_contact: "caller@agents.example.com" })
    const { asset } = await skill.upload({ bytes: solidPng(32, 16, 9, 9, 9), filename: "dot.png" })
    const output = join(folder(), "dot.png")
    await skill.assets.get({ asset_id: asset.asset_id, output })
    assert.deepInclude(measure(new Uint8Array(readFileSync(output))), { size: { width: 32, height: 16 } })
    const refused = await skill.ask("create", { prompt: "the new logo of Acme", dry_run: true })
    assert.deepInclude(refused.error, { code: "CONTENT_POLICY_DENIED" })
    await close()
  })
})
