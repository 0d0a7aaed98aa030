/**
 * A model of the Vercel AI SDK behind the whole service: priced, held, stored, measured and never paid twice. Any image
 * or video model of the SDK does.
 *
 *   OPENAI_API_KEY=... node examples/ai-sdk-model.ts "a red fox in the snow" ./pictures
 */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { createOpenAI } from "@ai-sdk/openai"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import * as AiSdk from "@image-skill/adapters/media/providers/AiSdk"
import { fromImageModel } from "@image-skill/adapters/media/providers/AiSdkModels"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import { embeddedLimits } from "@image-skill/core/credits/Limits"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export interface Place {
  readonly apiKey: string
  /** With the version, e.g. of a proxy; left out for OpenAI itself. */
  readonly baseURL?: string
}

/** The SDK's model with what the catalogue says of it: who provides it, and what one picture costs. */
const painter = (place: Place) =>
  fromImageModel(createOpenAI(place).image("gpt-image-1-mini"), {
    provider: "mine",
    price: { _tag: "PerOutput", microUsd: 20_000 },
    parameters: { quality: { type: "string", enum: ["low", "medium", "high"] } }
  })

/** The service in this process, with that model beside the embedded ones. */
export const layer = (folder: string, place: Place) => {
  const bridged = painter(place)
  return Layer.unwrap(
    Effect.map(AiSdk.make({ id: "mine", models: [bridged] }), (provider) =>
      Embedded.layer({
        dataFolder: folder,
        limits: embeddedLimits,
        contentRules: [],
        variable: () => null,
        providers: [provider],
        models: [bridged.row]
      })
    )
  ).pipe(Layer.provide(NodeRemoteFetch.layer))
}

/** The answer of one create: the default model is now the one of the SDK, since it can run. */
export const makePicture = Effect.fn("makePicture")(function* (prompt: string) {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "example", runtime: "example", returnToken: true })
  const token = Redacted.make(textField(signup.envelope.data, "token"))
  const { envelope } = yield* service.create({ prompt, maxUsd: 0.1, idempotencyKey: "example-1" }, token)
  return envelope
})

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await makePicture(prompt).pipe(
    Effect.flatMap((envelope) => Console.log(JSON.stringify(envelope.ok ? envelope.data : envelope.error, null, 2))),
    Effect.provide(layer(resolve(folder), { apiKey: process.env["OPENAI_API_KEY"] ?? "" })),
    Effect.runPromise
  )
}
