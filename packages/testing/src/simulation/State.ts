import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import type { Asset } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { books } from "@image-skill/core/payments/BrokenBooks"
import type { Books } from "@image-skill/core/payments/CheckLedger"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Repositories } from "../store/StoreSuite.ts"
import type { Database } from "./Database.ts"
import type { IssuedIds } from "./IssuedIds.ts"

/** What a service has committed, as whoever checks it sees it. */
export interface State {
  readonly books: Books
  readonly jobs: ReadonlyArray<Job>
  /** Of every job, with their thumbnails. */
  readonly assets: ReadonlyArray<Asset>
}

/** Reads what is committed, in no time and past every open transaction. */
export interface Observer {
  readonly state: () => State
  readonly jobs: () => ReadonlyArray<Job>
  /** How many slots of these days an allowance has used. */
  readonly slots: (allowanceKey: string, days: ReadonlyArray<string>) => number
  /** Whether something of this id belongs to the organization; null for ids of a kind that is not looked up. */
  readonly owns: (organizationId: string, id: string) => boolean | null
}

export const observer = (database: Database, rows: Context.Context<Repositories>, issued: IssuedIds): Observer => {
  const run = <A, E>(effect: Effect.Effect<A, E, Repositories>): A =>
    database.observe(() => Effect.runSync(Effect.orDie(Effect.provideContext(effect, rows))))

  const assetIds = () => ["image", "asset", "thumb"].flatMap((prefix) => issued.of(prefix))

  const organizations = () => issued.of("org").map((id) => OrganizationId.make(id))

  const jobs = Effect.gen(function* () {
    const store = yield* JobStore
    const all = yield* Effect.forEach(organizations(), (organization) =>
      store.list(organization, { limit: 1_000, before: null, status: null })
    )
    return all.flat()
  })

  const assets = Effect.gen(function* () {
    const store = yield* Assets
    const all = yield* Effect.forEach(assetIds(), (id) => store.findPublic(id))
    return all.flatMap(Option.toArray)
  })

  const state = Effect.all({ books, jobs, assets })

  return {
    state: () => run(state),
    jobs: () => run(jobs),
    slots: (allowanceKey, days) =>
      run(
        Effect.map(
          Effect.forEach(days, (day) => Context.get(rows, DailySlots).used(allowanceKey, day)),
          (used) => used.reduce((sum, count) => sum + count, 0)
        )
      ),
    owns: (organizationId, id) =>
      run(
        Effect.gen(function* () {
          const organization = OrganizationId.make(organizationId)
          switch (id.slice(0, id.lastIndexOf("_"))) {
            case "job":
              return Option.isSome(yield* Context.get(rows, JobStore).find(organization, id))
            case "image":
            case "asset":
            case "thumb":
              return Option.isSome(yield* Context.get(rows, Assets).find(organization, id))
            case "quote":
            case "payatt":
            case "receipt": {
              const { payments } = yield* books
              const found = [...payments.quotes, ...payments.attempts, ...payments.receipts].find(
                (row) => row.id === id
              )
              return found?.organizationId === organizationId
            }
            default:
              return null
          }
        })
      )
  }
}
