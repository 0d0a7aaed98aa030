import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"

const maxOutput = 65_536

/**
 * Runs a program with `input` on its standard input, and gives what it printed; null when it cannot be started, did not
 * end with 0, or printed too much. What it says on its error stream may name secrets, so nobody reads it. An interruption
 * kills it.
 */
export const runSigner = (program: string, words: ReadonlyArray<string>, input: string): Effect.Effect<string | null> =>
  Effect.callback((resume) => {
    const child = start(program, words)
    if (child === null) return resume(Effect.succeed(null))
    const stop = () => {
      child.kill("SIGKILL")
      for (const stream of child.stdio) stream?.destroy()
    }
    const chunks: Array<Buffer> = []
    let length = 0
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length <= maxOutput) return
      stop()
      resume(Effect.succeed(null))
    })
    child.stderr.resume()
    child.on("error", () => resume(Effect.succeed(null)))
    child.on("close", (exitCode) =>
      resume(Effect.succeed(exitCode === 0 ? Buffer.concat(chunks).toString("utf8") : null))
    )
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    return Effect.sync(stop)
  })

const start = (program: string, words: ReadonlyArray<string>) => {
  try {
    return spawn(program, words, { stdio: "pipe", windowsHide: true })
  } catch {
    return null
  }
}
