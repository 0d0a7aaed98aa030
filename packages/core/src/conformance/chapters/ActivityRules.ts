import * as Effect from "effect/Effect"
import { jsonField, textField } from "../../envelope/JsonFields.ts"
import { at, gives, holds, listAt, refuses, skip, textAt } from "../Expect.ts"
import type { Ask } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { id, is, list, object, text, time } from "../Shape.ts"
import { plan, uploaded } from "../Subjects.ts"

const activity = (query = "", again = 0): Ask => ({ path: `/v1/activity${query}`, as: "agent", again })

const wrong = (name: string, title: string, query: string): Rule =>
  must(`A10.1-${name}`, title, refuses(activity(query), "INVALID_ARGUMENTS", { status: 400 }))

/** Two events of the run at least: a plan and an upload. */
const happened = Effect.andThen(plan("agent"), uploaded("agent"))

/** The same, with an event of something else after it. */
const followed = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.tap(self, () => uploaded("agent"))

const firstPage = Effect.andThen(happened, gives(activity("?limit=1", 1)))

export const activityRules: Chapter = {
  id: "activity",
  title: "Activity",
  rules: [
    must(
      "A10.1-ledger",
      "What happened is a list from the ledger",
      Effect.andThen(
        happened,
        gives(activity(), { "data.events": list(1), "data.source": is("hosted_activity_ledger") })
      )
    ),
    must(
      "A10.1-event",
      "Each event has an id, a type, a time, a sentence and a subject",
      Effect.andThen(
        happened,
        gives(activity(), {
          "data.events.*.event_id": id("evt"),
          "data.events.*.type": text,
          "data.events.*.occurred_at": time,
          "data.events.*.summary": text,
          "data.events.*.subject.id": text,
          "data.events.*.links": object
        })
      )
    ),
    must(
      "A10.1-newest",
      "The newest stands first",
      Effect.andThen(
        happened,
        Effect.flatMap(gives(activity()), (heard) => {
          const times = listAt(heard, "data.events").map((event) => textField(event, "occurred_at"))
          const late = times.find((one, index) => index > 0 && one > (times[index - 1] ?? ""))
          return holds(late === undefined, heard, "no event before a newer one", late)
        })
      )
    ),
    must(
      "A10.1-limit",
      "A limit is kept",
      Effect.flatMap(firstPage, (heard) =>
        holds(listAt(heard, "data.events").length === 1, heard, "one event", listAt(heard, "data.events").length)
      )
    ),
    should(
      "A10.1-cursor",
      "A cursor goes on where the page ended",
      Effect.flatMap(firstPage, (page) => {
        const cursor = at(page, "data.next_cursor")
        return typeof cursor !== "string"
          ? skip("the first page has no next_cursor")
          : Effect.flatMap(gives(activity(`?limit=1&cursor=${encodeURIComponent(cursor)}`)), (next) =>
              holds(
                textAt(next, "data.events.0.event_id") !== "" &&
                  textAt(next, "data.events.0.event_id") !== textAt(page, "data.events.0.event_id"),
                next,
                "another event",
                at(next, "data.events.0.event_id")
              )
            )
      })
    ),
    should(
      "A10.1-more",
      "A page that is not the last has a cursor",
      Effect.flatMap(firstPage, (page) =>
        holds(typeof at(page, "data.next_cursor") === "string", page, "data.next_cursor", at(page, "data.next_cursor"))
      )
    ),
    wrong("zero", "A limit of none is refused", "?limit=0"),
    wrong("most", "So is one above 100", "?limit=101"),
    wrong("words", "So is one in words", "?limit=many"),
    must(
      "A10.1-subject",
      "Only the events of a subject are listed, where one is named",
      Effect.flatMap(followed(plan("agent")), (heard) => {
        const jobId = textAt(heard, "data.job_id")
        return Effect.flatMap(gives(activity(`?subject=${jobId}`)), (listed) => {
          const odd = listAt(listed, "data.events").find(
            (event) => textField(jsonField(event, "links"), "job_id") !== jobId
          )
          return holds(odd === undefined, listed, `events of ${jobId}`, jsonField(odd, "links"))
        })
      })
    ),
    must(
      "A10.1-nobody",
      "A subject that nobody has is an empty list",
      Effect.flatMap(gives(activity("?subject=job_zzzzzzzzzzzzzzzzzzzz")), (heard) =>
        holds(listAt(heard, "data.events").length === 0, heard, "no events", at(heard, "data.events"))
      )
    ),
    must(
      "A10.2-unknown",
      "An event that nobody has is not found",
      refuses({ path: "/v1/activity/evt_zzzzzzzzzzzzzzzzzzzz", as: "agent" }, "ACTIVITY_NOT_FOUND")
    ),
    must(
      "A10.2-job",
      "A job's events can be looked up by its id",
      Effect.flatMap(plan("agent"), (heard) =>
        gives({ path: `/v1/activity/${textAt(heard, "data.job_id")}`, as: "agent" }, { "data.events": list(1) })
      )
    )
  ]
}
