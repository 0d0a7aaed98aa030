import { assert, describe, it } from "@effect/vitest"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { temporaryFolder } from "../Folder.ts"
import { serviceOver, stores } from "./Composition.ts"

/** An agent with 50 credits, over SQLite; a picture of the painter costs 9. */
const deployed = <A, E>(
  test: (
    token: Redacted.Redacted,
    organizationId: OrganizationId
  ) => Effect.Effect<A, E, ServiceApi | LedgerStore | PolicyDesk | Effect.Services<typeof brokenBooks>>
) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const provider = yield* FakeMediaProvider.make()
    return yield* Effect.gen(function* () {
      const api = yield* ServiceApi
      const { envelope } = yield* api.signup({ agentName: "painter", runtime: "test", returnToken: true })
      return yield* test(
        Redacted.make(textField(envelope.data, "token")),
        OrganizationId.make(textField(envelope.data, "organization_id"))
      )
    }).pipe(Effect.provide(serviceOver(stores(folder), provider)))
  })

const create = (prompt: string, token: Redacted.Redacted) =>
  Effect.flatMap(ServiceApi, (api) => api.create({ prompt, model: "fake.painter", aspectRatio: "1:1" }, token))

describe("a spend policy over SQLite", () => {
  it.live("a daily cap is never exceeded by twenty creates at once", () =>
    deployed((token, organizationId) =>
      Effect.gen(function* () {
        yield* Effect.flatMap(PolicyDesk, (desk) => desk.setAsOwner(organizationId, { maxCreditsPerDay: 30 }))
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, (_, index) => create(`boat ${index}`, token)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(({ envelope }) => envelope.ok).length, 3)
        assert.isAtMost(yield* Effect.flatMap(LedgerStore, (ledger) => ledger.heldSince(null, "0")), 30)
        assert.deepStrictEqual(yield* brokenBooks, [])
      })
    )
  )

  it.live("one approval lets one of six equal creates pass", () =>
    deployed((token, organizationId) =>
      Effect.gen(function* () {
        const desk = yield* PolicyDesk
        yield* desk.setAsOwner(organizationId, { maxCreditsPerCall: 8 })
        const { envelope } = yield* create("boat", token)
        const id = /appr_[0-9a-z]+/u.exec(JSON.stringify(envelope.error))?.[0] ?? ""
        assert.strictEqual((yield* desk.decide(id, organizationId, "approved"))._tag, "Decided")
        const answers = yield* Effect.all(
          Array.from({ length: 6 }, () => create("boat", token)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(({ envelope: { ok } }) => ok).length, 1)
        assert.strictEqual(yield* Effect.flatMap(LedgerStore, (ledger) => ledger.heldSince(null, "0")), 9)
        assert.deepStrictEqual(yield* brokenBooks, [])
      })
    )
  )
})
