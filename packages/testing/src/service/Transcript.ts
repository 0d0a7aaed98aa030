import type { Answer } from "@image-skill/core/envelope/Envelope"
import { textField } from "@image-skill/core/envelope/JsonFields"
import type { OperationId } from "@image-skill/core/service/Operations"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

/** HTTP status and exit code of everything that the story meets (contract/api.md 2.1). */
export const outcomes = {
  done: [200, 0],
  INVALID_ARGUMENTS: [400, 2],
  PAYMENT_CREDENTIAL_REJECTED: [400, 2],
  AUTH_REQUIRED: [401, 3],
  CAPABILITY_DENIED: [403, 4],
  MODEL_NOT_EXECUTABLE: [422, 4],
  MODEL_NOT_FOUND: [404, 1],
  CAPABILITY_NOT_FOUND: [404, 1],
  ASSET_NOT_FOUND: [404, 1],
  JOB_NOT_FOUND: [404, 1],
  ACTIVITY_NOT_FOUND: [404, 1],
  CREDIT_QUOTE_NOT_FOUND: [404, 1],
  PAYMENT_NOT_FOUND: [404, 1],
  CREDIT_QUOTE_CONFLICT: [409, 2],
  CREDIT_QUOTE_EXPIRED: [409, 2],
  CREDIT_QUOTE_NOT_PURCHASABLE: [409, 2],
  PAYMENT_METHOD_MISMATCH: [409, 2],
  PAYMENT_METHOD_UNAVAILABLE: [409, 2],
  IDEMPOTENCY_KEY_CONFLICT: [409, 2],
  MODEL_PARAMETERS_INVALID: [422, 2],
  BUDGET_REQUIRES_CONFIRMATION: [422, 2],
  BUDGET_GUARD_EXCEEDED: [422, 2],
  CONTENT_POLICY_DENIED: [422, 6],
  INPUT_POLICY_DENIED: [422, 6],
  QUOTA_EXCEEDED: [402, 5],
  DAILY_JOB_CAP_REACHED: [429, 5],
  PROVIDER_FAILURE: [502, 7],
  PROVIDER_TIMEOUT: [504, 8]
} as const

/** `done`, or the code of the refusal. */
export type Expected = keyof typeof outcomes

/** The command label of each operation (contract/api.md 1.5). */
export const labels: { readonly [K in OperationId]: string } = {
  healthz: "image-skill healthz",
  signup: "image-skill signup",
  whoami: "image-skill whoami",
  quota: "image-skill usage quota",
  paymentMethods: "image-skill credits methods",
  creditPacks: "image-skill credits packs list",
  creditsQuote: "image-skill credits quote",
  creditsBuyCheckout: "image-skill credits buy",
  creditsBuyDeposit: "image-skill credits buy",
  creditsFakePurchase: "image-skill credits fake-purchase",
  creditsStatus: "image-skill credits status",
  modelsList: "image-skill models list",
  modelsShow: "image-skill models show",
  capabilitiesList: "image-skill capabilities list",
  capabilitiesShow: "image-skill capabilities show",
  create: "image-skill create",
  upload: "image-skill upload",
  uploadStream: "image-skill upload",
  edit: "image-skill edit",
  assetsList: "image-skill assets list",
  assetsLineage: "image-skill assets lineage",
  assetsDelete: "image-skill assets delete",
  jobsList: "image-skill jobs list",
  jobsCancel: "image-skill jobs cancel",
  assetsShow: "image-skill assets show",
  jobsShow: "image-skill jobs show",
  activityList: "image-skill activity list",
  activityShow: "image-skill activity show",
  feedbackCreate: "image-skill feedback create",
  claimRequest: "image-skill claim request",
  spendPolicyShow: "image-skill spend-policy show",
  spendPolicySet: "image-skill spend-policy set"
}

/** One step: what was asked, what must come of it, and what came. */
export interface Line {
  readonly step: string
  readonly operation: OperationId
  readonly expected: Expected
  readonly answer: Answer
}

