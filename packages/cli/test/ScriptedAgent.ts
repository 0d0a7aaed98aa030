import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { at, type Envelope, type Options, type Place, prefix, type Ran, text } from "./Cli.ts"

/** Somebody who has a machine, a shell and one rule: run the command that the last answer prints. */
export interface ScriptedAgent {
  readonly machine: Place
  readonly env: NonNullable<Options["env"]>
}

/** One command that was run, and what it said. */
export interface Step {
  readonly line: string
  readonly ran: Ran
}

export interface Tale {
  readonly steps: ReadonlyArray<Step>
  /** Everything that the agent had to read, stderr included. */
  readonly bytes: number
}

export interface Around {
  /** What the world does after an answer, before the agent goes on: time passes, a person pays, a provider comes back. */
  readonly meanwhile?: (step: Step, index: number) => Effect.Effect<void>
  /** How a command is run, where it is not simply run to its end. */
  readonly running?: (line: string, index: number) => Effect.Effect<Ran> | null
}

/** More commands than any story needs. */
const patience = 24

/**
 * Follows the rule from the first line until a file has been downloaded. The rule: run `data.next_command`; after a
 * failure `error.recovery.suggested_command`; after a process that ended without an answer the `recover_command` of its
 * line on stderr. Where what is printed still needs a word of the agent, or nothing is printed, it is the command that was
 * printed for afterwards, or else the first line again.
 */
export const follows = Effect.fnUntraced(function* (agent: ScriptedAgent, first: string, around: Around = {}) {
  const steps: Array<Step> = []
  let afterwards = first
  let line = first
  while (steps.length < patience) {
    const index = steps.length
    const ran: Ran = yield* around.running?.(line, index) ?? running(agent, line)
    const step: Step = { line, ran }
    steps.push(step)
    if (isDownload(ran)) return taleOf(steps)
    yield* around.meanwhile?.(step, index) ?? Effect.void
    const next = printedBy(ran)
    if (ran.stdout !== "" && ran.envelope.ok) afterwards = text(ran.data, "after_next") || afterwards
    line = next ?? afterwards
  }
  return assert.fail(`the agent never came to its file:\n${told(steps)}`)
})

const running = ({ env, machine }: ScriptedAgent, line: string): Effect.Effect<Ran> =>
  Effect.promise(() => machine.shell(line, { env }))

const isDownload = ({ stdout }: Ran): boolean =>
  stdout !== "" && text(JSON.parse(stdout), "data.download.output_path") !== ""

/** The one command that an answer prints; null where it prints none that runs as it stands. */
const printedBy = ({ stderr, stdout }: Ran): string | null => {
  if (stdout === "") {
    const [note = ""] = stderr.split("\n")
    return note.startsWith("{") ? text(JSON.parse(note), "in_flight.recover_command") : null
  }
  const { data, error, ok } = JSON.parse(stdout) as Envelope
  const line = ok ? text(data, "next_command") : text(error, "recovery.suggested_command")
  const isWhole = at(data, "next_command_copy_runnable") !== false && !/ [A-Z]{3,}(?:_[A-Z]+)*(?: |$)/u.test(line)
  return line !== "" && isWhole ? line : null
}

const taleOf = (steps: ReadonlyArray<Step>): Tale => ({
  steps,
  bytes: steps.reduce((sum, { ran }) => sum + Buffer.byteLength(ran.stdout) + Buffer.byteLength(ran.stderr), 0)
})

/** The words of each command, for a test to compare and for a person to read. */
export const verbs = ({ steps }: Tale): ReadonlyArray<string> =>
  steps.map(({ line }) => {
    const words = line.slice(line.indexOf(prefix) + prefix.length + 1).split(" ")
    const flagAt = words.findIndex((word) => word.startsWith("-"))
    const name = words.slice(0, flagAt === -1 ? words.length : flagAt).filter((word) => /^[a-z0-9]+$/u.test(word))
    return [...name, ...(words.includes("--guide") ? ["--guide"] : [])].join(" ")
  })

const told = (steps: ReadonlyArray<Step>): string =>
  steps.map(({ line, ran }) => `$ ${line}\n${ran.stdout.slice(0, 1_500)}${ran.stderr.slice(0, 400)}`).join("\n")
