// Walks one agent from nothing to a stored picture. The agent knows a single rule: run `data.next_command`.
// Every step is a process of its own, in a home that did not exist before.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const executable = fileURLToPath(new URL("../packages/cli/dist/image-skill.js", import.meta.url))
const maxSteps = 12

/** What a command did, from its own answer. @param {any} data @returns {string} */
const changedBy = (data) => {
  if (data.mutation !== undefined && Object.values(data.mutation).every((flag) => flag === false))
    return "changed nothing"
  if (data.download !== undefined) return `wrote ${data.download.output_path}, ${data.download.bytes} bytes`
  if (data.asset_ids !== undefined) return `stored ${data.asset_ids.join(", ")}`
  if (data.agent_id !== undefined) return `made ${data.agent_id} and saved its token`
  return "changed nothing"
}

/**
 * @typedef {{
 *   readonly command: string
 *   readonly label: string
 *   readonly changed: string
 *   readonly credits: number
 *   readonly milliseconds: number
 *   readonly answer: any
 * }} Step
 * @param {{
 *   readonly prompt: string
 *   readonly first?: ReadonlyArray<string>
 *   readonly environment?: Readonly<Record<string, string>>
 *   readonly onStep?: (step: Step, index: number) => void
 * }} options
 * @returns {{ readonly folder: string, readonly picture: string | null, readonly steps: ReadonlyArray<Step> }}
 */
export const walk = ({ environment = {}, first = [], onStep, prompt }) => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-"))
  const home = join(folder, "home")
  const work = join(folder, "work")
  for (const path of [home, work]) mkdirSync(path)
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, ...environment }
  const quoted = prompt.replaceAll("'", `'\\''`)
  let command = ["node", `'${executable}'`, "create", "--guide", "--prompt", `'${quoted}'`, ...first, "--json"].join(
    " "
  )
  /** @type {Array<Step>} */
  const steps = []
  /** @type {string | null} */
  let picture = null
  while (steps.length < maxSteps) {
    const started = performance.now()
    const { error, status, stderr, stdout } = spawnSync("sh", ["-c", command], { cwd: work, env, encoding: "utf8" })
    const answer = parse(stdout)
    if (error !== undefined || status !== 0 || answer?.ok !== true) {
      throw new Error(`this printed command failed (exit ${status}):\n  ${command}\n${stdout}${stderr}`)
    }
    const { data } = answer
    const step = {
      command,
      label: answer.command,
      changed: changedBy(data),
      credits: data.quota?.consumed_credits ?? 0,
      milliseconds: performance.now() - started,
      answer
    }
    steps.push(step)
    onStep?.(step, steps.length)
    if (typeof data.download?.output_path === "string") picture = join(work, data.download.output_path)
    if (typeof data.next_command !== "string") break
    command = data.next_command
  }
  return { folder, picture: picture !== null && existsSync(picture) ? picture : null, steps }
}

/** @param {string} stdout @returns {any} */
const parse = (stdout) => {
  try {
    return JSON.parse(stdout)
  } catch {
    return null
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const prompt = process.argv[2] ?? "a compact field camera on a stainless workbench"
  console.log(`An agent with nothing wants: ${prompt}\n`)
  try {
    const { picture, steps } = walk({
      prompt,
      onStep: ({ changed, command, credits, label, milliseconds }, index) =>
        console.log(
          `${index}. ${label}\n   ran      ${command}\n   effect   ${changed}; cost ${credits} credits; ${Math.round(milliseconds)} ms\n`
        )
    })
    if (picture === null) throw new Error(`the walk ended after ${steps.length} steps without a picture`)
    console.log(`The picture is in ${picture}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
