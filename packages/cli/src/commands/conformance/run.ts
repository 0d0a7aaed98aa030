import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { conforms, judge, type Judgement, listing, reportOf, summaryOf } from "@image-skill/core/conformance/Judgement"
import type { Chapter } from "@image-skill/core/conformance/Rule"
import { chosen, rulebook, unknownNames } from "@image-skill/core/conformance/Rulebook"
import { command, flag as part, json, positional } from "@image-skill/core/envelope/CommandLine"
import { type Answer, success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { nearest } from "@image-skill/core/envelope/Nearest"
import { docsUrl, embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle, valuesOf } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { answerLocally } from "../../Relay.ts"
import { resolveTarget } from "../../Target.ts"

const label = "image-skill conformance"
const docs = docsUrl("image-skill-conformance")

/**
 * Holds a service somewhere else to the contract, rule by rule, as a stranger who signs up there. Nothing that costs
 * credits is asked for without `--spend`, no real money is ever moved, and no token is sent but one that was given to
 * this very run by `--token-stdin` or `--token`.
 */
export const leaf: Leaf = (context) =>
  Effect.catchTag(judged(context), "Refusal", (refusal) =>
    Effect.flatMap(flagReader(context.parsed)(toggle("spend")), (spends) =>
      spends && refusal.outcome === "succeeded"
        ? answerLocally(context, perhapsPaid(refusal), "spend")
        : Effect.fail(refusal)
    )
  )

/** Credits that a rule was tried with are spent, whatever became of the rule. */
const perhapsPaid = ({ code, details = {}, message, outcome = "succeeded", recovery = {} }: Refusal): Refusal =>
  new Refusal({ code, message, outcome, moneyMoved: "unknown", recovery, details })

const judged = (context: Context): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const chapters = yield* choose(context)
    const explain = yield* flag(toggle("explain"))
    const traceId = yield* (yield* Ids).trace
    const frame = { command: label, traceId, actor: null }
    if (yield* flag(toggle("list")))
      return success(frame, listing(chapters, explain || chapters.length < rulebook.length))
    const origin = yield* serviceOf(context)
    const report = yield* flag(text("report"))
    const overwrite = yield* flag(toggle("overwrite"))
    if (report !== null) yield* judgeReport(report, overwrite)
    const options = { origin, token: yield* givenToken(context), spend: yield* flag(toggle("spend")) }
    const judgement = yield* Effect.provide(judge(chapters, options), NodeHttpTransport.layer)
    if (report !== null) yield* save(report, overwrite, reportOf(judgement, true))
    const written = report === null ? {} : { report_path: report }
    if (judgement.answers === 0) return yield* silent(judgement, written)
    if (!conforms(judgement)) return yield* broken(judgement, explain, written)
    return success(frame, { ...reportOf(judgement, explain), ...written })
  })

const choose = (context: Context): Effect.Effect<ReadonlyArray<Chapter>, Refusal> => {
  const given = valuesOf(context.parsed, "only")
  const names = given.flatMap((value) => (value === true ? [] : value.split(","))).map((name) => name.trim())
  const wanted = names.filter((name) => name !== "")
  const [unknown] = unknownNames(wanted)
  if (unknown !== undefined) return Effect.fail(noSuchRule(unknown))
  return wanted.length === 0 && given.length > 0 ? Effect.fail(noSuchRule("")) : Effect.succeed(chosen(wanted))
}

