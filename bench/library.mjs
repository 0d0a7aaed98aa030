// What it costs to import the library: CPU of a fresh process beside a Node that does nothing, and what a bundler ships.
// By itself: node bench/main.mjs library
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { compare } from "./process.mjs"
import { amount, atMost } from "./row.mjs"

/** @import { Row } from "./row.mjs" */

const root = fileURLToPath(new URL("..", import.meta.url))

/**
 * Each subpath with its budgets: the CPU over bare Node as a multiple of bare Node, and kilobytes of what is loaded at
 * once, minified, `effect` included. Unbundled, most of the time is that of reading many small files. What is loaded
 * later, e.g. the embedded service by `open`, is not in it.
 *
 * @type {ReadonlyArray<{ name: string, platform: "node" | "browser", ratio: number, kB: number }>}
 */
const subpaths = [
  { name: "core/envelope/ErrorRegistry", platform: "browser", ratio: 0.8, kB: 4 },
  { name: "core/payments/RailSelection", platform: "browser", ratio: 3.5, kB: 40 },
  { name: "core/guide/GuideState", platform: "browser", ratio: 14, kB: 190 },
  { name: "core/agent/NextTool", platform: "browser", ratio: 14, kB: 170 },
  { name: "adapters/agent/HostedImageSkill", platform: "browser", ratio: 20, kB: 330 },
  { name: "adapters/agent/ImageSkill", platform: "node", ratio: 20, kB: 420 },
  { name: "adapters/agent/OwnProvider", platform: "browser", ratio: 14, kB: 170 },
  { name: "adapters/service/Embedded", platform: "node", ratio: 28, kB: 760 },
  { name: "adapters/service/WebHandler", platform: "node", ratio: 34, kB: 1_000 }
]

const rounds = { rounds: 5, runs: 2 }

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  try {
    return [...imports(folder), ...(await sizes())]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} name */
const built = (name) => {
  const [owner = "", ...path] = name.split("/")
  return join(root, "packages", owner, "dist", `${path.join("/")}.js`)
}

/** @param {string} folder */
const imports = (folder) => {
  const programs = Object.fromEntries(
    subpaths.map(({ name }, index) => {
      const file = join(folder, `${index}.mjs`)
      writeFileSync(file, `import ${JSON.stringify(built(name))}\n`)
      return [name, { words: [file] }]
    })
  )
  /** @type {Record<string, number>} */
  const times = compare({ bare: { words: ["-e", "0"] }, ...programs }, rounds)
  const bare = times["bare"] ?? Number.NaN
  return subpaths.map(({ name, ratio }) =>
    atMost(
      `import ${name}, CPU over bare node, beside bare node`,
      (times[name] ?? Number.NaN) - bare,
      bare,
      "ms",
      ratio
    )
  )
}

const sizes = () =>
  Promise.all(
    subpaths.map(async ({ kB, name, platform }) =>
      amount(`${name}, bundled, minified, with effect`, (await shipped(name, platform)) / 1_000, "kB", kB)
    )
  )

/** What is loaded at once: the entry and whatever it imports; what it may load later is not in it. @param {string} name @param {"node" | "browser"} platform */
const shipped = async (name, platform) => {
  const bundle = await rolldown({
    cwd: root,
    input: { entry: built(name) },
    platform,
    external: [/^node:/u, "sharp", "undici", "@resvg/resvg-wasm", "stripe", /^viem/u, "aws4fetch"],
    checks: { ineffectiveDynamicImport: false }
  })
  const { output } = await bundle.generate({ format: "esm", minify: true })
  await bundle.close()
  const chunks = new Map(output.flatMap((part) => (part.type === "chunk" ? [[part.fileName, part]] : [])))
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry)
  const wanted = new Set(entry === undefined ? [] : [entry.fileName])
  for (const file of wanted) for (const next of chunks.get(file)?.imports ?? []) if (chunks.has(next)) wanted.add(next)
  return [...wanted].reduce((sum, file) => sum + Buffer.byteLength(chunks.get(file)?.code ?? ""), 0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run())
