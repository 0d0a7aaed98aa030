import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { operationOf } from "@image-skill/core/service/Operations"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Dice } from "../payments/Dice.ts"
import type { ServiceProcess } from "./ServiceProcess.ts"
import type { Owner, Timeline } from "./Timeline.ts"

/** How often a message is lost, doubled or late, in percent. */
export interface Roads {
  networkTrouble: number
}

/** A request as it was delivered, once or twice. */
export interface Exchange {
  /** Who sent it. */
  readonly sender: string
  readonly operation: JsonOperationId
  /** The JSON that was sent. */
  readonly body: Schema.Json
  readonly token: string | null
  /** Nobody who keeps the rules would send it, so nothing may be given for it. */
  readonly isHostile: boolean
}

export interface Network {
  /** Null when no answer came, and nobody can tell why. */
  readonly send: (exchange: Exchange) => Effect.Effect<Answer | null>
}

export interface NetworkOptions {
  readonly dice: Dice
  readonly timeline: Timeline
  readonly world: Owner
  readonly roads: Roads
  readonly process: ServiceProcess
  /** Told of each delivery, and of each answer in the very moment in which it is made. */
  readonly delivered: (exchange: Exchange) => void
  readonly answered: (exchange: Exchange, answer: Answer) => void
}

/** A network between agents and the service: it may lose, double, delay and reorder whatever it carries. */
export const make = ({ answered, delivered, dice, process, roads, timeline, world }: NetworkOptions): Network => {
  const isBad = () => dice.chance(roads.networkTrouble)

  const after = (millis: number, run: () => void): void => {
    if (millis === 0) return timeline.post(world, run)
    timeline.post(world, () => {
      Effect.runForkWith(timeline.contextOf(world, () => {}))(Effect.andThen(Effect.sleep(millis), Effect.sync(run)))
    })
  }
  const onTheWay = () => (isBad() ? dice.between(1, dice.pick(300, 3_000, 90_000)) : 0)

  const deliver = (exchange: Exchange, text: string, reply: (answer: Answer | null) => void): void => {
    const { operation, sender, token } = exchange
    delivered(exchange)
    process.handle(
      {
        operation,
        body: JSON.parse(text),
        caller: { token: token === null ? null : Redacted.make(token), network: `net-${sender}`, isLocal: false }
      },
      (answer) => {
        answered(exchange, answer)
        reply(isBad() ? null : answer)
      },
      () => reply(null)
    )
  }

  return {
    send: (exchange) =>
      Effect.callback<Answer | null>((resume) => {
        const text = JSON.stringify(exchange.body)
        let isOver = false
        const reply = (answer: Answer | null) =>
          after(onTheWay(), () => {
            if (!isOver) resume(Effect.succeed(answer))
            isOver = true
          })
        const isLost = isBad() && dice.chance(50)
        after(onTheWay(), () => (isLost ? reply(null) : deliver(exchange, text, reply)))
        if (!isLost && isBad()) after(onTheWay(), () => deliver(exchange, text, () => {}))
      })
  }
}

/** What a client makes of silence: nobody can tell what became of the request. */
export const unreachable = (operation: JsonOperationId): Answer => {
  const { effect, label } = operationOf(operation)
  const refusal = new Refusal({ code: "HOSTED_API_REQUEST_FAILED", message: "the service did not answer" })
  return toAnswer(refusal, { command: label, traceId: "trace_0000000000000000", actor: null, effect })
}
