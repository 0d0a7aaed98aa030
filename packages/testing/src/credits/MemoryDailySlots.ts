import { DailySlots } from "@image-skill/core/credits/DailySlots"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { MemoryStore } from "../store/MemoryStore.ts"

interface Slot {
  readonly allowanceKey: string
  readonly day: string
}

export const layer: Layer.Layer<DailySlots, never, MemoryStore> = Layer.effect(
  DailySlots,
  Effect.map(MemoryStore, ({ cell }) => {
    const byJob = cell<ReadonlyMap<string, Slot>>(new Map())
    return DailySlots.of({
      used: (allowanceKey, day) =>
        Effect.map(
          byJob.get,
          (slots) => [...slots.values()].filter((slot) => slot.allowanceKey === allowanceKey && slot.day === day).length
        ),
      take: (allowanceKey, day, jobId) =>
        byJob.update((slots) => (slots.has(jobId) ? slots : new Map([...slots, [jobId, { allowanceKey, day }]]))),
      giveBack: (jobId) => byJob.update((slots) => new Map([...slots].filter(([id]) => id !== jobId)))
    })
  })
)
