import { assert, it } from "@effect/vitest"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const reasonOf = <A, R>(effect: Effect.Effect<A, LocalFileFailed, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

const save = (path: string, content: Uint8Array, overwrite: boolean) =>
  Effect.gen(function* () {
    const files = yield* LocalFiles
    const file = yield* files.create(path, overwrite)
    yield* file.write(content)
    yield* file.commit
  }).pipe(Effect.scoped)

/** The contract every `LocalFiles` adapter meets, in an empty folder; standard input says "from a pipe". */
export const suite = <E>(name: string, layer: Layer.Layer<LocalFiles, E>, folder: string): void =>
  it.layer(layer)(`LocalFiles (${name})`, (it) => {
    it.effect("what was committed is there, whole", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/made/on/the/way/heron.txt`
        const file = yield* files.create(path, false)
        yield* file.write(bytesOf("a hero"))
        yield* file.write(bytesOf("n"))
        assert.isFalse(yield* files.exists(path))
        yield* file.commit
        assert.isTrue(yield* files.exists(path))
        assert.strictEqual(yield* files.readText(path, 100), "a heron")
      })
    )

    it.effect("the digest is that of what was written so far", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const file = yield* files.create(`${folder}/digest.txt`, false)
        assert.deepStrictEqual(yield* file.digest, {
          sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          bytes: 0
        })
        yield* file.write(bytesOf("ab"))
        yield* file.write(bytesOf("c"))
        assert.deepStrictEqual(yield* file.digest, {
          sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          bytes: 3
        })
      })
    )

    it.effect("what is not committed was never there", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/abandoned.txt`
        const scope = yield* Scope.make()
        const file = yield* Scope.provide(files.create(path, false), scope)
        yield* file.write(bytesOf("half of a"))
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(yield* files.exists(path))
      })
    )

    it.effect("a file is replaced only where that was asked for", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/replaced.txt`
        yield* save(path, bytesOf("first"), false)
        assert.strictEqual(yield* reasonOf(save(path, bytesOf("second"), false)), "exists")
        assert.strictEqual(yield* files.readText(path, 100), "first")
        yield* save(path, bytesOf("third"), true)
        assert.strictEqual(yield* files.readText(path, 100), "third")
      })
    )

    it.effect("of many that want one name at once, one gets it", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/wanted.txt`
        const saves = Array.from({ length: 8 }, (_, index) => Effect.exit(save(path, bytesOf(`${index}`), false)))
        const exits = yield* Effect.all(saves, { concurrency: "unbounded" })
        const winners = exits.flatMap((exit, index) => (Exit.isSuccess(exit) ? [`${index}`] : []))
        assert.deepStrictEqual(winners, [yield* files.readText(path, 100)])
      })
    )

    it.effect("a folder is no file", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        yield* save(`${folder}/folder/file.txt`, bytesOf("x"), false)
        assert.strictEqual(yield* reasonOf(files.readText(`${folder}/folder`, 100)), "not_a_file")
        assert.strictEqual(yield* reasonOf(save(`${folder}/folder`, bytesOf("x"), true)), "not_a_file")
        assert.isTrue(yield* files.exists(`${folder}/folder`))
      })
    )

    it.effect("a file that is not there is missing", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        assert.strictEqual(yield* reasonOf(files.readText(`${folder}/nothing.txt`, 100)), "missing")
        assert.isFalse(yield* files.exists(`${folder}/nothing.txt`))
      })
    )

    it.effect("text may have as many bytes as are allowed, and not one more", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/ten.txt`
        yield* save(path, bytesOf("ten bytes!"), false)
        assert.strictEqual(yield* files.readText(path, 10), "ten bytes!")
        assert.strictEqual(yield* reasonOf(files.readText(path, 9)), "too_large")
        yield* save(`${folder}/empty.txt`, new Uint8Array(), false)
        assert.strictEqual(yield* files.readText(`${folder}/empty.txt`, 0), "")
      })
    )

    it.effect("text is UTF-8 or it is none", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        yield* save(`${folder}/utf8.txt`, bytesOf("“鷺” 🪶\n"), false)
        assert.strictEqual(yield* files.readText(`${folder}/utf8.txt`, 100), "“鷺” 🪶\n")
        yield* save(`${folder}/latin1.txt`, new Uint8Array([0x66, 0xfc, 0x72]), false)
        assert.strictEqual(yield* reasonOf(files.readText(`${folder}/latin1.txt`, 100)), "not_text")
      })
    )

    it.effect("a file has as many bytes as are allowed, and not one more, whatever they are", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/bytes.bin`
        const content = new Uint8Array(Array.from({ length: 700_001 }, (_, index) => (index * 7) % 256))
        yield* save(path, content, false)
        assert.isTrue(Buffer.from(yield* files.readBytes(path, content.length)).equals(content))
        assert.strictEqual(yield* reasonOf(files.readBytes(path, content.length - 1)), "too_large")
        yield* save(`${folder}/no-bytes.bin`, new Uint8Array(), false)
        assert.strictEqual((yield* files.readBytes(`${folder}/no-bytes.bin`, 0)).length, 0)
      })
    )

    it.effect("an opened file says how long it is, shows its head, and comes as often as it is asked for", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        const path = `${folder}/opened.bin`
        const content = new Uint8Array(Array.from({ length: 700_001 }, (_, index) => (index * 11) % 256))
        yield* save(path, content, false)
        const { body, bytes, head } = yield* files.open(path, content.length)
        assert.strictEqual(bytes, content.length)
        assert.deepStrictEqual([...(yield* head(3))], [...content.subarray(0, 3)])
        assert.strictEqual((yield* head(1_000_000)).length, content.length)
        for (const _ of [1, 2]) {
          const chunks = yield* Stream.runCollect(body)
          assert.isTrue(Buffer.concat([...chunks]).equals(content))
        }
        yield* save(`${folder}/opened-empty.bin`, new Uint8Array(), false)
        const empty = yield* files.open(`${folder}/opened-empty.bin`, 0)
        assert.deepStrictEqual([empty.bytes, (yield* Stream.runCollect(empty.body)).length], [0, 0])
        assert.strictEqual(yield* reasonOf(files.open(path, content.length - 1)), "too_large")
      }).pipe(Effect.scoped)
    )

    it.effect("a folder or nothing has no bytes", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        yield* save(`${folder}/byte-folder/file.bin`, bytesOf("x"), false)
        const ways: ReadonlyArray<(path: string) => Effect.Effect<void, LocalFileFailed, Scope.Scope>> = [
          (path) => Effect.asVoid(files.readBytes(path, 100)),
          (path) => Effect.asVoid(files.open(path, 100))
        ]
        for (const read of ways) {
          assert.strictEqual(yield* reasonOf(read(`${folder}/byte-folder`)), "not_a_file")
          assert.strictEqual(yield* reasonOf(read(`${folder}/nothing.bin`)), "missing")
        }
      }).pipe(Effect.scoped)
    )

    it.effect("- is standard input", () =>
      Effect.gen(function* () {
        const files = yield* LocalFiles
        assert.strictEqual(yield* files.readText("-", 100), "from a pipe")
        assert.strictEqual(yield* reasonOf(files.readText("-", 5)), "too_large")
        assert.deepStrictEqual(Buffer.from(yield* files.readBytes("-", 100)), Buffer.from("from a pipe"))
        assert.strictEqual(yield* reasonOf(files.readBytes("-", 5)), "too_large")
      })
    )
  })
