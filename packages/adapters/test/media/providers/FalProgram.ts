// Submits a request to the queue at the address that it is given, tells the handle, and waits for the answer.
import * as Fal from "@image-skill/adapters/media/providers/Fal"
import { falCreateModels } from "@image-skill/core/models/catalogue/FalCreateModels"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { main, tell, words } from "../../Program.ts"
import { onNetwork } from "./Network.ts"

const [baseUrl = "", apiKey = ""] = words

main(
  Effect.gen(function* () {
    const provider = yield* onNetwork(Fal.make({ apiKey: Redacted.make(apiKey), baseUrl }))
    const [model] = falCreateModels
    if (model === undefined) return tell("no model")
    const submitted = yield* provider.submit({
      key: "job_fal",
      model,
      prompt: "a red fox in the snow",
      parameters: { image_size: "square" },
      aspectRatio: "1:1",
      outputCount: 1,
      size: null,
      inputs: []
    })
    if (submitted._tag !== "Accepted") return tell(submitted._tag)
    tell(submitted.handle)
    while ((yield* provider.poll(submitted.handle))._tag === "Pending");
    tell("it ended by itself")
  }).pipe(Effect.scoped)
)
