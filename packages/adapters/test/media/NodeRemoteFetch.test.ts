import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import * as RemoteFetchSuite from "@image-skill/testing/media/RemoteFetchSuite"

RemoteFetchSuite.suite("Node", NodeRemoteFetch.layer)

/** A network that only one process sees, in which public addresses are on this machine, too. */
const network =
  'ip link set lo up && ip address add 93.184.216.34/32 dev lo && ip address add 2606:2800:220:1::34/128 dev lo && exec "$@"'

const inNetwork = (words: ReadonlyArray<string>) =>
  spawnSync("unshare", ["-Urn", "sh", "-c", network, "sh", ...words], { encoding: "utf8" })

const canNetwork = inNetwork(["true"]).status === 0

if (!canNetwork) process.stderr.write("Names that change their address are not tried: unshare -Urn is refused here.\n")

const to = (url: string, got: string, [reached, visits, lookups]: readonly [number, number, number]) => ({
  url: `http://${url}`,
  got,
  reached,
  visits,
  lookups
})

// Needs a network namespace; it runs wherever unshare -Urn is allowed.
describe.skipIf(!canNetwork)("a fetch of a public name", () => {
  it("connects to the addresses that were judged, once for each hop, and to no other", () => {
    const program = fileURLToPath(new URL("programs/PublicWorld.ts", import.meta.url))
    const ran = inNetwork([process.execPath, "--conditions=@image-skill/source", program])
    assert.strictEqual(ran.status, 0, ran.stderr)
    const told = ran.stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line))
    const [picture, refused] = ["a picture", "not_allowed"]
    assert.deepStrictEqual(told, [
      to("public.test:8080/", picture, [0, 1, 1]),
      to("93.184.216.34:8080/", picture, [0, 1, 0]),
      to("[2606:2800:220:1::34]:8080/", picture, [0, 1, 0]),
      to("six.test:8080/", picture, [0, 1, 1]),
      to("both.test:8080/", picture, [0, 1, 1]),
      to("private.test:8080/", refused, [0, 0, 1]),
      to("mixed.test:8080/", refused, [0, 0, 1]),
      to("mixed-six.test:8080/", refused, [0, 0, 1]),
      to("mapped.test:8080/", refused, [0, 0, 1]),
      to("metadata.test:8080/", refused, [0, 0, 1]),
      to("nothing.test:8080/", "unreachable", [0, 0, 1]),
      to("rebound.test:8080/?to=http://rebound.test:8080/", refused, [0, 1, 2]),
      to("rebound.test:8080/", refused, [0, 0, 1]),
      to("public.test:8080/?to=http://private.test:8080/", refused, [0, 1, 2]),
      to("public.test:8080/?to=http://127.0.0.1:8080/", refused, [0, 1, 1]),
      {
        ...to("public.test:8080/?to=http://127.0.0.1:8080/", refused, [0, 1, 1]),
        trusted: "http://127.0.0.1:8080"
      },
      to("public.test:8080/?to=file:///etc/passwd", refused, [0, 1, 1]),
      to("public.test:8080/?to=http://six.test:8080/", picture, [0, 2, 2]),
      { ...to("private.test:8080/", "a secret", [1, 0, 1]), trusted: "http://private.test:8080" }
    ])
  })
})
