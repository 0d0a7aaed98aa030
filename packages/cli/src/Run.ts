import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import { type Parsed, read, type Reading } from "@image-skill/core/envelope/Arguments"
import { specOf } from "@image-skill/core/envelope/CommandBook"
import { type Command, command, flag, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { CommandEffect } from "@image-skill/core/envelope/NextAction"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal, unsent } from "@image-skill/core/envelope/Refusal"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import { serviceAddress } from "@image-skill/core/identity/ServiceAddress"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { Ended } from "./Background.ts"
import { isInBackground, mayBeLong } from "./BackgroundNeed.ts"
import type { BackgroundWork } from "./BackgroundWork.ts"
import { Caller } from "./Caller.ts"
import { commands } from "./Commands.ts"
import type { Context } from "./Context.ts"
import { flagWarnings, guard } from "./Guards.ts"
import { hostOf } from "./Invocation.ts"
import { type Machine, thisMachine } from "./Machine.ts"
import { print, type Printed, printedOf, withWarnings } from "./Output.ts"

/** Runs the arguments of this process to one envelope and an exit code. */
export const run = async (programPath: string): Promise<void> => {
  const own = thisMachine(programPath)
  const work = isInBackground() ? (await import("./BackgroundWork.ts")).attach(own) : null
  const machine = work?.machine ?? own
  const reading = read(machine.arguments)
  if (work === null && mayBeLong(reading, machine)) {
    const { inBackground } = await import("./Background.ts")
    const context: Context = { parsed: reading, machine, host: hostOf(machine, baseOf(reading)) }
    const ended = await inBackground(context)
    if (ended !== null) return report(ended, context)
  }
  const fiber = Effect.runFork(answerTo(machine, reading, work).pipe(Effect.provide(foundation)))
  const told: Array<NodeJS.Signals> = []
  const interrupt = (signal: NodeJS.Signals): void => {
    told.push(signal)
    fiber.interruptUnsafe()
  }
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt)
  // What no program can interrupt, such as the opening of a pipe that nobody writes to, keeps no process alive.
  for (const signal of told.slice(0, 1)) setTimeout(endBy, 1_000, signal).unref()
  if (Exit.isSuccess(exit)) {
    const printed = printedOf(exit.value)
    if (work === null) conclude(printed)
    else await work.tell(printed)
  } else {
    // A server that is told to stop has done what it was asked for; everything else was cut short.
    const isServer = reading._tag === "Command" && reading.name === "serve"
    process.exitCode = isServer && Cause.hasInterruptsOnly(exit.cause) ? 0 : 130
  }
}

/** Prints the answer, and ends with its exit code as soon as nothing is left to do. */
const conclude = ({ exitCode, text }: Printed): void => {
  process.exitCode = print(text) ? exitCode : exitCode || 1
}

/** What another process has come to that ran these arguments for us. */
const report = async (ended: Ended, { host, parsed }: Context): Promise<void> => {
  switch (ended._tag) {
    case "Answered":
      return conclude(ended.printed)
    case "Interrupted":
      process.exitCode = 130
      return
    case "Lost": {
      const answer = refuse(lost(ended.by), labelOf(parsed), specOf(parsed.name).effect, host)
      conclude(printedOf(await Effect.runPromise(Effect.provide(answer, foundation))))
    }
  }
}

const endBy = (signal: NodeJS.Signals): void => void process.kill(process.pid, signal)

/** Stdout is for envelopes, so whatever Effect has to say goes to stderr. */
const foundation = Ids.layer.pipe(
  Layer.provide(NodeSecretBytes.layer),
  Layer.merge(Layer.succeed(Logger.LogToStderr, true))
)

const answerTo = (
  machine: Machine,
  reading: Reading,
  work: BackgroundWork | null
): Effect.Effect<Answer, never, Ids> => {
  const host = hostOf(machine, baseOf(reading))
  switch (reading._tag) {
    case "Help":
      return Effect.flatMap(
        Effect.promise(() => import("./commands/help/show.ts")),
        ({ explain }) => explain(reading.topic, host)
      )
    case "NotAvailable":
      return refuse(notAvailable(reading.typed), `image-skill ${printable(reading.typed)}`, "read", host)
    case "BadSubcommand":
      return refuse(badSubcommand(reading.label, reading.allowed), `image-skill ${reading.label}`, "read", host)
    case "Command":
      return runCommand(machine, host, reading, work)
  }
}

const runCommand = (
  machine: Machine,
  host: Host,
  parsed: Parsed,
  work: BackgroundWork | null
): Effect.Effect<Answer, never, Ids> => {
  const label = labelOf(parsed)
  const { effect } = specOf(parsed.name)
  return Effect.gen(function* () {
    const refusal = guard(parsed)
    if (refusal !== null) return yield* refusal
    const { leaf } = yield* Effect.promise(commands[parsed.name])
    const context = { parsed, machine, host }
    const run = leaf(context)
    const answer = yield* work === null ? run : Effect.provideServiceEffect(run, Caller, work.callerOf(context))
    return withWarnings(answer, flagWarnings(parsed))
  }).pipe(
    Effect.catchTag("Refusal", (refusal) => refuse(unsent(refusal, helpOn(parsed.name)), label, effect, host)),
    Effect.catchDefect((defect) => refuse(unforeseen(defect), label, effect, host))
  )
}

const refuse = (
  refusal: Refusal,
  label: string,
  effect: CommandEffect,
  host: Host
): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) => toAnswer(refusal, { command: label, traceId, actor: null, effect, start: host })
  )

/** The service that was named by a flag, if it can be one. */
const baseOf = (reading: Reading): string | null => {
  const given = reading._tag === "Command" ? reading.flags.get("api-base-url")?.at(-1) : undefined
  return typeof given === "string" && serviceAddress(given) !== null ? given : null
}

const labelOf = ({ name }: Parsed): string => `image-skill ${name}`

const helpOn = (name: string): Command => command(name, flag("help"), json)

const notAvailable = (typed: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    message: `this version has no command ${printable(typed)}`,
    recovery: { suggestedCommand: command("help", json), docsUrl: docsUrl() }
  })

const badSubcommand = (label: string, allowed: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${label} needs one of: ${allowed.join(", ")}`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("help", json), docsUrl: docsUrl() },
    details: { allowed }
  })

/** A bug of ours: said as such, with the runtime's own words scrubbed by the envelope. */
const unforeseen = (defect: unknown): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_FAILED",
    message: `something unforeseen went wrong in this program: ${defect instanceof Error ? defect.message : "no details"}`,
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl() }
  })

const lost = (by: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_FAILED",
    message: `the process that was to do the work ended (${by}) before it asked for anything; nothing was made or charged`,
    outcome: "not_sent",
    moneyMoved: "no",
    retryable: true,
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl() }
  })

const printable = (text: string): string => text.replaceAll(/[^\w .:/-]/gu, "?").slice(0, 80)
