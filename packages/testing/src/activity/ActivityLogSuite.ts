import { assert, it } from "@effect/vitest"
import { activityTypes, noLinks } from "@image-skill/core/activity/ActivityEvent"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Struct from "effect/Struct"
import { event } from "./EventSample.ts"

const paymentLinks = {
  quoteId: "quote_linked",
  paymentAttemptId: "payatt_linked",
  checkoutSessionId: "session_linked",
  receiptId: "receipt_linked",
  creditEventId: "credit_event_linked",
  paymentReversalId: "reversal_linked"
}

const everything = { reference: null, limit: 100, after: null }

/** The contract every `ActivityLog` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<ActivityLog, E>): void =>
  it.layer(layer)(`ActivityLog (${name})`, (it) => {
    it.effect("an event is read as it was written", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_fidelity")
        const full = event("full", {
          organizationId,
          type: "usage.credit_consumed",
          operation: "usage",
          subject: { type: "usage", id: "usage_1" },
          links: { jobId: "job_1", assetIds: ["image_1", "image_2"], usageEventId: "usage_1" },
          cost: { estimatedUsd: 0.0725, credits: 12 },
          details: { nested: { list: [1, "two", null, true] }, text: "ünïcode “quoted”" }
        })
        const paid = event("paid", {
          organizationId,
          type: "credits.payment_backed_refunded",
          operation: "credits",
          subject: { type: "credit", id: "credit_event_1" },
          links: { ...noLinks, ...paymentLinks }
        })
        const plain = event("plain", { organizationId, cost: { estimatedUsd: null, credits: 0 } })
        for (const written of [full, paid, plain]) yield* log.append(written)
        assert.deepStrictEqual(yield* log.list({ organizationId, ...everything }), [plain, paid, full])
      })
    )

    it.effect("events come newest first, by the order in which they were written", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_order")
        yield* writeMany(organizationId, ["a", "b", "c"])
        yield* log.append(event("clock_went_back", { organizationId, occurredAt: "2020-01-01T00:00:00.000Z" }))
        assert.deepStrictEqual(idsOf(yield* log.list({ organizationId, ...everything })), [
          "evt_clock_went_back",
          "evt_c",
          "evt_b",
          "evt_a"
        ])
      })
    )

    it.effect("pages follow one another without gaps or repetitions", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_pages")
        const names = Array.from({ length: 7 }, (_, index) => `page_${index}`)
        yield* writeMany(organizationId, names)
        const pages: Array<ReadonlyArray<string>> = []
        let after: string | null = null
        do {
          const page: ReadonlyArray<string> = idsOf(
            yield* log.list({ organizationId, reference: null, limit: 3, after })
          )
          pages.push(page)
          after = page.at(-1) ?? null
        } while (after !== null)
        assert.deepStrictEqual(
          pages.map((page) => page.length),
          [3, 3, 1, 0]
        )
        assert.deepStrictEqual(pages.flat(), names.map((page) => `evt_${page}`).toReversed())
      })
    )

    it.effect("an event is found by everything it refers to", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_references")
        const links = {
          jobId: "job_linked",
          assetIds: ["image_left", "image_right"],
          usageEventId: "usage_linked",
          feedbackId: "sig_linked",
          ...paymentLinks
        }
        const subject = { type: "feedback", id: "feedback_subject" } as const
        yield* log.append(event("linked", { organizationId, traceId: "trace_linked", subject, links }))
        yield* writeMany(organizationId, ["unlinked"])
        const references = [
          "evt_linked",
          "trace_linked",
          "job_linked",
          "image_left",
          "image_right",
          "usage_linked",
          "feedback_subject",
          "sig_linked",
          ...Object.values(paymentLinks)
        ]
        for (const reference of references) {
          assert.deepStrictEqual(
            idsOf(yield* log.list({ organizationId, reference, limit: 10, after: null })),
            ["evt_linked"],
            reference
          )
        }
      })
    )

    it.effect("the events of one reference come newest first, in pages", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_trace")
        for (const part of ["one", "two", "three"]) {
          yield* log.append(event(`of_trace_${part}`, { organizationId, traceId: "trace_shared" }))
          yield* log.append(event(`beside_${part}`, { organizationId }))
        }
        const list = (limit: number, after: string | null) =>
          log.list({ organizationId, reference: "trace_shared", limit, after })
        assert.deepStrictEqual(idsOf(yield* list(2, null)), ["evt_of_trace_three", "evt_of_trace_two"])
        assert.deepStrictEqual(idsOf(yield* list(2, "evt_of_trace_two")), ["evt_of_trace_one"])
      })
    )

    it.effect("an unknown reference, or an unknown end of the page before, gives nothing", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_unknown")
        yield* writeMany(organizationId, ["known"])
        assert.deepStrictEqual(yield* log.list({ organizationId, ...everything, reference: "job_unknown" }), [])
        assert.deepStrictEqual(yield* log.list({ organizationId, ...everything, after: "evt_unknown" }), [])
      })
    )

    it.effect("another organization sees nothing, whatever it names", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const organizationId = OrganizationId.make("org_owner")
        const stranger = OrganizationId.make("org_stranger")
        yield* writeMany(stranger, ["own"])
        yield* writeMany(organizationId, ["private"])
        assert.deepStrictEqual(idsOf(yield* log.list({ organizationId: stranger, ...everything })), ["evt_own"])
        for (const reference of ["evt_private", "trace_private", "job_private"]) {
          assert.deepStrictEqual(yield* log.list({ organizationId: stranger, ...everything, reference }), [])
        }
        assert.deepStrictEqual(yield* log.list({ organizationId: stranger, ...everything, after: "evt_private" }), [])
      })
    )

    it.effect("the events that tell of credits are told for all organizations at once", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        const types = Struct.keys(activityTypes).filter(
          (type) => type === "usage.credit_consumed" || type.startsWith("credits.")
        )
        const written = types.map((type) =>
          event(type, { organizationId: OrganizationId.make(`org_of_${type}`), type })
        )
        yield* Effect.forEach(written, log.append, { discard: true })
        yield* log.append(event("no_usage"))
        yield* log.append(event("no_credits", { type: "payment.checkout_session.created" }))
        const told = yield* log.ofCredits
        assert.isTrue(told.every(({ type }) => types.includes(type)))
        assert.deepStrictEqual(
          told.filter(({ id }) => written.some((other) => other.id === id)),
          written
        )
      })
    )

    it.effect("an event is written once", () =>
      Effect.gen(function* () {
        const log = yield* ActivityLog
        yield* log.append(event("once"))
        const failure = yield* Effect.flip(log.append(event("once")))
        assert.strictEqual(failure.reason, "conflict")
      })
    )
  })

const writeMany = (organizationId: OrganizationId, names: ReadonlyArray<string>) =>
  Effect.flatMap(ActivityLog, (log) =>
    Effect.forEach(names, (name) => log.append(event(name, { organizationId })), { discard: true })
  )

const idsOf = (events: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => events.map(({ id }) => id)
