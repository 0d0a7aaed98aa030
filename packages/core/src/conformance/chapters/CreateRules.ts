import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { ErrorCode } from "../../envelope/ErrorRegistry.ts"
import { jsonField, textField } from "../../envelope/JsonFields.ts"
import { ask, at, gives, holds, listAt, refuses, skip, textAt } from "../Expect.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { absent, id, is, list, number, object, text } from "../Shape.ts"
import { balanceIn, canary, createAsk, creator, creditsOf, editor, plan, quotaNow, uploaded } from "../Subjects.ts"

/** A plan with something changed in it. */
const planned = (fields: Schema.JsonObject) =>
  Effect.map(creator, (model) => createAsk("agent", model, { dry_run: true, ...fields }))

const wrong = (
  name: string,
  title: string,
  fields: Schema.JsonObject,
  code: ErrorCode | ReadonlyArray<ErrorCode> = "INVALID_ARGUMENTS"
): Rule =>
  must(
    `A8.1-${name}`,
    title,
    Effect.flatMap(planned(fields), (request) => refuses(request, code))
  )

const parameters = (name: string, title: string, values: Schema.JsonObject): Rule =>
  must(
    `A7.6-${name}`,
    title,
    Effect.flatMap(planned({ model_parameters: values }), (request) => refuses(request, "MODEL_PARAMETERS_INVALID"))
  )

const anonymous = (fields: Schema.JsonObject) => Effect.map(planned(fields), Struct.omit(["as"]))

const listed = (path: string, isSo: (row: Schema.Json) => boolean) =>
  Effect.flatMap(gives({ path }), (heard) => {
    const found = listAt(heard, "data.models").find(isSo)
    return found === undefined ? skip("no such model is listed here") : Effect.succeed(textField(found, "id"))
  })

const makesPictures = (row: Schema.Json): boolean => {
  const supports = jsonField(row, "supports")
  return Array.isArray(supports) && supports.includes("create")
}

const costly = Effect.flatMap(gives({ path: "/v1/models?available=true" }), (heard) => {
  const found = listAt(heard, "data.models").find(
    (row) => makesPictures(row) && jsonField(row, "modality") === "image" && creditsOf(row) > 0
  )
  return found === undefined
    ? skip("no model that can run here costs anything")
    : Effect.succeed(textField(found, "id"))
})

const credits = "data.cost.credit_pricing.credits_required"

