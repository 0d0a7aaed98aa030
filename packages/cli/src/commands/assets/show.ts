import type { Answer } from "@image-skill/core/envelope/Envelope"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { assetReference } from "../../AssetReference.ts"
import type { Context } from "../../Context.ts"
import { flagReader, number } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { resolveTarget } from "../../Target.ts"

/** One owned asset: what it is and where its bytes are. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const thumbnail = yield* flagReader(context.parsed)(number("thumbnail"))
    const { assetId } = yield* assetReference(context)
    return yield* askSigned(context, (service, token) =>
      service
        .assetsShow({ assetId, ...(thumbnail === null ? {} : { thumbnail: `${thumbnail}` }) }, token)
        .pipe(Effect.tap((answer) => picture(context, service, answer)))
    )
  })

/** What draws is loaded only for somebody who looks. */
const picture = (context: Context, service: ServiceApi["Service"], answer: Answer): Effect.Effect<void> =>
  context.machine.stderrIsTerminal
    ? Effect.gen(function* () {
        const { preview } = yield* Effect.promise(() => import("../../Preview.ts"))
        yield* preview(context, yield* resolveTarget(context), answer)
      }).pipe(Effect.provideService(ServiceApi, service), Effect.ignoreCause)
    : Effect.void
