import { resolve } from "node:path"
import { append, type Command, flag as flagPart } from "@image-skill/core/envelope/CommandLine"
import { type Answer, success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl, embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { lineOf } from "@image-skill/core/envelope/Start"
import { Administration } from "@image-skill/core/service/Administration"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import { fromStore } from "@image-skill/core/store/StoreRefusal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Context } from "./Context.ts"
import { flagReader, text } from "./Flags.ts"
import { wrong } from "./PolicyFlags.ts"
import { labelOf } from "./Relay.ts"

/** What an operator's action answers. `next` is what to run now. */
export interface Administered<A> {
  readonly data: A
  readonly next: Command | null
  readonly warnings?: ReadonlyArray<string>
}

type Admin = Administration["Service"]

/** Runs one action on the data folder, beside whatever server runs on it; a hosted service is refused. */
export const administer = <A, I extends Schema.JsonObject>(
  context: Context,
  answer: Schema.Codec<A, I>,
  use: (admin: Admin, dataFolder: string) => Effect.Effect<Administered<A>, Refusal | StoreUnavailable>
): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const { folder, given } = yield* dataFolder(context)
    const { administration, hasData } = yield* Effect.promise(() => import("./AdminWiring.ts"))
    if (!hasData(folder)) return yield* noData(folder)
    const done = yield* Effect.flatMap(Administration, (admin) => use(admin, folder)).pipe(
      Effect.provide(administration(folder)),
      Effect.catchTag("StoreUnavailable", (error) => Effect.fail(fromStore(error))),
      Effect.catchTag("RuntimeUnsupported", ({ message }) => Effect.fail(unsupported(message)))
    )
    const traceId = yield* Effect.flatMap(Ids, ({ trace }) => trace)
    const data = yield* Effect.orDie(Schema.encodeEffect(answer)(done.data))
    const next = done.next === null || given === null ? done.next : append(done.next, flagPart("data-dir", given))
    return success(
      { command: labelOf(context), traceId, actor: null },
      { ...data, next_command: next === null ? null : lineOf(next, context.host) },
      done.warnings
    )
  })

const dataFolder = Effect.fnUntraced(function* ({ machine, parsed }: Context) {
  const flag = flagReader(parsed)
  const given = yield* flag(text("data-dir"))
  if (given?.trim() === "") return yield* wrong(parsed, "--data-dir", "the path of a folder")
  const named = (yield* flag(text("api-base-url"))) ?? (given === null ? machine.variable(variables.apiBaseUrl) : null)
  const target = (named ?? "").trim()
  if (target !== "" && target !== embeddedTarget) return yield* notHosted()
  return { folder: given === null ? machine.dataHome : resolve(machine.workingDirectory, given), given }
})

const docs = docsUrl("image-skill-admin")

const notHosted = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      "admin works on the data folder of a service, on the machine where it runs, and never over HTTP; name the folder with --data-dir",
    outcome: "not_sent",
    recovery: { requiredFlag: "--data-dir", docsUrl: docs },
    details: { field: "api_base_url" }
  })

const noData = (folder: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `there is no data of a service in ${folder}; name the folder with --data-dir`,
    outcome: "not_sent",
    recovery: { requiredFlag: "--data-dir", docsUrl: docs }
  })

const unsupported = (message: string): Refusal =>
  new Refusal({ code: "PUBLIC_CLI_RUNTIME_UNSUPPORTED", message, recovery: { docsUrl: docs } })
