// A whole service through bad weeks, seed by seed, on all processors: npm run simulate. With --help it says what else
// there is. The first seed that breaks an invariant ends it with 1, and with what happened before.
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { mutantOf, mutants } from "@image-skill/testing/simulation/Mutants"
import { ordinarySteps, replayCommand, simulate } from "@image-skill/testing/simulation/Simulation"

/** @import { SimulationReport } from "@image-skill/testing/simulation/Simulation" */

/**
 * @typedef {object} Work
 * @property {ReadonlyArray<number>} seeds
 * @property {number} steps
 * @property {string | null} mutant
 */

const ordinarySeeds = 400

const help = `npm run simulate -- [--seed N] [--seeds N] [--from N] [--steps N] [--mutant NAME] [--help]

  --seed N       this seed only, with a summary of what happened
  --seeds N      how many seeds; ${ordinarySeeds} when nothing is said
  --from N       the first of them; 1 when nothing is said
  --steps N      steps of each before its faults end; ${ordinarySteps} when nothing is said
  --mutant NAME  with a fault in the place of our code, which the run has to find

Mutants:
${mutants.map(({ breaks, name }) => `  ${name.padEnd(32)} ${breaks}`).join("\n")}
`

if (isMainThread) await main()
else work(workerData)

async function main() {
  const asked = words()
  if (typeof asked === "string") {
    console.error(`${asked}. See: npm run simulate -- --help`)
    process.exitCode = 2
    return
  }
  if (asked.isHelp) return console.log(help)
  const { count, first, mutant, steps } = asked
  const threads = Math.min(count, availableParallelism())
  const seeds = Array.from({ length: count }, (_, index) => first + index)
  const began = performance.now()
  const shareOf = (/** @type {number} */ thread) => seeds.filter((_, index) => index % threads === thread)
  const reports =
    count === 1
      ? [played(first, steps, mutant)]
      : await all(threads, (thread) => ({ seeds: shareOf(thread), steps, mutant }), count)
  summarize(reports, (performance.now() - began) / 1000)
  const broken = reports
    .filter(({ violations }) => violations.length > 0)
    .toSorted((left, right) => left.seed - right.seed)
  const worst = broken[0]
  if (worst === undefined) return console.log("Every invariant held after every step.")
  tell(worst, steps, mutant)
  process.exitCode = 1
}

/** What is asked for, or why nobody can tell. */
function words() {
  const options = /** @type {const} */ ({
    seed: { type: "string" },
    seeds: { type: "string", default: `${ordinarySeeds}` },
    from: { type: "string", default: "1" },
    steps: { type: "string", default: `${ordinarySteps}` },
    mutant: { type: "string" },
    help: { type: "boolean", default: false }
  })
  try {
    const { values } = parseArgs({ options })
    const mutant = values.mutant ?? null
    if (mutant !== null && mutantOf(mutant) === undefined) return `No mutant is called ${mutant}`
    const first = whole(values.seed ?? values.from)
    const count = values.seed === undefined ? whole(values.seeds) : 1
    const steps = whole(values.steps)
    if (Number.isNaN(first + count + steps) || count === 0) return "Seeds and steps are whole numbers"
    return { isHelp: values.help, first, count, steps, mutant }
  } catch (error) {
    return error instanceof Error ? error.message : "the words cannot be read"
  }
}

/** @param {string} text */
function whole(text) {
  return /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN
}

/**
 * The reports of all threads; the first one that is broken ends them all.
 *
 * @param {number} threads
 * @param {(thread: number) => Work} workOf
 * @param {number} count
 * @returns {Promise<ReadonlyArray<SimulationReport>>}
 */
function all(threads, workOf, count) {
  return new Promise((resolve, reject) => {
    /** @type {Array<SimulationReport>} */
    const reports = []
    const workers = Array.from(
      { length: threads },
      (_, thread) => new Worker(fileURLToPath(import.meta.url), { workerData: workOf(thread) })
    )
    const end = () => {
      void Promise.all(workers.map((worker) => worker.terminate())).then(() => resolve(reports))
    }
    for (const worker of workers) {
      worker.on("error", reject)
      worker.on("message", (/** @type {SimulationReport} */ report) => {
        reports.push(report)
        if (reports.length % 100 === 0) console.error(`${reports.length} of ${count} seeds`)
        if (report.violations.length > 0 || reports.length === count) end()
      })
    }
  })
}

/** @param {ReadonlyArray<SimulationReport>} reports @param {number} seconds */
function summarize(reports, seconds) {
  const sum = (/** @type {(report: SimulationReport) => number} */ of) =>
    reports.reduce((total, report) => total + of(report), 0)
  const steps = sum(({ step }) => step)
  console.log(
    `${reports.length} seeds, ${steps} steps in ${seconds.toFixed(1)} s: ${Math.round(steps / seconds)} steps/s, ` +
      `${Math.round(sum(({ tasks }) => tasks) / seconds)} tasks/s.`
  )
  console.log(
    `${sum(({ jobs }) => jobs)} jobs, ${sum(({ assets }) => assets)} assets, ${sum(({ receipts }) => receipts)} paid ` +
      `receipts, ${sum(({ providerCalls }) => providerCalls)} provider calls, ${sum(({ crashes }) => crashes)} crashes, ` +
      `${sum(({ failures }) => failures)} failed writes.`
  )
  if (reports.length === 1) console.log(`Trace ${reports[0]?.hash ?? ""}`)
}

/** @param {SimulationReport} report @param {number} steps @param {string | null} mutant */
function tell({ seed, step, trace, violations }, steps, mutant) {
  console.error(`\nSeed ${seed} broke at step ${step}:`)
  for (const { invariant, message } of violations.slice(0, 10)) console.error(`  ${invariant}: ${message}`)
  if (violations.length > 10) console.error(`  and ${violations.length - 10} more`)
  console.error(`\nWhat happened before:\n${trace.join("\n")}`)
  console.error(`\nAgain: ${replayCommand({ seed, steps, ...(mutant === null ? {} : { mutant }) })}`)
}

/** @param {Work} given */
function work({ mutant, seeds, steps }) {
  for (const seed of seeds) parentPort?.postMessage(played(seed, steps, mutant), [])
}

/** @param {number} seed @param {number} steps @param {string | null} mutant */
function played(seed, steps, mutant) {
  const mutation = mutant === null ? undefined : mutantOf(mutant)?.mutation
  return simulate({ seed, steps, ...(mutation === undefined ? {} : { mutation: mutation() }) })
}
