import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import * as Effect from "effect/Effect"
import { choice, flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { openPicture, sources } from "../../Picture.ts"
import { relay } from "../../Relay.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { tell } from "../../RunEvents.ts"
import { sendPicture } from "../../SendPicture.ts"
import { judgeStdin } from "../../Stdin.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { withService } from "../../Wiring.ts"

/** Keeps a picture as an owned asset. Whatever it names is a path or a URL, even if it looks like an asset. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const named = yield* flag(text("input"))
    const visibility = yield* flag(choice("visibility", ["public", "private"]))
    const input =
      named !== null && named.trim() !== ""
        ? named
        : yield* requiredWord(context, named, "input", "a picture: a path, a URL or -")
    yield* judgeStdin(context, [{ what: "--input", text: input }])
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    yield* tell({ type: "started", again: { command: typedCommand(context.parsed), key: null } })
    const upload = Effect.gen(function* () {
      const picture = yield* openPicture(context, { what: "--input", text: input })
      const answer = relay(context, yield* sendPicture(picture, { visibility, token: token.value }))
      const { envelope } = answer
      const assetId = textField(jsonField(envelope.data, "asset"), "asset_id")
      if (envelope.ok && assetId !== "") yield* tell({ type: "uploaded", assetId })
      return { ...answer, envelope: { ...envelope, warnings: [...envelope.warnings, ...picture.warnings] } }
    }).pipe(Effect.scoped, Effect.provide(sources))
    return yield* withService(context, target, upload)
  })
