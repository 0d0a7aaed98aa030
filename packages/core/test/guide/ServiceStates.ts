import type { ActorWire, Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { AskGuide } from "@image-skill/core/guide/AskGuide"
import type { GuideWish } from "@image-skill/core/guide/GuideFacts"
import { type Guidance, GuideState } from "@image-skill/core/guide/GuideState"
import { AuthConfig, type WriteProbe } from "@image-skill/core/identity/AuthConfig"
import { AuthHandoff } from "@image-skill/core/identity/AuthHandoff"
import type { TokenSource } from "@image-skill/core/identity/SecretStore"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import type { OperationId } from "@image-skill/core/service/Operations"
import { overWire, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"

/** What a stub of a service answers to each of the guide's four questions, as JSON that came over the wire. */
export interface ServiceState {
  readonly health: Schema.Json | Failure
  readonly models: Schema.Json | Failure
  readonly payments: Schema.Json | Failure
  readonly quota: Schema.Json | Failure
  /** What it says to a dry run; "silent" never answers. */
  readonly plan?: Schema.Json | Failure
}

/** A failing answer. */
export class Failure {
  readonly code: string | null
  readonly status: number
  readonly exitCode: number
  constructor(code: string | null, status: number, exitCode: number) {
    this.code = code
    this.status = status
    this.exitCode = exitCode
  }
}

const ids = Ids.of({
  next: (prefix) => Effect.succeed(`${prefix}_0000000000000000000a`),
  trace: Effect.succeed("trace_0000000000000001"),
  hex: (length) => Effect.succeed("0badcafe0badcafe".slice(0, length))
})

/** Who the stub says is asking. */
export const actor: ActorWire = {
  actor_type: "agent",
  actor_id: "agt_3n7v0c5x9m2q8k4t1r6w",
  organization_id: "org_3n7v0c5x9m2q8k4t1r6w",
  claim_state: "unclaimed"
}

const answerOf = (state: Schema.Json | Failure): Answer => {
  const frame = { command: "image-skill stub", trace_id: "trace_00000000000000aa", actor, warnings: [] }
  if (!(state instanceof Failure)) {
    return { envelope: { ok: true, data: state, error: null, ...frame }, status: 200, exitCode: 0 }
  }
  const error = state.code === null ? null : { code: state.code, message: "the stub says no" }
  return { envelope: { ok: false, data: null, error, ...frame }, status: state.status, exitCode: state.exitCode }
}

export interface Asked {
  readonly wish?: Partial<GuideWish>
  readonly token?: TokenSource | null
  readonly state: ServiceState
  readonly probe?: WriteProbe
  readonly target?: string
  readonly prefix?: string
}

export const noWish: GuideWish = {
  operation: "create",
  inputs: [],
  explain: false,
  prompt: "",
  model: null,
  provider: null,
  intent: null,
  cap: null,
  maxUsd: null,
  aspectRatio: null,
  outputCount: null,
  modelParametersJson: null
}

/** Operations that were asked, so that a test can see what a guide touches. */
export interface Outcome extends Guidance {
  readonly asked: ReadonlyArray<string>
  readonly probed: boolean
}

/** Asks the guide about a service in the given state. */
export const ask = ({
  prefix = "image-skill",
  probe = { _tag: "Writable", parentPath: "/home/demo/.config/image-skill" },
  state,
  target = "http://127.0.0.1:9000",
  token = null,
  wish = {}
}: Asked): Effect.Effect<Outcome> => {
  const asked: Array<string> = []
  let probed = false
  const answers = new Map<string, Schema.Json | Failure>([
    ["healthz", state.health],
    ["modelsList", state.models],
    ["paymentMethods", state.payments],
    ["quota", state.quota],
    ["create", state.plan ?? null]
  ])
  const answer = (operation: OperationId) =>
    Effect.suspend(() => {
      asked.push(operation)
      const said = answers.get(operation) ?? null
      return operation === "create" && said === "silent" ? Effect.never : Effect.succeed(answerOf(said))
    })
  const service = overWire(target, ids, answer, () => answer("uploadStream"))
  const config = AuthConfig.of({
    path: "/home/demo/.config/image-skill/config.json",
    read: Effect.succeed(Option.none()),
    probe: Effect.sync(() => {
      probed = true
      return probe
    }),
    prepare: Effect.die("a guide saves nothing"),
    remove: Effect.die("a guide removes nothing")
  })
  const startWith = (assignments: { readonly [variable: string]: string }) => ({
    prefix: `${Object.entries(assignments)
      .map(([variable, text]) => `${variable}=${text} `)
      .join("")}${prefix}`,
    apiBaseUrl: null
  })
  const host = { prefix, apiBaseUrl: null, startWith }
  return Effect.flatMap(AskGuide, (guide) =>
    guide.ask(
      {
        wish: { ...noWish, ...wish },
        token: token === null ? null : { source: token, value: Redacted.make("isk_r_test") },
        runtime: "codex"
      },
      host
    )
  ).pipe(
    Effect.provide(
      AskGuide.layer.pipe(
        Layer.provide(GuideState.layer),
        Layer.provide([
          AuthHandoff.layer,
          RailSelection.layer,
          Layer.succeed(AuthConfig, config),
          Layer.succeed(ServiceApi, ServiceApi.of(service)),
          Layer.succeed(Ids, ids)
        ])
      )
    ),
    Effect.map((guidance) => ({ ...guidance, asked, probed }))
  )
}

/** One executable create model: 0.05 provider, 9 credits, 0.09 debit. */
export const sketch: Schema.JsonObject = {
  id: "demo.sketch-1",
  status: "available",
  supports: ["create"],
  provider_id: "demo",
  execution: { model_execution_status: "executable" },
  economics: {
    estimated_usd_per_image: 0.05,
    credit_pricing: {
      credits_required: 9,
      credit_unit_usd: 0.01,
      estimated_provider_cost_usd: 0.05,
      fallback_provider_cost_usd: null,
      estimated_revenue_usd: 0.09,
      pricing_confidence: "known"
    }
  }
}

export const models = (...rows: ReadonlyArray<Schema.Json>): Schema.Json => ({
  models: rows,
  summary: { executable: 3, cataloged_not_wired: 8 }
})

export const quota = (credits: number, dailyRemaining: Schema.Json = 2): Schema.Json => ({
  authenticated: true,
  claim_state: "unclaimed",
  token_status: "active",
  limits: { remaining_credits: credits, payment_backed_remaining_credits: 0 },
  daily_jobs: { remaining: dailyRemaining }
})

const commands = (quote: string) => ({
  quote_command: quote,
  purchase_command: "image-skill credits methods --json",
  status_command: "image-skill usage quota --json"
})

export const checkout: Schema.JsonObject = {
  method_id: "stripe_checkout",
  available: true,
  quoteable: true,
  purchasable: true,
  live_money: true,
  requires_browser: true,
  agent_initiated: true,
  agent_settleable: false,
  settlement_blocker: "a person pays",
  buyer_modes: ["hybrid", "human_only"],
  recovery: commands("image-skill credits packs list --json")
}

export const deposit: Schema.JsonObject = {
  ...checkout,
  method_id: "stripe_x402.exact.usdc",
  requires_browser: false,
  agent_settleable: true,
  settlement_blocker: null,
  buyer_modes: ["agent_only", "hybrid"]
}

export const healthy: ServiceState = {
  health: { status: "ok", api_version: "1" },
  models: models(sketch),
  payments: { methods: [checkout, deposit] },
  quota: quota(41)
}
