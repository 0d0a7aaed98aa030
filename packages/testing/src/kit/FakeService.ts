import type { ActivityEvent } from "@image-skill/core/activity/ActivityEvent"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Violation } from "@image-skill/core/credits/CheckCredits"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import type { OperationId } from "@image-skill/core/service/Operations"
import type { TelemetryRecord } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { FakeMediaProvider } from "../media/FakeMediaProvider.ts"
import { RecordedRequests } from "../service/MemoryTelemetrySink.ts"
import { type Envelope, isEnvelope, requestOf } from "./Envelope.ts"
import { type Balance, balanceOf, type SignedUpAgent } from "./FakeAgents.ts"
import * as FakeLives from "./FakeLives.ts"
import { type FakeServiceOptions, read } from "./FakeOptions.ts"
import * as FakePayments from "./FakePayments.ts"
import { board, type Fault, type FaultBoard, type FaultPoint } from "./FaultPlan.ts"
import * as Network from "./Network.ts"
import { checkName, readMillis } from "./ReadOptions.ts"

/** What a scripted provider was asked. Keys are those of jobs, so that what was sent twice can be seen. */
export interface FakeProvider {
  /** The keys of all requests to make something, in their order. */
  readonly calls: () => Promise<ReadonlyArray<string>>
  /** Of those, the ones that it took: what would be billed. */
  readonly accepted: () => Promise<ReadonlyArray<string>>
  readonly polls: () => Promise<number>
  readonly cancels: () => Promise<number>
}

/** A whole service for a test. Everything it does is the same in every run. */
export interface FakeService extends AsyncDisposable {
  /** Where it listens; null in memory. */
  readonly url: string | null
  /** What clients are given as their base URL: `url`, or in memory a name that only `fetch` reaches. */
  readonly baseUrl: string
  /** A `fetch` that goes to the service without any socket. Give it to whatever client is under test. */
  readonly fetch: typeof globalThis.fetch
  /** One operation of the contract by its name, with fields in snake_case. The token is the first agent's by default. */
  readonly api: <Data = { readonly [name: string]: unknown }>(
    operation: Exclude<OperationId, "uploadStream">,
    request?: { readonly [name: string]: unknown },
    token?: string | null
  ) => Promise<Envelope<Data>>
  /** The token of the first agent; empty without agents. */
  readonly token: string
  readonly agent: (name: string) => SignedUpAgent
  readonly clock: {
    readonly now: () => Date
    /** Moves on, e.g. by `10 minutes`; everything that becomes due on the way happens. */
    readonly advance: (time: string | number) => Promise<void>
  }
  /** A scripted provider by its id; `fake` by default. */
  readonly provider: (id?: string) => FakeProvider
  readonly payments: FakePayments.FakePayments
  readonly books: {
    /** What is wrong with the money; nothing when every credit is accounted for. */
    readonly broken: () => Promise<ReadonlyArray<Violation>>
    /** What the ledger says that an agent's organization has; by default the first agent's. */
    readonly balance: (agent?: string) => Promise<Balance>
  }
  readonly faults: {
    /** Replaces the plan; calls are counted from here. */
    readonly set: (plan: ReadonlyArray<Fault>) => void
    readonly calls: (at: FaultPoint) => number
  }
  /** What happened, oldest first, as `activity list` tells it; by default of the first agent. */
  readonly events: (agent?: string) => Promise<ReadonlyArray<ActivityEvent>>
  /** One record of each request since it was started, without any text of the caller. */
  readonly requests: () => Promise<ReadonlyArray<TelemetryRecord>>
  /** The process of the service dies, and another one goes on with the same rows and bytes. */
  readonly crash: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts a whole service: the programs of the real one over memory, with scripted providers, rails and agents. Ids and
 * tokens count up, and time is virtual. Throws `OptionsInvalid` when the options are wrong.
 */
export const startFakeService = async (options: FakeServiceOptions = {}): Promise<FakeService> => {
  const settings = read(options)
  const faults = board(settings.faults)
  const door = settings.port === null ? null : await Network.listen(settings.port)
  const url = door === null ? null : `http://127.0.0.1:${door.port}`
  const baseUrl = url ?? "https://fake.image-skill.test"
  const lives = await FakeLives.make(settings, faults, baseUrl).catch(async (error: unknown) => {
    await door?.close()
    throw error
  })
  door?.open(lives.carry, baseUrl)
  let isClosed = false
  const close = async () => {
    isClosed = true
    await lives.end()
    await door?.close()
  }
  const fetch = fetchOf(lives, baseUrl, () => isClosed)
  return {
    url,
    baseUrl,
    fetch,
    api: apiOf(lives, baseUrl, fetch),
    token: lives.agents[0]?.token ?? "",
    agent: (name) => agentOf(lives, name),
    clock: {
      now: () => new Date(lives.clock.now()),
      advance: (time) => lives.clock.advance(readMillis(time, "clock.advance"))
    },
    provider: (id = "fake") => providerOf(lives, id),
    payments: FakePayments.make(lives, faults),
    books: {
      broken: () => lives.inLife(brokenBooks),
      balance: (name) => lives.inLife(balanceOf(agentOf(lives, name).organizationId))
    },
    faults: planOf(faults),
    events: (name) => lives.inLife(eventsOf(agentOf(lives, name))),
    requests: async () => {
      const all = await lives.run(Context.get(lives.world.kept, RecordedRequests).all)
      return all.slice(lives.prepared.requests)
    },
    crash: lives.kill,
    close,
    [Symbol.asyncDispose]: close
  }
}

const planOf = ({ calls, set }: FaultBoard): FakeService["faults"] => ({ set, calls })

const fetchOf =
  ({ carry }: FakeLives.FakeLives, baseUrl: string, isClosed: () => boolean): typeof globalThis.fetch =>
  (input, init) => {
    const request = new Request(typeof input === "string" ? new URL(input, baseUrl) : input, init)
    const { origin } = new URL(request.url)
    if (origin !== new URL(baseUrl).origin) return failed(`${origin} is not the fake service`)
    return isClosed() ? failed("the fake service is closed") : unlessAborted(request.signal, () => carry(request))
  }

const failed = (why: string): Promise<never> => Promise.reject(new TypeError(`fetch failed: ${why}`))

/** As `fetch` does it: whoever gives up is told so, whatever becomes of the request. */
const unlessAborted = (signal: AbortSignal, go: () => Promise<Response>): Promise<Response> =>
  signal.aborted ? givenUp(signal) : Promise.race([go(), givenUp(signal)])

const givenUp = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
  signal.throwIfAborted()
  throw new TypeError("fetch failed: the request was given up")
}

