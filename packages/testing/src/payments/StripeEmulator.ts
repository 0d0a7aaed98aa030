import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Api, type Request } from "./stripe/Api.ts"
import * as Control from "./stripe/Control.ts"
import * as ControlServer from "./stripe/ControlServer.ts"
import { Deliveries } from "./stripe/Deliveries.ts"
import * as Endpoints from "./stripe/Endpoints.ts"
import { Faults } from "./stripe/Faults.ts"
import * as Keys from "./stripe/Keys.ts"
import { listen } from "./stripe/Listener.ts"
import * as Page from "./stripe/Page.ts"
import type { Reply } from "./stripe/Reply.ts"
import * as RpcChain from "./stripe/RpcChain.ts"
import { scan } from "./stripe/Watcher.ts"
import { World } from "./stripe/World.ts"

export interface StripeEmulatorOptions {
  /** Live mode: keys and ids say `live`, objects carry `livemode: true`, test helpers are refused. */
  readonly live?: boolean
  /** Where events go. Without a secret of its own an endpoint is signed with `webhookSecret`. */
  readonly webhooks?: ReadonlyArray<{
    readonly url: string
    readonly secret?: string
    readonly apiVersion?: string
    readonly events?: ReadonlyArray<string>
  }>
  /** Milliseconds since 1970; the system's clock where it is left out. `control.advance` adds to it. */
  readonly clock?: () => number
  /** What `restrictedKey` may do; write includes read. Nothing but the account itself, where it is left out. */
  readonly permissions?: Keys.Permissions
  /** How long a simulated deposit stays in `processing`; 0 where it is left out, at most 15 with Stripe. */
  readonly depositSeconds?: number
  /** A local node whose token transfers pay deposits on `base`; looked at every `intervalMilliseconds`, or when told. */
  readonly chain?: RpcChain.RpcChainOptions & { readonly intervalMilliseconds?: number }
  /** The port of the API and the hosted page; any free one where it is left out. */
  readonly port?: number
}

/**
 * Stripe on this machine: the API that the official SDK of version 23 talks to, the hosted checkout page, signed events.
 * Give the SDK `{host, port, protocol: "http", telemetry: false}` of `baseUrl`.
 */
export interface StripeEmulator {
  /** `http://127.0.0.1:PORT`, of the API and of the hosted page. */
  readonly baseUrl: string
  /** `http://127.0.0.1:PORT`; `POST /control/<name>` takes the same steps as `control`. */
  readonly controlUrl: string
  /** A key of this emulator alone, of Stripe's form: `sk_test_…`, or `sk_live_…` in live mode. */
  readonly secretKey: string
  /** `rk_test_…` or `rk_live_…`, with the permissions of the options. */
  readonly restrictedKey: string
  /** `whsec_…`: what signs for an endpoint that names no secret. */
  readonly webhookSecret: string
  readonly control: Control.StripeControl
}

/** Starts an emulator of its own, empty, that ends with the scope. */
export const start = (options: StripeEmulatorOptions = {}): Effect.Effect<StripeEmulator, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => open(options)),
      ({ close }) => Effect.promise(close)
    ),
    ({ emulator }) => emulator
  )

const open = async (options: StripeEmulatorOptions) => {
  const livemode = options.live ?? false
  const world = new World({
    livemode,
    clock: options.clock ?? Date.now,
    depositSeconds: options.depositSeconds ?? 0,
    chain: options.chain === undefined ? undefined : await RpcChain.open(options.chain)
  })
  const deliveries = new Deliveries(world)
  world.deliver = (event) => deliveries.accept(event)
  const webhookSecret = Endpoints.newSecret()
  for (const { secret = webhookSecret, ...endpoint } of options.webhooks ?? [])
    Endpoints.add(world, { ...endpoint, secret })
  const secretKey = Keys.newKey("sk", livemode)
  const restrictedKey = Keys.newKey("rk", livemode)
  const faults = new Faults()
  const api = new Api(
    world,
    [{ secret: secretKey }, { secret: restrictedKey, permissions: options.permissions ?? {} }],
    faults
  )
  const control = Control.make({ api, deliveries, faults, webhookSecret, world })
  const server = await serve(world, api, options.port)
  world.baseUrl = server.origin
  const controlServer = await ControlServer.open(control)
  const timer =
    options.chain?.intervalMilliseconds === undefined
      ? undefined
      : // A look that fails is made again: the node may be starting, or gone before the emulator.
        setInterval(() => void scan(world).catch(() => undefined), options.chain.intervalMilliseconds)
  const close = async () => {
    clearInterval(timer)
    await Promise.all([server.close(), controlServer.close(), deliveries.close()])
  }
  const emulator: StripeEmulator = {
    baseUrl: server.origin,
    controlUrl: controlServer.origin,
    secretKey,
    restrictedKey,
    webhookSecret,
    control
  }
  return { close, emulator }
}

const serve = (world: World, api: Api, port: number | undefined) =>
  listen(async (request, body, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?")
    const { headers, method = "GET" } = request
    const page = Page.answer(world, method, path, body)
    if (page !== undefined) {
      const location = page.location === undefined ? {} : { location: page.location }
      response.writeHead(page.status, { ...pageHeaders, ...location }).end(method === "HEAD" ? undefined : page.html)
      return
    }
    const asked: Request = { method, path, query, headers, body }
    const reply: Reply = await api.answer(asked)
    if (reply.dropped) request.socket.destroy()
    else response.writeHead(reply.status, reply.headers).end(reply.body)
  }, port)

const pageHeaders = {
  "cache-control": "no-store",
  "content-type": "text/html; charset=utf-8",
  "referrer-policy": "no-referrer"
}
