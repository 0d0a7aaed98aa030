import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import * as Schema from "effect/Schema"
import { walk } from "../walk.mjs"
import { root } from "./workspace.ts"

const executable = join(root, "packages/cli/dist/image-skill.js")

/** The folder of our node stands first, so that a printed `node ...` is the node of the tests. */
const PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter)

const prompt = 'it\'s a "compact" field camera on a stainless workbench; $(touch pwned)'

const Listening = Schema.Struct({ data: Schema.Struct({ api_base_url: Schema.String }) })
const Downloaded = Schema.Struct({
  asset: Schema.Struct({ url: Schema.String, sha256: Schema.String }),
  download: Schema.Struct({ bytes: Schema.Number })
})

const folders: Array<string> = []
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "image-skill-walk-"))
  folders.push(path)
  return path
}

afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

type Walk = ReturnType<typeof walk>

const begin = (
  more: { readonly first?: ReadonlyArray<string>; readonly environment?: Record<string, string> } = {}
) => {
  const walked = walk({ prompt, ...more, environment: { PATH, ...more.environment } })
  folders.push(walked.folder)
  return walked
}

/** From nothing to a verified picture, by printed commands alone, for nothing. */
const assertArrived = ({ folder, picture, steps }: Walk): (typeof Downloaded.Type)["asset"] => {
  assert.deepStrictEqual(
    steps.map(({ label }) => label),
    ["create --guide", "signup", "create --guide", "create", "assets get"].map((label) => `image-skill ${label}`)
  )
  assert.deepStrictEqual(
    steps.map(({ answer }) => answer.data.stage ?? null),
    ["auth_required", null, "ready_to_create", null, null]
  )
  for (const [index, { answer, credits }] of steps.entries()) {
    assert.strictEqual(credits, 0)
    assert.notMatch(JSON.stringify(answer), /isk_r_[0-9A-Za-z]{32}/u)
    assert.strictEqual(steps[index + 1]?.command, answer.data.next_command ?? undefined)
  }
  const bytes = readFileSync(picture ?? "")
  const { asset, download } = Schema.decodeUnknownSync(Downloaded)(steps.at(-1)?.answer.data)
  assert.deepStrictEqual(measure(bytes), { mimeType: "image/png", size: { width: 1024, height: 1024 } })
  assert.deepStrictEqual([download.bytes, asset.sha256], [bytes.length, sha256(bytes)])
  assert.isTrue(readdirSync(join(folder, "work")).every((name) => name.endsWith(".png")))
  return asset
}

describe("an agent that only runs data.next_command", { timeout: 60_000 }, () => {
  it("comes from nothing to a picture with the embedded service", () => {
    const walked = begin()
    const asset = assertArrived(walked)
    const stored = readFileSync(fileURLToPath(asset.url))
    assert.strictEqual(sha256(stored), asset.sha256)
  })

  it("is stopped by the first printed command that fails", () => {
    assert.throws(
      () => begin({ environment: { IMAGE_SKILL_API_BASE_URL: "http://127.0.0.1:9" } }),
      /this printed command failed \(exit \d\):\n {2}.*image-skill.* models list --json\n/u
    )
  })
})

describe("the same agent and a service that was started with serve", { timeout: 60_000 }, () => {
  let base = ""
  let stop: () => Promise<number | null>

  beforeAll(async () => {
    const home = folder()
    const server = spawn(process.execPath, [executable, "serve", "--port", "0", "--data-dir", join(home, "data")], {
      env: { PATH, HOME: home },
      stdio: ["ignore", "pipe", "inherit"]
    })
    const ended = new Promise<number | null>((resolve) => server.on("close", resolve))
    let printed = ""
    await new Promise<void>((resolve, reject) => {
      server.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text
        if (printed.endsWith("\n}\n")) resolve()
      })
      server.on("close", (code) => reject(new Error(`serve ended with ${code}: ${printed}`)))
    })
    base = Schema.decodeUnknownSync(Schema.fromJsonString(Listening))(printed).data.api_base_url
    stop = () => {
      server.kill("SIGTERM")
      return ended
    }
  })

  const assertFetched = async (asset: (typeof Downloaded.Type)["asset"]): Promise<void> => {
    assert.isTrue(asset.url.startsWith(`${base}/a/`), asset.url)
    const response = await fetch(asset.url)
    const served = new Uint8Array(await response.arrayBuffer())
    assert.strictEqual(sha256(served), asset.sha256)
  }

  it("comes to a picture of the service that a variable names", async () => {
    const walked = begin({ environment: { IMAGE_SKILL_API_BASE_URL: base } })
    await assertFetched(assertArrived(walked))
    assert.isFalse(existsSync(join(walked.folder, "home/.local/share/image-skill/image-skill.sqlite")))
  })

  it("comes to a picture of the service that a flag names, which every command then names again", async () => {
    const walked = begin({ first: ["--api-base-url", base] })
    await assertFetched(assertArrived(walked))
    for (const { command } of walked.steps) assert.include(command.replaceAll('"', ""), `--api-base-url ${base}`)
    assert.isFalse(existsSync(join(walked.folder, "home/.local/share/image-skill/image-skill.sqlite")))
  })

  it("and the service ends cleanly afterwards", async () => {
    assert.strictEqual(await stop(), 0)
  })
})
