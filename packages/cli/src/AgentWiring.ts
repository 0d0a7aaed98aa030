import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import { AgentTokens } from "@image-skill/core/agent/AgentTokens"
import { read } from "@image-skill/core/envelope/Arguments"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { bareStart } from "@image-skill/core/envelope/Start"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { commands } from "./Commands.ts"
import type { Context } from "./Context.ts"
import { runtimeName } from "./RuntimeName.ts"
import { prepareSave } from "./SaveToken.ts"
import type { Target } from "./Target.ts"
import { findToken } from "./Tokens.ts"

/**
 * The agent of this machine: its tokens are where the command line has them, and what needs files, a network or a wallet
 * is done by the command of that name. Nobody looks at the terminal meanwhile.
 */
export const agentOf = (context: Context, target: Target, waitMs: number) =>
  Agent.standard({ runtime: runtimeName(context.machine), waitMs }).pipe(
    Layer.provide([abilities(context, target), tokens(context, target), FileAuthConfig.layer(target.configPath)])
  )

const tokens = (context: Context, target: Target): Layer.Layer<AgentTokens> =>
  Layer.succeed(
    AgentTokens,
    AgentTokens.of({ find: findToken(context, target), prepare: prepareSave(context, target, "signup") })
  )

const abilities = (context: Context, target: Target): Layer.Layer<AgentAbilities, never, Ids> =>
  Layer.effect(
    AgentAbilities,
    Effect.map(Ids, (ids) => {
      const run = (words: ReadonlyArray<string>) => Effect.provideService(runAs(context, target, words), Ids, ids)
      return AgentAbilities.of({
        settle: ({ maxUsd, paymentAttemptId, timeoutMs }) =>
          run([
            "credits",
            "settle",
            given("payment-attempt-id", paymentAttemptId),
            ...(maxUsd === undefined ? [] : [given("max-usd", `${maxUsd}`)]),
            ...(timeoutMs === undefined ? [] : [given("timeout-ms", `${timeoutMs}`)])
          ]),
        upload: ({ input, visibility }) =>
          input === "-"
            ? Effect.fail(notStdin())
            : run([
                "upload",
                given("input", input),
                ...(visibility === undefined ? [] : [given("visibility", visibility)])
              ]),
        save: ({ assetId, output, overwrite }) =>
          run([
            "assets",
            "get",
            given("id", assetId),
            ...(output === undefined ? [] : [given("output", output)]),
            ...(overwrite === true ? ["--overwrite"] : [])
          ]),
        localRails: (rails) =>
          Effect.flatMap(
            Effect.promise(() => import("@image-skill/adapters/agent/LocalRails")),
            ({ localRails }) => localRails(context.machine, rails, target.origin)
          )
      })
    })
  )

const given = (name: string, value: string): string => `--${name}=${value}`

/** Flags that say who asks whom. */
const own: ReadonlySet<string> = new Set(["token", "api-base-url"])

/** The command of these words, for the same service and with the same token. */
const runAs = ({ machine, parsed }: Context, target: Target, words: ReadonlyArray<string>) =>
  Effect.gen(function* (): Effect.fn.Return<Answer, Refusal, Ids> {
    const reading = read([...words, given("api-base-url", target.shown)])
    if (reading._tag !== "Command") return yield* Effect.die("an ability is no command")
    const flags = new Map([...[...parsed.flags].filter(([name]) => own.has(name)), ...reading.flags])
    const { leaf } = yield* Effect.promise(commands[reading.name])
    return yield* leaf({
      parsed: { ...reading, flags },
      machine: { ...machine, stdoutIsTerminal: false, stderrIsTerminal: false },
      host: { ...bareStart, startWith: () => bareStart }
    })
  })

const notStdin = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "input must be a path or a URL; standard input is not this call's",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-upload") }
  })
