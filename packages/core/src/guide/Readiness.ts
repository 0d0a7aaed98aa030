import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { isTrue, listOf, maybeText } from "../envelope/Lenient.ts"
import { maybePrintable } from "../envelope/Printable.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import type { Rail } from "../payments/Rail.ts"

/** A rail or a provider as doctor lists it: whether it can be used now, what stands against it, and what ends that. */
export interface RailReadiness {
  readonly methodId: string
  readonly ready: boolean
  readonly blocker: string | null
  readonly agentInitiated: boolean
  readonly agentSettleable: boolean
  readonly liveMoney: boolean
  /** What the operator has to set; null where a command shows more, or where nothing is missing. */
  readonly setting: string | null
}

export const railReadiness = (rail: Rail): RailReadiness => {
  const ready = rail.available && rail.quoteable && rail.purchasable
  return {
    methodId: rail.methodId,
    ready,
    blocker: ready ? rail.settlementBlocker : (rail.unavailableReason ?? "not_available"),
    agentInitiated: rail.agentInitiated,
    agentSettleable: rail.agentSettleable,
    liveMoney: rail.liveMoney,
    setting: ready ? null : rail.operatorHint
  }
}

const Method = Schema.Struct({
  method_id: Schema.String,
  available: isTrue,
  quoteable: isTrue,
  purchasable: isTrue,
  live_money: isTrue,
  agent_initiated: isTrue,
  agent_settleable: isTrue,
  settlement_blocker: maybeText,
  unavailable_reason: maybeText
})

const Methods = Schema.Struct({ methods: listOf(Method) })

/** The rails in the answer of any service, as far as they can be read. */
export const railsIn = (data: Schema.Json): ReadonlyArray<RailReadiness> =>
  (Option.getOrNull(Schema.decodeUnknownOption(Methods)(data))?.methods ?? [])
    .filter((method) => method !== null)
    .slice(0, most)
    .map((method) => {
      const ready = method.available && method.quoteable && method.purchasable
      const reason = maybePrintable(ready ? method.settlement_blocker : method.unavailable_reason)
      return {
        methodId: maybePrintable(method.method_id, 80) ?? "unknown",
        ready,
        blocker: reason ?? (ready ? null : "not_available"),
        agentInitiated: method.agent_initiated,
        agentSettleable: method.agent_settleable,
        liveMoney: method.live_money,
        setting: null
      }
    })

const most = 20

/** The row on the wire. `fix` is a variable to set or a command to run; null where nothing has to be done. */
export const railRow = (rail: RailReadiness, start: Start): Schema.JsonObject => ({
  method_id: rail.methodId,
  ready: rail.ready,
  blocker: rail.blocker,
  agent_initiated: rail.agentInitiated,
  agent_settleable: rail.agentSettleable,
  live_money: rail.liveMoney,
  fix: rail.ready ? null : (variablesIn(rail.setting) ?? lineOf(command("credits methods", json), start)),
  ...(rail.setting === null ? {} : { needs: rail.setting })
})

/** Names of variables in a hint to the operator. */
const variablesIn = (hint: string | null): string | null => {
  const names = hint?.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/gu) ?? []
  return names.length === 0 ? null : [...new Set(names)].join(", ")
}

/** The same of a provider. `variable` is what the operator sets; null where it is not this machine's service. */
export const providerRow = (
  {
    blocker,
    models,
    provider,
    ready
  }: {
    readonly provider: string
    readonly ready: boolean
    readonly models: number
    readonly blocker: string | null
  },
  variable: string | null,
  start: Start
): Schema.JsonObject => ({
  provider,
  ready,
  blocker,
  models,
  fix: ready ? null : (variable ?? lineOf(modelsOf(provider), start))
})

const modelsOf = (provider: string): Command =>
  /^[\w.-]+$/u.test(provider) ? command("models list", flag("provider", provider), json) : command("models list", json)
