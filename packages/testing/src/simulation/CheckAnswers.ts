import { createHash } from "node:crypto"
import { sum } from "@image-skill/core/credits/Hold"
import { type Answer, FailureWire, successOf } from "@image-skill/core/envelope/Envelope"
import { type ErrorEntry, errorRegistry } from "@image-skill/core/envelope/ErrorRegistry"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { Job } from "@image-skill/core/jobs/Job"
import { answers } from "@image-skill/core/service/Answers"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { idPattern, keyOf } from "./Agents.ts"
import type { Exchange } from "./Network.ts"
import type { Secrets } from "./Secrets.ts"
import type { Observer, State } from "./State.ts"

/** Something that must never be, and was. */
export interface Violation {
  readonly invariant: InvariantName
  readonly message: string
}

export type InvariantName =
  | "answers fit the contract"
  | "refusals keep nothing"
  | "outcomes are true"
  | "one key is one request"
  | "what is not one's own stays unseen"
  | "secrets stay where they belong"
  | "the books are in order"
  | "history is not rewritten"
  | "one job is one paid call"
  | "jobs and credits agree"
  | "what was made is delivered or released"
  | "everything ends"
  | "nothing unforeseen happens"

/** Requests of one agent under one key, by how many came and how many are being answered. */
export interface Promised {
  /** An answer said that this job cost nothing; it holds until the key is used again. */
  readonly jobId: string
  readonly asked: string
  readonly count: number
}

export interface AnswerChecks {
  readonly delivered: (exchange: Exchange) => void
  /** What is wrong with an answer, looked at in the moment in which it is made. */
  readonly check: (exchange: Exchange, answer: Answer) => ReadonlyArray<Violation>
  /** Answers that said that nothing was charged, and were wrong in the end. */
  readonly broken: (state: State) => ReadonlyArray<Violation>
}

const largestError = 1_600

const violation = (invariant: InvariantName, message: string): Violation => ({ invariant, message })

const decodeFailure = Schema.decodeUnknownResult(FailureWire)
const decoders = new Map<JsonOperationId, (envelope: unknown) => Result.Result<unknown, Schema.SchemaError>>()

/** The frame of the envelope and the data of this operation, as strictly as we write them. */
const decoderOf = (operation: JsonOperationId) => {
  const known = decoders.get(operation)
  if (known !== undefined) return known
  const made = Schema.decodeUnknownResult(successOf(answers[operation]))
  decoders.set(operation, made)
  return made
}

const entryOf = (code: string): ErrorEntry | undefined =>
  Object.entries(errorRegistry).find(([name]) => name === code)?.[1]

/** The request that a key stands for, whoever sends it how often; null without a key. */
const askedAs = (exchange: Exchange): string | null => {
  const key = keyOf(exchange)
  return key === null ? null : `${exchange.sender} ${exchange.operation} ${key}`
}

