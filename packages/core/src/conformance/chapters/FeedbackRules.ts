import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { gives, holds, listAt, refuses, textAt } from "../Expect.ts"
import type { Ask } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { id, is, like, list, object, text, time } from "../Shape.ts"

const said = (fields: Schema.JsonObject): Ask => ({
  method: "POST",
  path: "/v1/feedback",
  as: "agent",
  body: { title: "Conformance run $run", ...fields }
})

const whole = said({
  body: "A run of image-skill conformance stores this and asks for it again; nobody has to read it.",
  type: "user_feedback",
  severity: "low",
  confidence: "low",
  next_state: "close",
  surface: ["api"],
  evidence: [],
  allow_weak_signal: true
})

const wrong = (name: string, title: string, fields: Schema.JsonObject): Rule =>
  must(`A11.1-${name}`, title, refuses(said(fields), "INVALID_ARGUMENTS", { status: 400 }))

/** Of the form of a token, and nobody's. */
const secret = `isk_r_${"conformance0".repeat(3)}`

export const feedbackRules: Chapter = {
  id: "feedback",
  title: "Feedback",
  rules: [
    must("A11.1-stored", "Feedback gets an id", gives(whole, { "data.feedback_id": id("sig"), "data.state": text })),
    should(
      "A11.1-echo",
      "What was said about it comes back",
      gives(whole, { "data.type": is("user_feedback"), "data.severity": is("low"), "data.created_at": time })
    ),
    must(
      "A11.1-event",
      "It is an event",
      Effect.flatMap(gives(whole), (heard) =>
        gives(
          { path: `/v1/activity?subject=${textAt(heard, "data.feedback_id")}`, as: "agent" },
          { "data.events.0.links.feedback_id": is(textAt(heard, "data.feedback_id")) }
        )
      )
    ),
    must(
      "A11.1-weak",
      "Feedback that says little is taken, and told what is missing",
      gives(said({ body: "too slow" }), { "data.feedback_id": id("sig"), "data.quality.warnings": list(1) })
    ),
    must(
      "A11.1-secret",
      "A token in it is cut out, and that is said",
      Effect.flatMap(gives(said({ body: `It printed ${secret} into the log of the run, twice.` })), (heard) =>
        holds(
          !heard.text.includes(secret) && listAt(heard, "data.redactions").length > 0,
          heard,
          "data.redactions with what was cut out",
          listAt(heard, "data.redactions").length
        )
      )
    ),
    should(
      "A11.1-type",
      "A type that nobody knows is stored with a warning",
      gives(said({ type: "conformance", body: "A type of its own." }), {
        "data.feedback_id": text,
        "data.quality": object
      })
    ),
    wrong("empty", "Nothing said is refused", { title: "  ", body: "" }),
    wrong("severity", "A severity that is none is refused", { severity: "conformance" }),
    wrong("confidence", "So is a confidence", { confidence: "conformance" }),
    wrong("long", "So is a title of 201 characters", { title: "x".repeat(201) }),
    wrong("surface", "So is a surface that is no list", { surface: "api" }),
    must(
      "A1.8-feedback",
      "Payment credentials are refused in feedback, too",
      refuses(said({ private_key: "conformance-secret" }), "PAYMENT_CREDENTIAL_REJECTED", {
        fields: { "error.message": like(/^(?!.*conformance-secret)/u, "a message without the secret") }
      })
    )
  ]
}
