import type * as ChildProcess from "node:child_process"
import { createRequire } from "node:module"
import * as Effect from "effect/Effect"

/** What a program said before it ended by itself. */
export interface Ran {
  readonly exitCode: number
  readonly output: string
  /** Whether it had something to say on its error stream. What that was may name secrets, so it is not kept. */
  readonly complained: boolean
}

const load: (id: "node:child_process") => typeof ChildProcess = createRequire(import.meta.url)

const maxOutput = 65_536

/**
 * Runs a program, with `input` on its standard input, to its end; null when it cannot be started, was killed, or talks
 * too much. An interruption kills it.
 */
export const runProgram = (program: string, words: ReadonlyArray<string>, input: string): Effect.Effect<Ran | null> =>
  Effect.callback((resume) => {
    const child = start(program, words)
    if (child === null) return resume(Effect.succeed(null))
    const stop = () => {
      child.kill("SIGKILL")
      // What it started itself may live on and hold the other ends.
      for (const stream of child.stdio) stream?.destroy()
    }
    const chunks: Array<Buffer> = []
    let length = 0
    let complained = false
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length <= maxOutput) return
      stop()
      resume(Effect.succeed(null))
    })
    child.stderr.on("data", () => {
      complained = true
    })
    child.on("error", () => resume(Effect.succeed(null)))
    child.on("close", (exitCode) => {
      const output = Buffer.concat(chunks).toString("utf8")
      resume(Effect.succeed(exitCode === null ? null : { exitCode, output, complained }))
    })
    // A program that does not read its input closes it early, which is no failure of ours.
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    return Effect.sync(stop)
  })

/** Most of what can go wrong here comes as an event; words that no program can be given are thrown. */
const start = (program: string, words: ReadonlyArray<string>) => {
  try {
    return load("node:child_process").spawn(program, words, { stdio: "pipe", windowsHide: true })
  } catch {
    return null
  }
}
