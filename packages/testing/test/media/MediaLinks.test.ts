import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import type { Digest } from "@image-skill/core/envelope/Digest"
import type { Agents } from "@image-skill/core/identity/Agents"
import { type Asset, mediaPath } from "@image-skill/core/media/Asset"
import { verify } from "@image-skill/core/media/LinkSignature"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { suite } from "@image-skill/testing/media/MediaLinksSuite"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const deployment = Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), NodeDigest.layer)

/** As the route of the service judges it. */
const opens = (url: string, { id, visibility }: Asset): Effect.Effect<boolean, never, Agents | Digest> => {
  const { pathname, searchParams } = new URL(url)
  const [named = "", extension = ""] = pathname.slice("/a/".length).split(".")
  if (named !== id) return Effect.succeed(false)
  if (visibility === "public") return Effect.succeed(true)
  const [expires, signature] = [searchParams.get("expires"), searchParams.get("signature")]
  return Effect.map(Effect.orDie(verify({ id, extension, expires, signature })), ({ _tag }) => _tag === "Valid")
}

suite<never, Agents | Digest>(
  "signed",
  MediaLinks.signed((asset) => `https://media.example.test${mediaPath(asset)}`).pipe(Layer.provideMerge(deployment)),
  { opens }
)

suite<never, never>(
  "unsigned",
  MediaLinks.unsigned(({ id }) => `file:///home/demo/${id}`),
  { opens: (url, { id }) => Effect.succeed(url.endsWith(`/${id}`)), signs: false }
)
