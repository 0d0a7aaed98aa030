import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** The package of npm that holds the binary for this machine. The one it hangs on only starts it through a wrapper. */
const binary = (): string => {
  const architecture = process.arch === "x64" ? "amd64" : process.arch
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  return join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil")
}

/** Starts anvil on a free port of loopback, waits until it listens, and ends it with the scope. Gives its address. */
export const start = (words: ReadonlyArray<string>): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => listening(words)),
      ({ end }) => Effect.promise(end)
    ),
    ({ address }) => `http://${address}`
  )

const listening = async (words: ReadonlyArray<string>) => {
  const child = spawn(binary(), ["--host", "127.0.0.1", "--port", "0", ...words], { stdio: ["ignore", "pipe", "pipe"] })
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
  })
  // Nothing that this process started may outlive it, not even when it is ended from outside.
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  const address = await new Promise<string>((resolve, reject) => {
    let said = ""
    const read = (chunk: Buffer) => {
      said += chunk.toString("utf8")
      const found = /Listening on (\S+)/u.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on("data", read)
    child.stderr.on("data", read)
    child.once("error", reject)
    void ended.then(() => reject(new Error(`anvil ended before it listened: ${said}`)))
  })
  const end = () => {
    process.off("exit", kill)
    kill()
    return ended
  }
  return { address, end }
}
