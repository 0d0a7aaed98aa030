import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { Agent } from "@image-skill/core/agent/Agent"
import { AgentEvents } from "@image-skill/core/agent/AgentEvents"
import { argumentsOf } from "@image-skill/core/agent/AgentTools"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as PricedService from "../service/PricedService.ts"
import * as MemoryAgent from "./MemoryAgent.ts"

/** An agent in memory that is asked by promises. */
export interface MemoryRunner extends ToolRunner {
  /** Runs what needs the agent itself. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Agent>) => Promise<A>
  /** What is wrong with the books; nothing, or a bug. */
  readonly broken: () => Promise<ReadonlyArray<unknown>>
  readonly close: () => Promise<void>
}

const priced = Layer.unwrap(
  Effect.map(PricedService.pricedOptions, (service) => MemoryAgent.layer({ runtime: "harness" }, service))
)

/** Over a whole service in memory with two models that cost money: what tools of frameworks are tried with. */
export const open = (): MemoryRunner => {
  const runtime = ManagedRuntime.make(priced)
  return {
    ask: (id, body, { onEvent, signal } = {}) =>
      Effect.flatMap(Agent, (agent) => agent.ask(id, argumentsOf(body))).pipe(
        Effect.provideService(AgentEvents, { tell: (event) => Effect.sync(() => onEvent?.(event)) }),
        Effect.map(({ envelope }) => envelope),
        (asked) => runtime.runPromise(asked, signal === undefined ? {} : { signal })
      ),
    run: (effect) => runtime.runPromise(effect),
    broken: () => runtime.runPromise(brokenBooks),
    close: () => runtime.dispose()
  }
}
