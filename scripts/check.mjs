// Every check of the repository, side by side: npm run check. Name some to run only those: npm run check -- lint format
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** TypeScript with the rules of Effect built in; an optional package, published for Linux on x64 only. */
const effectCompiler = "node_modules/@effect/tsgo-linux-x64/artifacts/typescript/7.0.2/tsc"
const hasEffectRules = existsSync(join(root, effectCompiler))

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {ReadonlyArray<string>} command a program and its arguments, run in the root
 * @property {string} repair what to run, or where to look, when it fails
 * @property {string} [note] what it cannot do here
 */

/** @type {ReadonlyArray<Step>} */
const steps = [
  {
    name: "types",
    // What was built without the rules would count as up to date, so everything is looked at anew.
    command: hasEffectRules
      ? [join(root, effectCompiler), "-b", "--force", "--pretty", "false"]
      : [process.execPath, "node_modules/typescript/bin/tsc", "-b"],
    repair:
      "npx tsc -b --watch shows the errors as you mend them; a rule of Effect is named at the end of its line, its severity is in tsconfig.base.json",
    ...(hasEffectRules ? {} : { note: "without the rules of Effect: @effect/tsgo-linux-x64 is not installed here" })
  },
  {
    name: "lint",
    command: [process.execPath, "node_modules/oxlint/bin/oxlint"],
    repair: "npx oxlint --fix; the house rules are explained in scripts/lint, their exemptions are in .oxlintrc.json"
  },
  {
    name: "format",
    command: [process.execPath, "node_modules/oxfmt/bin/oxfmt", "--check", "."],
    repair: "npm run format"
  },
  {
    name: "text",
    command: [process.execPath, "scripts/lint/text-files.mjs"],
    repair: "edit the lines; the patterns are in scripts/lint/text-files.mjs"
  }
]

/**
 * @typedef {object} Outcome
 * @property {Step} step
 * @property {boolean} failed
 * @property {string} output
 */

/** @param {Step} step @returns {Promise<Outcome>} */
const run = async (step) => {
  const { name, note = "" } = step
  const began = performance.now()
  const { output, status } = await capture(step.command)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `  ${status === 0 ? "ok  " : "FAIL"}  ${name.padEnd(8)}${seconds.padStart(5)} s${note === "" ? "" : `  ${note}`}`
  )
  return { step, failed: status !== 0, output }
}

/** The compilers are written in Go, which may let more garbage gather before it collects: a seventh less time in all. */
const env = { GOGC: "300", ...process.env }

/** @param {ReadonlyArray<string>} command @returns {Promise<{ status: number | null, output: string }>} */
const capture = ([program = "", ...args]) =>
  new Promise((resolve) => {
    let output = ""
    /** @param {string} text */
    const keep = (text) => {
      output += text
    }
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env })
    child.stdout.setEncoding("utf8").on("data", keep)
    child.stderr.setEncoding("utf8").on("data", keep)
    child.on("error", (error) => resolve({ status: null, output: `${program} could not be started: ${error.message}` }))
    child.on("close", (status) => resolve({ status, output }))
  })

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`No check is called ${unknown.join(", ")}. There are: ${steps.map(({ name }) => name).join(", ")}.`)
  process.exit(2)
}

const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const outcomes = await Promise.all(chosen.map(run))
const failures = outcomes.filter(({ failed }) => failed)
for (const { output, step } of failures) console.error(`\n--- ${step.name} ---\n${output.trim()}`)
if (failures.length > 0) {
  console.error(`\nFailed: ${failures.map(({ step }) => step.name).join(", ")}. To repair:`)
  for (const { step } of failures) console.error(`  ${step.name.padEnd(8)}${step.repair}`)
  process.exitCode = 1
}
