// Every budget, measured: npm run bench. Name some to measure only those: npm run bench -- ledger sizes
import { availableParallelism } from "node:os"

/** @import { Row } from "./row.mjs" */

/** One after the other, so that each has the machine to itself. @type {ReadonlyArray<string>} */
const all = [
  "process",
  "service",
  "ledger",
  "payments",
  "media",
  "storyboard",
  "loop",
  "agent",
  "library",
  "mcp",
  "simulator",
  "sizes"
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(", ")}. There are: ${all.join(", ")}.`)
  process.exit(2)
}

/** @param {Row} row */
const measured = ({ unit, value }) => `${value} ${unit}`.trim()

/** @param {Row} row */
const columns = (row) => [
  row.what,
  measured(row),
  measured({ ...row, value: row.reference }),
  `${row.ratio}`,
  row.budget.trim(),
  row.budget === "" ? "" : row.within ? "ok" : "MISS"
]

/** @param {ReadonlyArray<Row>} rows */
const table = (rows) => {
  const lines = [["what", "measured", "beside", "ratio", "budget", ""], ...rows.map(columns)]
  const widths = lines.reduce(
    (known, cells) => cells.map((cell, index) => Math.max(cell.length, known[index] ?? 0)),
    /** @type {ReadonlyArray<number>} */ ([])
  )
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join("  ")
    )
    .join("\n")
}

/** @type {Array<Row>} */
const rows = []
for (const name of all.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  const began = performance.now()
  const { run } = /** @type {{ run: () => Promise<ReadonlyArray<Row>> }} */ (await import(`./${name}.mjs`))
  rows.push(...(await run()))
  console.error(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
}

const certificates = process.env["NODE_EXTRA_CA_CERTS"] === undefined ? "unset" : "set, which slows the start of Node"
console.log(`\nNode ${process.versions.node}, ${availableParallelism()} CPUs, NODE_EXTRA_CA_CERTS ${certificates}.`)
console.log("Each is measured in turns with what stands beside it, on whatever else this machine is doing.\n")
console.log(table(rows))
const missed = rows.filter(({ within }) => !within)
if (missed.length > 0) {
  console.log(`\nMissed: ${missed.map(({ what }) => what).join("; ")}.`)
  process.exitCode = 1
}
