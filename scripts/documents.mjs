// Writes the documents for agents, the tables of the command line's README and the OpenAPI document, all from the
// sources: npm run documents. With --check it writes nothing, names the files that differ and ends with 1. With
// --in FOLDER it works there instead of in the package.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { parseArgs } from "node:util"

const root = fileURLToPath(new URL("..", import.meta.url))
const cli = join(root, "packages", "cli")

/** The sources of the packages are found by this condition. */
const condition = "--conditions=@image-skill/source"

if (process.execArgv.includes(condition)) await make()
else {
  const words = [condition, "--no-warnings", fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" })
  process.exitCode = status ?? 1
}

async function make() {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, in: { type: "string", default: cli } }
  })
  const folder = resolve(values.in)
  const different = (await files()).filter(({ path, text }) => read(join(folder, path)) !== text)
  if (!values.check) {
    for (const { path, text } of different) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
      console.log(`wrote ${path}`)
    }
    return
  }
  for (const { path } of different) console.error(`${path} is not what the sources say. Run: npm run documents`)
  process.exitCode = different.length === 0 ? 0 : 1
}

/** @returns {Promise<ReadonlyArray<{ readonly path: string, readonly text: string }>>} */
async function files() {
  const { documents, served, withSections } = await source("packages/core/src/documents/Documents.ts")
  const { openApiDocument } = await source("packages/adapters/src/service/OpenApiDocument.ts")
  // The address that `serve` listens on when it is told nothing.
  const openApi = `${JSON.stringify(openApiDocument("http://127.0.0.1:8787"), null, 1)}\n`
  const { manifestText } = await source("packages/core/src/service/CommandManifest.ts")
  const made = documents()
  return [
    ...made,
    { path: "README.md", text: withSections(read(join(cli, "README.md"))) },
    { path: "openapi.json", text: openApi },
    { path: "PUBLIC_CONTRACT_MANIFEST.json", text: manifest(made, served) },
    { path: "commands.json", text: manifestText() }
  ]
}

/**
 * What each document is, byte for byte, and where a service serves the same bytes (contract/after-0.1.24.md 8).
 *
 * @param {ReadonlyArray<{ readonly path: string, readonly text: string }>} made
 * @param {{ readonly [path: string]: () => string }} served
 */
function manifest(made, served) {
  const publicTexts = Object.entries(served).map(([path, text]) => ({ path, text: text() }))
  const files = made.map(({ path, text }) => ({
    source_path: `packages/cli/${path}`,
    public_paths: publicTexts.filter((known) => known.text === text).map((known) => known.path),
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex")
  }))
  const { version } = JSON.parse(read(join(cli, "package.json")))
  const schema = "image-skill.public-contract-manifest.v1"
  return `${JSON.stringify({ schema, package_version: version, files }, null, 2)}\n`
}

/** @param {string} path @returns {Promise<any>} */
function source(path) {
  return import(pathToFileURL(join(root, path)).href)
}

/** @param {string} path */
function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}
