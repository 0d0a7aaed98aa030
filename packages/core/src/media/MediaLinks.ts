import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Digest } from "../envelope/Digest.ts"
import type { Agents } from "../identity/Agents.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { type Asset, extensionOf } from "./Asset.ts"
import { nowInSeconds, signer } from "./LinkSignature.ts"

/** Where the media of assets are reached: public ones by their unguessable id, private ones by a link that expires. */
export class MediaLinks extends Context.Service<
  MediaLinks,
  {
    /** The links of these assets, fresh. The link of any other private asset leads nowhere. */
    urlsOf(assets: ReadonlyArray<Asset>): Effect.Effect<(asset: Asset) => string, StoreUnavailable>
  }
>()("core/media/MediaLinks") {
  /** `urlOf` is all there is: for `file:` URLs, which nobody else can use. */
  static readonly unsigned = (urlOf: (asset: Asset) => string): Layer.Layer<MediaLinks> =>
    Layer.succeed(MediaLinks, MediaLinks.of({ urlsOf: () => Effect.succeed(urlOf) }))

  /** Private assets get `?expires=UNIX&signature=HEX` behind what `urlOf` gives. */
  static readonly signed = (
    urlOf: (asset: Asset) => string,
    lifetime: Duration.Duration = Duration.hours(1)
  ): Layer.Layer<MediaLinks, never, Agents | Digest> =>
    Layer.effect(
      MediaLinks,
      Effect.gen(function* () {
        const services = yield* Effect.context<Agents | Digest>()
        const signed = Effect.fn("MediaLinks.urlsOf")(function* (assets: ReadonlyArray<Asset>) {
          const sign = yield* signer
          const expires = `${(yield* nowInSeconds) + Math.floor(Duration.toSeconds(lifetime))}`
          const queries = yield* Effect.forEach(assets, ({ id, mimeType }) =>
            Effect.map(
              sign({ id, extension: extensionOf(mimeType) ?? "bin", expires }),
              (signature) => [id, `?expires=${expires}&signature=${signature}`] as const
            )
          )
          return new Map(queries)
        }, Effect.provideContext(services))

        return MediaLinks.of({
          urlsOf: (assets) => {
            const hidden = assets.filter(({ visibility }) => visibility === "private")
            if (hidden.length === 0) return Effect.succeed(urlOf)
            return Effect.map(signed(hidden), (queries) => (asset) => `${urlOf(asset)}${queries.get(asset.id) ?? ""}`)
          }
        })
      })
    )
}
