import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@effect/vitest"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { at, place, prefix } from "./Cli.ts"
import { clock } from "./MediaStudio.ts"
import { type Served, serve } from "./Money.ts"
import type { ScriptedAgent, Tale } from "./ScriptedAgent.ts"

type Env = { readonly [name: string]: string }

/** `serve` of the executable with a provider that has a queue, and an agent on an empty machine. */
export interface StoryWorld {
  readonly agent: ScriptedAgent
  readonly provider: FalEmulator.FalEmulator
  readonly origin: string
  readonly data: string
  /** The service ends and comes back where it was, so many milliseconds later by its own clock. */
  readonly later: (millis: number) => Effect.Effect<void>
}

export interface WorldOptions {
  /** In the file of `serve --limits`. */
  readonly limits?: { readonly [name: string]: number }
  /** What the operator sets besides the provider's key. */
  readonly operator?: Env
  readonly agent?: Env
}

export const world = Effect.fnUntraced(function* ({ agent = {}, limits = {}, operator = {} }: WorldOptions = {}) {
  const machine = place()
  const provider = yield* FalEmulator.make
  provider.setPace({ queued: 0, running: 0 })
  const data = join(machine.root, "served")
  const file = join(machine.root, "limits.json")
  writeFileSync(file, JSON.stringify(limits))
  const scope = yield* Effect.scope
  let ahead = 0
  const begin = (port: string) =>
    serve({ FAL_KEY: provider.apiKey, FAL_BASE_URL: provider.origin, ...operator, ...clock(ahead) }, data, port, [
      "--limits",
      file
    ]).pipe(Effect.provideService(Scope.Scope, scope))
  let service: Served = yield* begin("0")
  const { origin } = service
  const made: StoryWorld = {
    agent: { machine, env: { ...agent, IMAGE_SKILL_API_BASE_URL: origin } },
    provider,
    origin,
    data,
    later: Effect.fnUntraced(function* (millis: number) {
      ahead += millis
      yield* service.kill
      service = yield* begin(new URL(origin).port)
    })
  }
  return made
})

/** The first words of an agent that wants something. */
export const asks = (words: string): string => `${prefix} ${words} --json`

/** The books of a data folder are in order, nothing is held, and so many jobs and purchases were paid for. */
export const paidFor = (data: string, expected: { readonly jobs: number; readonly purchases: number }): void => {
  const database = new DatabaseSync(join(data, "image-skill.sqlite"), { readOnly: true, timeout: 5_000 })
  try {
    const count = (sql: string): number => Number(at(database.prepare(sql).get(), "n"))
    assert.strictEqual(count("SELECT count(*) AS n FROM account WHERE kind LIKE '%:held' AND balance <> 0"), 0)
    assert.deepStrictEqual(
      {
        jobs: count("SELECT count(DISTINCT job_id) AS n FROM hold WHERE captured_preview + captured_paid > 0"),
        purchases: count("SELECT count(*) AS n FROM activity_event WHERE type = 'credits.payment_backed_granted'")
      },
      { ...expected }
    )
  } finally {
    database.close()
  }
}

/** What a story cost its agent. */
export interface Cost {
  readonly story: string
  readonly commands: number
  readonly bytes: number
}

export const costOf = (story: string, { bytes, steps }: Tale): Cost => ({ story, commands: steps.length, bytes })
