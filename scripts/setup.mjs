// Makes a fresh clone ready: installs when the lockfile is newer than node_modules, then builds what is stale.
// Runs on Node 20, before anything is installed, so it uses nothing but Node itself.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const stamp = join(root, "node_modules", ".image-skill-installed")
const lockfile = readFileSync(join(root, "package-lock.json"))
const wanted = createHash("sha256").update(lockfile).digest("hex")

/** @param {string} program @param {ReadonlyArray<string>} args */
const run = (program, args) => {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
  if (error) console.error(`${program} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

const installed = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted
if (!installed) {
  rmSync(stamp, { force: true })
  console.error("Installing the locked dependencies (npm ci) ...")
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
  writeFileSync(stamp, wanted)
}

if (!process.argv.includes("--no-build")) run(join(root, "node_modules", ".bin", "node"), [join(root, "scripts", "build.mjs")])
