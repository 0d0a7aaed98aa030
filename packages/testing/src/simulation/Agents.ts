import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { type Credentials, type JsonOperationId, overWire, type ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Dice } from "../payments/Dice.ts"
import { type Exchange, type Network, unreachable } from "./Network.ts"
import type { Secrets } from "./Secrets.ts"

/** Somebody who uses the service, with what it remembers of its own. */
export interface SimulatedAgent {
  readonly name: string
  token: string | null
  /** Tokens that were replaced. */
  readonly oldTokens: Array<string>
  /** What its answers told it, by prefix. */
  readonly ids: Map<string, Set<string>>
  /** Requests under a key, in the order in which they were made. */
  readonly keyed: Array<Exchange>
  /** Those of them that may have to be repeated. */
  unsure: ReadonlyArray<Exchange>
  /** By which method each of its quotes is to be paid. */
  readonly quotes: Map<string, string>
  keys: number
  /** How often it had to begin anew, having lost its token. */
  lives: number
}

/** What an agent sees of the world, and can do. */
export interface Scene {
  readonly dice: Dice
  readonly secrets: Secrets
  readonly network: Network
  readonly ids: Ids["Service"]
  readonly agents: ReadonlyArray<SimulatedAgent>
  /** Something happens to a payment: mostly, that it is paid. */
  readonly pay: (attemptId: string) => Effect.Effect<void>
  readonly trace: (line: string) => void
}

export const newAgent = (name: string): SimulatedAgent => ({
  name,
  token: null,
  oldTokens: [],
  ids: new Map(),
  keyed: [],
  unsure: [],
  quotes: new Map(),
  keys: 0,
  lives: 0
})

export const idPattern =
  /\b(?:job|image|asset|thumb|quote|payatt|receipt|credit_event|usage|evt|hold|appr|sig|payrev)_\d{20,26}\b/gu

export const credentialsOf = ({ token }: SimulatedAgent): Credentials => (token === null ? null : Redacted.make(token))

/** One of the agent's own ids of a kind; null when it knows none. */
export const known = ({ ids }: SimulatedAgent, dice: Dice, ...prefixes: ReadonlyArray<string>): string | null =>
  dice.oneOf(prefixes.flatMap((prefix) => [...(ids.get(prefix) ?? [])]))

/** A request as this agent sends it, and what it remembers of the answer. */
export const exchange = (scene: Scene, agent: SimulatedAgent, sent: Exchange): Effect.Effect<Answer> =>
  Effect.map(scene.network.send(sent), (received) => {
    const answer = received ?? unreachable(sent.operation)
    scene.trace(`${agent.name} ${sent.operation} ${keyOf(sent) ?? ""} -> ${told(answer)}`)
    remember(agent, sent, answer)
    return answer
  })

export const keyOf = ({ body }: Pick<Exchange, "body">): string | null => {
  const key = textField(body, "idempotency_key")
  return key === "" ? null : key
}

const told = ({ envelope }: Answer): string =>
  envelope.ok ? `ok ${textField(envelope.data, "job_id")}` : textField(envelope.error, "code")

const remember = (agent: SimulatedAgent, sent: Exchange, { envelope }: Answer): void => {
  const key = keyOf(sent)
  if (key !== null) {
    agent.unsure = agent.unsure.filter((other) => keyOf(other) !== key || other.operation !== sent.operation)
    if (!envelope.ok && jsonField(envelope.error, "retryable") === true && !sent.isHostile)
      agent.unsure = [...agent.unsure.slice(-4), sent]
  }
  if (textField(envelope.error, "code") === "AUTH_REQUIRED" && sent.token === agent.token) agent.token = null
  if (sent.isHostile) return
  if (envelope.ok && sent.operation === "creditsQuote")
    agent.quotes.set(textField(envelope.data, "quote_id"), textField(sent.body, "payment_method"))
  // Also a request that is told to wait learns of its job.
  for (const [id] of JSON.stringify([envelope.data, envelope.error]).matchAll(idPattern)) {
    const prefix = id.slice(0, id.lastIndexOf("_"))
    const mine = agent.ids.get(prefix) ?? new Set()
    agent.ids.set(prefix, mine.add(id))
  }
}

/** The public contract as this agent reaches it. */
export const serviceOf = (scene: Scene, agent: SimulatedAgent): ServiceApi["Service"] =>
  overWire(
    "https://simulated.example.test",
    scene.ids,
    (operation, body, credentials) => {
      const sent: Exchange = {
        sender: agent.name,
        operation,
        body,
        token: credentials === null ? null : Redacted.value(credentials),
        isHostile: false
      }
      if (keyOf(sent) !== null && textField(body, "dry_run") === "") agent.keyed.push(sent)
      return exchange(scene, agent, sent)
    },
    () => Effect.die("nobody streams here")
  )

/** Sends JSON as it is, whatever its schema says. */
export const raw = (
  scene: Scene,
  agent: SimulatedAgent,
  operation: JsonOperationId,
  body: Schema.Json,
  { isHostile = true, token = agent.token }: { readonly isHostile?: boolean; readonly token?: string | null } = {}
): Effect.Effect<Answer> => exchange(scene, agent, { sender: agent.name, operation, body, token, isHostile })

/** Of some prompts every word is looked for later, wherever it must not stand. */
export const promptOf = ({ dice, secrets }: Scene, model: string): string => {
  // What draws words by itself keeps them with the picture.
  if (model.startsWith("local.") || dice.chance(40)) return dice.pick("a red boat", "a green boat", "a blue boat")
  const word = secrets.canary()
  return `a boat called ${word}`
}
