import { contractLimits, type Limits } from "@image-skill/core/credits/Limits"
import { type Grant, restrictedGrants } from "@image-skill/core/identity/Actor"
import type { ContentRule } from "@image-skill/core/media/ContentPolicy"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import * as FakeModel from "./FakeModel.ts"
import { board, type Fault } from "./FaultPlan.ts"
import type { ProviderOutcome } from "./ProviderScript.ts"
import { checkName, checkNames, OptionsInvalid } from "./ReadOptions.ts"

/** An agent that has signed up before the test begins. */
export interface FakeAgent {
  readonly name: string
  /** Paid credits, bought beforehand; the preview credits of its signup stand beside them (`limits.previewCredits`). */
  readonly credits?: number
  /** All that it may do; by default everything a signup gives. */
  readonly grants?: ReadonlyArray<Grant>
  readonly claimed?: boolean
  /** Its token is revoked: every call answers AUTH_REQUIRED. */
  readonly revoked?: boolean
  /** Its organization may not spend. */
  readonly frozen?: boolean
}

/**
 * A way to pay. `fake`: an agent settles it at once; its outcomes are those of the `fake` rail of the service.
 * `hosted`: `stripe_checkout`, a page that only a person can pay; `deposit`: `stripe_x402.exact.usdc`. On those two the
 * test is the payer: `payments.pay`. `denied`: the provider refuses this deployment; `unavailable`: it is not configured.
 */
export const fakeRails = [
  "fake",
  "fake:decline",
  "fake:delay",
  "fake:vanish",
  "fake:duplicate",
  "hosted",
  "hosted:denied",
  "hosted:unavailable",
  "deposit",
  "deposit:denied",
  "deposit:unavailable"
] as const
export type FakeRail = (typeof fakeRails)[number]

/** What a provider does with its requests, one after the other, and with every request after those (`succeed`). */
export type FakeProviderScript =
  | ReadonlyArray<ProviderOutcome>
  | { readonly script?: ReadonlyArray<ProviderOutcome>; readonly after?: ProviderOutcome }

/** Everything a fake service can be told. All of it is plain data but the last two. */
export interface FakeServiceOptions {
  /** On a port of this machine: a number, or `true` for a free one. By default in memory, reached by `fetch`. */
  readonly onPort?: boolean | number
  /** ISO 8601; by default 2026-01-01T00:00:00.000Z. */
  readonly startAt?: string
  /** `auto`: while a request waits for nothing but time, time passes. `manual`: only `clock.advance` moves it. */
  readonly clock?: "auto" | "manual"
  readonly agents?: ReadonlyArray<FakeAgent>
  /** The contract's numbers where nothing is said, but without rate limits. */
  readonly limits?: Partial<Limits["Service"]>
  /** Beside the published catalogue and `fake.painter`, `fake.mystery`, `fake.retoucher`. */
  readonly models?: ReadonlyArray<FakeModel.FakeModel>
  /** By the provider's id: `fake`, the ones of your models, or published ones such as `openai`, which then can run. */
  readonly providers?: { readonly [id: string]: FakeProviderScript }
  /** In the order in which they are listed; by default `hosted` and `fake`. */
  readonly rails?: ReadonlyArray<FakeRail>
  readonly faults?: ReadonlyArray<Fault>
  /** Prompts that the operator's policy denies. */
  readonly contentRules?: ReadonlyArray<ContentRule>
  /** A provider of your own, under test with the whole service around it. */
  readonly ownProviders?: ReadonlyArray<MediaProvider>
  /** A rail of your own. */
  readonly ownRails?: ReadonlyArray<PaymentRail>
}

/** The same, checked and completed. */
export interface Settings {
  readonly port: number | null
  readonly startAt: number
  readonly clock: "auto" | "manual"
  readonly agents: ReadonlyArray<FakeAgent>
  readonly limits: Partial<Limits["Service"]>
  readonly models: ReadonlyArray<Model>
  readonly providers: ReadonlyArray<{
    readonly id: string
    readonly script: ReadonlyArray<string>
    readonly after: string
  }>
  readonly rails: ReadonlyArray<FakeRail>
  readonly faults: ReadonlyArray<Fault>
  readonly contentRules: ReadonlyArray<ContentRule>
  readonly ownProviders: ReadonlyArray<MediaProvider>
  readonly ownRails: ReadonlyArray<PaymentRail>
}

