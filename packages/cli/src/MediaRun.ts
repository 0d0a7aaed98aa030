import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { Caller } from "./Caller.ts"
import type { Context } from "./Context.ts"
import { finish, type Finishing, type MediaOptions } from "./MediaOptions.ts"
import type { Named } from "./Picture.ts"
import { preview } from "./Preview.ts"
import { inFlight, withProgress } from "./Progress.ts"
import type { Resolved } from "./ResolveInput.ts"
import type { Target } from "./Target.ts"
import { Upkeep } from "./Upkeep.ts"
import { withService } from "./Wiring.ts"

/** A create or an edit in which everything was judged that can be without a service. */
export interface MediaRun {
  readonly options: MediaOptions
  readonly token: Redacted.Redacted | null
  /** The pictures that it names, in the order in which they are uploaded. */
  readonly named: ReadonlyArray<Named>
  /** The request, with the asset of each of them. */
  readonly ask: (service: ServiceApi["Service"], assetIds: ReadonlyArray<string>) => Effect.Effect<Answer>
  /** What is said of it, with as many assets as there are by then. */
  readonly finishing: (resolved: Resolved) => Finishing
}

/** Uploads, asks, and says what became of it. A dry run asks without a line on stderr, since nothing can be lost. */
export const runMedia = (context: Context, target: Target, run: MediaRun): Effect.Effect<Answer, Refusal, Ids> =>
  withService(
    context,
    target,
    Effect.gen(function* () {
      const resolved = yield* resolve(context, target, run)
      const facts = run.finishing(resolved)
      if (resolved.failure !== null) return finish(context, resolved.failure, { ...facts, generatedKey: null })
      const ask = run.ask(yield* ServiceApi, resolved.assetIds)
      if (run.options.dryRun) return finish(context, yield* ask, facts)
      const upkeep = yield* Upkeep
      const caller = yield* Caller
      yield* upkeep.sweep
      yield* inFlight(context, facts.again.command)
      yield* caller.asking(facts.again)
      const answer = yield* withProgress(context, ask, facts.again.command)
      yield* preview(context, target, answer)
      const finished = finish(context, answer, facts)
      yield* caller.answered(finished, upkeep.idle)
      return finished
    })
  )

/** What reads files and URLs is loaded only where one may be named. */
const resolve = Effect.fnUntraced(function* (context: Context, target: Target, { named, options, token }: MediaRun) {
  if (token === null || named.length === 0) return nothing
  const { sources } = yield* Effect.promise(() => import("./Picture.ts"))
  const { planInputs, resolveInputs } = yield* Effect.promise(() => import("./ResolveInput.ts"))
  return yield* Effect.flatMap(planInputs(context, target, named), (planned) =>
    resolveInputs(context, planned, { visibility: options.visibility, token })
  ).pipe(Effect.provide(sources))
})

const nothing: Resolved = { assetIds: [], warnings: [], failure: null }
