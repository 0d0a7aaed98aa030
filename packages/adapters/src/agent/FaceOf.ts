import { Agent } from "@image-skill/core/agent/Agent"
import type { AgentData } from "@image-skill/core/agent/AgentData"
import { type AgentEvent, AgentEvents } from "@image-skill/core/agent/AgentEvents"
import {
  type AgentOperationId,
  agentOperationIds,
  agentOperationNamed,
  agentOperations
} from "@image-skill/core/agent/AgentOperations"
import type { AgentTokens } from "@image-skill/core/agent/AgentTokens"
import { type CallFacts, factsAfter, notAsked, stoppedAnswer } from "@image-skill/core/agent/StoppedAnswer"
import { uploadBytes, type UploadedBytes } from "@image-skill/core/agent/UploadBytes"
import { command, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer, Envelope } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { guideCommand } from "@image-skill/core/payments/PaymentCommands"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as WebSecretBytes from "../envelope/WebSecretBytes.ts"
import { AgentUpkeep } from "./AgentUpkeep.ts"
import { ImageSkillError } from "./ImageSkillError.ts"
import type { CallOptions, ImageSkillFace } from "./ImageSkillFace.ts"

/** What a face is made of. */
export type FaceServices = Agent | ServiceApi | AgentTokens | Ids

type Runtime = ManagedRuntime.ManagedRuntime<FaceServices, Refusal>

/** How long running jobs are waited for at the end; the next start goes on with the others. */
const grace = Duration.seconds(20)

/** The promise face over the layers. Whatever cannot be built, e.g. on a Node without SQLite, rejects. */
export const faceOf = (layer: Layer.Layer<FaceServices, Refusal>): Promise<ImageSkillFace> => {
  const runtime: Runtime = ManagedRuntime.make(layer)
  return Effect.runPromise(
    runtime.contextEffect.pipe(
      Effect.map((context) => methods(runtime, context)),
      Effect.catch((refusal) =>
        Effect.flatMap(refusedEnvelope("guide", refusal), (envelope) => Effect.fail(new ImageSkillError(envelope)))
      )
    )
  )
}

/** One call, and what is known of it while it runs. */
const calling = (runtime: Runtime, ids: Ids["Service"]) => {
  let isClosed = false
  const run = (
    id: AgentOperationId,
    body: Schema.Json,
    program: Effect.Effect<Answer, never, FaceServices>,
    { onEvent, signal }: CallOptions
  ): Promise<Envelope> => {
    if (isClosed) return refused(id, closed())
    let facts: CallFacts = notAsked
    // Also said of a call that was running when its agent was closed.
    const stopped = () =>
      Effect.runPromise(Effect.map(ids.trace, (traceId) => stoppedAnswer({ id, body, facts, traceId }).envelope))
    if (signal?.aborted === true) return stopped()
    const tell = (event: AgentEvent) =>
      Effect.ignoreCause(
        Effect.sync(() => {
          facts = factsAfter(facts, event)
          // A listener may be asynchronous, whatever its type says.
          void Promise.resolve(onEvent?.(event)).catch(() => null)
        })
      )
    const asking = Effect.gen(function* () {
      const { before } = yield* AgentUpkeep
      yield* before(id)
      facts = { ...facts, isAsked: true }
      return yield* program
    }).pipe(Effect.provideService(AgentEvents, { tell }))
    return runtime.runPromiseExit(asking, signal === undefined ? {} : { signal }).then((exit) => {
      if (Exit.isSuccess(exit)) return exit.value.envelope
      return Cause.hasInterruptsOnly(exit.cause) ? stopped() : refused(id, unforeseen(facts))
    })
  }
  const close = (): Promise<void> => {
    if (isClosed) return Promise.resolve()
    isClosed = true
    return runtime
      .runPromise(Effect.flatMap(AgentUpkeep, ({ idle }) => Effect.ignore(Effect.timeoutOption(idle, grace))))
      .then(() => runtime.dispose())
  }
  return { run, close }
}

const trace = Effect.flatMap(Ids, (ids) => ids.trace)

