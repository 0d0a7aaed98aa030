import type { ActivityEvent } from "@image-skill/core/activity/ActivityEvent"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<ActivityLog, never, MemoryStore> = Layer.effect(
  ActivityLog,
  Effect.map(MemoryStore, ({ cell }) => {
    const events = cell<ReadonlyArray<ActivityEvent>>([])
    return ActivityLog.of({
      append: (event) =>
        events.modify((all) =>
          all.some(({ id }) => id === event.id) ? conflict("the event") : Result.succeed([undefined, [...all, event]])
        ),
      ofCredits: Effect.map(events.get, (all) =>
        all.filter(({ type }) => type === "usage.credit_consumed" || type.startsWith("credits."))
      ),
      list: ({ after, limit, organizationId, reference }) =>
        Effect.map(events.get, (all) => {
          const own = all.filter((event) => event.organizationId === organizationId)
          const end = after === null ? own.length : own.findIndex(({ id }) => id === after)
          return own
            .slice(0, Math.max(0, end))
            .filter((event) => reference === null || isAbout(event, reference))
            .slice(-limit)
            .toReversed()
        })
    })
  })
)

const isAbout = ({ id, links, subject, traceId }: ActivityEvent, reference: string): boolean =>
  [id, traceId, subject.id, ...Struct.keys(links).flatMap((link) => links[link] ?? [])].includes(reference)
