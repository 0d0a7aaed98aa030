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
import { bodiesOf } from "./BodyNeed.ts"
import { Caller } from "./Caller.ts"
import { commands } from "./Commands.ts"
import type { Context } from "./Context.ts"
import { flagWarnings, guard } from "./Guards.ts"
import { hostOf } from "./Invocation.ts"
import { type Machine, thisMachine } from "./Machine.ts"
import { noSpend } from "./NoSpend.ts"
import { presented, print, type Printed, withWarnings } from "./Output.ts"
import { type RunEvent, RunEvents } from "./RunEvents.ts"
import { type Recorder, recorderOf } from "./StreamOutput.ts"

/** Runs the arguments of this process to one envelope and an exit code. */
export const run = async (programPath: string): Promise<void> => {
  const own = thisMachine(programPath)
  const work = isInBackground() ? (await import("./BackgroundWork.ts")).attach(own) : null
  const machine = work?.machine ?? own
  const reading = read(machine.arguments)
  const host = hostOf(machine, baseOf(reading))
  const recorder = recorderOf(reading._tag === "Command" ? reading : null, host, machine.arguments)
  if (work === null && mayBeLong(reading, machine)) {
    const { inBackground } = await import("./Background.ts")
    const context: Context = { parsed: reading, machine, host }
    const ended = await inBackground(context, recorder.note)
    if (ended !== null) return report(ended, context, recorder)
  }
  const note = async (event: RunEvent): Promise<void> => {
    recorder.note(event)
    await work?.note(event)
  }
  const fiber = Effect.runFork(
    answerTo(machine, reading, work, host).pipe(
      Effect.provideService(RunEvents, { tell: (event) => Effect.promise(() => note(event)) }),
      Effect.provide(foundation)
    )
  )
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
  const give = async (answer: Answer): Promise<void> =>
    work === null ? conclude(await presented(answer, reading, machine, recorder.printed)) : work.tell(answer)
  if (Exit.isSuccess(exit)) return give(exit.value)
  // A server that is told to stop has done what it was asked for; everything else was cut short.
  const isServer = reading._tag === "Command" && (reading.name === "serve" || reading.name === "mcp")
  process.exitCode = isServer && Cause.hasInterruptsOnly(exit.cause) ? 0 : 130
  if (!isServer && told.length > 0 && reading._tag === "Command") await give(await cutShort(reading, recorder, host))
}

/** The answer of a run that a signal ended. */
const cutShort = async (parsed: Parsed, recorder: Recorder, host: Host): Promise<Answer> => {
  const { interrupted } = await import("./Interrupted.ts")
  const facts = recorder.facts()
  // Whoever waits for a job that somebody else began only reads, and yet may be charged for it.
  const effect = facts.goesOn === null ? specOf(parsed.name).effect : "spend"
  return Effect.runPromise(
    refuse(interrupted(parsed, facts), labelOf(parsed), effect, host).pipe(Effect.provide(foundation))
  )
}

/** Prints the answer, and ends with its exit code as soon as nothing is left to do. */
const conclude = ({ exitCode, text }: Printed): void => {
  process.exitCode = print(text) ? exitCode : exitCode || 1
}

/** What another process has come to that ran these arguments for us. */
const report = async (ended: Ended, { host, machine, parsed }: Context, recorder: Recorder): Promise<void> => {
  const give = async (answer: Answer): Promise<void> =>
    conclude(await presented(answer, parsed, machine, recorder.printed))
  switch (ended._tag) {
    case "Answered":
      return give(ended.answer)
    case "Interrupted":
      return give(await cutShort(parsed, recorder, host))
    case "Lost": {
      const answer = refuse(lost(ended.by), labelOf(parsed), specOf(parsed.name).effect, host)
      return give(await Effect.runPromise(Effect.provide(answer, foundation)))
    }
  }
}

const endBy = (signal: NodeJS.Signals): void => void process.kill(process.pid, signal)

/** Stdout is for envelopes, so whatever Effect has to say goes to stderr. */
const foundation = Ids.layer.pipe(
  Layer.provide(NodeSecretBytes.layer),
  Layer.merge(Layer.succeed(Logger.LogToStderr, true))
)

/** One run, before anything is printed. */
export const answerTo = (
  machine: Machine,
  reading: Reading,
  work: BackgroundWork | null,
  host: Host
): Effect.Effect<Answer, never, Ids> => {
  switch (reading._tag) {
    case "Help":
      return Effect.flatMap(
        Effect.promise(() => import("./commands/help/show.ts")),
        ({ explain }) => explain(reading.topic, host)
      )
    case "NotAvailable":
      return Effect.flatMap(loadNotACommand, ({ notAvailable }) =>
        refuse(notAvailable(reading.typed, machine.arguments), `image-skill ${printable(reading.typed)}`, "read", host)
      )
    case "BadSubcommand":
      return Effect.flatMap(loadNotACommand, ({ badSubcommand }) =>
        refuse(
          badSubcommand(reading.label, reading.allowed, machine.arguments),
          `image-skill ${reading.label}`,
          "read",
          host
        )
      )
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
    const given = bodiesOf(parsed).length === 0 ? parsed : yield* fromBody(parsed, machine)
    const refusal = guard(given)
    if (refusal !== null) return yield* refusal
    const barred = noSpend(given, machine)
    if (barred !== null) return yield* barred
    const { leaf } = yield* Effect.promise(commands[parsed.name])
    const context = { parsed: given, machine, host }
    const run = leaf(context)
    const answer = yield* work === null ? run : Effect.provideServiceEffect(run, Caller, work.callerOf(context))
    return withWarnings(answer, flagWarnings(parsed))
  }).pipe(
    Effect.catchTag("Refusal", (refusal) => refuse(unsent(refusal, helpOn(parsed.name)), label, effect, host)),
    Effect.catchDefect((defect) => refuse(unforeseen(defect), label, effect, host))
  )
}

/** The same command with the flags that the request body of `--input` stands for. */
const fromBody = (parsed: Parsed, machine: Machine): Effect.Effect<Parsed, Refusal> =>
  Effect.flatMap(
    Effect.promise(() => import("./BodyInput.ts")),
    ({ readBody }) => readBody(parsed, machine)
  )

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

const loadNotACommand = Effect.promise(() => import("./NotACommand.ts"))

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
