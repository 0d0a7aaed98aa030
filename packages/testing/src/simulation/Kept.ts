import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import type { TelemetryRecord } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Leftovers } from "./CheckLeftovers.ts"
import type { Places } from "./CheckSecrets.ts"
import type { Database } from "./Database.ts"
import type { IssuedIds } from "./IssuedIds.ts"
import type { MediaWorld } from "./MediaWorld.ts"
import type { Durable } from "./ServiceProcess.ts"
import type { Observer } from "./State.ts"

/** Everything that a service keeps, for whoever checks it. */
export interface Kept {
  readonly isStored: (sha256: string) => boolean
  /** Rows, telemetry, and what providers were sent besides prompts. */
  readonly places: () => Places
  /** Also what lies on disks. */
  readonly everything: () => Places
  readonly leftovers: () => Leftovers
}

export interface KeptOptions {
  readonly durable: Context.Context<Durable>
  readonly issued: IssuedIds
  readonly database: Database
  readonly media: MediaWorld
  readonly telemetry: ReadonlyArray<TelemetryRecord>
  readonly seen: Observer
  /** Runs to its end what nothing can delay. */
  readonly now: <A, E>(effect: Effect.Effect<A, E>) => A
  readonly days: () => ReadonlyArray<string>
}

const most = 100_000

export const make = ({ database, days, durable, issued, media, now, seen, telemetry }: KeptOptions): Kept => {
  const artifacts = Context.get(durable, ArtifactStore)
  const spool = Context.get(durable, AnswerSpool)
  const names = () => now(artifacts.list(null, most)).names
  const answers = () => issued.of("job").flatMap((id) => Option.toArray(now(spool.get(id))))
  const places = (): Places => [
    ["rows", database.tables()],
    ["telemetry", telemetry],
    ["requests to providers", media.requests().map(({ parameters }) => parameters)]
  ]
  return {
    isStored: (sha256) => Option.isSome(now(Effect.option(artifacts.get(sha256)))),
    places,
    everything: () => [
      ...places(),
      ["artifacts", names().map((name) => now(artifacts.get(name)))],
      ["answers", answers()]
    ],
    leftovers: () => ({
      slots: (allowanceKey) => seen.slots(allowanceKey, days()),
      answers: issued.of("job").filter((id) => Option.isSome(now(spool.get(id)))),
      bytes: names()
    })
  }
}
