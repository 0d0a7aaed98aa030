import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { fullJob, job } from "./JobSample.ts"
import { queries } from "./JobStoreQueries.ts"

/** A time on the day of the samples. */
const at = (time: string): string => `2026-01-02T${time}.000Z`

/** The contract every `JobStore` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<JobStore, E>): void => {
  it.layer(layer)(`JobStore (${name})`, (it) => {
    it.effect("a job is found by its organization, as it was written", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        for (const written of [job("plain"), fullJob("full")]) {
          yield* jobs.insert(written)
          assert.deepStrictEqual(yield* jobs.find(written.organizationId, written.id), Option.some(written))
        }
      })
    )

    it.effect("a job of another organization is as unknown as one that never was", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const owned = job("owned")
        yield* jobs.insert(owned)
        assert.deepStrictEqual(yield* jobs.find(OrganizationId.make("org_stranger"), owned.id), Option.none())
        assert.deepStrictEqual(yield* jobs.find(owned.organizationId, "job_never_was"), Option.none())
      })
    )

    it.effect("a job is found by its active key, for its agent only", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const keyed = job("keyed", { idempotencyKey: "key_find", keyActive: true })
        yield* jobs.insert(keyed)
        assert.deepStrictEqual(yield* jobs.findByKey(keyed.agentId, "create", "key_find"), Option.some(keyed))
        assert.deepStrictEqual(yield* jobs.findByKey(AgentId.make("agt_other"), "create", "key_find"), Option.none())
        assert.deepStrictEqual(yield* jobs.findByKey(keyed.agentId, "create", "key_unknown"), Option.none())
      })
    )

    it.effect("a key in use is a conflict, and the second job is not written", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const first = job("holder", { idempotencyKey: "key_taken", keyActive: true })
        const second = job("rival", { idempotencyKey: "key_taken", keyActive: true })
        yield* jobs.insert(first)
        const failure = yield* Effect.flip(jobs.insert(second))
        assert.strictEqual(failure.reason, "conflict")
        assert.deepStrictEqual(yield* jobs.find(second.organizationId, second.id), Option.none())
        assert.deepStrictEqual(yield* jobs.findByKey(first.agentId, "create", "key_taken"), Option.some(first))
      })
    )

    it.effect("two agents may use the same key", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        yield* jobs.insert(job("here", { idempotencyKey: "key_common", keyActive: true }))
        const elsewhere = job("there", {
          agentId: AgentId.make("agt_elsewhere"),
          idempotencyKey: "key_common",
          keyActive: true
        })
        yield* jobs.insert(elsewhere)
        assert.deepStrictEqual(yield* jobs.findByKey(elsewhere.agentId, "create", "key_common"), Option.some(elsewhere))
      })
    )

    it.effect("a key that is no longer active may be used again", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const failed = job("failed", { idempotencyKey: "key_freed", keyActive: true })
        yield* jobs.insert(failed)
        const claimed = yield* claim(failed)
        yield* jobs.update({ ...claimed, status: "failed", step: "ended", keyActive: false, owner: null }, "me")
        assert.deepStrictEqual(yield* jobs.findByKey(failed.agentId, "create", "key_freed"), Option.none())
        const next = job("next", { idempotencyKey: "key_freed", keyActive: true })
        yield* jobs.insert(next)
        assert.deepStrictEqual(yield* jobs.findByKey(next.agentId, "create", "key_freed"), Option.some(next))
      })
    )

    it.effect("jobs without a key never collide", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        yield* jobs.insert(job("keyless_1", { keyActive: true }))
        yield* jobs.insert(job("keyless_2", { keyActive: true }))
      })
    )
  })
  leases(name, layer)
  queries(name, layer)
}

/** Who may write a job, and when a sweep finds it. */
const leases = <E>(name: string, layer: Layer.Layer<JobStore, E>): void =>
  it.layer(layer)(`JobStore leases (${name})`, (it) => {
    it.effect("a free job is claimed, and whoever claims it gets it as it is then", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const free = job("free")
        yield* jobs.insert(free)
        const claimed = { ...free, owner: "me", dueAt: at("05:00:00") }
        assert.deepStrictEqual(yield* jobs.claim(free.id, "me", at("04:00:00"), at("05:00:00")), Option.some(claimed))
        assert.deepStrictEqual(yield* jobs.find(free.organizationId, free.id), Option.some(claimed))
      })
    )

    it.effect("a job that somebody holds is not claimed before the lease ends", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const held = job("held")
        yield* jobs.insert(held)
        yield* jobs.claim(held.id, "first", at("04:00:00"), at("04:00:10"))
        const early = yield* jobs.claim(held.id, "second", at("04:00:09"), at("04:00:19"))
        assert.deepStrictEqual(early, Option.none())
        const again = yield* jobs.claim(held.id, "first", at("04:00:09"), at("04:00:19"))
        assert.deepStrictEqual(again, Option.none())
        const late = yield* jobs.claim(held.id, "second", at("04:00:10"), at("04:00:20"))
        assert.deepStrictEqual(
          Option.map(late, ({ owner }) => owner),
          Option.some("second")
        )
      })
    )

    it.effect("a job that has ended, or never was, is not claimed", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const ended = job("ended", { step: "ended", status: "completed" })
        yield* jobs.insert(ended)
        assert.deepStrictEqual(yield* jobs.claim(ended.id, "me", at("04:00:00"), at("05:00:00")), Option.none())
        assert.deepStrictEqual(yield* jobs.claim("job_never_was", "me", at("04:00:00"), at("05:00:00")), Option.none())
      })
    )

    it.effect("of many that claim one job at once, one gets it", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const wanted = job("wanted")
        yield* jobs.insert(wanted)
        const owners = Array.from({ length: 20 }, (_, index) => `owner_${index}`)
        const claims = yield* Effect.forEach(
          owners,
          (owner) => jobs.claim(wanted.id, owner, at("04:00:00"), at("05:00:00")),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(claims.filter(Option.isSome).length, 1)
      })
    )

    it.effect("the owner prolongs its lease, and nobody else does", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const working = job("working")
        yield* jobs.insert(working)
        assert.isFalse(yield* jobs.renew(working.id, "me", at("05:00:00")))
        yield* claim(working)
        assert.isTrue(yield* jobs.renew(working.id, "me", at("06:00:00")))
        assert.isFalse(yield* jobs.renew(working.id, "somebody else", at("09:00:00")))
        assert.strictEqual((yield* get(working)).dueAt, at("06:00:00"))
      })
    )

    it.effect("the owner gives a job back, due when it says", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const parked = job("parked")
        yield* jobs.insert(parked)
        yield* claim(parked)
        yield* jobs.release(parked.id, "somebody else", at("09:00:00"))
        assert.strictEqual((yield* get(parked)).owner, "me")
        yield* jobs.release(parked.id, "me", at("04:30:00"))
        assert.deepStrictEqual(yield* get(parked), { ...parked, owner: null, dueAt: at("04:30:00") })
        assert.isFalse(yield* jobs.renew(parked.id, "me", at("09:00:00")))
      })
    )

    it.effect("the owner writes the row, and somebody who lost the lease does not", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const fenced = job("fenced")
        yield* jobs.insert(fenced)
        const claimed = yield* claim(fenced)
        yield* jobs.claim(fenced.id, "successor", at("06:00:00"), at("07:00:00"))
        const stale: Job = { ...claimed, status: "failed", step: "ended" }
        assert.isFalse(yield* jobs.update(stale, "me"))
        assert.strictEqual((yield* get(fenced)).status, "queued")
        const running: Job = { ...claimed, owner: "successor", status: "running", step: "submitting" }
        assert.isTrue(yield* jobs.update(running, "successor"))
        assert.strictEqual((yield* get(fenced)).status, "running")
      })
    )

    it.effect("everything of the row is written but what makes it this row", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        yield* jobs.insert(job("rewritten"))
        const claimed = yield* claim(job("rewritten"))
        const next: Job = { ...fullJob("rewritten"), owner: claimed.owner, dueAt: claimed.dueAt }
        assert.isTrue(yield* jobs.update(next, "me"))
        assert.deepStrictEqual(yield* get(next), next)
      })
    )

    it.effect("a write that keeps the owner keeps the end of the lease, which may have been prolonged since", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const renewed = job("renewed")
        yield* jobs.insert(renewed)
        const claimed = yield* claim(renewed)
        yield* jobs.renew(renewed.id, "me", at("08:00:00"))
        yield* jobs.update({ ...claimed, status: "running" }, "me")
        assert.strictEqual((yield* get(renewed)).dueAt, at("08:00:00"))
      })
    )

    it.effect("a write that gives the job up sets when it is due", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const waiting = job("waiting")
        yield* jobs.insert(waiting)
        const claimed = yield* claim(waiting)
        yield* jobs.update({ ...claimed, owner: null, dueAt: at("04:20:00") }, "me")
        const row = yield* get(waiting)
        assert.deepStrictEqual([row.owner, row.dueAt], [null, at("04:20:00")])
      })
    )

    it.effect("a job that has ended is reopened once", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const over = job("over", { status: "failed", step: "ended", input: null, endedAt: at("04:00:00") })
        yield* jobs.insert(over)
        const again: Job = { ...over, status: "queued", step: "reserved", endedAt: null, holdId: "hold_again" }
        assert.isTrue(yield* jobs.reopen(again))
        assert.isFalse(yield* jobs.reopen({ ...again, holdId: "hold_twice" }))
        assert.deepStrictEqual(yield* get(over), again)
      })
    )

    it.effect("due are the jobs that have not ended and whose time has come, oldest first, up to the limit", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        yield* jobs.insert(job("due_3", { dueAt: early(3), owner: "dead" }))
        yield* jobs.insert(job("due_1", { dueAt: early(1) }))
        yield* jobs.insert(job("due_2", { dueAt: early(2), step: "retryable", status: "failed" }))
        yield* jobs.insert(job("done", { dueAt: early(1), step: "ended", status: "completed" }))
        yield* jobs.insert(job("not_yet", { dueAt: early(5) }))
        const due = (second: number, limit: number) =>
          Effect.map(jobs.due(early(second), limit), (rows) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* due(3, 10), ["job_due_1", "job_due_2", "job_due_3"])
        assert.deepStrictEqual(yield* due(4, 2), ["job_due_1", "job_due_2"])
        assert.deepStrictEqual(yield* due(0, 10), [])
      })
    )
  })

/** A second long before the samples, so that their jobs are not due yet. */
const early = (second: number): string => `2020-01-01T00:00:0${second}.000Z`

/** Takes a free job for "me", from four to five o'clock. */
const claim = Effect.fnUntraced(function* ({ id }: Job) {
  const jobs = yield* JobStore
  return Option.getOrThrow(yield* jobs.claim(id, "me", at("04:00:00"), at("05:00:00")))
})

const get = Effect.fnUntraced(function* ({ id, organizationId }: Job) {
  const jobs = yield* JobStore
  return Option.getOrThrow(yield* jobs.find(organizationId, id))
})