export const make = (observer: Observer, secrets: Secrets): AnswerChecks => {
  const requests = new Map<string, { came: number; open: number }>()
  const promises: Array<Promised> = []
  const owned = new Set<string>()
  const made = new Map<string, string>()

  const check = (exchange: Exchange, answer: Answer): ReadonlyArray<Violation> => {
    const { envelope } = answer
    const asked = askedAs(exchange)
    const standing = asked === null ? undefined : requests.get(asked)
    if (standing !== undefined) standing.open -= 1
    const found = [...contract(exchange, answer), ...spoken(exchange, answer, secrets), ...isolation(exchange, answer)]
    if (envelope.ok) {
      if (exchange.isHostile)
        found.push(
          violation("refusals keep nothing", `${exchange.sender} was given what it asked ${exchange.operation}`)
        )
      return [...found, ...sameRequest(exchange, answer), ...sameJob(exchange, answer)]
    }
    const job = jobOf(exchange, answer)
    if (job === null) return found
    const said = jsonField(envelope.error, "money_moved")
    const outcome = jsonField(envelope.error, "outcome")
    // Another request under the key that is being answered now may still take what this one did not.
    if (outcome === "rejected" && said === "no" && (standing === undefined || standing.open === 0))
      promises.push({ jobId: job.id, asked: asked ?? "", count: standing?.came ?? 0 })
    return found
  }

  /** No id of anything that is somebody else's, but those that were asked about. */
  const isolation = ({ body, operation }: Exchange, { envelope }: Answer): ReadonlyArray<Violation> => {
    const organizationId = textField(envelope.actor, "organization_id")
    if (organizationId === "") return []
    const asked = JSON.stringify(body)
    const text = JSON.stringify(envelope)
    return [...new Set(text.match(idPattern) ?? [])].flatMap((id) => {
      if (owned.has(`${organizationId} ${id}`) || asked.includes(id)) return []
      const owns = observer.owns(organizationId, id)
      if (owns === false)
        return [violation("what is not one's own stays unseen", `${operation} told ${organizationId} of ${id}`)]
      owned.add(`${organizationId} ${id}`)
      return []
    })
  }

  /** The job that an answer is about; null without one. */
  const jobOf = (exchange: Exchange, { envelope }: Answer): Job | null => {
    if (exchange.operation !== "create" && exchange.operation !== "edit") return null
    const named = textField(jsonField(envelope.error, "recovery"), "job_id")
    const jobs = observer.jobs()
    return jobs.find(({ id, traceId }) => id === named || traceId === envelope.trace_id) ?? null
  }

  /** 14 of the ledger, for media: what is answered under a key is what was asked under it. */
  const sameRequest = ({ body, operation }: Exchange, { envelope }: Answer): ReadonlyArray<Violation> => {
    if (operation !== "create" && operation !== "edit") return []
    const jobId = textField(envelope.data, "job_id")
    const job = observer.jobs().find(({ id }) => id === jobId)
    const prompt = jsonField(body, "prompt")
    if (job === undefined || typeof prompt !== "string") return []
    const sha256 = createHash("sha256").update(prompt).digest("hex")
    return job.request.promptSha256 === sha256
      ? []
      : [violation("one key is one request", `${jobId} was answered to a request for something else`)]
  }

  /** Whoever repeats a request is told of the job that there is. */
  const sameJob = (exchange: Exchange, { envelope }: Answer): ReadonlyArray<Violation> => {
    const key = keyOf(exchange)
    const jobId = textField(envelope.data, "job_id")
    if (key === null || jobId === "" || jsonField(envelope.data, "dry_run") === true) return []
    const asked = `${textField(envelope.actor, "actor_id")} ${exchange.operation} ${key}`
    const first = made.get(asked) ?? jobId
    made.set(asked, first)
    return first === jobId ? [] : [violation("one key is one request", `${asked} made ${first}, and then ${jobId}`)]
  }

  return {
    delivered: (exchange) => {
      const asked = askedAs(exchange)
      if (asked === null) return
      const standing = requests.get(asked) ?? { came: 0, open: 0 }
      requests.set(asked, { came: standing.came + 1, open: standing.open + 1 })
    },
    check,
    broken: ({ books, jobs }) => {
      const holds = new Map(books.ledger.holds.map((hold) => [hold.id, hold]))
      return promises.flatMap(({ asked, count, jobId }) => {
        if ((requests.get(asked)?.came ?? 0) !== count) return []
        const hold = holds.get(jobs.find(({ id }) => id === jobId)?.holdId ?? "")
        return hold?.state === "captured" && sum(hold.captured) > 0
          ? [violation("outcomes are true", `${jobId} was said to have cost nothing, and cost ${sum(hold.captured)}`)]
          : []
      })
    }
  }
}

/** An envelope that its schema takes, with a registered code and what the registry and the effect of the call say. */
const contract = ({ operation }: Exchange, { envelope, status }: Answer): ReadonlyArray<Violation> => {
  const broken = (message: string) => violation("answers fit the contract", `${operation}: ${message}`)
  if (envelope.ok) {
    const decoded = decoderOf(operation)(envelope)
    return Result.isSuccess(decoded) ? [] : [broken(`no answer of its own: ${decoded.failure.message.slice(0, 300)}`)]
  }
  if (Result.isFailure(decodeFailure(envelope))) return [broken("its failure is no envelope")]
  const code = textField(envelope.error, "code")
  const entry = entryOf(code)
  if (typeof entry?.status !== "number") return [broken(`no service may say ${code}`)]
  const size = JSON.stringify(envelope.error).length
  return [
    ...(status >= 400 ? [] : [broken(`${code} came with status ${status}`)]),
    ...(size > largestError ? [broken(`${code} takes ${size} characters`)] : []),
    ...(code === "INTERNAL_ERROR" && status === 500
      ? [violation("nothing unforeseen happens", `${operation}: ${code}`)]
      : [])
  ]
}

/** No secret, but for the new token of a signup. */
const spoken = ({ operation, sender }: Exchange, { envelope }: Answer, secrets: Secrets): ReadonlyArray<Violation> => {
  const own = operation === "signup" ? textField(envelope.data, "token") : ""
  const text = own === "" ? JSON.stringify(envelope) : JSON.stringify(envelope).replaceAll(own, "")
  return secrets.in(text).length === 0
    ? []
    : [violation("secrets stay where they belong", `an answer of ${operation} to ${sender} has a secret`)]
}
