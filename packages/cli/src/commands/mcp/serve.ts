import type { HttpOptions } from "@image-skill/adapters/mcp/McpHttp"
import type { McpOptions } from "@image-skill/adapters/mcp/McpOptions"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { version } from "@image-skill/core/envelope/Product"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { agentOf } from "../../AgentWiring.ts"
import type { Context } from "../../Context.ts"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { presented, print } from "../../Output.ts"
import { resolveTarget } from "../../Target.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"
import { cannotListen, noStdin, readHttp, readTools, withoutHttp } from "./options.ts"

/**
 * Serves the tools of this machine's agent until the client has gone, or a signal says so. Over standard input and output
 * nothing but the protocol is written; over HTTP one envelope says where it listens.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const isHttp = yield* flagReader(context.parsed)(toggle("http"))
    if (yield* flagReader(context.parsed)(toggle("token-stdin"))) return yield* noStdin()
    const { patience } = yield* Effect.promise(() => import("@image-skill/adapters/mcp/McpOptions"))
    const options: McpOptions = { ...(yield* readTools(context)), patience }
    const http = isHttp ? yield* readHttp(context) : yield* withoutHttp(context)
    const target = yield* resolveTarget(context)
    return yield* withService(
      context,
      target,
      Effect.gen(function* () {
        const upkeep = yield* Upkeep
        yield* Effect.addFinalizer(() => Effect.timeoutOption(upkeep.idle, grace))
        yield* Effect.forkScoped(Effect.repeat(upkeep.sweep, Schedule.spaced(pause)))
        const agent = yield* Layer.build(agentOf(context, target, Duration.toMillis(patience.longest)))
        const serving =
          http === null ? stdio(options) : Effect.flatMap(listening(options, http), announced(context, http))
        return yield* Effect.provideContext(serving, agent)
      }).pipe(Effect.scoped)
    )
  })

const pause = Duration.seconds(15)

/** For jobs that are at work when the client goes; what is left then is parked, and found by the next run. */
const grace = Duration.seconds(10)

const stdio = (options: McpOptions) =>
  Effect.flatMap(
    Effect.promise(() => import("@image-skill/adapters/mcp/McpStdio")),
    ({ layer }) => Layer.launch(layer(options))
  ).pipe(
    // An input that is still open would keep the process.
    Effect.ensuring(Effect.sync(() => process.stdin.destroy()))
  )

const listening = (options: McpOptions, http: HttpOptions) =>
  Effect.flatMap(
    Effect.promise(() => import("@image-skill/adapters/mcp/McpHttp")),
    ({ listen }) => listen(options, http)
  ).pipe(Effect.catchTag("ServeError", ({ cause }) => Effect.fail(cannotListen(http, cause))))

/** Says where it listens, and serves on. */
const announced = (context: Context, { secret }: HttpOptions) =>
  Effect.fnUntraced(function* (url: string) {
    const traceId = yield* (yield* Ids).trace
    const authorization = secret === null ? "none" : "bearer"
    const data = { status: "listening", mcp_url: url, authorization, pid: process.pid, version }
    const answer = success({ command: "image-skill mcp", traceId, actor: null }, data)
    print((yield* Effect.promise(() => presented(answer, context.parsed, context.machine))).text)
    return yield* Effect.never
  })
