// Makes a fresh clone ready: installs when the lockfile is newer than node_modules, then builds what is stale.
// Runs on Node 20, before anything is installed, so it uses nothing but Node itself.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const modules = join(root, "node_modules")
const stamp = join(modules, ".image-skill-installed")
const lockfile = readFileSync(join(root, "package-lock.json"), "utf8")
const wanted = createHash("sha256").update(lockfile).digest("hex")

/**
 * Through the shell, because npm and the Node of node_modules/.bin are .cmd files on Windows.
 *
 * @param {string} line of words that need no quotes
 * @returns {number} the exit code
 */
const run = (line) => spawnSync(line, { cwd: root, shell: true, stdio: ["ignore", "inherit", "inherit"] }).status ?? 1

/**
 * Whether npm's own record of its last install says what the lockfile says: then somebody ran `npm ci` by hand, and a
 * second one would only cost time, or fail without a network. What is optional may be missing.
 *
 * @returns {boolean}
 */
const matchesRecord = () => {
  const record = join(modules, ".package-lock.json")
  if (!existsSync(record)) return false
  /** @typedef {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} Lock */
  /** @type {Lock} */
  const { packages: locked } = JSON.parse(lockfile)
  /** @type {Lock} */
  const { packages: found } = JSON.parse(readFileSync(record, "utf8"))
  return Object.entries(locked).every(([path, { integrity, optional, version }]) => {
    if (!path.startsWith("node_modules/")) return true
    const there = found[path]
    return there === undefined ? optional === true : there.version === version && there.integrity === integrity
  })
}

const install = () => {
  console.error("Installing the locked dependencies (npm ci) ...")
  const status = run("npm ci --prefer-offline --no-audit --no-fund --loglevel=error")
  if (status === 0) return
  console.error(
    `\nnpm ci ended with ${status}: the locked dependencies are not installed, and nothing else was started.\n` +
      "  No network?          Run this once with one. From then on npm's cache is enough.\n" +
      "  Behind a mirror?     npm config set registry <url>, then run this again.\n" +
      "  Interrupted before?  Remove node_modules, then run this again.\n" +
      "  package.json edited? npm install, which brings package-lock.json up to date."
  )
  process.exit(status)
}

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  if (!matchesRecord()) install()
  writeFileSync(stamp, wanted)
}

if (!process.argv.includes("--no-build")) {
  const status = run(`${join("node_modules", ".bin", "node")} ${join("scripts", "build.mjs")}`)
  if (status !== 0) process.exit(status)
}
