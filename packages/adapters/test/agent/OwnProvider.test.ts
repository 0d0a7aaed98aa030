import { NotMade, type OwnProviderSettings, providerFrom } from "@image-skill/adapters/agent/OwnProvider"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"

const models: OwnProviderSettings["models"] = [
  { id: "mine.painter", price: { _tag: "PerOutput", microUsd: 50_000 }, parameters: { seed: { type: "integer" } } }
]

const make = (generate: OwnProviderSettings["generate"]) =>
  Effect.sync(() => providerFrom({ id: "mine", models, generate }).provider)

const painted: OwnProviderSettings["generate"] = ({ outputCount, size }) =>
  Promise.resolve(
    Array.from({ length: outputCount }, (_, index) => solidPng(size?.width ?? 64, size?.height ?? 64, index, 40, 40))
  )

const [row] = providerFrom({ id: "mine", models, generate: painted }).models

if (row !== undefined)
  MediaProviderSuite.suite("over one promise", make(painted), {
    model: { ...row, maxOutputs: 4 },
    failing: {
      content_refused: make(() => Promise.reject(new NotMade("content_refused", "not that"))),
      rejected: make(() => Promise.reject(new NotMade("rejected", "never"))),
      unavailable: make(() => Promise.reject(new NotMade("unavailable", "not now"))),
      unknown: make(() => Promise.reject(new Error("socket hang up")))
    }
  })