/** Asks, and writes down what came. A second passes after each step. */
export type Ask = <R>(
  step: string,
  operation: OperationId,
  expected: Expected,
  answer: Effect.Effect<Answer, never, R>
) => Effect.Effect<Answer, never, R>

/** What was said while `tell` told its story, line by line. */
export const transcribe = <R>(tell: (ask: Ask) => Effect.Effect<void, never, R>) =>
  Effect.suspend(() => {
    const lines: Array<Line> = []
    const ask: Ask = (step, operation, expected, answer) =>
      Effect.tap(answer, (given) => {
        lines.push({ step, operation, expected, answer: given })
        return TestClock.adjust("1 second")
      })
    return Effect.map(tell(ask), (): ReadonlyArray<Line> => lines)
  })

/**
 * The lines as text that is the same wherever the service runs: ids, tokens and fingerprints are numbered in the order
 * of their appearance, and what only tells where the service is says so.
 */
export const comparable = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const name = numbering()
  return lines.map(({ answer: { envelope, exitCode, status }, step }) =>
    JSON.stringify(
      { step, status, exitCode, envelope },
      (field, value: unknown) => (typeof value === "string" ? name(field, value) : value),
      2
    )
  )
}

/** One answer alone, e.g. to be compared with another one that may differ in nothing but its ids. */
export const comparableAnswer = (answer: Answer): string =>
  comparable([{ step: "", operation: "healthz", expected: "done", answer }]).join("")

/** Fields whose text says where the service is, not what it did. */
const places = new Set(["url", "path", "media_base_url", "api_version"])

const ids =
  /\b(agt|org|job|image|video|audio|asset|thumb|evt|usage|trace|isk_r|quote|quote_auto|payatt|receipt|credit_event|payrev|sig)_[0-9A-Za-z]{16,40}\b/gu

const numbering = () => {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()
  const numbered = (kind: string, value: string): string => {
    const before = known.get(value)
    if (before !== undefined) return before
    const count = (counts.get(kind) ?? 0) + 1
    const name = `${kind}#${count}`
    counts.set(kind, count)
    known.set(value, name)
    return name
  }
  return (field: string, value: string): string => {
    if (places.has(field)) return `(${field})`
    if (field === "token_fingerprint") return numbered("fingerprint", value)
    return value.replaceAll(ids, (id, kind: string) => numbered(kind, id))
  }
}

/** What is wrong with a line by itself: another outcome than it must have, or an envelope that is not whole. */
export const faults = ({ answer, expected, operation, step }: Line): ReadonlyArray<string> => {
  const { envelope, exitCode, status } = answer
  const code = envelope.ok ? "done" : textField(envelope.error, "code")
  const found = `${code} ${status} ${exitCode}`
  const wanted = `${expected} ${outcomes[expected].join(" ")}`
  return [
    ...(found === wanted ? [] : [`answers ${found}, not ${wanted}: ${textField(envelope.error, "message")}`]),
    ...(envelope.command === labels[operation] ? [] : [`is labelled ${envelope.command}`]),
    ...(/^trace_[0-9a-f]{16}$/u.test(envelope.trace_id) ? [] : [`has the trace ${envelope.trace_id}`]),
    ...(envelope.ok === (envelope.error === null) && envelope.ok === (envelope.data !== null)
      ? []
      : ["must have data or an error"])
  ].map((fault) => `${step}: ${fault}`)
}

/** The steps in whose answer one of these secrets stands, or any token but the one that a signup gives. */
export const leaks = (lines: ReadonlyArray<Line>, secrets: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.flatMap(({ answer: { envelope }, operation, step }) => {
    const text = JSON.stringify(envelope, (field, value: unknown) =>
      operation === "signup" && field === "token" ? null : value
    )
    return /isk_[a-z]_/u.test(text) || secrets.some((secret) => text.includes(secret)) ? [step] : []
  })
