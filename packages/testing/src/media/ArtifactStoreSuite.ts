import { assert, it } from "@effect/vitest"
import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/** What a suite cannot do by the port alone. */
export interface Options {
  /** Where the bytes lie, so that the suite can damage them; left out where nobody can reach them. */
  readonly overwrite?: (path: string, bytes: Uint8Array) => Effect.Effect<void>
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const heron = bytesOf("a heron standing in the shallows")

const reasonOf = <A>(effect: Effect.Effect<A, ArtifactStoreFailed>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

/** The contract every `ArtifactStore` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<ArtifactStore, E>, { overwrite }: Options = {}): void =>
  it.layer(layer)(`ArtifactStore (${name})`, (it) => {
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
          yield* overwrite(artifacts.locate(sha256) ?? "", damage(bytes))
          assert.strictEqual(yield* reasonOf(artifacts.get(sha256)), "damaged")
          yield* artifacts.put(bytes)
          assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
        })
    )
  })