const fields = [
  "onPort",
  "startAt",
  "clock",
  "agents",
  "limits",
  "models",
  "providers",
  "rails",
  "faults",
  "contentRules",
  "ownProviders",
  "ownRails"
]
const agentFields = ["name", "credits", "grants", "claimed", "revoked", "frozen"]

/** Throws `OptionsInvalid` for the first thing that is wrong, naming it and the nearest right name. */
export const read = (options: FakeServiceOptions): Settings => {
  checkNames("options", options, fields)
  const { agents = [], clock = "auto", limits = {}, onPort = false, rails = ["hosted", "fake"] } = options
  const { startAt = "2026-01-01T00:00:00.000Z" } = options
  checkName("clock", clock, ["auto", "manual"])
  checkNames("limits", limits, Object.keys(contractLimits))
  for (const rail of rails) checkName("rails", rail, fakeRails)
  const ways = rails.map((rail) => rail.split(":")[0])
  if (new Set(ways).size < ways.length)
    throw new OptionsInvalid(`rails: ${ways.join(", ")} has one way twice; each way to pay stands once`)
  board(options.faults ?? [])
  agents.forEach(checkAgent)
  const names = agents.map(({ name }) => name)
  if (new Set(names).size < names.length) throw new OptionsInvalid(`agents: ${names.join(", ")} has one name twice`)
  const models = (options.models ?? []).map((model, index) => FakeModel.read(model, `models[${index}]`))
  const own = options.ownProviders ?? []
  return {
    port: onPort === false ? null : onPort === true ? 0 : onPort,
    startAt: timeOf(startAt),
    clock,
    agents,
    limits: { requestsPerMinute: null, signupsPerHour: null, uploadsPerHour: null, ...limits },
    models: [...FakeModel.standing, ...models],
    providers: providersOf(options.providers ?? {}, models, own),
    rails,
    faults: options.faults ?? [],
    contentRules: options.contentRules ?? [],
    ownProviders: own,
    ownRails: options.ownRails ?? []
  }
}

const timeOf = (text: string): number => {
  const at = Date.parse(text)
  if (Number.isNaN(at))
    throw new OptionsInvalid(`startAt: ${JSON.stringify(text)} is no time; write 2026-01-31T12:00:00Z`)
  return at
}

const checkAgent = (agent: FakeAgent, index: number): void => {
  const where = `agents[${index}]`
  checkNames(where, agent, agentFields)
  for (const grant of agent.grants ?? []) checkName(`${where}.grants`, grant, restrictedGrants)
  const { credits = 0, name } = agent
  if (typeof name !== "string" || !/^[\w-]{1,60}$/u.test(name))
    throw new OptionsInvalid(`${where}.name: 1 to 60 letters, digits, dashes and underscores`)
  if (!Number.isInteger(credits) || credits < 0 || credits > 100_000)
    throw new OptionsInvalid(`${where}.credits: ${credits} is no number of credits from 0 to 100000`)
}

const providersOf = (
  given: NonNullable<FakeServiceOptions["providers"]>,
  models: ReadonlyArray<Model>,
  own: ReadonlyArray<MediaProvider>
): Settings["providers"] => {
  const known = new Set(
    [...FakeModel.standing, ...models, ...publishedModels]
      .map(({ provider }) => provider)
      .filter((id) => id !== "local")
  )
  checkIds(Object.keys(given), known)
  const scripted = Object.entries(given).map(([id, script]) => ({ id, ...scriptOf(script, `providers.${id}`) }))
  // Whoever adds a model wants it to run.
  const needed = new Set([...FakeModel.standing, ...models].map(({ provider }) => provider))
  const others = [...needed].filter(
    (id) => !scripted.some((one) => one.id === id) && !own.some((provider) => provider.id === id)
  )
  return [...scripted, ...others.map((id) => ({ id, script: [], after: "succeed" }))]
}

const checkIds = (ids: ReadonlyArray<string>, known: ReadonlySet<string>): void => {
  for (const id of ids) checkName("providers", id, known)
}

const isList = (script: FakeProviderScript): script is ReadonlyArray<ProviderOutcome> => Array.isArray(script)

const scriptOf = (given: FakeProviderScript, where: string) => {
  if (isList(given)) return { script: given, after: "succeed" }
  checkNames(where, given, ["script", "after"])
  return { script: given.script ?? [], after: given.after ?? "succeed" }
}
