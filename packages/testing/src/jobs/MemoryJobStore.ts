import type { Job } from "@image-skill/core/jobs/Job"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<JobStore, never, MemoryStore> = Layer.effect(
  JobStore,
  Effect.map(MemoryStore, ({ cell }) => {
    const jobs = cell<ReadonlyArray<Job>>([])

    /** Changes the row with this id if `allows` it as it is; says whether it did. */
    const change = (id: string, allows: (row: Job) => boolean, next: (row: Job) => Job) =>
      jobs.modify((all) => {
        const row = all.find((job) => job.id === id)
        if (row === undefined || !allows(row)) return Result.succeed([Option.none<Job>(), all])
        const changed = next(row)
        const others = all.filter((job) => job.id !== id)
        if (others.some(holdsKeyOf(changed))) return conflict("the key")
        return Result.succeed([Option.some(changed), all.map((job) => (job.id === id ? changed : job))])
      })
    const changed = (...input: Parameters<typeof change>) => Effect.map(change(...input), Option.isSome)

    return JobStore.of({
      insert: (job) =>
        jobs.modify((all) =>
          all.some((other) => other.id === job.id || holdsKeyOf(job)(other))
            ? conflict("the job")
            : Result.succeed([undefined, [...all, job]])
        ),
      find: (organizationId, id) =>
        Effect.map(jobs.get, (all) =>
          Array.findFirst(all, (job) => job.id === id && job.organizationId === organizationId)
        ),
      findByKey: (agentId, operation, idempotencyKey) =>
        Effect.map(jobs.get, (all) =>
          Array.findFirst(all, holdsKeyOf({ agentId, operation, idempotencyKey, keyActive: true }))
        ),
      claim: (id, owner, now, until) =>
        change(
          id,
          (row) => row.step !== "ended" && (row.owner === null || row.dueAt <= now),
          (row) => ({ ...row, owner, dueAt: until })
        ),
      renew: (id, owner, until) => changed(id, isHeldBy(owner), (row) => ({ ...row, dueAt: until })),
      release: (id, owner, dueAt) =>
        Effect.asVoid(change(id, isHeldBy(owner), (row) => ({ ...row, owner: null, dueAt }))),
      update: (job, owner) =>
        changed(job.id, isHeldBy(owner), (row) => ({
          ...job,
          dueAt: job.owner === row.owner ? row.dueAt : job.dueAt,
          cancelRequestedAt: row.cancelRequestedAt ?? job.cancelRequestedAt
        })),
      reopen: (job) =>
        changed(
          job.id,
          (row) => row.step === "ended",
          () => job
        ),
      requestCancel: (id, at) =>
        Effect.asVoid(
          change(
            id,
            ({ cancelRequestedAt }) => cancelRequestedAt === null,
            (row) => ({ ...row, cancelRequestedAt: at })
          )
        ),
      list: (organizationId, { before, limit, status }) =>
        Effect.map(jobs.get, (all) => {
          const mine = all.filter((job) => job.organizationId === organizationId).toSorted(newestFirst)
          const start = before === null ? 0 : mine.findIndex(({ id }) => id === before) + 1
          if (before !== null && start === 0) return []
          return mine
            .slice(start)
            .filter((job) => status === null || job.status === status)
            .slice(0, limit)
        }),
      countSince: (organizationId, operation, since) =>
        Effect.map(
          jobs.get,
          (all) =>
            all.filter(
              (job) => job.organizationId === organizationId && job.operation === operation && job.createdAt >= since
            ).length
        ),
      firstSince: (organizationId, operation, since) =>
        Effect.map(
          jobs.get,
          (all) =>
            all
              .filter(
                (job) => job.organizationId === organizationId && job.operation === operation && job.createdAt >= since
              )
              .map(({ createdAt }) => createdAt)
              .toSorted()[0] ?? null
        ),
      endedLike: (agentId, fingerprint, since, limit) =>
        Effect.map(jobs.get, (all) =>
          all
            .filter(
              (job) =>
                job.agentId === agentId &&
                job.fingerprint === fingerprint &&
                job.step === "ended" &&
                (job.endedAt ?? "") >= since
            )
            .toSorted((left, right) => order(right.endedAt ?? "", left.endedAt ?? "") || order(right.id, left.id))
            .slice(0, limit)
        ),
      due: (now, limit) =>
        Effect.map(jobs.get, (all) =>
          all
            .filter((job) => job.step !== "ended" && job.dueAt <= now)
            .toSorted((left, right) => (left.dueAt < right.dueAt ? -1 : 1))
            .slice(0, limit)
        )
    })
  })
)

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const newestFirst = (left: Job, right: Job): number =>
  order(right.createdAt, left.createdAt) || order(right.id, left.id)

const isHeldBy = (owner: string) => (row: Job) => row.owner === owner

const holdsKeyOf =
  (job: Pick<Job, "agentId" | "operation" | "idempotencyKey" | "keyActive">) =>
  (other: Job): boolean =>
    job.keyActive && other.keyActive && job.idempotencyKey !== null && keyOf(other) === keyOf(job)

const keyOf = ({ agentId, idempotencyKey, operation }: Pick<Job, "agentId" | "operation" | "idempotencyKey">) =>
  `${agentId} ${operation} ${idempotencyKey}`
