import { textField } from "@image-skill/core/envelope/JsonFields"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Ask } from "./Transcript.ts"

/** A secret that an agent writes into a report by mistake. No answer may say it back. */
export const reportedSecret = "isk_r_CanaryOfTheStory0123456789abcdefg"

const strong: RequestOf<"feedbackCreate"> = {
  type: "bug",
  title: "Edit guard message hides the needed flag",
  body: "The refusal did not say which flag confirms an unknown cost.",
  confidence: "high",
  command: "image-skill edit --input image_1 --prompt PROMPT",
  expected: "the name of the flag in the error",
  actual: "only prose",
  proofNeeded: "recovery.required_flag is there",
  surface: ["cli", "docs"],
  evidence: ["trace:trace_c40a9d17e8b3526f"]
}

/** An agent says what it thinks of the service, and whom it belongs to. */
export const feedbackStory = Effect.fnUntraced(function* (ask: Ask, reporter: Credentials) {
  const service = yield* ServiceApi
  const give = (step: string, request: RequestOf<"feedbackCreate">, expected: Parameters<Ask>[2] = "done") =>
    ask(`reports ${step}`, "feedbackCreate", expected, service.feedbackCreate(request, reporter))
  yield* ask("reports without a token", "feedbackCreate", "AUTH_REQUIRED", service.feedbackCreate(strong))
  const first = yield* give("what is wrong", strong)
  yield* give("the same again", { ...strong, title: "Edit guard message hides the needed flag!" })
  yield* give("a word", { title: "slow" })
  yield* give("a word and does not want to hear that it is one", { body: "slow", allowWeakSignal: true })
  yield* give("in words of its own", { ...strong, type: "praise", nextState: "frame_it" })
  yield* give("a secret", { ...strong, body: `I was signed in by ${reportedSecret} and nothing else.` })
  yield* give("nothing", { title: " ", body: "" }, "INVALID_ARGUMENTS")
  const feedbackId = textField(first.envelope.data, "feedback_id")
  const shown = service.activityShow({ reference: feedbackId }, reporter)
  yield* ask("shows what happened to a report", "activityShow", "done", shown)

  const claim = (step: string, contact: string, expected: Parameters<Ask>[2] = "done") =>
    ask(`asks to be claimed ${step}`, "claimRequest", expected, service.claimRequest({ contact }, reporter))
  yield* claim("by nobody", "studio", "INVALID_ARGUMENTS")
  yield* claim("by its team", "Claims@Team-Bots.Example")
  yield* claim("by its team again", " claims@team-bots.example ")
  yield* ask("sees that it asked", "whoami", "done", service.whoami({}, reporter))
  yield* ask("sees that it asked beside its quota", "quota", "done", service.quota({}, reporter))
  yield* claim("by somebody else", "owner@studio.example")

  const found = yield* ask(
    "signs up from a channel",
    "signup",
    "done",
    service.signup({ agentName: "found", runtime: "suite", returnToken: true, discoverySource: "skills-registry" })
  )
  const token = Redacted.make(textField(found.envelope.data, "token"))
  yield* ask(
    "signs up again from another",
    "signup",
    "done",
    service.signup({ agentName: "found", runtime: "suite", discoverySource: "somewhere.else" }, token)
  )
  yield* ask("remembers the first channel", "whoami", "done", service.whoami({}, token))
  yield* ask(
    "cannot come from a channel that is none",
    "signup",
    "INVALID_ARGUMENTS",
    service.signup({ agentName: "found", runtime: "suite", discoverySource: "Somewhere Else" })
  )
})