export const createRules: Chapter = {
  id: "create",
  title: "Plans of a create",
  rules: [
    must(
      "A8.1-planned",
      "A dry run is a planned job",
      Effect.andThen(
        plan("agent"),
        Effect.flatMap(planned({}), (request) =>
          gives(request, {
            "data.status": is("planned"),
            "data.dry_run": is(true),
            "data.operation": is("create"),
            "data.job_id": id("job"),
            "data.capability.id": text
          })
        )
      )
    ),
    must(
      "A8.1-no-media",
      "It makes no media",
      Effect.flatMap(plan("agent"), (heard) =>
        holds(listAt(heard, "data.assets").length === 0, heard, "no assets", at(heard, "data.assets"))
      )
    ),
    must(
      "A8.1-no-debit",
      "It takes no credits, and says what a run would take",
      Effect.flatMap(planned({}), (request) =>
        gives(request, { "data.quota.consumed_credits": is(0), [credits]: number })
      )
    ),
    must(
      "A8.1-receipt",
      "Its receipt lists the outputs, without ids and without addresses",
      Effect.flatMap(planned({}), (request) =>
        gives(request, {
          "data.plan_receipt.schema": is("image-skill.plan-receipt.v1"),
          "data.plan_receipt.planned_outputs": list(1),
          "data.plan_receipt.planned_outputs.*.asset_id": absent,
          "data.plan_receipt.planned_outputs.*.url": absent
        })
      )
    ),
    should(
      "A8.1-effects",
      "It says that nothing has happened",
      Effect.flatMap(planned({}), (request) =>
        gives(request, {
          "data.plan_receipt.effects.provider_call": is(false),
          "data.plan_receipt.effects.credit_debit": is(false),
          "data.plan_receipt.effects.media_write": is(false)
        })
      )
    ),
    should(
      "A7.7-selection",
      "It says which capability was chosen, and why",
      Effect.flatMap(planned({}), (request) =>
        gives(request, {
          "data.request.selection.policy": text,
          "data.request.selection.reason": text,
          "data.request.selection.capability.id": text
        })
      )
    ),
    must(
      "A8.1-quota",
      "The quota is the same before and after",
      Effect.gen(function* () {
        const before = yield* quotaNow(601)
        yield* gives({ ...(yield* planned({})), again: 601 })
        const after = yield* quotaNow(602)
        yield* holds(
          balanceIn(before) === balanceIn(after) &&
            at(before, "data.daily_jobs.remaining") === at(after, "data.daily_jobs.remaining"),
          after,
          "as many credits and daily jobs as before",
          at(after, "data.limits")
        )
      })
    ),
    must(
      "A8.1-anonymous",
      "Somebody without a token may plan, and no job is kept",
      Effect.flatMap(anonymous({}), (request) =>
        gives(request, { "data.job_id": absent, "data.status": is("planned"), actor: absent })
      )
    ),
    must(
      "A8.1-anonymous-references",
      "But not with references",
      Effect.flatMap(
        anonymous({ references: [{ asset_id: "image_zzzzzzzzzzzzzzzzzzzz", role: "reference_image", index: 0 }] }),
        (request) => refuses(request, "AUTH_REQUIRED")
      )
    ),
    must(
      "A8.1-anonymous-live",
      "And nobody makes anything without a token",
      Effect.flatMap(anonymous({ dry_run: false }), (request) => refuses(request, "AUTH_REQUIRED"))
    ),
    wrong("no-prompt", "A create without a prompt is refused", { prompt: null }),
    wrong("blank", "So is one with a blank prompt", { prompt: "  \n " }),
    wrong("long", "So is one with 8,001 characters", { prompt: "x".repeat(8_001) }),
    wrong("number", "So is one whose prompt is a number", { prompt: 7 }),
    wrong("none", "No outputs at all are refused", { output_count: 0 }),
    wrong("half", "So is half an output", { output_count: 1.5 }),
    wrong("many", "So are more outputs than the model makes", { output_count: 1_000 }, [
      "INVALID_ARGUMENTS",
      "CAPABILITY_DENIED"
    ]),
    wrong("shape", "An aspect ratio of another form is refused", { aspect_ratio: "wide" }),
    wrong("flag", "A dry run that is a text is refused, and nothing is made", { dry_run: "true" }),
    wrong("guard", "A guard below zero is refused", { max_estimated_usd_per_image: -1 }),
    wrong("guard-text", "So is a guard in a text", { max_estimated_usd_per_image: "0.05" }),
    wrong("key", "A key with a blank in it is refused", { idempotency_key: "conformance $run" }),
    wrong("provider", "A provider that the model is not of is refused", { provider: "conformance" }, [
      "INVALID_ARGUMENTS",
      "MODEL_NOT_FOUND"
    ]),
    wrong("model", "A model that nobody has is not found", { model: "conformance.$run" }, "MODEL_NOT_FOUND"),
    wrong("intent", "An intent that is a list is refused", { intent: ["final"] }),
    wrong("references", "References that are no list are refused", { references: "image_zzzzzzzzzzzzzzzzzzzz" }),
    wrong(
      "reference-unknown",
      "A reference that nobody has is refused",
      { references: [{ asset_id: "image_zzzzzzzzzzzzzzzzzzzz", role: "reference_image", index: 0 }] },
      ["ASSET_NOT_FOUND", "INVALID_ARGUMENTS"]
    ),
    parameters("unknown", "A parameter that the model does not have is refused", { conformance: true }),
    parameters("image-url", "An address of a picture is no parameter", {
      image_url: "https://conformance.example/a.png"
    }),
    parameters("elements", "Neither are a provider's elements", { elements: [] }),
    must(
      "A8.1-wanted",
      "A prompt is wanted before a model is looked at",
      Effect.flatMap(planned({ prompt: "" }), (request) =>
        refuses(request, "INVALID_ARGUMENTS", { fields: { "error.retryable": is(false) } })
      )
    ),
    must(
      "A8.6-edit",
      "A model that only edits creates nothing",
      Effect.flatMap(editor, (model) =>
        model.row !== null && makesPictures(model.row)
          ? skip("every model that edits also creates")
          : Effect.flatMap(planned({ model: model.id, model_parameters: {} }), (request) =>
              refuses(request, "INVALID_ARGUMENTS")
            )
      )
    ),
    must(
      "A8.6-catalog",
      "A model that is only catalogued does not run",
      Effect.flatMap(listed("/v1/models?catalog_only=true", makesPictures), (model) =>
        Effect.flatMap(planned({ model, model_parameters: {} }), (request) => refuses(request, "MODEL_NOT_EXECUTABLE"))
      )
    ),
    must(
      "A8.6-unavailable",
      "Neither does one that is not available",
      Effect.flatMap(
        listed("/v1/models", (row) => makesPictures(row) && textField(row, "status") === "unavailable"),
        (model) =>
          Effect.flatMap(planned({ model, model_parameters: {} }), (request) =>
            refuses(request, "MODEL_NOT_EXECUTABLE")
          )
      )
    ),
    must(
      "A6.4-guard",
      "A guard below the debit refuses, in a plan too",
      Effect.flatMap(costly, (model) =>
        Effect.flatMap(planned({ model, model_parameters: {}, max_estimated_usd_per_image: 0.000_001 }), (request) =>
          refuses(request, "BUDGET_GUARD_EXCEEDED")
        )
      )
    ),
    must(
      "A6.2-dry-run",
      "A plan with the settings of the list costs what the list says",
      Effect.flatMap(Effect.all([creator, plan("agent")]), ([model, heard]) =>
        holds(at(heard, credits) === model.credits, heard, `${model.credits} credits`, at(heard, credits))
      )
    ),
    should(
      "A1.2-unknown",
      "A field that nobody knows is ignored, and warned about",
      Effect.flatMap(planned({ conformance: true }), (request) =>
        gives(request, { warnings: list(1), "data.plan_receipt": object })
      )
    ),
    should(
      "A1.10-dry-run",
      "Plans neither read nor write keys",
      Effect.gen(function* () {
        const key = { idempotency_key: "conformance-$run-plan" }
        const first = yield* gives(yield* planned(key))
        const other = yield* gives(yield* planned({ ...key, prompt: `a blue boat ${canary}` }))
        yield* holds(
          textAt(first, "data.job_id") !== textAt(other, "data.job_id"),
          other,
          "another plan",
          at(other, "data.job_id")
        )
      })
    ),
    must(
      "A10.3-planned",
      "The plan is an event of its job",
      Effect.flatMap(
        Effect.tap(plan("agent"), () => uploaded("agent")),
        (heard) =>
          gives(
            { path: `/v1/activity?subject=${textAt(heard, "data.job_id")}`, as: "agent" },
            { "data.events.0.type": is("job.planned"), "data.events.0.links.job_id": is(textAt(heard, "data.job_id")) }
          )
      )
    ),
    must(
      "A9.3-planned",
      "The plan can be looked up, without media",
      Effect.flatMap(plan("agent"), (heard) =>
        gives(
          { path: `/v1/jobs/${textAt(heard, "data.job_id")}`, as: "agent" },
          {
            "data.job.job_id": is(textAt(heard, "data.job_id")),
            "data.job.status": is("planned"),
            "data.job.plan_receipt": object
          }
        )
      )
    ),
    should(
      "D3.7-all",
      "A request with several mistakes is told of all of them at once",
      Effect.flatMap(Effect.flatMap(planned({ prompt: 7, output_count: "two", aspect_ratio: false }), ask), (heard) => {
        const missing = ["prompt", "output_count", "aspect_ratio"].find((name) => !heard.text.includes(name))
        return holds(missing === undefined, heard, "each wrong field named", missing)
      })
    )
  ]
}
