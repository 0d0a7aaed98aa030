import { setTimeout as wait } from "node:timers/promises"
import * as AccountRoutes from "./AccountRoutes.ts"
import * as Disputes from "./Disputes.ts"
import { expand, render } from "./Expand.ts"
import { type Fault, type Faults, internal, refusal } from "./Faults.ts"
import { Idempotency } from "./Idempotency.ts"
import * as Ids from "./Ids.ts"
import * as IntentRoutes from "./IntentRoutes.ts"
import * as Keys from "./Keys.ts"
import { Params } from "./Params.ts"
import * as Refunds from "./Refunds.ts"
import * as Reply from "./Reply.ts"
import { type Matched, match, type Route } from "./Router.ts"
import * as SessionRoutes from "./SessionRoutes.ts"
import * as SimulatedDeposit from "./SimulatedDeposit.ts"
import { refused, StripeFailure } from "./StripeFailure.ts"
import type { Cause } from "./StripeObjects.ts"
import * as Version from "./Version.ts"
import type { World } from "./World.ts"

/** A request as it came. */
export interface Request {
  readonly method: string
  readonly path: string
  /** Without its question mark. */
  readonly query: string
  readonly headers: { readonly [name: string]: string | ReadonlyArray<string> | undefined }
  readonly body: string
}

/** A request as it is remembered for a test to look at. Holds no key of the API. */
export type Seen = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly idempotencyKey: string | null
  readonly version: string | null
  /** Null where the socket was closed. */
  readonly status: number | null
  readonly replayed: boolean
}

const routes: ReadonlyArray<Route> = [
  ...SessionRoutes.routes,
  ...IntentRoutes.routes,
  ...Refunds.routes,
  ...Disputes.routes,
  ...AccountRoutes.routes,
  SimulatedDeposit.route
]

/** The API on `/v1`: keys, versions, faults and idempotency around the routes. */
export class Api {
  private readonly world: World
  private readonly keys: ReadonlyArray<Keys.Key>
  private readonly faults: Faults
  private readonly idempotency: Idempotency
  private readonly log: Array<Seen> = []

  constructor(world: World, keys: ReadonlyArray<Keys.Key>, faults: Faults) {
    this.world = world
    this.keys = keys
    this.faults = faults
    this.idempotency = new Idempotency(world)
  }

  /** Every request so far, in the order of the answers. */
  seen(): ReadonlyArray<Seen> {
    return [...this.log]
  }

  async answer(request: Request): Promise<Reply.Reply> {
    const requestId = `req_${Ids.letters(14)}`
    const key = header(request, "idempotency-key")
    const version = header(request, "stripe-version")
    this.world.tick()
    const reply = await this.met(request, requestId, key, this.faults.next(request.method, request.path))
    this.world.tick()
    this.log.push({
      id: requestId,
      method: request.method,
      path: request.path,
      idempotencyKey: key ?? null,
      version: version ?? null,
      status: reply.dropped ? null : reply.status,
      replayed: reply.headers["idempotent-replayed"] === "true"
    })
    return {
      ...reply,
      headers: {
        ...reply.headers,
        "request-id": requestId,
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(version === undefined ? {} : { "stripe-version": version })
      }
    }
  }

  private async met(
    request: Request,
    requestId: string,
    key: string | undefined,
    fault: Fault | undefined
  ): Promise<Reply.Reply> {
    try {
      if (fault?.kind === "dropBefore") {
        await wait(fault.milliseconds)
        return { ...Reply.failure(internal(), requestId), dropped: true }
      }
      const found = this.admit(request)
      if (key !== undefined && key.length > longestKey)
        throw refused(`Idempotency keys may be at most ${longestKey} characters.`)
      const run = () => this.run(request, requestId, key, found, fault)
      const reply =
        key === undefined || request.method !== "POST"
          ? await run()
          : await this.idempotency.once(key, fingerprint(request), run)
      return fault?.kind === "dropAfter" ? { ...reply, dropped: true } : reply
    } catch (error) {
      return Reply.failure(error, requestId)
    }
  }

  /** The route of a request whose key may use it. */
  private admit(request: Request): Matched & { readonly version: Version.Version } {
    const key = Keys.authenticate(this.keys, header(request, "authorization"))
    const version = Version.parse(header(request, "stripe-version"))
    const matched = match(routes, request.method, request.path)
    Keys.authorize(key, this.world.accountId, matched.route.permission, request.method)
    return { ...matched, version }
  }

  /** Never rejects: an idempotency key may have to keep the refusal. */
  private async run(
    request: Request,
    requestId: string,
    key: string | undefined,
    { id, route, version }: Matched & { readonly version: Version.Version },
    fault: Fault | undefined
  ): Promise<Reply.Reply> {
    const cause: Cause = { id: requestId, idempotency_key: key ?? null }
    try {
      if (fault !== undefined) await wait(fault.milliseconds ?? (fault.kind === "delay" ? 1000 : 0))
      const planned = fault === undefined ? undefined : refusal(fault, key)
      if (planned !== undefined) throw planned
      const params = Params.parse(encoded(request))
      const paths = params.texts("expand")
      const act = await route.read({ world: this.world, params, version, id })
      params.done()
      const body = this.world.during(cause, act)
      if (fault?.kind === "errorAfter") throw internal(fault.remembered)
      return Reply.success(render(expand(this.world, body, paths), version), requestId)
    } catch (error) {
      return Reply.failure(error, requestId)
    }
  }
}

/** https://docs.stripe.com/api/idempotent_requests. */
const longestKey = 255

const header = ({ headers }: Request, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : undefined
}

/** The parameters: of the query, and of a form. */
const encoded = (request: Request): string => {
  const type = header(request, "content-type") ?? ""
  if (request.body !== "" && !type.startsWith("application/x-www-form-urlencoded"))
    throw new StripeFailure({
      status: 400,
      type: "invalid_request_error",
      message: "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
      remembered: false
    })
  return [request.query, request.body].filter((part) => part !== "").join("&")
}

/** The same for the same parameters, whatever their order. */
const fingerprint = (request: Request): string => {
  const pairs = [...new URLSearchParams(request.body)].map(([name, value]) => JSON.stringify([name, value]))
  return [request.method, request.path, ...pairs.sort()].join("\n")
}
