import { assert, describe, it } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Feedback } from "@image-skill/core/feedback/Feedback"
import { FeedbackHandOver } from "@image-skill/core/feedback/FeedbackHandOver"
import { FeedbackQueue, type QueueOutcome, QueueUnreachable } from "@image-skill/core/feedback/FeedbackQueue"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import { StoreUnavailable } from "@image-skill/core/store/Store"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { feedback, promoted } from "@image-skill/testing/feedback/FeedbackSample"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"

type Answer = QueueOutcome | QueueUnreachable | "dies"

/** A queue that answers as it is told, the last answer again and again, and remembers what it was asked. */
const queue = (mode: QueueOutcome["mode"] | null, ...answers: ReadonlyArray<Answer>) => {
  const asked: Array<string> = []
  const layer = Layer.sync(FeedbackQueue, () =>
    FeedbackQueue.of({
      mode,
      handOver: ({ id }) =>
        Effect.suspend(() => {
          const answer = answers[Math.min(asked.push(id), answers.length) - 1] ?? "dies"
          if (answer === "dies") return Effect.die("the process is gone")
          return answer instanceof QueueUnreachable ? Effect.fail(answer) : Effect.succeed(answer)
        })
    })
  )
  return { asked, layer }
}

const over = <E>(layer: Layer.Layer<FeedbackQueue, E>) =>
  FeedbackHandOver.layer.pipe(
    Layer.provide(layer),
    Layer.provideMerge(MemoryRepositories.layer),
    Layer.provideMerge(Layer.merge(CountingIds.layer, CountingSecretBytes.layer))
  )

const given = (...all: ReadonlyArray<Feedback>) =>
  Effect.flatMap(FeedbackStore, (rows) => Effect.forEach(all, rows.insert, { discard: true }))

const sweep = Effect.flatMap(FeedbackHandOver, (handOver) => handOver.sweep(10))

const eventsOf = ({ organizationId }: Feedback) =>
  Effect.map(
    Effect.flatMap(ActivityLog, (log) => log.list({ organizationId, reference: null, limit: 100, after: null })),
    (events) =>
      events.map(({ details, links, status, subject, traceId, type }) => ({
        details,
        links,
        status,
        subject,
        traceId,
        type
      }))
  )

const told = ({ id, requestTraceId }: Feedback, details: Schema.JsonObject) => ({
  type: "feedback.github_queue.processed" as const,
  status: typeof details["state"] === "string" ? details["state"] : "",
  subject: { type: "feedback" as const, id },
  traceId: requestTraceId,
  links: { jobId: null, assetIds: [], usageEventId: null, feedbackId: id },
  details: { github_queue: details }
})

const wire = {
  state: "promoted",
  reason: "new_actionable_signal",
  issue_urls: ["https://github.com/acme/reports/issues/12"],
  issue_numbers: [12],
  mode: "live",
  github_mutation: "issue_created"
}

const kept = { issue_urls: [], issue_numbers: [], mode: "live", github_mutation: "none" }