const noSuchRule = (name: string): Refusal => {
  const near = nearest(
    name,
    rulebook.flatMap(({ id, rules }) => [id, ...rules.map((rule) => rule.id)])
  )
  const shown = name.replaceAll(/[^\w.-]/gu, "?").slice(0, 60)
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--only takes ids of rules and of chapters; ${shown === "" ? "it got none" : `there is no ${shown}`}${near === null ? "" : `; did you mean ${near}?`}`,
    outcome: "not_sent",
    recovery: { requiredFlag: "--only", suggestedCommand: command("conformance", part("list"), json), docsUrl: docs },
    details: { chapters: rulebook.map(({ id }) => id) }
  })
}

/** Named by the caller: a saved token says nothing about whom to judge, and the service in this program has no HTTP. */
const serviceOf = Effect.fnUntraced(function* (context: Context) {
  const given = yield* flagReader(context.parsed)(text("api-base-url"))
  const isNamed = (given ?? "").trim() !== "" || context.machine.variable(variables.apiBaseUrl) !== null
  const target = isNamed ? yield* resolveTarget(context) : null
  if (target !== null && !target.isEmbedded) return target.origin
  return yield* new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `conformance judges a service over HTTP: name it with --api-base-url${target === null ? "" : `, and not ${embeddedTarget}`}; serve makes one of the data of this machine`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--api-base-url",
      suggestedCommand: command("help", positional("conformance"), json),
      docsUrl: docs
    }
  })
})

/** Only what was given to this very run: a token in the environment may be another service's. */
const givenToken = Effect.fnUntraced(function* (context: Context) {
  const flag = flagReader(context.parsed)
  const given = yield* flag(text("token"))
  const fromStdin = yield* flag(toggle("token-stdin"))
  if (!fromStdin && given === null) return null
  const { findGivenToken } = yield* Effect.promise(() => import("../../Tokens.ts"))
  const found = yield* findGivenToken(context, yield* resolveTarget(context))
  return found === null ? null : Redacted.make(Redacted.value(found.value))
})

const judgeReport = (path: string, overwrite: boolean): Effect.Effect<void, Refusal> =>
  path.trim() === ""
    ? Effect.fail(
        new Refusal({
          code: "INVALID_ARGUMENTS",
          message: "--report takes the path of a file",
          outcome: "not_sent",
          recovery: { requiredFlag: "--report", docsUrl: docs }
        })
      )
    : Effect.flatMap(LocalFiles, ({ exists }) => (overwrite ? Effect.succeed(false) : exists(path))).pipe(
        Effect.provide(NodeLocalFiles.layer),
        Effect.flatMap((isThere) => (isThere ? Effect.fail(reportExists(path, "not_sent")) : Effect.void))
      )

const save = (path: string, overwrite: boolean, report: Schema.JsonObject): Effect.Effect<void, Refusal> =>
  Effect.gen(function* () {
    const file = yield* (yield* LocalFiles).create(path, overwrite)
    yield* file.write(Buffer.from(`${JSON.stringify(report, null, 2)}\n`, "utf8"))
    yield* file.commit
  }).pipe(
    Effect.scoped,
    Effect.provide(NodeLocalFiles.layer),
    Effect.mapError((error) => (error.reason === "exists" ? reportExists(path, "succeeded") : writeFailed(error)))
  )

const reportExists = (path: string, outcome: "not_sent" | "succeeded"): Refusal =>
  new Refusal({
    code: "OUTPUT_EXISTS",
    message: `${path} is there already; --overwrite replaces it`,
    outcome,
    recovery: { requiredFlag: "--overwrite", docsUrl: docs },
    details: { path }
  })

const writeFailed = ({ message, path, reason }: LocalFileFailed): Refusal =>
  new Refusal({
    code: "OUTPUT_WRITE_FAILED",
    message: `the report cannot be written to ${path}: ${message}`,
    outcome: "succeeded",
    recovery: { requiredFlag: "--report", docsUrl: docs },
    details: { path, reason }
  })

/** A wrong address is no broken contract. */
const silent = ({ target, verdicts }: Judgement, written: Schema.JsonObject): Refusal => {
  const first = verdicts.find(({ outcome }) => outcome._tag === "Failed")?.outcome
  return new Refusal({
    code: "HOSTED_API_REQUEST_FAILED",
    message: `${target} gave no answer at all${first?._tag === "Failed" ? ` (${first.got})` : ""}, so no rule could be tried`,
    moneyMoved: "no",
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docs },
    details: { rules: verdicts.length, ...written }
  })
}

const broken = (judgement: Judgement, explain: boolean, written: Schema.JsonObject): Refusal => {
  const worst = judgement.verdicts.find(({ outcome, rule }) => outcome._tag === "Failed" && rule.level === "must")
  const number = judgement.verdicts.filter(({ outcome }) => outcome._tag === "Failed").length
  return new Refusal({
    code: "CONFORMANCE_FAILED",
    message:
      number === 0
        ? `nothing could be found out about ${judgement.target}: each rule was skipped`
        : `${judgement.target} breaks ${number} of the ${judgement.verdicts.length} rules`,
    outcome: "succeeded",
    recovery: {
      suggestedCommand: explain
        ? command("conformance", part("list"), json)
        : command("conformance", ...(worst === undefined ? [] : [part("only", worst.chapter)]), part("explain"), json),
      docsUrl: docs
    },
    details: { ...(explain ? reportOf(judgement, true) : summaryOf(judgement)), ...written }
  })
}
