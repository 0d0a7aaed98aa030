import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { contractLimits, LimitsFile, withFile } from "@image-skill/core/credits/Limits"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl, version } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { LocalFiles } from "@image-skill/core/media/LocalFiles"
import { fromStore } from "@image-skill/core/store/StoreRefusal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { presented, print } from "../../Output.ts"

/** Runs the service over HTTP. Prints one envelope once it listens, then serves until it is told to stop. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const options = yield* readOptions(context)
    const { listen } = yield* Effect.promise(() => import("@image-skill/adapters/service/Server"))
    const listening = yield* listen({ ...options, variable: context.machine.variable }).pipe(
      Effect.catchTag("StoreUnavailable", (error) => Effect.fail(fromStore(error))),
      Effect.catchTag("RuntimeUnsupported", ({ message }) => Effect.fail(unsupported(message))),
      Effect.catchTag("ServeError", ({ cause }) => Effect.fail(cannotListen(options, cause)))
    )
    const traceId = yield* (yield* Ids).trace
    const data = {
      status: "listening",
      api_base_url: listening.apiBaseUrl,
      media_base_url: listening.mediaBaseUrl,
      data_dir: options.dataFolder,
      pid: process.pid,
      version
    }
    const answer = success({ command: "image-skill serve", traceId, actor: null }, data)
    print((yield* Effect.promise(() => presented(answer, context.parsed, context.machine))).text)
    return yield* Effect.never
  }).pipe(Effect.scoped)

const readOptions = Effect.fnUntraced(function* (context: Context) {
  const flag = flagReader(context.parsed)
  const port = (yield* flag(number("port"))) ?? 8787
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return yield* invalid("--port", "a whole number from 0 to 65535")
  const limitsPath = yield* flag(text("limits"))
  const file = limitsPath === null ? {} : yield* readLimits(limitsPath)
  return {
    host: yield* filled("--host", (yield* flag(text("host"))) ?? "127.0.0.1"),
    port,
    dataFolder: yield* filled("--data-dir", (yield* flag(text("data-dir"))) ?? context.machine.dataHome),
    limits: withFile(contractLimits, file),
    contentRules: file.contentRules ?? [],
    promotionCodes: file.promotionCodes ?? false,
    publicApiUrl: yield* publicUrl("--public-api-url", yield* flag(text("public-api-url"))),
    publicMediaUrl: yield* publicUrl("--public-media-url", yield* flag(text("public-media-url")))
  }
})

/** Blank text would be read as any address, or as the folder one happens to be in. */
const filled = (flag: string, value: string): Effect.Effect<string, Refusal> =>
  value.trim() === "" ? invalid(flag, "text that is not blank") : Effect.succeed(value)

/** An origin; a path in it would not be answered. */
const publicUrl = (flag: string, given: string | null): Effect.Effect<string | null, Refusal> => {
  if (given === null) return Effect.succeed(null)
  const url = parseUrl(given)
  const isOrigin = url !== null && /^https?:$/u.test(url.protocol) && url.pathname === "/" && url.username === ""
  return isOrigin ? Effect.succeed(url.origin) : invalid(flag, "an http(s) origin such as https://api.example.com")
}

const decodeLimits = Schema.decodeUnknownEffect(Schema.fromJsonString(LimitsFile), {
  errors: "all",
  onExcessProperty: "error"
})

const readLimits = (path: string): Effect.Effect<typeof LimitsFile.Type, Refusal> =>
  Effect.flatMap(LocalFiles, (files) => files.readText(path, 65_536)).pipe(
    Effect.provide(NodeLocalFiles.layer),
    Effect.mapError(
      ({ message, reason }) =>
        new Refusal({
          code: "INPUT_FILE_UNREADABLE",
          message: `the file of --limits, ${path}, cannot be read: ${message}`,
          recovery: { requiredFlag: "--limits", docsUrl: docsUrl("image-skill-serve") },
          details: { reason }
        })
    ),
    Effect.flatMap((content) =>
      Effect.mapError(decodeLimits(content), (error) =>
        invalidRefusal("--limits", `a JSON file of limits; ${error.message.replaceAll("\n", " ")}`)
      )
    )
  )

const invalidRefusal = (flag: string, rule: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${flag} must be ${rule}`,
    outcome: "not_sent",
    recovery: { requiredFlag: flag, docsUrl: docsUrl("image-skill-serve") }
  })

const invalid = (flag: string, rule: string): Effect.Effect<never, Refusal> => Effect.fail(invalidRefusal(flag, rule))

const unsupported = (message: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_RUNTIME_UNSUPPORTED",
    message,
    recovery: { docsUrl: docsUrl("local-config-and-install") }
  })

const cannotListen = ({ host, port }: { readonly host: string; readonly port: number }, cause: unknown): Refusal =>
  new Refusal({
    code: "SERVE_ADDRESS_UNAVAILABLE",
    message: `nothing can listen on ${host}:${port}: ${cause instanceof Error ? cause.message : "the system refused it"}; choose another --host or --port (0 picks a free one)`,
    recovery: { requiredFlag: "--port", docsUrl: docsUrl("image-skill-serve") }
  })
