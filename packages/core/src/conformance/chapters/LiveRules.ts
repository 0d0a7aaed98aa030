import * as Effect from "effect/Effect"
import { jsonField, textField } from "../../envelope/JsonFields.ts"
import { at, gives, holds, listAt, numberAt, refuses, skip, textAt } from "../Expect.ts"
import { Prober } from "../Prober.ts"
import { type Chapter, must, should } from "../Rule.ts"
import { absent, id, is, like, list, not, object, positive, text, time } from "../Shape.ts"
import { balanceIn, creator, liveAsk, made, quotaNow, spendable } from "../Subjects.ts"

const asset = "data.assets.0"

/** The quota before the first live create, then the create, then the quota. */
const run = Effect.gen(function* () {
  const before = yield* quotaNow(701)
  const heard = yield* made
  return { before, heard, after: yield* quotaNow(702) }
})

const job = Effect.flatMap(made, (heard) => {
  const jobId = textAt(heard, "data.job_id")
  return Effect.map(gives({ path: `/v1/jobs/${jobId}`, as: "agent" }), (shown) => ({ heard, jobId, shown }))
})

const events = Effect.flatMap(made, (heard) =>
  gives({ path: `/v1/activity?subject=${textAt(heard, "data.job_id")}`, as: "agent" })
)

const download = Effect.flatMap(Effect.all([Prober, made]), ([{ fetch }, heard]) => {
  const url = textAt(heard, `${asset}.url`)
  return /^https?:/u.test(url)
    ? Effect.map(fetch(url), (fetched) => ({ fetched, heard, url }))
    : skip(`${url} is no web address`)
})

/** contract/api.md 10.3 */
const registry: ReadonlySet<string> = new Set([
  "job.completed",
  "job.planned",
  "asset.created",
  "asset.uploaded",
  "usage.credit_consumed",
  "feedback.created",
  "feedback.github_queue.processed",
  "payment.checkout_session.created",
  "credits.payment_backed_granted",
  "credits.payment_backed_refunded",
  "credits.payment_backed_disputed",
  "credits.payment_backed_reinstated",
  "credits.payment_backed_reversal_pending",
  "credits.payment_backed_reversal_rejected"
])

const links = [
  "job_id",
  "feedback_id",
  "usage_event_id",
  "quote_id",
  "payment_attempt_id",
  "checkout_session_id",
  "receipt_id",
  "credit_event_id",
  "payment_reversal_id"
]

