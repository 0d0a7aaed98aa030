import { assert, describe, it } from "@effect/vitest"
import { type FetchedMedia, type MediaFetchFailed, MediaSource } from "@image-skill/core/media/MediaSource"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** A source, and what it has. */
export interface Stocked {
  readonly layer: Layer.Layer<MediaSource>
  /** Where these bytes are. */
  readonly url: string
  readonly bytes: Uint8Array
  /** Within the source, but nothing is there. */
  readonly missing: string
}

const foreign: ReadonlyArray<string> = [
  "",
  "image_1",
  "/etc/passwd",
  "file:///etc/passwd",
  "file://host/etc/passwd",
  "https://media.example.org/a/image_1.png",
  "http://media.example.org/a/image_1.png",
  "http://169.254.169.254/latest/meta-data",
  "ftp://127.0.0.1/a/image_1.png",
  "data:image/png;base64,AAAA",
  "http://["
]

const fetched = (url: string) =>
  Effect.flatMap(MediaSource, (source) => source.fetch(url)).pipe(
    Effect.flatMap((media) => Effect.map(whole(media), (bytes) => ({ ...media, bytes }))),
    Effect.scoped
  )

const whole = ({ body }: FetchedMedia): Effect.Effect<Uint8Array, MediaFetchFailed> =>
  Effect.map(Stream.runCollect(body), (chunks) => new Uint8Array(Buffer.concat([...chunks])))

/** The contract every `MediaSource` adapter meets. */
export const suite = <E>(name: string, make: Effect.Effect<Stocked, E, Scope.Scope>): void => {
  /** Each test with a source of its own. */
  const test = <F>(what: string, use: (stocked: Stocked) => Effect.Effect<void, F, MediaSource>): void =>
    it.effect(what, () => Effect.flatMap(make, (stocked) => Effect.provide(use(stocked), stocked.layer)))

  describe(`MediaSource (${name})`, () => {
    test("what it has comes whole, and as long as was announced", ({ bytes, url }) =>
      Effect.gen(function* () {
        const media = yield* fetched(url)
        assert.isTrue(Buffer.from(media.bytes).equals(bytes))
        assert.include([null, bytes.length], media.contentLength)
        assert.notStrictEqual(media.contentType, "")
      }))

    test("it comes as often as it is asked for, and to many at once", ({ bytes, url }) =>
      Effect.gen(function* () {
        const all = yield* Effect.replicateEffect(fetched(url), 4, { concurrency: "unbounded" })
        for (const media of [...all, yield* fetched(url)]) assert.isTrue(Buffer.from(media.bytes).equals(bytes))
      }))

    test("what is not there is missing", ({ missing }) =>
      Effect.gen(function* () {
        const { message, reason } = yield* Effect.flip(fetched(missing))
        assert.strictEqual(reason, "missing")
        assert.isNotEmpty(message)
      }))

    test("what is not its own is refused", ({ url }) =>
      Effect.gen(function* () {
        const disguised = [
          url.replace("://", "://user:password@"),
          url.replace("://", "://media.example.org@"),
          url.replace("://", "://media.example.org/../"),
          `https://media.example.org/?${url}`
        ]
        for (const other of [...foreign, ...disguised]) {
          const { message, reason } = yield* Effect.flip(fetched(other))
          assert.strictEqual(reason, "not_owned", other)
          assert.isNotEmpty(message)
        }
      }))
  })
}
