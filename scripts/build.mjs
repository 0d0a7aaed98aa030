// Builds everything that is run or published: the embedded art, the libraries, and the one bundled executable.
// Does nothing where the outputs are newer than what they are made of.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { buildStoryboardAssets } from "./storyboard-assets.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const cli = join(root, "packages", "cli")
const dist = join(cli, "dist")
const stampFile = join(root, "node_modules", ".image-skill-built")

buildStoryboardAssets()

const inputs = fingerprint([
  "packages/core/src",
  "packages/adapters/src",
  "packages/cli/src",
  "packages/testing/src",
  "scripts/build.mjs",
  "package-lock.json"
])
if (!existsSync(dist) || !existsSync(stampFile) || readFileSync(stampFile, "utf8") !== inputs) {
  compileLibraries()
  await bundleExecutable()
  writeFileSync(stampFile, inputs)
}

/** The public packages, as modules with their types. */
function compileLibraries() {
  const tsc = join(root, "node_modules", ".bin", "tsc")
  const projects = ["core", "adapters", "testing"].map((name) => join(root, "packages", name))
  const { status } = spawnSync(tsc, ["-b", ...projects], { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

/** The command line: one executable, split so that each command loads only its own part. */
async function bundleExecutable() {
  const { rolldown } = await import("rolldown")
  rmSync(dist, { recursive: true, force: true })
  const bundle = await rolldown({
    cwd: root,
    input: {
      "image-skill": "packages/cli/src/Main.ts",
      InspectorWorker: "packages/adapters/src/media/inspector/internal/InspectorWorker.ts",
      StoryboardWorker: "packages/adapters/src/media/storyboard/StoryboardWorker.ts"
    },
    platform: "node",
    external: [/^node:/, "sharp", "undici", "redis", "bufferutil", "utf-8-validate"],
    resolve: { conditionNames: ["@image-skill/source", "node", "import", "default"] },
    // effect/cli makes a segmenter when it is loaded, which costs half as much as starting Node; ours makes it when used.
    transform: { inject: { "Intl.Segmenter": [join(cli, "src", "LazySegmenter.ts"), "LazySegmenter"] } },
    treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
    // A module that some commands always need may still be loaded late by others.
    checks: { ineffectiveDynamicImport: false }
  })
  const { output } = await bundle.write({
    dir: dist,
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunk-[hash].js",
    // What many commands share is one file, since each file costs as much as several kilobytes of code. The version is
    // apart, because it is printed without anything else being loaded.
    codeSplitting: {
      groups: [
        { name: "version", test: /Product\.ts$/u, priority: 9 },
        { name: "shared", minShareCount: 18 }
      ]
    },
    banner: (chunk) => (chunk.fileName === "image-skill.js" ? "#!/usr/bin/env node" : "")
  })
  await bundle.close()
  chmodSync(join(dist, "image-skill.js"), 0o755)
  mkdirSync(join(dist, "assets"), { recursive: true })
  cpSync(join(root, "packages", "adapters", "assets"), join(dist, "assets"), { recursive: true, filter: isPublished })
  cpSync(join(root, "LICENSE"), join(dist, "LICENSE"))
  cpSync(join(root, "packages", "adapters", "NOTICE-storyboard.md"), join(dist, "NOTICE-storyboard.md"))
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licences(output))
  linkExecutable()
}

/** A note of the build is no part of the product. @param {string} source */
function isPublished(source) {
  return !source.endsWith(".stamp.json")
}

/**
 * The licences of every package of which something is in the bundle.
 *
 * @param {ReadonlyArray<import("rolldown").OutputChunk | import("rolldown").OutputAsset>} output
 */
function licences(output) {
  const folders = output
    .flatMap((part) => (part.type === "chunk" ? part.moduleIds : []))
    .flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(id)?.[0] ?? [])
  return [...new Set(folders)].toSorted().map(licence).join("\n\n")
}

/** @param {string} folder of an installed package */
function licence(folder) {
  /** @type {{ readonly name: string, readonly version: string, readonly license: string }} */
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const file = readdirSync(folder).find((candidate) => /^licen[cs]e/iu.test(candidate))
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim()
  return `${name} ${version} (${license})\n\n${text}`
}

/** npm links executables when it installs, and then there was none yet. */
function linkExecutable() {
  const link = join(root, "node_modules", ".bin", "image-skill")
  if (process.platform === "win32" || existsSync(link)) return
  rmSync(link, { force: true })
  symlinkSync(join("..", "..", "packages", "cli", "dist", "image-skill.js"), link)
}

/** A digest of names, sizes and times: enough to notice an edit, cheap enough to ask every time. @param {ReadonlyArray<string>} paths */
function fingerprint(paths) {
  const hash = createHash("sha256")
  for (const path of paths)
    for (const file of filesUnder(join(root, path))) {
      const { mtimeMs, size } = statSync(file)
      hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`)
    }
  return hash.digest("hex")
}

/** @param {string} path @returns {ReadonlyArray<string>} */
function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesUnder(join(path, name)))
}
