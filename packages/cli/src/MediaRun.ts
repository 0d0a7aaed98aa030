import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { Caller } from "./Caller.ts"
import type { Context } from "./Context.ts"
import { leaveNote } from "./InFlightNotes.ts"
import { finish, type Finishing, type MediaOptions } from "./MediaOptions.ts"
import type { Named } from "./Picture.ts"
import { preview } from "./Preview.ts"
import { inFlight, withProgress } from "./Progress.ts"
import type { Resolved } from "./ResolveInput.ts"
import { type GoesOn, tell } from "./RunEvents.ts"
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
      yield* tell({ type: "started", again: run.finishing(nothing).again })
      const resolved = yield* resolve(context, target, run)
      const facts = run.finishing(resolved)
      if (resolved.failure !== null) return finish(context, resolved.failure, { ...facts, generatedKey: null })
      const service = yield* ServiceApi
      const ask = run.ask(service, resolved.assetIds)
      if (run.options.dryRun) return finish(context, yield* ask, facts)
      const upkeep = yield* Upkeep
      const caller = yield* Caller
      const { again } = facts
      const goesOn: GoesOn = caller.isBackground ? "background" : target.isEmbedded ? "next_command" : "service"
      yield* upkeep.sweep
      const note = yield* leaveNote(context, target, again)
      yield* inFlight(context, again)
      yield* caller.asking(again)
      yield* tell({ type: "submitted", again, goesOn })
      const { token } = run
      const sought = token === null || again.key === null ? null : { service, token, key: again.key, goesOn }
      const answer = yield* withProgress(context, { ask, again, sought })
      yield* note.settle(answer)
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
