import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { isJsonObject } from "../../envelope/JsonFields.ts"
import { answers, ask, at, gives, holds, listAt, textAt } from "../Expect.ts"
import type { Ask, Heard, Prober } from "../Prober.ts"
import { type Chapter, type Finding, must, type Rule } from "../Rule.ts"
import { is } from "../Shape.ts"
import { editor, eventsOf, plan, uploaded } from "../Subjects.ts"

/** Something that belongs to the stranger. */
type Owned = Effect.Effect<string, Finding, Prober>

const theirJob: Owned = Effect.map(plan("stranger"), (heard) => textAt(heard, "data.job_id"))
const theirAsset: Owned = Effect.map(uploaded("stranger"), (heard) => textAt(heard, "data.asset.asset_id"))
const theirEvent: Owned = Effect.map(eventsOf("stranger"), (heard) => textAt(heard, "data.events.0.event_id"))
const theirUsage: Owned = Effect.map(uploaded("stranger"), (heard) => textAt(heard, "data.usage_event_id"))

/** What is left of an answer that is about nobody in particular: the same for every unknown id. */
const anonymous = (heard: Heard, id: string): Schema.Json => {
  const { error } = isJsonObject(heard.json) ? heard.json : {}
  return [
    heard.status,
    heard.headers["x-image-skill-exit-code"] ?? null,
    JSON.stringify(error ?? null).replaceAll(id, "ID")
  ]
}

/** The request with somebody's id in it, and with one that nobody has. */
const sameAsNobody = (
  name: string,
  title: string,
  owned: Owned,
  nobody: string,
  request: (id: string) => Effect.Effect<Ask, Finding, Prober>
): Rule =>
  must(
    `A3.4-${name}`,
    title,
    Effect.gen(function* () {
      const id = yield* owned
      const unknown = yield* answers(yield* request(nobody), { status: [404, 422] })
      const foreign = yield* ask(yield* request(id))
      const [expected, got] = [anonymous(unknown, nobody), anonymous(foreign, id)]
      yield* holds(
        JSON.stringify(expected) === JSON.stringify(got),
        foreign,
        `the refusal of an id that nobody has: ${JSON.stringify(at(unknown, "error.code"))}`,
        at(foreign, "error.code") ?? foreign.status
      )
    })
  )

const as = "agent"
const reading = (path: string) => (id: string) => Effect.succeed<Ask>({ path: `${path}${id}`, as })

export const isolationRules: Chapter = {
  id: "isolation",
  title: "What belongs to others",
  rules: [
    sameAsNobody(
      "job",
      "The job of another organization is not found",
      theirJob,
      "job_zzzzzzzzzzzzzzzzzzzz",
      reading("/v1/jobs/")
    ),
    sameAsNobody("asset", "Neither is its asset", theirAsset, "image_zzzzzzzzzzzzzzzzzzzz", reading("/v1/assets/")),
    sameAsNobody("event", "Neither is its event", theirEvent, "evt_zzzzzzzzzzzzzzzzzzzz", reading("/v1/activity/")),
    sameAsNobody(
      "job-activity",
      "Neither are the events of its job",
      theirJob,
      "job_zzzzzzzzzzzzzzzzzzzz",
      reading("/v1/activity/")
    ),
    sameAsNobody(
      "usage",
      "Neither is what it used",
      theirUsage,
      "usage_zzzzzzzzzzzzzzzzzzzz",
      reading("/v1/activity/")
    ),
    sameAsNobody("edit", "Nobody edits its asset", theirAsset, "image_zzzzzzzzzzzzzzzzzzzz", (id) =>
      Effect.map(editor, (model): Ask => ({
        method: "POST",
        path: "/v1/edit",
        as,
        body: { input_asset_id: id, model: model.id, prompt: "make it blue", dry_run: true }
      }))
    ),
    must(
      "A3.4-subject",
      "Its job is no subject of anybody else's activity",
      Effect.flatMap(theirJob, (id) =>
        Effect.flatMap(gives({ path: `/v1/activity?subject=${id}`, as }), (heard) =>
          holds(listAt(heard, "data.events").length === 0, heard, "no events", at(heard, "data.events"))
        )
      )
    ),
    must(
      "A3.4-list",
      "Nothing of it is in anybody else's activity",
      Effect.flatMap(Effect.all([theirJob, theirAsset]), (ids) =>
        Effect.flatMap(gives({ path: "/v1/activity?limit=100", as, again: 9 }), (heard) => {
          const shown = ids.find((id) => heard.text.includes(id))
          return holds(shown === undefined, heard, "no id of another organization", shown)
        })
      )
    ),
    must(
      "A3.4-own",
      "Whose it is finds it",
      Effect.flatMap(theirJob, (id) => gives({ path: `/v1/jobs/${id}`, as: "stranger" }, { "data.job.job_id": is(id) }))
    )
  ]
}
