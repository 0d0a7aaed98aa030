import { assert, it } from "@effect/vitest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { judge, type Judgement } from "@image-skill/core/conformance/Judgement"
import type { ProbeOptions } from "@image-skill/core/conformance/Prober"
import { chosen } from "@image-skill/core/conformance/Rulebook"
import { Ids } from "@image-skill/core/envelope/Ids"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

export interface ConformanceOptions extends Partial<Omit<ProbeOptions, "origin">> {
  /** Ids of rules and chapters; all of them when left out. */
  readonly only?: ReadonlyArray<string>
  /** Rules that this deployment has nothing for, by their ids; every other one has to be tried. */
  readonly mayBeSkipped?: ReadonlyArray<string>
}

/** What one run over a service found. */
class Run extends Context.Service<Run, Judgement>()("testing/service/Run") {}

/**
 * The rules of `image-skill conformance`, each as a test of its own: a service in any language is held to the contract by
 * its URL. `origin` starts it, or only names it. The run happens once; it signs up there, and spends nothing unless
 * `spend` says so.
 */
export const suite = <E>(
  name: string,
  origin: Effect.Effect<string, E, Scope.Scope>,
  { mayBeSkipped = [], only = [], spend = false, token = null, ...limits }: ConformanceOptions = {}
): void => {
  const chapters = chosen(only)
  const run = Layer.effect(
    Run,
    Effect.flatMap(origin, (url) => judge(chapters, { origin: url, spend, token, ...limits }))
  ).pipe(Layer.provide([NodeHttpTransport.layer, Layer.provide(Ids.layer, NodeSecretBytes.layer)]))
  it.layer(run, { excludeTestServices: true })(`the contract (${name})`, (it) => {
    for (const { id, title } of chapters.flatMap(({ rules }) => rules)) {
      it.effect(`${id}: ${title}`, () =>
        Effect.map(Run, ({ verdicts }) => {
          const outcome = verdicts.find(({ rule }) => rule.id === id)?.outcome
          if (outcome?._tag === "Skipped") assert.include(mayBeSkipped, id, outcome.why)
          else assert.deepStrictEqual(outcome, { _tag: "Passed" })
        })
      )
    }
  })
}
