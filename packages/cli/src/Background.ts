import { type ChildProcess, spawn } from "node:child_process"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import * as Effect from "effect/Effect"
import { backgroundVariable } from "./BackgroundNeed.ts"
import { readWish } from "./commands/create/wish.ts"
import type { Context } from "./Context.ts"
import { flagReader, toggle } from "./Flags.ts"
import { readMediaOptions } from "./MediaOptions.ts"
import type { RunEvent } from "./RunEvents.ts"
import { resolveTarget } from "./Target.ts"

/** What a process in the background tells its caller. */
export type Message =
  | { readonly type: "stderr"; readonly text: string }
  /** From now on money may be spent. `stopped` is the note for whoever stops waiting, `lost` the answer if no other comes. */
  | { readonly type: "asking"; readonly stopped: string; readonly lost: Answer }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "answer"; readonly answer: Answer }

export type Ended =
  | { readonly _tag: "Answered"; readonly answer: Answer }
  | { readonly _tag: "Interrupted" }
  /** The process has gone, and nothing that costs money was asked for. `by` is its exit code or signal. */
  | { readonly _tag: "Lost"; readonly by: string }

/**
 * Runs a live create or edit of the embedded service in a process of its own, which no signal to this one reaches and
 * which goes on until what was paid for is stored. This one prints what it hears, and ends as soon as it has heard the
 * answer. Null where the command is not of this kind, or no process can be started: it is then run here.
 */
export const inBackground = async (context: Context, note: (event: RunEvent) => void): Promise<Ended | null> => {
  if (!(await Effect.runPromise(isLiveAndEmbedded(context)))) return null
  const child = start(context)
  return child === null ? null : listen(child, note)
}

/** Whatever is wrong with the flags is said by the command itself. */
const isLiveAndEmbedded = (context: Context): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if (yield* flagReader(context.parsed)(toggle("guide"))) return false
    const { dryRun } = yield* readMediaOptions(context)
    if (dryRun) return false
    yield* readWish(context)
    return (yield* resolveTarget(context)).isEmbedded
  }).pipe(Effect.catchCause(() => Effect.succeed(false)))

/** Its output is not ours, and its input only if it is read: a shell waits for everybody who holds the ends of its pipes. */
const start = ({ machine }: Context): ChildProcess | null => {
  const columns = machine.stderrIsTerminal ? machine.stderrColumns || 80 : 0
  try {
    const child = spawn(machine.nodePath, [...process.execArgv, machine.programPath, ...machine.arguments], {
      detached: true,
      windowsHide: true,
      env: { ...process.env, [backgroundVariable]: `${columns}` },
      stdio: [machine.arguments.some(readsStdin) ? "inherit" : "ignore", "ignore", "pipe", "ipc"]
    })
    // Without a process id it has not started, and `error` says why.
    child.on("error", () => {})
    return child.pid === undefined ? null : child
  } catch {
    return null
  }
}

/** `-` stands for standard input, also where a reference adds its place to it. */
const readsStdin = (word: string): boolean => word.startsWith("--token-stdin") || /(?:^|=)@?-(?:@|$)/u.test(word)

/** Milliseconds that a process has for ending when it is told to. */
const stopPatience = 1_000
/** Milliseconds that whoever stops waiting waits to hear which job it was. */
const jobPatience = 700

const listen = (child: ChildProcess, note: (event: RunEvent) => void): Promise<Ended> =>
  new Promise((resolve) => {
    let asking: Extract<Message, { type: "asking" }> | null = null
    let isStopping = false
    let isJobKnown = false
    const end = (ended: Ended): void => {
      process.off("SIGINT", stop).off("SIGTERM", stop)
      child.removeAllListeners("close")
      child.stderr?.destroy()
      if (child.connected) child.disconnect()
      child.unref()
      resolve(ended)
    }
    const stop = (signal: NodeJS.Signals): void => {
      isStopping = true
      if (asking !== null) return isJobKnown ? interrupted(asking) : void setTimeout(interrupted, jobPatience, asking)
      // Nothing was asked for yet, so nothing has to go on.
      child.kill(signal)
      setTimeout(end, stopPatience, { _tag: "Interrupted" }).unref()
    }
    const interrupted = ({ stopped }: Extract<Message, { type: "asking" }>): void => {
      process.stderr.write(stopped)
      end({ _tag: "Interrupted" })
    }
    process.once("SIGINT", stop).once("SIGTERM", stop)
    // Whoever was reading has gone; the answer may still be wanted.
    process.stderr.on("error", () => {})
    child.stderr?.on("data", (chunk: Buffer) => process.stderr.write(chunk))
    child.on("message", (message: Message) => {
      if (message.type === "stderr") process.stderr.write(message.text)
      else if (message.type === "asking") {
        asking = message
        if (isStopping) setTimeout(interrupted, jobPatience, message)
      } else if (message.type === "answer") end({ _tag: "Answered", answer: message.answer })
      else {
        note(message.event)
        isJobKnown ||= message.event.type === "job"
        if (isStopping && isJobKnown && asking !== null) interrupted(asking)
      }
    })
    child.once("close", (exitCode, signal) => {
      const by = signal ?? `exit code ${exitCode}`
      if (isStopping) return end({ _tag: "Interrupted" })
      if (asking === null) return end({ _tag: "Lost", by })
      process.stderr.write(`image-skill: the process that did the work has ended (${by})\n`)
      end({ _tag: "Answered", answer: asking.lost })
    })
  })
