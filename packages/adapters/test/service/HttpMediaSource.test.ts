import { assert, describe, it } from "@effect/vitest"
import * as HttpMediaSource from "@image-skill/adapters/service/HttpMediaSource"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { MediaSource } from "@image-skill/core/media/MediaSource"
import * as MediaSourceSuite from "@image-skill/testing/media/MediaSourceSuite"
import { answering, brokenOff, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const bytes = Buffer.alloc(200_000, "a heron standing in the shallows")

const mediaHost = loopback((response, request) => {
  if (request.path !== "/a/image_1.png") answering(404, "no such media")(response, request)
  else {
    response.writeHead(200, { "content-type": "image/png", "content-length": bytes.length })
    response.end(bytes)
  }
})

const layerFor = (origin: string) => Layer.provide(HttpMediaSource.layer([origin]), NodeHttpTransport.layer)

MediaSourceSuite.suite(
  "HTTP",
  Effect.map(mediaHost, ({ origin }) => ({
    layer: layerFor(origin),
    url: `${origin}/a/image_1.png`,
    bytes,
    missing: `${origin}/a/image_2.png`
  }))
)

describe("a media host", () => {
  it.effect("is not told who asks", () =>
    Effect.gen(function* () {
      const host = yield* mediaHost
      yield* Effect.scoped(
        Effect.flatMap(MediaSource, (source) => source.fetch(`${host.origin}/a/image_1.png`)).pipe(
          Effect.provide(layerFor(host.origin))
        )
      )
      assert.deepStrictEqual(
        host.arrived.map(({ headers }) => [headers.authorization, headers.cookie]),
        [[undefined, undefined]]
      )
    })
  )

  it.effect("that breaks off has not given the whole", () =>
    Effect.gen(function* () {
      const { origin } = yield* loopback(brokenOff)
      const source = yield* Effect.provide(MediaSource, layerFor(origin))
      const { body, contentLength } = yield* source.fetch(`${origin}/a/image_1.png`)
      assert.strictEqual(contentLength, 1_000)
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(body))).reason, "interrupted")
    })
  )

  it.effect.each([410, 401, 403, 500, 503])("that answers %d gives no media", (status) =>
    Effect.gen(function* () {
      const { origin } = yield* loopback(answering(status, "<html>"))
      const source = yield* Effect.provide(MediaSource, layerFor(origin))
      const { message, reason } = yield* Effect.flip(source.fetch(`${origin}/a/image_1.png`))
      assert.strictEqual(reason, status === 410 ? "missing" : "unreachable")
      assert.include(message, `${status}`)
    })
  )
})
