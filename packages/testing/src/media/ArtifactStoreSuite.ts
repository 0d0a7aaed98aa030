import { assert, it } from "@effect/vitest"
import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** What a suite cannot do by the port alone. */
export interface Options {
  /** Puts other bytes under the name of an artifact, to damage it; left out where nobody can reach them. */
  readonly overwrite?: (artifacts: ArtifactStore["Service"], sha256: string, bytes: Uint8Array) => Effect.Effect<void>
  /** Everything there is, half-written things included: must not grow by what failed. Left out where it cannot be seen. */
  readonly count?: Effect.Effect<number>
  /** For a store that talks to another process: no test clock. */
  readonly realTime?: boolean
}

/** What a stream that is being stored may fail with. */
class Broken extends Data.TaggedError("Broken")<{ readonly after: number }> {}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const heron = bytesOf("a heron standing in the shallows")

const reasonOf = <A>(effect: Effect.Effect<A, ArtifactStoreFailed>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

/** The contract every `ArtifactStore` adapter meets. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<ArtifactStore, E>,
  { count = Effect.succeed(0), overwrite, realTime = false }: Options = {}
): void =>
  it.layer(layer, { excludeTestServices: realTime })(`ArtifactStore (${name})`, (it) => {
    it.effect("what was put is there under its digest", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const stored = yield* artifacts.put(bytesOf("abc"))
        assert.deepStrictEqual(stored, {
          sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          bytes: 3
        })
        assert.deepStrictEqual(yield* artifacts.get(stored.sha256), bytesOf("abc"))
      })
    )

    it.effect("no bytes at all can be stored too", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const stored = yield* artifacts.put(new Uint8Array())
        assert.deepStrictEqual(yield* artifacts.get(stored.sha256), new Uint8Array())
      })
    )

    it.effect("the same bytes have one place, however often and however concurrently they are put", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const stored = yield* Effect.replicateEffect(artifacts.put(heron), 8, { concurrency: "unbounded" })
        assert.strictEqual(new Set(stored.map(({ sha256 }) => sha256)).size, 1)
        assert.deepStrictEqual(yield* artifacts.get(stored[0]?.sha256 ?? ""), heron)
      })
    )

    it.effect("what the caller does with its bytes afterwards changes nothing", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const mine = bytesOf("mine to change")
        const { sha256 } = yield* artifacts.put(mine)
        mine.fill(0)
        const read = yield* artifacts.get(sha256)
        assert.deepStrictEqual(read, bytesOf("mine to change"))
        read.fill(0)
        assert.deepStrictEqual(yield* artifacts.get(sha256), bytesOf("mine to change"))
      })
    )

    it.effect.each([
      { start: 0, end: 0, text: "a" },
      { start: 2, end: 6, text: "heron" },
      { start: 21, end: 31, text: "he shallows" },
      { start: 0, end: 31, text: "a heron standing in the shallows" }
    ])("bytes $start to $end, both included, are $text", ({ end, start, text }) =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const { sha256 } = yield* artifacts.put(heron)
        assert.deepStrictEqual(yield* artifacts.get(sha256, { start, end }), bytesOf(text))
      })
    )

    it.effect("a range that goes past the end is not what was stored", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const { sha256 } = yield* artifacts.put(heron)
        assert.strictEqual(yield* reasonOf(artifacts.get(sha256, { start: 30, end: 32 })), "damaged")
      })
    )

    it.effect.each(["0".repeat(64), "0".repeat(63), "../../etc/passwd", ""])("there is nothing under %o", (name) =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        assert.strictEqual(yield* reasonOf(artifacts.get(name)), "missing")
        assert.strictEqual(yield* reasonOf(artifacts.get(name, { start: 0, end: 1 })), "missing")
      })
    )

    it.effect("a name that is no digest has no place", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        assert.isNull(artifacts.locate("../../etc/passwd"))
      })
    )

    it.effect("it can take bytes", () =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        yield* artifacts.check
      })
    )

    const damaged = overwrite === undefined ? [] : [{ overwrite }]
    const changes = [
      { change: "truncated", damage: (bytes: Uint8Array) => bytes.slice(0, -1) },
      { change: "changed", damage: (bytes: Uint8Array) => bytes.with(0, 0) },
      { change: "emptied", damage: () => new Uint8Array() }
    ]
    it.effect.each(damaged.flatMap((able) => changes.map((change) => ({ ...able, ...change }))))(
      "bytes that were $change are damaged, until they are put again",
      ({ change, damage, overwrite }) =>
        Effect.gen(function* () {
          const artifacts = yield* ArtifactStore
          const bytes = bytesOf(`bytes to be ${change}`)
          const { sha256 } = yield* artifacts.put(bytes)
          yield* overwrite(artifacts, sha256, damage(bytes))
          assert.strictEqual(yield* reasonOf(artifacts.get(sha256)), "damaged")
          assert.strictEqual(yield* reasonOf(Stream.runDrain(artifacts.stream(sha256))), "damaged")
          yield* artifacts.put(bytes)
          assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
          yield* overwrite(artifacts, sha256, damage(bytes))
          yield* artifacts.putStream(Stream.succeed(bytes), bytes.length)
          assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
        })
    )

    it.effect.each(damaged)("damaged bytes never look whole to whoever counts them", ({ overwrite }) =>
      Effect.gen(function* () {
        const artifacts = yield* ArtifactStore
        const { sha256 } = yield* artifacts.put(large)
        yield* overwrite(artifacts, sha256, large.with(100, 0))
        let seen = 0
        const counted = Stream.runForEach(artifacts.stream(sha256), (chunk) =>
          Effect.sync(() => {
            seen += chunk.length
          })
        )
        assert.strictEqual(yield* reasonOf(counted), "damaged")
        assert.isBelow(seen, large.length)
        yield* artifacts.put(large)
      })
    )

    describeStreams(it, count)
  })

/** Longer than any chunk. */
const large = Uint8Array.from({ length: 700_001 }, (_, index) => (index * 31) % 253)

const piecesOf = (bytes: Uint8Array, length: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.slice(index * length, (index + 1) * length)
  )

type Tests = Parameters<Parameters<ReturnType<typeof it.layer<ArtifactStore, unknown>>>[1]>[0]

const describeStreams = (it: Tests, count: Effect.Effect<number>): void => {
  it.effect("a stream is stored as the bytes that it is made of", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const whole = yield* artifacts.put(heron)
      const pieces = Stream.fromIterable([...piecesOf(heron, 5), new Uint8Array()])
      assert.deepStrictEqual(yield* artifacts.putStream(pieces, heron.length), whole)
      const stored = yield* artifacts.putStream(Stream.fromIterable(piecesOf(large, 9973)), 1_000_000)
      assert.strictEqual(stored.bytes, large.length)
      assert.isTrue(Buffer.from(yield* artifacts.get(stored.sha256)).equals(large))
    })
  )

  it.effect("a stream of nothing is stored too", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const stored = yield* artifacts.putStream(Stream.empty, 0)
      assert.deepStrictEqual(stored, yield* artifacts.put(new Uint8Array()))
      assert.strictEqual((yield* Stream.mkUint8Array(artifacts.stream(stored.sha256))).length, 0)
    })
  )

  it.effect("a stream may be as long as was said, and not a byte longer", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const bytes = bytesOf("exactly this long and not longer")
      const before = yield* count
      const longer = artifacts.putStream(Stream.fromIterable(piecesOf(bytes, 4)), bytes.length - 1)
      assert.strictEqual(yield* reasonOf(longer), "too_large")
      assert.strictEqual(yield* count, before)
      const { sha256 } = yield* artifacts.putStream(Stream.fromIterable(piecesOf(bytes, 4)), bytes.length)
      assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
    })
  )

  it.effect("of a stream that fails nothing is kept, and its own failure comes out", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const before = yield* count
      const broken = Stream.concat(Stream.fromIterable(piecesOf(large, 100_000)), Stream.fail(new Broken({ after: 8 })))
      const failure = yield* Effect.flip(artifacts.putStream(broken, 1_000_000))
      assert.strictEqual(failure._tag, "Broken")
      assert.strictEqual(yield* count, before)
    })
  )

  it.effect("bytes come out as a stream, whole or a part of them", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const { sha256 } = yield* artifacts.put(large)
      const read = (start: number, end: number) =>
        Effect.map(Stream.runCollect(artifacts.stream(sha256, { start, end })), (chunks) => Buffer.concat(chunks))
      const whole = yield* Stream.runCollect(artifacts.stream(sha256))
      assert.isTrue(Buffer.concat(whole).equals(large))
      const last = large.length - 1
      for (const [start, end] of [
        [0, 0],
        [0, last],
        [1, 65_536],
        [65_535, 65_536],
        [200_000, 600_000],
        [last, last]
      ] as const) {
        assert.isTrue((yield* read(start, end)).equals(large.subarray(start, end + 1)), `${start} to ${end}`)
      }
      assert.strictEqual(yield* reasonOf(read(last, last + 1)), "damaged")
    })
  )

  it.effect("what a reader does with its chunks changes nothing", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const { sha256 } = yield* artifacts.put(large)
      yield* Stream.runForEach(artifacts.stream(sha256), (chunk) => Effect.sync(() => void chunk.fill(0)))
      assert.isTrue(Buffer.from(yield* artifacts.get(sha256)).equals(large))
    })
  )

  it.effect.each(["0".repeat(64), "../../etc/passwd", ""])("nothing streams from under %o", (name) =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      assert.strictEqual(yield* reasonOf(Stream.runDrain(artifacts.stream(name))), "missing")
      assert.strictEqual(yield* reasonOf(Stream.runDrain(artifacts.stream(name, { start: 0, end: 1 }))), "missing")
    })
  )

  it.effect("what was put lately is not removed as old, also when it was there before", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const bytes = bytesOf("put now and again")
      const before = DateTime.subtract(yield* DateTime.now, { minutes: 5 })
      // Files have the time of the machine, whatever a test clock says.
      const after = DateTime.makeUnsafe("9999-12-31T00:00:00.000Z")
      const { sha256 } = yield* artifacts.put(bytes)
      assert.isFalse(yield* artifacts.removeOlder(sha256, before))
      assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
      yield* artifacts.put(bytes)
      assert.isFalse(yield* artifacts.removeOlder(sha256, before))
      assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
      assert.isTrue(yield* artifacts.removeOlder(sha256, after))
      assert.strictEqual(yield* reasonOf(artifacts.get(sha256)), "missing")
      assert.isTrue(yield* artifacts.removeOlder(sha256, before))
      assert.isTrue(yield* artifacts.removeOlder("../../etc/passwd", after))
      yield* artifacts.put(bytes)
      assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
    })
  )

  it.effect("what was removed is gone until it is put again, and may be removed again", () =>
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const bytes = bytesOf("here today")
      const { sha256 } = yield* artifacts.put(bytes)
      const other = yield* artifacts.put(bytesOf("here to stay"))
      yield* artifacts.remove(sha256)
      yield* artifacts.remove(sha256)
      yield* artifacts.remove("../../etc/passwd")
      assert.strictEqual(yield* reasonOf(artifacts.get(sha256)), "missing")
      assert.deepStrictEqual(yield* artifacts.get(other.sha256), bytesOf("here to stay"))
      yield* artifacts.put(bytes)
      assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
    })
  )
}
