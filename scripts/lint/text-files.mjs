// What must hold in every text file, whatever its language: no path of one machine, no secret, clean lines, and no
// comment that switches a house rule off. Run it alone: node scripts/lint/text-files.mjs
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join, sep } from "node:path"
import { root } from "./place.mjs"

/** Files that are not ours to word: generated, vendored, or recorded byte by byte. */
const foreign = /(?:^|\/)(?:package-lock\.json$|LICENSE|goldens\/|fixtures\/)|^packages\/adapters\/assets\//u

/** Where a made-up secret belongs. */
const examples = /(?:^|\/)(?:test|testing|docs)\/|\.md$/u

const sources = /\.(?:[cm]?[jt]s|jsonc?|ya?ml|sh|css|html|sql)$|^\.ci\//u

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {RegExp} pattern what must not occur in a line
 * @property {(path: string) => boolean} applies
 * @property {string} instead
 */

/** @type {ReadonlyArray<Check>} */
const checks = [
  {
    name: "machine-path",
    // Nothing to its left may make it the middle of another path or of a URL.
    pattern: /(?<![\w.~)}*-])\/(?:(?:work|root)\/|(?:home|Users)\/(?!demo\b)\w)/u,
    applies: () => true,
    instead: "A path of one machine. Write it relative to the repository, or use /home/demo in an example."
  },
  {
    name: "secret",
    pattern: /isk_r_[0-9A-Za-z]{20,}/u,
    applies: (path) => !examples.test(path),
    instead: "It looks like someone's token. Revoke it, and read it from the environment."
  },
  {
    name: "secret",
    pattern: /\b[sr]k_live_[0-9A-Za-z]{16,}|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/u,
    applies: () => true,
    instead: "It looks like a live key. Revoke it, and read it from the environment."
  },
  {
    name: "rule-switch",
    // A rule of oxlint may be switched off by name, with the reason behind two dashes.
    pattern: /(?:ox|es)lint-disable(?!(?:-next-line|-line)? (?!.*house\/)[\w@/, -]+ -- \S)|@effect-diagnostics/u,
    applies: (path) => sources.test(path) && !path.startsWith("scripts/"),
    instead:
      "Write `oxlint-disable-next-line <rule> -- <why>`. House rules have no switch in a file: " +
      "their exemptions are lines of .oxlintrc.json and tsconfig.base.json, where all can see them."
  },
  {
    name: "clean-lines",
    pattern: /[\t\r]|[ \u00a0]$/u,
    applies: (path) => sources.test(path),
    instead: "A tab, a carriage return or a blank at the end. Run npm run format, and write \\t in a string."
  }
]

/**
 * @param {string} path from the root, with forward slashes
 * @param {string} text
 * @returns {ReadonlyArray<string>} one line per problem
 */
const problemsOf = (path, text) => {
  if (foreign.test(path) || text.includes("\0")) return []
  const applying = checks.filter(({ applies }) => applies(path))
  return text
    .split("\n")
    .flatMap((line, index) =>
      applying
        .filter(({ pattern }) => pattern.test(line))
        .map(({ instead, name }) => `${path}:${index + 1}: ${name}: ${instead}`)
    )
}

/** What git ignores here, for a copy of the sources that came without git. */
const ignored = new Set([".git", "node_modules", "dist", "coverage", ".vitest", ".build"])

/** @param {string} folder @returns {Generator<string>} */
function* walk(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (ignored.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    if (entry.isFile()) yield path.split(sep).join("/")
  }
}

/** Every file that is in git or about to be. */
const files = () => {
  const listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
  const { status, stdout } = spawnSync("git", listing, { cwd: root, encoding: "utf8" })
  return status === 0 ? stdout.split("\0").filter((path) => path !== "") : [...walk("")]
}

/** @param {string} path */
const read = (path) => {
  try {
    return readFileSync(join(root, path), "utf8")
  } catch {
    return "" // Deleted, but git has not been told yet.
  }
}

const problems = files().flatMap((path) => problemsOf(path, read(path)))
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
