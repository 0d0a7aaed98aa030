import { assert, it } from "@effect/vitest"
import { Ids } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { mint } from "@image-skill/core/identity/Token"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import * as IdsSuite from "@image-skill/testing/envelope/IdsSuite"
import * as SecretBytesSuite from "@image-skill/testing/envelope/SecretBytesSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

IdsSuite.suite("counting", CountingIds.layer)
IdsSuite.suite("from counting bytes", Layer.provide(Ids.layer, CountingSecretBytes.layer))
SecretBytesSuite.suite("counting", CountingSecretBytes.layer)

it.effect("ids count up, each kind by itself", () =>
  Effect.gen(function* () {
    const ids = yield* Ids
    const made = yield* Effect.all([
      ids.next("job"),
      ids.next("job"),
      ids.next("evt"),
      ids.trace,
      ids.hex(4),
      ids.hex(4)
    ])
    assert.deepStrictEqual(made, [
      "job_00000000000000000001",
      "job_00000000000000000002",
      "evt_00000000000000000001",
      "trace_0000000000000001",
      "0001",
      "0002"
    ])
  }).pipe(Effect.provide(CountingIds.layer))
)

it.effect("tokens count up too", () =>
  Effect.gen(function* () {
    const secret = yield* SecretBytes
    assert.strictEqual(Redacted.value(yield* mint), `isk_r_${"1".padStart(32, "0")}`)
    yield* secret.bytes(1)
    assert.strictEqual(Redacted.value(yield* mint), `isk_r_${"3".padStart(32, "0")}`)
  }).pipe(Effect.provide(CountingSecretBytes.layer))
)
