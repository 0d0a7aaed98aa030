import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { assetReference } from "../../AssetReference.ts"
import { flagReader, number } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** One owned asset: what it is and where its bytes are. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const thumbnail = yield* flagReader(context.parsed)(number("thumbnail"))
    const { assetId } = yield* assetReference(context)
    return yield* askSigned(context, (service, token) =>
      service.assetsShow({ assetId, ...(thumbnail === null ? {} : { thumbnail: `${thumbnail}` }) }, token)
    )
  })
