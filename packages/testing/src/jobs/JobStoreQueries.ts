import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"
import { type JobQuery, JobStore } from "@image-skill/core/jobs/JobStore"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { job } from "./JobSample.ts"

/** A minute of the day of the samples. */
const minute = (count: number): string => `2026-01-02T03:${`${count}`.padStart(2, "0")}:00.000Z`

/** What is asked of many rows, and the wish to stop one. */
export const queries = <E>(name: string, layer: Layer.Layer<JobStore, E>): void =>
  it.layer(layer)(`JobStore queries (${name})`, (it) => {
    it.effect("a wish to stop is written whoever works on the job, and the first one counts", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const wanted = job("stop")
        yield* jobs.insert(wanted)
        yield* jobs.claim(wanted.id, "worker", minute(5), minute(6))
        yield* jobs.requestCancel(wanted.id, minute(7))
        yield* jobs.requestCancel(wanted.id, minute(8))
        const row = Option.getOrThrow(yield* jobs.find(wanted.organizationId, wanted.id))
        assert.deepStrictEqual(row, {
          ...wanted,
          owner: "worker",
          dueAt: minute(6),
          cancelRequestedAt: minute(7)
        })
      })
    )

    it.effect("a wish to stop a job that never was changes nothing", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        yield* jobs.requestCancel("job_never_was", minute(1))
        assert.isTrue(Option.isNone(yield* jobs.find(job("x").organizationId, "job_never_was")))
      })
    )

    it.effect("jobs are listed newest first, page by page, each once, for their organization only", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const organizationId = OrganizationId.make("org_pages")
        // Two of them were made in the same moment.
        const times = [3, 1, 2, 2, 5]
        yield* Effect.forEach(times, (time, index) =>
          jobs.insert(job(`page_${index}`, { organizationId, createdAt: minute(time) }))
        )
        yield* jobs.insert(job("page_foreign", { organizationId: OrganizationId.make("org_other_pages") }))
        const page = listed(organizationId)
        const first = yield* page({ limit: 2 })
        assert.deepStrictEqual(first, ["job_page_4", "job_page_0"])
        const second = yield* page({ limit: 2, before: "job_page_0" })
        assert.deepStrictEqual(second, ["job_page_3", "job_page_2"])
        assert.deepStrictEqual(yield* page({ limit: 1, before: "job_page_3" }), ["job_page_2"])
        assert.deepStrictEqual(yield* page({ limit: 9, before: "job_page_2" }), ["job_page_1"])
        assert.deepStrictEqual(yield* page({ before: "job_page_1" }), [])
        assert.deepStrictEqual(yield* page({ before: "job_never_was" }), [])
        assert.deepStrictEqual(yield* page({ before: "job_page_foreign" }), [])
      })
    )

    it.effect("jobs of one status are listed; a page begins after a job of any other", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const organizationId = OrganizationId.make("org_statuses")
        const statuses = ["completed", "failed", "completed", "canceled", "planned", "completed"] as const
        yield* Effect.forEach(statuses, (status, index) =>
          jobs.insert(job(`status_${index}`, { organizationId, status, step: "ended", createdAt: minute(index) }))
        )
        const page = listed(organizationId)
        const completed = { status: "completed" } as const
        assert.deepStrictEqual(yield* page(completed), ["job_status_5", "job_status_2", "job_status_0"])
        assert.deepStrictEqual(yield* page({ ...completed, limit: 1, before: "job_status_3" }), ["job_status_2"])
        assert.deepStrictEqual(yield* page({ status: "canceled" }), ["job_status_3"])
        assert.deepStrictEqual(yield* page({ status: "running" }), [])
        assert.strictEqual((yield* page({})).length, 6)
      })
    )

    it.effect("jobs that were started since then are counted, of one kind and one organization", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const organizationId = OrganizationId.make("org_counts")
        const upload = (count: number, change: Partial<Job> = {}) =>
          jobs.insert(
            job(`count_${count}`, { organizationId, operation: "upload", createdAt: minute(count), ...change })
          )
        yield* upload(1)
        yield* upload(2)
        yield* upload(3, { status: "failed", step: "ended" })
        yield* upload(4, { operation: "create" })
        yield* upload(5, { organizationId: OrganizationId.make("org_other_counts") })
        const count = (since: number) => jobs.countSince(organizationId, "upload", minute(since))
        assert.deepStrictEqual(yield* Effect.all([count(0), count(2), count(3), count(4)]), [3, 2, 1, 0])
        assert.strictEqual(yield* jobs.countSince(organizationId, "create", minute(0)), 1)
        assert.strictEqual(yield* jobs.countSince(organizationId, "edit", minute(0)), 0)
        const first = (since: number) => jobs.firstSince(organizationId, "upload", minute(since))
        assert.deepStrictEqual(yield* Effect.all([first(0), first(2), first(3), first(4)]), [
          minute(1),
          minute(2),
          minute(3),
          null
        ])
      })
    )

    it.effect("jobs that ended like this one are found newest end first, of its agent and request only", () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore
        const agentId = AgentId.make("agt_alike")
        const fingerprint = "a".repeat(64)
        const ended = (count: number, end: number | null, change: Partial<Job> = {}) =>
          jobs.insert(
            job(`alike_${count}`, {
              agentId,
              fingerprint,
              status: "failed",
              step: "ended",
              endedAt: end === null ? null : minute(end),
              ...change
            })
          )
        yield* ended(1, 9)
        yield* ended(2, 3)
        yield* ended(3, 7, { status: "completed" })
        yield* ended(4, 8, { fingerprint: "b".repeat(64) })
        yield* ended(5, 8, { agentId: AgentId.make("agt_unlike") })
        // A plan ends nothing, and what is still going on has not ended.
        yield* ended(6, null, { status: "planned" })
        yield* ended(7, null, { status: "running", step: "polling" })
        const alike = (since: number, limit: number) =>
          Effect.map(jobs.endedLike(agentId, fingerprint, minute(since), limit), (rows) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* alike(0, 9), ["job_alike_1", "job_alike_3", "job_alike_2"])
        assert.deepStrictEqual(yield* alike(7, 9), ["job_alike_1", "job_alike_3"])
        assert.deepStrictEqual(yield* alike(0, 1), ["job_alike_1"])
        assert.deepStrictEqual(yield* alike(10, 9), [])
      })
    )
  })

/** The ids of a page. */
const listed = (organizationId: OrganizationId) => (query: Partial<JobQuery>) =>
  Effect.flatMap(JobStore, (jobs) =>
    Effect.map(jobs.list(organizationId, { limit: 20, before: null, status: null, ...query }), (rows) =>
      rows.map(({ id }) => id)
    )
  )
