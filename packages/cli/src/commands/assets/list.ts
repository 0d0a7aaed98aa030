import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { choice, flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** Owned assets, newest first. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const limit = yield* flag(number("limit"))
    const cursor = yield* flag(text("cursor"))
    const kind = yield* flag(choice("kind", ["generated", "uploaded"]))
    const modality = yield* flag(choice("modality", ["image", "video", "audio", "3d"]))
    return yield* askSigned(context, (service, token) =>
      service.assetsList(
        {
          ...(limit === null ? {} : { limit: `${limit}` }),
          ...(cursor === null ? {} : { cursor }),
          ...(kind === null ? {} : { kind }),
          ...(modality === null ? {} : { modality })
        },
        token
      )
    )
  })
