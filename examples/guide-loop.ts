/**
 * The guide loop inside of your own program: ask what is next, do it, ask again. No account, no key and no network; the
 * service runs in this process and keeps everything in one folder.
 *
 *   node examples/guide-loop.ts "a red fox in the snow" ./pictures
 */
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { AskGuide, type GuideQuestion } from "@image-skill/core/guide/AskGuide"
import { wishFor } from "@image-skill/core/guide/GuideFacts"
import { GuideState } from "@image-skill/core/guide/GuideState"
import { AuthHandoff } from "@image-skill/core/identity/AuthHandoff"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** What this program reads of the answer of a create; services may say more. */
const Made = Schema.Struct({ assets: Schema.Array(Schema.Struct({ url: Schema.String })) })

/** There is no picture, and why. */
export class NoPicture extends Data.TaggedError("NoPicture")<{ readonly message: string }> {}

/** The URLs of the pictures, or the first thing that only a person can change. */
export const makePicture = Effect.fn("makePicture")(function* (prompt: string) {
  const service = yield* ServiceApi
  const { ask } = yield* AskGuide
  // One key is one job and one debit, however often the create is repeated under it.
  const idempotencyKey = `example-${yield* Clock.currentTimeMillis}`
  let token: GuideQuestion["token"] = null
  for (const turn of [1, 2]) {
    // The guide changes nothing. Its stage is data: nothing here runs a command line.
    const { answer, stage } = yield* ask({ wish: wishFor(prompt), token, runtime: "example" }, host)
    yield* Console.log(`${turn}. ${answer.stage}`)
    switch (stage._tag) {
      case "AuthRequired": {
        const signup = yield* service.signup({ agentName: "example", runtime: "example", returnToken: true })
        token = { source: "config", value: Redacted.make(textField(signup.envelope.data, "token")) }
        break
      }
      case "ReadyToCreate": {
        const { envelope } = yield* service.create({ prompt, idempotencyKey, maxUsd: 0.1 }, token?.value)
        if (!envelope.ok) return yield* new NoPicture({ message: textField(envelope.error, "message") })
        const { assets } = yield* Schema.decodeUnknownEffect(Made)(envelope.data)
        return assets.map(({ url }) => url)
      }
      default:
        return yield* new NoPicture({ message: `${answer.blocker?.message ?? stage._tag}: ${answer.nextCommand}` })
    }
  }
  return yield* new NoPicture({ message: "the service did not accept the token it gave" })
})

/** How the command line would be started, for the commands that the guide proposes to people. */
const start = { prefix: "image-skill", apiBaseUrl: null }
const host = { ...start, startWith: () => start }

/** Everything the loop needs, below one folder. */
export const layer = (folder: string) =>
  AskGuide.layer.pipe(
    Layer.provide(GuideState.layer),
    Layer.provide([AuthHandoff.layer, RailSelection.layer, FileAuthConfig.layer(join(folder, "config.json"))]),
    Layer.provideMerge(Embedded.inFolder(folder))
  )

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await makePicture(prompt).pipe(
    Effect.flatMap((urls) => Console.log(urls.join("\n"))),
    Effect.provide(layer(resolve(folder))),
    Effect.runPromise
  )
}
