import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { saveAsset } from "@image-skill/core/agent/SaveAsset"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assetReference } from "../../AssetReference.ts"
import { flagReader, text, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { mediaBases } from "../../MediaBases.ts"
import { preview } from "../../Preview.ts"
import { relay } from "../../Relay.ts"
import { tell } from "../../RunEvents.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { mediaSource, withService } from "../../Wiring.ts"

/** Saves an owned asset as a file, and shows it where the terminal can. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const output = yield* flag(text("output"))
    const overwrite = yield* flag(toggle("overwrite"))
    if (output?.trim() === "") return yield* blankOutput()
    const target = yield* resolveTarget(context)
    yield* tell({ type: "started", again: { command: typedCommand(context.parsed), key: null } })
    return yield* withService(
      context,
      target,
      Effect.gen(function* () {
        const service = yield* ServiceApi
        const token = yield* requireToken(context, target)
        const bases = yield* mediaBases(target)
        const reference = yield* assetReference(context, bases)
        const { finish, shown } = yield* Effect.provide(
          saveAsset({ service, token: token.value, reference, output, overwrite }),
          Layer.merge(mediaSource(context, target, bases), NodeLocalFiles.layer)
        )
        if (shown.envelope.ok) yield* preview(context, target, shown)
        return finish(relay(context, shown))
      })
    )
  })

const blankOutput = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--output must name a file; leave it out for a name made from the asset",
    recovery: { requiredFlag: "--output", docsUrl: docsUrl("image-skill-assets") }
  })
