import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import { assert, describe, it } from "vitest"
import { at, executable, type Place, place, text } from "./Cli.ts"

/** The official client, with `image-skill mcp` as the process that it starts. */
const started = async (where: Place, command: string, args: ReadonlyArray<string>) => {
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: where.env,
    cwd: where.work,
    stderr: "pipe"
  })
  let errors = ""
  transport.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const unreadable: Array<Error> = []
  const client = Object.assign(new Client({ name: "tests", version: "1.0.0" }), {
    onerror: (error: Error) => unreadable.push(error)
  })
  await client.connect(transport)
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const { structuredContent } = await client.callTool({ name, arguments: input })
    return structuredContent as { ok: boolean; data: unknown; error: unknown; next_tools: ReadonlyArray<NextTool> }
  }
  return { client, call, errors: () => errors, unreadable }
}

interface NextTool {
  readonly tool: string
  readonly arguments: Record<string, unknown>
}

describe("image-skill mcp", () => {
  it("takes the official client from nothing to a picture in a file, and writes nothing but the protocol", async () => {
    const where = place()
    const { call, client, errors, unreadable } = await started(where, process.execPath, [executable, "mcp"])
    let next: NextTool | undefined = { tool: "guide", arguments: {} }
    const called: Array<string> = []
    const more: Record<string, Record<string, unknown>> = {
      guide: { prompt: "a red fox in the snow" },
      create: { model_parameters: { width: 256, height: 256 } }
    }
    let made: unknown = null
    while (next !== undefined && made === null && called.length < 6) {
      const { tool, arguments: input }: NextTool = next
      called.push(tool)
      const { data, error, next_tools: tools, ok } = await call(tool, { ...input, ...more[tool] })
      assert.isTrue(ok, JSON.stringify(error))
      if (tool === "create") made = data
      next = tools[0]
    }
    assert.deepStrictEqual(called, ["guide", "signup", "guide", "create"])
    assert.strictEqual(next?.tool, "assets_get")
    const output = join(where.work, "fox.png")
    const saved = await call("assets_get", { ...next?.arguments, output })
    assert.isTrue(saved.ok, JSON.stringify(saved.error))
    assert.deepStrictEqual([...readFileSync(output).subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10])
    const again = await call("assets_get", { ...next?.arguments, output })
    assert.strictEqual(text(again.error, "code"), "OUTPUT_EXISTS")
    const upload = await call("upload", { input: output })
    assert.isTrue(upload.ok, JSON.stringify(upload.error))
    const stdin = await call("upload", { input: "-" })
    assert.strictEqual(text(stdin.error, "code"), "INVALID_ARGUMENTS")
    const begun = performance.now()
    await client.close()
    // The SDK sends a SIGTERM after two seconds to a server that does not end by itself.
    assert.isBelow(performance.now() - begun, 1_900)
    assert.strictEqual(errors(), "")
    assert.deepStrictEqual(unreadable, [])
  })

  it("ends by itself when it is told to, though its client has not closed the input", async () => {
    const server = place().start(["mcp"], { stdin: "open" })
    server.child.stdin?.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } } })}\n`
    )
    await server.firstEnvelope
    server.child.kill("SIGTERM")
    const ran = await server.ended
    assert.deepStrictEqual([ran.exitCode, ran.signal, ran.stderr], [0, null, ""])
  })

  it("over HTTP says where it listens, serves the official client, and ends when it is told to", async () => {
    const where = place()
    const server = where.start(["mcp", "--http", "--port", "0", "--read-only"], { stdin: "closed" })
    const { data } = await server.firstEnvelope
    const url = new URL(text(data, "mcp_url"))
    assert.strictEqual(at(data, "authorization"), "none")
    const client = new Client({ name: "tests", version: "1.0.0" })
    await client.connect(new StreamableHTTPClientTransport(url))
    const { tools } = await client.listTools()
    assert.isTrue(tools.every(({ annotations }) => annotations?.readOnlyHint === true))
    const { structuredContent } = await client.callTool({ name: "guide", arguments: {} })
    assert.strictEqual(text(at(structuredContent, "data"), "stage"), "prompt_required")
    assert.strictEqual((await fetch(url, { method: "POST", headers: { origin: "https://evil.example" } })).status, 403)
    server.child.kill("SIGTERM")
    const ran = await server.ended
    assert.deepStrictEqual([ran.exitCode, ran.stderr], [0, ""])
  })

  it("is started by the command of each client's configuration", async () => {
    const where = place()
    const bin = join(where.root, "bin")
    mkdirSync(bin)
    symlinkSync(executable, join(bin, "image-skill"))
    const named = { ...where, env: { ...where.env, PATH: `${bin}:${where.env["PATH"]}` } }
    const entries = readdirSync(configurations).flatMap((file) =>
      entryOf(file, readFileSync(join(configurations, file), "utf8"))
    )
    assert.isAtLeast(entries.length, 9)
    // Most clients start the same command.
    const commands = new Map(
      entries.map(({ args, command }) => [JSON.stringify([command, ...args]), { command, args }])
    )
    for (const { args, command } of commands.values()) {
      const { client } = await started(named, command, args)
      const { tools } = await client.listTools()
      assert.strictEqual(tools[0]?.name, "guide")
      await client.close()
    }
  })
})

const configurations = fileURLToPath(new URL("../../../examples/mcp", import.meta.url))

interface Entry {
  readonly command: string
  readonly args: ReadonlyArray<string>
}

/** The server that a client's file names: under one key or another, in JSON or in TOML. */
const entryOf = (file: string, content: string): ReadonlyArray<Entry> => {
  if (file.endsWith(".md")) return []
  if (file.endsWith(".json")) {
    const [servers] = Object.values(JSON.parse(content) as Record<string, Record<string, Entry>>)
    assert.deepStrictEqual(Object.keys(servers ?? {}), ["image-skill"], file)
    return Object.values(servers ?? {})
  }
  const named = /^\[mcp_servers\.image-skill\]\ncommand = "(.+)"\nargs = (\[.*\])\n$/u.exec(content)
  return [{ command: named?.[1] ?? "", args: JSON.parse(named?.[2] ?? "") as ReadonlyArray<string> }]
}
