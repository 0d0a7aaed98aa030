/**
 * A provider of your own in one function. The service does the rest: it prices, holds, charges once, stores, measures,
 * and never sends a request twice that may have been accepted.
 */
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { NotMade, providerFrom } from "@image-skill/adapters/agent/OwnProvider"

/** Your renderer's API, over HTTP. `baseUrl` is where it is, e.g. `https://render.example.com`. */
export const renderFarm = (baseUrl: string) =>
  providerFrom({
    id: "farm",
    models: [
      {
        id: "farm.quick",
        displayName: "Our own render farm",
        price: { _tag: "PerOutput", microUsd: 50_000 },
        aspectRatios: { values: ["1:1", "16:9"], default: "1:1", ignored: null },
        parameters: { seed: { type: "integer" } }
      }
    ],
    generate: async ({ aspectRatio, key, parameters, prompt }, signal) => {
      const response = await fetch(`${baseUrl}/render`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ prompt, ratio: aspectRatio, ...parameters }),
        signal
      })
      // Only what is certain is said; every other failure leaves the job unknown, and nobody pays twice for it.
      if (response.status === 451) throw new NotMade("content_refused", "the render farm refused the prompt")
      if (response.status === 429) throw new NotMade("unavailable", "the render farm is busy")
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    }
  })

export const openWithFarm = (folder: string, baseUrl: string): Promise<ImageSkill> =>
  ImageSkill.open({ folder, providers: [renderFarm(baseUrl)] })
