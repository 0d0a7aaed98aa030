/**
 * The entry of the executable. What can be answered without loading anything is answered here; everything else is
 * loaded when it is needed, so that a version costs no more than starting Node.
 */
import module from "node:module"
import { fileURLToPath } from "node:url"
import { executable, variables, version } from "@image-skill/core/envelope/Product"

const versionWords = new Set(["version", "--version", "-v"])
const [first, ...rest] = process.argv.slice(2)

const isPlainVersion =
  first !== undefined &&
  versionWords.has(first) &&
  !rest.some((word) => word === "-h" || /^--(?:help|fields|stream)/u.test(word))

if (isPlainVersion && rest.length === 0 && process.stdout.isTTY && process.env[variables.output] !== "json") {
  process.stdout.write(`${executable} ${version}\n`)
} else if (isPlainVersion) {
  // Loading OpenSSL for sixteen digits would cost a third of starting Node; this id is no secret and names no row.
  const digits = `${process.pid.toString(16)}${process.hrtime.bigint().toString(16)}`.slice(-16).padStart(16, "0")
  const answer = {
    ok: true,
    command: "image-skill version",
    trace_id: `trace_${digits}`,
    actor: null,
    data: { version, package: "image-skill", mode: "public_hosted_cli" },
    warnings: [],
    error: null
  }
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // Whoever was reading has gone; there is nobody left to tell.
    if (code === "EPIPE") return
    process.stderr.write(`image-skill: the answer could not be written: ${message}\n`)
    process.exitCode = 1
  })
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
} else {
  // Node 20 has no such cache.
  if ("enableCompileCache" in module) module.enableCompileCache()
  const { run } = await import("./Run.ts")
  await run(fileURLToPath(import.meta.url))
}
