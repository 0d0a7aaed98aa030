import { command, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { type AssetReference, publishedMediaBase, recognise } from "@image-skill/core/media/AssetReference"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { flagReader, text } from "./Flags.ts"
import { requiredWord } from "./RequiredWord.ts"

/** The asset that a command names. `mediaBases` are the places where the service says its media are. */
export const assetReference = (
  context: Context,
  mediaBases: ReadonlyArray<string> = [publishedMediaBase]
): Effect.Effect<AssetReference, Refusal> =>
  Effect.gen(function* () {
    const named = yield* flagReader(context.parsed)(text("id"))
    const word = yield* requiredWord(context, named, "id", "an asset id or an owned asset URL")
    return recognise(word, mediaBases) ?? (yield* notAnAsset())
  })

const notAnAsset = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      "the argument, or --id, must be an asset id (image_..., video_..., audio_..., asset_...) or the URL of an asset of this service",
    outcome: "not_sent",
    recovery: { suggestedCommand: command("activity list", json), docsUrl: docsUrl("image-skill-assets") }
  })