const methods = (runtime: Runtime, context: Context.Context<FaceServices>): ImageSkillFace => {
  const { target } = Context.get(context, Agent)
  const { close, run } = calling(runtime, Context.get(context, Ids))
  const ask = (id: AgentOperationId, body: Schema.Json, options: CallOptions = {}) =>
    run(
      id,
      body,
      Effect.flatMap(Agent, (agent) => agent.ask(id, body)),
      options
    )
  const method =
    <K extends AgentOperationId>(id: K) =>
    (request: unknown = {}, options: CallOptions = {}): Promise<AgentData<K>> =>
      ask(id, asJson(request), options).then((envelope) => dataOf(id, envelope))
  const upload: ImageSkillFace["upload"] = (request, options = {}) =>
    isBytes(request)
      ? run("upload", {}, uploadBytes(request), options).then((envelope) => dataOf("upload", envelope))
      : method("upload")(request, options)
  return {
    target,
    guide: method("guide"),
    signup: method("signup"),
    whoami: method("whoami"),
    quota: method("quota"),
    create: method("create"),
    edit: method("edit"),
    upload,
    credits: {
      methods: method("creditsMethods"),
      packs: method("creditsPacks"),
      plan: method("creditsPlan"),
      quote: method("creditsQuote"),
      buy: method("creditsBuy"),
      settle: method("creditsSettle"),
      status: method("creditsStatus")
    },
    models: { list: method("modelsList"), show: method("modelsShow") },
    capabilities: { list: method("capabilitiesList"), show: method("capabilitiesShow") },
    assets: {
      list: method("assetsList"),
      show: method("assetsShow"),
      get: method("assetsGet"),
      lineage: method("assetsLineage"),
      delete: method("assetsDelete")
    },
    jobs: {
      list: method("jobsList"),
      show: method("jobsShow"),
      wait: method("jobsWait"),
      cancel: method("jobsCancel")
    },
    activity: { list: method("activityList"), show: method("activityShow") },
    feedback: { create: method("feedbackCreate") },
    claim: { request: method("claimRequest") },
    spendPolicy: { show: method("spendPolicyShow"), set: method("spendPolicySet") },
    ask: (tool, request = {}, options = {}) => {
      const id = agentOperationIds.find((known) => known === tool) ?? agentOperationNamed(tool)
      return id === null ? refused("guide", unknownTool(tool)) : ask(id, asJson(request), options)
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

const isBytes = (request: unknown): request is UploadedBytes =>
  Predicate.hasProperty(request, "bytes") && request.bytes instanceof Uint8Array

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

const written = Option.liftThrowable((request: unknown) => JSON.stringify(request))

/** As it would be sent: fields that are undefined are none. What is no JSON is refused by the agent, and says so. */
const asJson = (request: unknown): Schema.Json =>
  Option.getOrElse(Option.flatMap(written(request), readJson), () => "not JSON")

const dataOf = <K extends AgentOperationId>(id: K, envelope: Envelope): Promise<AgentData<K>> => {
  const { data, ok } = envelope
  return ok && isDataOf(id, data) ? Promise.resolve(data) : Promise.reject(new ImageSkillError(envelope))
}

/** The types say what the contract says; of an answer only its frame is checked (decision D3.7). */
const isDataOf = <K extends AgentOperationId>(_id: K, data: unknown): data is AgentData<K> =>
  typeof data === "object" && data !== null

/** What is answered without anybody having been asked. */
const refusedEnvelope = (id: AgentOperationId, refusal: Refusal): Effect.Effect<Envelope> => {
  const { effect, label } = agentOperations[id]
  return Effect.map(
    Effect.provide(trace, anyIds),
    (traceId) => toAnswer(refusal, { command: label, traceId, actor: null, effect }).envelope
  )
}

const refused = (id: AgentOperationId, refusal: Refusal): Promise<Envelope> =>
  Effect.runPromise(refusedEnvelope(id, refusal))

const anyIds = Ids.layer.pipe(Layer.provide(WebSecretBytes.layer))

const unknownTool = (tool: unknown): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    message: `there is no tool ${typeof tool === "string" ? tool.slice(0, 80) : "of that kind"}`,
    outcome: "not_sent",
    recovery: { suggestedCommand: guideCommand, docsUrl: docsUrl() }
  })

/** A bug of ours, or of what was plugged in. */
const unforeseen = ({ isAsked }: CallFacts): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_FAILED",
    message: "something unforeseen went wrong in image-skill, or in what was plugged into it",
    ...(isAsked ? {} : { outcome: "not_sent" }),
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl() }
  })

const closed = (): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    message: "this agent was closed; open another one",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })
