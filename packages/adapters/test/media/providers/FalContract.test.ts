import { make as emulator } from "@image-skill/testing/media/emulators/FalEmulator"
import { suite } from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import { providerOf, rowOf } from "./FalWorld.ts"

// The cheapest picture there is: a quarter of a megapixel for about a tenth of a cent.
suite(
  "fal",
  Effect.flatMap(emulator, ({ apiKey, origin }) => providerOf(origin, apiKey)),
  {
    model: rowOf("fal.z-image-turbo"),
    request: { parameters: { image_size: "square" } },
    vendor: { emulator, connect: ({ apiKey, origin }) => providerOf(origin, apiKey), givesUrls: true },
    live: { variable: "FAL_KEY", make: Effect.suspend(() => providerOf(null, process.env["FAL_KEY"] ?? "")) }
  }
)