export const liveRules: Chapter = {
  id: "live",
  title: "A create that runs",
  rules: [
    must(
      "A8.1-completed",
      "A create that runs ends with a job and its media",
      Effect.andThen(
        run,
        Effect.flatMap(liveAsk, (request) =>
          gives(request, {
            "data.status": is("completed"),
            "data.job_id": id("job"),
            "data.dry_run": not(is(true)),
            "data.assets": list(1)
          })
        )
      )
    ),
    must(
      "A8.1-asset",
      "Each of them has an id, an address, a type, a length and pixels",
      Effect.flatMap(liveAsk, (request) =>
        gives(request, {
          "data.assets.*.asset_id": id("image"),
          "data.assets.*.url": like(/^(?:https:\/\/|http:\/\/(?:127\.|localhost|\[::1\]))/u, "an https address"),
          "data.assets.*.mime_type": like(/^image\//u, "a type of pictures"),
          "data.assets.*.content_length": positive,
          "data.assets.*.width": positive,
          "data.assets.*.height": positive
        })
      )
    ),
    must(
      "A8.1-path",
      "Its path is its address, and its id is in the list of ids",
      Effect.flatMap(made, (heard) =>
        holds(
          textAt(heard, `${asset}.path`) === textAt(heard, `${asset}.url`) &&
            listAt(heard, "data.asset_ids").includes(textAt(heard, `${asset}.asset_id`)),
          heard,
          "path equal to url, and asset_ids with asset_id",
          at(heard, `${asset}.path`)
        )
      )
    ),
    should(
      "A8.1-sha256",
      "Each says what its bytes hash to",
      Effect.flatMap(liveAsk, (request) =>
        gives(request, {
          "data.assets.*.sha256": like(/^[0-9a-f]{64}$/u, "64 hex digits"),
          "data.assets.*.created_at": time
        })
      )
    ),
    must(
      "A6.7-debit",
      "Exactly what it says is taken from the credits",
      Effect.flatMap(run, ({ after, before, heard }) => {
        const taken = numberAt(heard, "data.quota.consumed_credits")
        return holds(
          balanceIn(before) - balanceIn(after) === taken,
          after,
          `${taken} credits less than ${balanceIn(before)}`,
          balanceIn(after)
        )
      })
    ),
    must(
      "A6.7-price",
      "That is what the list says it costs",
      Effect.flatMap(Effect.all([spendable(creator), made]), ([model, heard]) =>
        holds(
          numberAt(heard, "data.quota.consumed_credits") === model.credits,
          heard,
          `${model.credits} credits`,
          at(heard, "data.quota.consumed_credits")
        )
      )
    ),
    must(
      "A8.1-idempotency",
      "It names its key, and is no replay",
      Effect.flatMap(liveAsk, (request) =>
        gives(request, {
          "data.idempotency.key": like(/-create$/u, "the key as it was sent"),
          "data.idempotency.replayed": is(false)
        })
      )
    ),
    must(
      "A6.8-replay",
      "The same request under the same key is the same job and the same media",
      Effect.flatMap(Effect.all([liveAsk, made]), ([request, first]) =>
        gives(
          { ...request, again: 2 },
          {
            "data.job_id": is(textAt(first, "data.job_id")),
            "data.assets.0.asset_id": is(textAt(first, `${asset}.asset_id`)),
            "data.idempotency.replayed": is(true)
          }
        )
      )
    ),
    must(
      "A6.8-once",
      "It is paid for once",
      Effect.gen(function* () {
        const { after } = yield* run
        yield* gives({ ...(yield* liveAsk), again: 2 })
        const now = yield* quotaNow(703)
        yield* holds(balanceIn(now) === balanceIn(after), now, `${balanceIn(after)} credits as before`, balanceIn(now))
      })
    ),
    must(
      "A6.8-conflict",
      "Another request under its key is refused",
      Effect.flatMap(Effect.all([liveAsk, made]), ([request]) =>
        refuses(
          { ...request, body: { ...Object.fromEntries(Object.entries(bodyOf(request.body))), prompt: "a blue boat" } },
          "IDEMPOTENCY_KEY_CONFLICT"
        )
      )
    ),
    must(
      "A9.3-completed",
      "The job can be looked up, with the same media",
      Effect.flatMap(job, ({ heard, jobId, shown }) =>
        holds(
          textAt(shown, "data.job.job_id") === jobId &&
            textAt(shown, "data.job.status") === "completed" &&
            textAt(shown, "data.job.assets.0.asset_id") === textAt(heard, `${asset}.asset_id`),
          shown,
          "data.job completed, with the media of the create",
          at(shown, "data.job.status")
        )
      )
    ),
    must(
      "A9.3-times",
      "It says when it began and ended, and that nothing went wrong",
      Effect.flatMap(job, ({ jobId }) =>
        gives(
          { path: `/v1/jobs/${jobId}`, as: "agent" },
          { "data.job.created_at": time, "data.job.completed_at": time, "data.job.error": absent }
        )
      )
    ),
    must(
      "A9.1-show",
      "The picture can be looked up",
      Effect.flatMap(made, (heard) => {
        const assetId = textAt(heard, `${asset}.asset_id`)
        return gives(
          { path: `/v1/assets/${assetId}`, as: "agent" },
          {
            "data.asset.asset_id": is(assetId),
            "data.asset.url": text,
            "data.asset.mime_type": is(textAt(heard, `${asset}.mime_type`)),
            "data.asset.content_length": is(numberAt(heard, `${asset}.content_length`)),
            "data.asset.source": is("hosted_metadata")
          }
        )
      })
    ),
    must(
      "A9.2-bytes",
      "Its address gives its bytes without a token, exactly as many as it says",
      Effect.flatMap(download, ({ fetched, heard }) =>
        holds(
          fetched.status === 200 && fetched.bytes === numberAt(heard, `${asset}.content_length`),
          fetched,
          `200 and ${numberAt(heard, `${asset}.content_length`)} bytes`,
          `${fetched.status} and ${fetched.bytes} bytes`
        )
      )
    ),
    must(
      "A9.2-length",
      "Their number stands in content-length",
      Effect.flatMap(download, ({ fetched, heard }) =>
        holds(
          fetched.headers["content-length"] === `${numberAt(heard, `${asset}.content_length`)}`,
          fetched,
          `content-length: ${numberAt(heard, `${asset}.content_length`)}`,
          fetched.headers["content-length"]
        )
      )
    ),
    must(
      "A9.2-type",
      "They come with their type, and nobody guesses another",
      Effect.flatMap(download, ({ fetched, heard }) =>
        holds(
          (fetched.headers["content-type"] ?? "").startsWith(textAt(heard, `${asset}.mime_type`)) &&
            fetched.headers["x-content-type-options"] === "nosniff",
          fetched,
          `content-type: ${textAt(heard, `${asset}.mime_type`)} and nosniff`,
          fetched.headers["content-type"]
        )
      )
    ),
    should(
      "A9.2-extension",
      "Another extension is another address, where nothing is",
      Effect.flatMap(Effect.all([Prober, download]), ([{ fetch }, { url }]) =>
        Effect.flatMap(fetch(url.replace(/\.\w+(?=$|\?)/u, ".glb")), (fetched) =>
          holds(fetched.status === 404, fetched, "404", fetched.status)
        )
      )
    ),
    must(
      "A10.3-completed",
      "The job and its picture are in the activity",
      Effect.flatMap(events, (heard) => {
        const types = listAt(heard, "data.events").map((event) => textField(event, "type"))
        return holds(
          ["job.completed", "asset.created"].every((type) => types.includes(type)),
          heard,
          "job.completed and asset.created",
          types
        )
      })
    ),
    must(
      "A10.3-closed",
      "No event is of a type that is not in the registry",
      Effect.flatMap(gives({ path: "/v1/activity?limit=100", as: "agent", again: 7 }), (heard) => {
        const types = listAt(heard, "data.events").map((event) => textField(event, "type"))
        const odd = types.find((type) => !registry.has(type))
        return holds(odd === undefined, heard, "a type of the registry", odd)
      })
    ),
    must(
      "A10.1-links",
      "Each event has every link, or null for it",
      Effect.flatMap(events, (heard) => {
        const wrong = listAt(heard, "data.events").find((event) => {
          const found = jsonField(event, "links")
          return (
            links.some((name) => jsonField(found, name) === undefined) || !Array.isArray(jsonField(found, "asset_ids"))
          )
        })
        return holds(wrong === undefined, heard, "every link of the registry", jsonField(wrong, "links"))
      })
    ),
    must(
      "A10.2-event",
      "An event can be looked up by its id, and a job's by the job's",
      Effect.flatMap(events, (heard) => {
        const eventId = textAt(heard, "data.events.0.event_id")
        return gives(
          { path: `/v1/activity/${eventId}`, as: "agent" },
          { "data.events": list(1), "data.event.event_id": is(eventId), "data.event.subject": object }
        )
      })
    )
  ]
}

const bodyOf = (body: unknown): object => (typeof body === "object" && body !== null ? body : {})