const apiOf =
  ({ agents }: FakeLives.FakeLives, baseUrl: string, fetch: typeof globalThis.fetch): FakeService["api"] =>
  async <Data>(
    operation: OperationId,
    request: { readonly [name: string]: unknown } = {},
    token: string | null = agents[0]?.token ?? null
  ) => {
    const response = await fetch(requestOf(baseUrl, operation, request, token))
    const body = await response.text()
    const envelope = jsonOf(body)
    if (isEnvelope<Data>(envelope)) return envelope
    throw new Error(`${operation} was answered with HTTP ${response.status} and no envelope: ${body.slice(0, 200)}`)
  }

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The named agent, or the first one. */
const agentOf = ({ agents }: FakeLives.FakeLives, name: string | undefined): SignedUpAgent => {
  const names = agents.map((one) => one.name)
  if (name !== undefined) checkName("agent", name, names)
  const found = agents.find((one) => name === undefined || one.name === name)
  if (found === undefined)
    throw new Error(`the fake service has no agents: start it with agents: [{ name: "painter" }]`)
  return found
}

const providerOf = ({ run, world }: FakeLives.FakeLives, id: string): FakeProvider => {
  checkName(
    "provider",
    id,
    world.providers.map((one) => one.id)
  )
  const of =
    <A>(look: (provider: FakeMediaProvider) => Effect.Effect<A>) =>
    async (): Promise<A> => {
      const found = world.providers.find((one) => one.id === id)
      if (found === undefined) throw new Error(`there is no provider ${id}`)
      return run(look(found))
    }
  return {
    calls: of(({ calls }) => calls),
    accepted: of(({ accepted }) => accepted),
    polls: of(({ polls }) => polls),
    cancels: of(({ cancels }) => cancels)
  }
}

const eventsOf = Effect.fnUntraced(function* ({ organizationId }: SignedUpAgent) {
  const { list } = yield* ActivityLog
  const events = yield* list({ organizationId, reference: null, limit: 1_000, after: null })
  return events.toReversed()
})
