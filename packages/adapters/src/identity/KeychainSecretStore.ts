import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Ran, runProgram } from "../internal/RunProgram.ts"
import { sendable } from "./SendableToken.ts"

/** How one tool is spoken to. The token goes by standard input: everybody on the machine can read arguments. */
interface Tool {
  readonly name: string
  readonly find: (origin: string) => ReadonlyArray<string>
  readonly isNone: (ran: Ran) => boolean
  readonly store: (origin: string, token: string) => { readonly words: ReadonlyArray<string>; readonly input: string }
  readonly erase: (origin: string) => ReadonlyArray<string>
}

const service = "image-skill"

/** macOS. Reading commands from standard input is its only way to take a secret that is not an argument. */
const security: Tool = {
  name: "security",
  find: (origin) => ["find-generic-password", "-s", service, "-a", origin, "-w"],
  isNone: ({ exitCode }) => exitCode === 44, // errSecItemNotFound
  store: (origin, token) => ({
    words: ["-i"],
    input: `add-generic-password -U -s ${service} -a ${quoted(origin)} -w ${quoted(token)}\n`
  }),
  erase: (origin) => ["delete-generic-password", "-s", service, "-a", origin]
}

/** libsecret. It ends with 1 both when there is none and when there is no keyring; only then it says something. */
const secretTool: Tool = {
  name: "secret-tool",
  find: (origin) => ["lookup", "service", service, "origin", origin],
  isNone: ({ complained, exitCode, output }) => exitCode === 1 && output === "" && !complained,
  store: (origin, token) => ({
    words: ["store", "--label", `Image Skill token of ${origin}`, "service", service, "origin", origin],
    input: token
  }),
  erase: (origin) => ["clear", "service", service, "origin", origin]
}

const quoted = (word: string): string => `"${word.replaceAll(/["\\]/gu, (character) => `\\${character}`)}"`

/** The keychain of the machine, by whichever tool of it stands in `path`, the folders of `PATH`. */
export const make = (path: string): SecretStore => {
  const find = Effect.fnUntraced(function* (origin: string) {
    const { program, tool } = yield* toolOn(path)
    const ran = yield* run(program, tool.find(origin))
    if (tool.isNone(ran)) return Option.none()
    yield* isDone(tool, "look a token up", ran)
    return Option.some(yield* sendable("keychain", ran.output.trim()))
  })

  return {
    source: "keychain",
    read: find,
    write: Effect.fnUntraced(function* (origin: string, token: Redacted.Redacted) {
      const { program, tool } = yield* toolOn(path)
      const { input, words } = tool.store(origin, Redacted.value(token))
      yield* isDone(tool, "store a token", yield* run(program, words, input))
      // `security -i` ends with 0 whatever became of the command that it read.
      const stored = yield* find(origin)
      if (Option.isNone(stored) || Redacted.value(stored.value) !== Redacted.value(token)) {
        return yield* unavailable(`${tool.name} did not keep the token`)
      }
    }),
    remove: Effect.fnUntraced(function* (origin: string) {
      if (Option.isNone(yield* find(origin))) return false
      const { program, tool } = yield* toolOn(path)
      yield* isDone(tool, "erase a token", yield* run(program, tool.erase(origin)))
      return true
    })
  }
}

const patience = Duration.seconds(10)

const unavailable = (message: string): SecretStoreFailed =>
  new SecretStoreFailed({ source: "keychain", reason: "unavailable", message })

const toolOn = Effect.fnUntraced(function* (path: string) {
  for (const tool of [security, secretTool]) {
    // An empty entry of PATH means the working folder, which is nobody's place for a keychain.
    const folders = path.split(delimiter).filter((folder) => folder !== "")
    const programs = folders.map((folder) => join(folder, tool.name))
    const program = yield* Effect.findFirst(programs, isExecutable)
    if (Option.isSome(program)) return { tool, program: program.value }
  }
  return yield* unavailable(`neither ${security.name} (macOS) nor ${secretTool.name} (libsecret) is on PATH`)
})

const isExecutable = (program: string): Effect.Effect<boolean> =>
  Effect.isSuccess(Effect.try(() => accessSync(program, constants.X_OK)))

const run = (program: string, words: ReadonlyArray<string>, input = ""): Effect.Effect<Ran, SecretStoreFailed> =>
  runProgram(program, words, input).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(unavailable(`${program} took too long`)) }),
    Effect.flatMap((ran) =>
      ran === null ? Effect.fail(unavailable(`${program} could not be run`)) : Effect.succeed(ran)
    )
  )

const isDone = ({ name }: Tool, what: string, { exitCode }: Ran): Effect.Effect<void, SecretStoreFailed> =>
  exitCode === 0
    ? Effect.void
    : Effect.fail(unavailable(`${name} could not ${what}: it ended with exit code ${exitCode}`))
