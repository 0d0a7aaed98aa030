import * as ArtifactMediaSource from "@image-skill/adapters/media/ArtifactMediaSource"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import { embeddedLimits } from "@image-skill/core/credits/Limits"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Machine } from "./Machine.ts"
import { Upkeep } from "./Upkeep.ts"

/** The service in this process, on this machine's data folder. */
export const services = (machine: Machine) =>
  upkeep.pipe(
    Layer.provideMerge(
      Embedded.layer({
        dataFolder: machine.dataHome,
        limits: embeddedLimits,
        contentRules: [],
        variable: machine.variable
      })
    )
  )

export const mediaSource = ({ dataHome }: Machine) =>
  ArtifactMediaSource.layer.pipe(Layer.provide(FileArtifactStore.layer(dataHome)))

/** A few jobs at a time are enough: whatever is left is found by the next run. */
const sweepLimit = 8

/** What takes longer goes on beside the command, and is parked when the command ends. */
const sweepPatience = Duration.seconds(2)

const upkeep = Layer.effect(
  Upkeep,
  Effect.gen(function* () {
    const jobs = yield* JobRunner
    const payments = yield* Fulfilment
    const assets = yield* AssetCare
    return Upkeep.of({
      idle: jobs.idle,
      sweep: Effect.andThen(
        Effect.ignore(Effect.timeoutOption(jobs.sweep(sweepLimit), sweepPatience)),
        Effect.andThen(Effect.ignore(payments.sweep(sweepLimit)), Effect.ignore(assets.tidy(sweepLimit)))
      )
    })
  })
)
