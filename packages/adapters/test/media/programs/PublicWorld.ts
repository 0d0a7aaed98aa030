// Fetches in a network of its own, in which a public address and the private ones are all on one machine.
import { createServer, type RequestListener } from "node:http"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { main, tell } from "../../Program.ts"

const [publicOne, publicTwo, inside] = ["93.184.216.34", "2606:2800:220:1::34", "127.0.0.1"]
const port = 8080

let reached = 0
let visits = 0
const asked: Array<string> = []

/** What each name stands for, one list for each time it is asked for. */
const answers: { readonly [name: string]: ReadonlyArray<ReadonlyArray<string>> } = {
  "public.test": [[publicOne]],
  "six.test": [[publicTwo]],
  "both.test": [[publicTwo, publicOne]],
  "private.test": [[inside]],
  "mixed.test": [[publicOne, inside]],
  "mixed-six.test": [[publicOne, "::1"]],
  "mapped.test": [["::ffff:127.0.0.1"]],
  "metadata.test": [["169.254.169.254"]],
  "nothing.test": [[]],
  "rebound.test": [[publicOne], [inside], [inside]]
}

const resolve: NodeRemoteFetch.Resolve = (hostname) => {
  const list = answers[hostname] ?? []
  const times = asked.filter((name) => name === hostname).length
  asked.push(hostname)
  const addresses = list[Math.min(times, list.length - 1)] ?? []
  return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })))
}

const outside: RequestListener = (request, response) => {
  visits += 1
  const to = new URL(request.url ?? "", "http://public.test").searchParams.get("to")
  if (to === null) response.end("a picture")
  else response.writeHead(302, { location: to }).end()
}

const listen = (address: string, answer: RequestListener) =>
  Effect.callback<void>((resume) => {
    const server = createServer(answer).on("connection", () => {
      if (address === inside) reached += 1
    })
    server.listen(port, address, () => resume(Effect.void))
  })

const fetched = (url: string, trustedOrigins: ReadonlyArray<string>) =>
  Effect.flatMap(RemoteFetch, (remote) =>
    remote.fetch(url, { maxBytes: 1000, timeout: Duration.seconds(5), trustedOrigins })
  ).pipe(
    Effect.flatMap(({ body }) => Stream.mkString(Stream.decodeText(body))),
    Effect.catchTag("RemoteFetchFailed", ({ reason }) => Effect.succeed(reason)),
    Effect.scoped
  )

const cases: ReadonlyArray<readonly [url: string, trusted?: string]> = [
  ["http://public.test:8080/"],
  [`http://${publicOne}:8080/`],
  [`http://[${publicTwo}]:8080/`],
  ["http://six.test:8080/"],
  ["http://both.test:8080/"],
  ["http://private.test:8080/"],
  ["http://mixed.test:8080/"],
  ["http://mixed-six.test:8080/"],
  ["http://mapped.test:8080/"],
  ["http://metadata.test:8080/"],
  ["http://nothing.test:8080/"],
  ["http://rebound.test:8080/?to=http://rebound.test:8080/"],
  ["http://rebound.test:8080/"],
  ["http://public.test:8080/?to=http://private.test:8080/"],
  ["http://public.test:8080/?to=http://127.0.0.1:8080/"],
  ["http://public.test:8080/?to=http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
  ["http://public.test:8080/?to=file:///etc/passwd"],
  ["http://public.test:8080/?to=http://six.test:8080/"],
  ["http://private.test:8080/", "http://private.test:8080"]
]

main(
  Effect.gen(function* () {
    yield* listen(publicOne, outside)
    yield* listen(publicTwo, outside)
    yield* listen(inside, (_, response) => response.end("a secret"))
    for (const [url, trusted] of cases) {
      const [reachedBefore, visitsBefore, askedBefore] = [reached, visits, asked.length]
      const got = yield* fetched(url, trusted === undefined ? [] : [trusted])
      const lookups = asked.length - askedBefore
      tell({ url, trusted, got, reached: reached - reachedBefore, visits: visits - visitsBefore, lookups })
    }
  }).pipe(Effect.provide(NodeRemoteFetch.layerOf(resolve)))
)
