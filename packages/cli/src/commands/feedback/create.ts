import { nothingSaid } from "@image-skill/core/feedback/FeedbackRefusals"
import { confidences, severities } from "@image-skill/core/feedback/FeedbackRequest"
import { requests, type RequestOf } from "@image-skill/core/service/Requests"
import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import type { Context } from "../../Context.ts"
import { choice, flagReader, text, toggle } from "../../Flags.ts"
import { judge } from "../../Judge.ts"
import type { Leaf } from "../../Leaf.ts"

/** A report to whoever runs the service (contract/cli.md 6.17). What can be judged is judged before a token is looked for. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const request = yield* readReport(context)
    if (isBlank(request.title) && isBlank(request.body)) return yield* nothingSaid("not_sent")
    yield* judge(context, requests.feedbackCreate, request)
    return yield* askSigned(context, (service, token) => service.feedbackCreate(request, token))
  })

const isBlank = (given: string | undefined): boolean => given === undefined || given.trim() === ""

/** The keys and defaults that published clients send. */
const readReport = Effect.fnUntraced(function* ({ parsed }: Context) {
  const flag = flagReader(parsed)
  const optional = Effect.fnUntraced(function* <K extends string>(key: K, name: string) {
    const value = yield* flag(text(name))
    const given: { readonly [field in K]?: string } = {}
    return value === null ? given : { ...given, [key]: value }
  })
  const request: RequestOf<"feedbackCreate"> = {
    type: (yield* flag(text("type"))) ?? "user_feedback",
    ...(yield* optional("title", "title")),
    ...(yield* optional("body", "body")),
    severity: (yield* flag(choice("severity", severities))) ?? "medium",
    confidence: (yield* flag(choice("confidence", confidences))) ?? "medium",
    nextState: (yield* flag(text("next-state"))) ?? "watch",
    ...(yield* optional("command", "command")),
    ...(yield* optional("expected", "expected")),
    ...(yield* optional("actual", "actual")),
    ...(yield* optional("friction", "friction")),
    ...(yield* optional("source", "source")),
    ...(yield* optional("proofNeeded", "proof-needed")),
    ...(yield* optional("strategicReason", "strategic-reason")),
    ...(yield* optional("dedupeKey", "dedupe-key")),
    ...(yield* optional("traceId", "trace-id")),
    surface: listOf(yield* flag(text("surface"))) ?? ["cli"],
    evidence: listOf(yield* flag(text("evidence"))) ?? [],
    ...((yield* flag(toggle("allow-weak-signal"))) ? { allowWeakSignal: true } : {})
  }
  return request
})

/** `cli, docs` → `["cli", "docs"]`. */
const listOf = (given: string | null): ReadonlyArray<string> | null =>
  given === null
    ? null
    : given
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "")
