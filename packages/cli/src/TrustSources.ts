import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as HttpServiceApi from "@image-skill/adapters/service/HttpServiceApi"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { Digest } from "@image-skill/core/envelope/Digest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { deployment, embeddedTarget, version } from "@image-skill/core/envelope/Product"
import type { Fetched, Heard, TrustFacts } from "@image-skill/core/guide/TrustFacts"
import { type HttpRequest, HttpTransport } from "@image-skill/core/service/HttpTransport"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Context } from "./Context.ts"
import type { Target } from "./Target.ts"
import { withService } from "./Wiring.ts"

/** Ours on npm; the bare name belongs to others there (decision D3.4). */
const packageName = "@image-skill/cli"

/** The published service has its documents and its package elsewhere; a test host has everything itself. */
const publishedApi = "https://api.image-skill.com"
const publishedRegistry = "https://registry.npmjs.org"

const patience = Duration.seconds(10)
const maxBytes = 1024 * 1024

const paths = [
  ["skill", "/skill.md"],
  ["llms", "/llms.txt"],
  ["cli", "/cli.md"]
] as const

/** Four groups at once; the documents one after the other (contract/cli.md 6.5). No request carries a token. */
export const hostedFacts = (target: Target): Effect.Effect<TrustFacts, never, Ids> =>
  Effect.gen(function* () {
    const base = target.shown.replace(/\/+$/u, "")
    const isPublished = base === publishedApi
    const docsBaseUrl = isPublished ? deployment.docsBase : base
    const registryUrl = isPublished ? publishedRegistry : base
    const url = `${registryUrl}/${packageName}/${version}`
    const checkedAt = DateTime.formatIso(yield* DateTime.now)
    const found = yield* Effect.all(
      {
        fetched: fetch(url, "application/vnd.npm.install-v1+json, application/json"),
        documents: Effect.forEach(paths, ([key, path]) =>
          Effect.map(fetch(`${docsBaseUrl}${path}`, "text/markdown, text/plain, */*"), (fetched) => ({
            key,
            url: `${docsBaseUrl}${path}`,
            fetched
          }))
        ),
        health: heard((service) => service.healthz({})),
        models: heard((service) => service.modelsList({}))
      },
      { concurrency: "unbounded" }
    )
    return {
      checkedAt,
      packageName,
      version,
      apiBaseUrl: target.shown,
      docsBaseUrl,
      registryUrl,
      package: { url, fetched: found.fetched },
      documents: found.documents,
      health: { url: `${target.origin}/healthz`, ...found.health },
      models: { url: `${target.origin}/v1/models`, ...found.models }
    }
  }).pipe(
    Effect.provide(HttpServiceApi.layer(target.origin).pipe(Layer.provideMerge(bounded), Layer.merge(NodeDigest.layer)))
  )

/** The same client, with the patience and the memory of one who only looks. */
const bounded = Layer.effect(
  HttpTransport,
  Effect.map(HttpTransport, (transport) =>
    HttpTransport.of({
      ...transport,
      send: (request) => transport.send({ ...request, timeout: patience, maxBytes })
    })
  )
).pipe(Layer.provide(NodeHttpTransport.layer))

const fetch = Effect.fnUntraced(function* (url: string, accept: string) {
  const { send } = yield* HttpTransport
  const headers = { accept, "user-agent": `image-skill/${version}` }
  const request: HttpRequest = { method: "GET", url, headers, body: null, timeout: patience, maxBytes }
  return yield* send(request).pipe(
    Effect.flatMap(({ status, text }) =>
      Effect.map(hashed(text), (hash): Fetched => ({ _tag: "Replied", status, text, ...hash }))
    ),
    Effect.catchTag("HttpTransportError", ({ message }) => Effect.succeed<Fetched>({ _tag: "Failed", message }))
  )
})

const hashed = Effect.fnUntraced(function* (text: string) {
  const digest = yield* Digest
  const bytes = Buffer.from(text, "utf8")
  return { bytes: bytes.length, sha256: yield* digest.sha256(bytes) }
})

const heard = (ask: (service: ServiceApi["Service"]) => Effect.Effect<Answer>) =>
  Effect.flatMap(ServiceApi, ask).pipe(
    Effect.map(toHeard),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(silent) })
  )

const toHeard = ({ envelope }: Answer): Heard =>
  envelope.ok ? { data: envelope.data, error: null } : { data: null, error: envelope.error ?? {} }

const silent: Heard = {
  data: null,
  error: { code: "TIMEOUT", message: "the service did not answer within 10 seconds", retryable: true }
}

/** Offline, from what is in this program: its documents, its health and its models. */
export const embeddedFacts = (context: Context, target: Target): Effect.Effect<TrustFacts, never, Ids> =>
  Effect.gen(function* () {
    const checkedAt = DateTime.formatIso(yield* DateTime.now)
    const { health, models } = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) =>
        Effect.all({ health: service.healthz({}), models: service.modelsList({}) })
      )
    )
    const { served } = yield* Effect.promise(() => import("@image-skill/core/documents/Documents"))
    const documents = yield* Effect.forEach(paths, ([key, path]) =>
      Effect.map(hashed(served[path]()), (hash): TrustFacts["documents"][number] => ({
        key,
        url: `${embeddedTarget}${path}`,
        fetched: { _tag: "Own", ...hash }
      }))
    )
    const facts: TrustFacts = {
      checkedAt,
      packageName,
      version,
      apiBaseUrl: embeddedTarget,
      docsBaseUrl: embeddedTarget,
      registryUrl: publishedRegistry,
      package: { url: `${publishedRegistry}/${packageName}/${version}`, fetched: { _tag: "NotAsked" } },
      documents,
      health: { url: `${embeddedTarget}/healthz`, ...toHeard(health) },
      models: { url: `${embeddedTarget}/v1/models`, ...toHeard(models) }
    }
    return facts
  }).pipe(Effect.provide(NodeDigest.layer))