describe("FeedbackHandOver", () => {
  it.effect("a report is handed over once, and the event says how it ended", () => {
    const { asked, layer } = queue("live", promoted)
    const report = feedback("one")
    return Effect.gen(function* () {
      yield* given(report)
      assert.deepStrictEqual([yield* sweep, yield* sweep], [1, 0])
      assert.deepStrictEqual(asked, [report.id])
      assert.deepStrictEqual(yield* eventsOf(report), [told(report, wire)])
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("without a queue nothing is handed over and nothing is written", () => {
    const report = feedback("none")
    return Effect.gen(function* () {
      yield* given(report)
      assert.strictEqual(yield* sweep, 0)
      assert.deepStrictEqual(yield* eventsOf(report), [])
      const rows = yield* FeedbackStore
      assert.isTrue(Option.isSome(yield* rows.take("2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.000Z")))
    }).pipe(Effect.provide(over(FeedbackQueue.none)))
  })

  it.effect("what is not for the queue is kept back without asking it", () => {
    const { asked, layer } = queue("live", promoted)
    const cases: ReadonlyArray<readonly [state: string, reason: string, report: Feedback]> = [
      ["blocked", "possible_secret", feedback("secret", { cuts: [{ field: "body", kind: "token" }] })],
      ["skipped", "closed_by_reporter", feedback("closed", { nextState: "close" })],
      ["skipped", "weak_signal", feedback("weak", { weaknesses: 3 })],
      ["skipped", "nothing_to_do", feedback("fine", { type: "success_with_friction", severity: "low" })]
    ]
    const passed = [
      feedback("usable", { weaknesses: 2 }),
      feedback("allowed", { weaknesses: 9, allowsWeakSignal: true }),
      feedback("urgent", { weaknesses: 9, severity: "critical" }),
      feedback("asked", { weaknesses: 9, nextState: "promote" })
    ]
    return Effect.gen(function* () {
      yield* given(...cases.map(([, , report]) => report), ...passed)
      assert.strictEqual(yield* sweep, 8)
      for (const [state, reason, report] of cases) {
        assert.deepStrictEqual(yield* eventsOf(report), [told(report, { state, reason, ...kept })])
      }
      assert.deepStrictEqual(
        asked,
        passed.map(({ id }) => id)
      )
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("a queue that does not answer is asked again later, and holds nobody else up", () => {
    const { asked, layer } = queue("live", new QueueUnreachable({ reason: "http_503" }), promoted)
    const [late, next] = [feedback("late"), feedback("next")]
    return Effect.gen(function* () {
      yield* given(late, next)
      assert.strictEqual(yield* sweep, 1)
      assert.deepStrictEqual([yield* eventsOf(late), yield* eventsOf(next)], [[], [told(next, wire)]])
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* sweep, 1)
      assert.deepStrictEqual(yield* eventsOf(late), [told(late, wire)])
      assert.deepStrictEqual(asked, [late.id, next.id, late.id])
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("a queue that never answers blocks the report after an hour", () => {
    const { asked, layer } = queue("live", new QueueUnreachable({ reason: "http_503" }))
    const report = feedback("never")
    return Effect.gen(function* () {
      yield* given(report)
      for (let minute = 0; minute < 70; minute += 2) {
        yield* sweep
        yield* TestClock.adjust("2 minutes")
      }
      assert.strictEqual(asked.length, 30)
      assert.deepStrictEqual(yield* eventsOf(report), [told(report, { state: "blocked", reason: "http_503", ...kept })])
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("a crash before the queue's answer is made up for once the report is free again", () => {
    const found: QueueOutcome = { ...promoted, state: "already_mirrored", reason: "found", githubMutation: "none" }
    const { asked, layer } = queue("live", "dies", found)
    const report = feedback("crash")
    return Effect.gen(function* () {
      yield* given(report)
      assert.isTrue(Exit.hasDies(yield* Effect.exit(sweep)))
      assert.deepStrictEqual([yield* sweep, yield* eventsOf(report)], [0, []], "somebody may still be at it")
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* sweep, 1)
      assert.strictEqual(asked.length, 2)
      assert.deepStrictEqual(
        (yield* eventsOf(report)).map(({ status }) => status),
        ["already_mirrored"]
      )
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("whoever is overtaken while the queue took its time writes no second event", () => {
    const report = feedback("slow")
    return Effect.gen(function* () {
      const answered = yield* Deferred.make<QueueOutcome>()
      let asked = 0
      const slow = Layer.sync(FeedbackQueue, () =>
        FeedbackQueue.of({
          mode: "live",
          handOver: () =>
            Effect.suspend(() => {
              asked += 1
              return asked === 1 ? Deferred.await(answered) : Effect.succeed(promoted)
            })
        })
      )
      yield* Effect.gen(function* () {
        yield* given(report)
        const first = yield* Effect.forkChild(sweep)
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(yield* sweep, 1)
        yield* Deferred.succeed(answered, promoted)
        yield* Fiber.join(first)
        assert.strictEqual(asked, 2)
        assert.deepStrictEqual(yield* eventsOf(report), [told(report, wire)])
      }).pipe(Effect.provide(over(slow)))
    })
  })

  it.effect("an event that cannot be written leaves the hand-over open, and is written by the next one", () => {
    const { layer } = queue("live", promoted)
    const report = feedback("torn")
    let isBroken = true
    const full = new StoreUnavailable({ reason: "full", message: "the disk is full" })
    const torn = Layer.effect(
      ActivityLog,
      Effect.map(ActivityLog, (log) =>
        ActivityLog.of({ ...log, append: (event) => (isBroken ? Effect.fail(full) : log.append(event)) })
      )
    )
    return Effect.gen(function* () {
      yield* given(report)
      assert.deepStrictEqual(yield* Effect.flip(sweep), full)
      const rows = yield* FeedbackStore
      assert.deepStrictEqual(yield* rows.outcome(report.id), Option.none())
      isBroken = false
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* sweep, 1)
      assert.deepStrictEqual(yield* eventsOf(report), [told(report, wire)])
    }).pipe(
      Effect.provide(
        FeedbackHandOver.layer.pipe(
          Layer.provide(layer),
          Layer.provideMerge(Layer.provideMerge(torn, MemoryRepositories.layer)),
          Layer.provideMerge(Layer.merge(CountingIds.layer, CountingSecretBytes.layer))
        )
      )
    )
  })
})
