import type { Answer } from "@image-skill/core/envelope/Envelope"
import { maybeText } from "@image-skill/core/envelope/Lenient"
import { MediaSource } from "@image-skill/core/media/MediaSource"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Context } from "./Context.ts"
import type { Machine } from "./Machine.ts"
import { mediaBases } from "./MediaBases.ts"
import { write } from "./Progress.ts"
import type { Target } from "./Target.ts"
import { blocks, iterm2, kitty, type Protocol, protocolOf } from "./TerminalGraphics.ts"
import { mediaSource } from "./Wiring.ts"

/**
 * Shows a person the first picture of an answer, on stderr and only where it is a terminal that can. It is a courtesy:
 * whatever goes wrong, the answer is what it was.
 */
export const preview = (context: Context, target: Target, { envelope }: Answer) =>
  Effect.gen(function* () {
    const { machine } = context
    const protocol = machine.stderrIsTerminal ? protocolOf(machine.variable) : null
    const url = pictureOf(envelope.data)
    if (protocol === null || url === null) return
    const bases = yield* mediaBases(target)
    const bytes = yield* fetch(url).pipe(Effect.provide(mediaSource(context, target, bases)), Effect.scoped)
    const text = yield* Effect.tryPromise(() => drawn(bytes, protocol, columnsOf(machine)))
    yield* write(text)
  }).pipe(Effect.timeoutOption(patience), Effect.ignoreCause)

/** Some terminals do not say how wide they are. */
const columnsOf = ({ stderrColumns }: Machine): number => (stderrColumns > 1 ? Math.min(60, stderrColumns - 1) : 60)

const patience = Duration.seconds(5)
/** More than that is not worth a preview. */
const largest = 24 * 1024 * 1024

const Picture = Schema.Struct({ modality: maybeText, url: maybeText })
const Pictures = Schema.Union([Schema.Struct({ assets: Schema.Array(Picture) }), Schema.Struct({ asset: Picture })])

const pictureOf = (data: Schema.Json): string | null => {
  const found = Option.getOrNull(Schema.decodeUnknownOption(Pictures)(data))
  const assets = found === null ? [] : "assets" in found ? found.assets : [found.asset]
  return assets.find(({ modality }) => modality === "image")?.url ?? null
}

const fetch = Effect.fnUntraced(function* (url: string) {
  const source = yield* MediaSource
  const media = yield* source.fetch(url)
  let total = 0
  const chunks = yield* media.body.pipe(
    Stream.takeWhile((chunk) => {
      total += chunk.length
      return total <= largest
    }),
    Stream.runCollect
  )
  return Buffer.concat(chunks)
})

/** Made small first: a terminal shows no more than its cells, and takes long for a whole photograph. */
const drawn = async (picture: Uint8Array, protocol: Protocol, columns: number): Promise<string> => {
  const { default: sharp } = await import("sharp")
  const image = sharp(picture)
  if (protocol === "blocks") {
    const { data, info } = await image
      .resize({ width: columns })
      .flatten({ background: "#000000" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return blocks(data, info.width)
  }
  const png = await image.resize({ width: 480, height: 480, fit: "inside", withoutEnlargement: true }).png().toBuffer()
  return protocol === "kitty" ? kitty(png, Math.min(columns, 40)) : iterm2(png, Math.min(columns, 40))
}
