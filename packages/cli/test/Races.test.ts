import { readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { at, place, signedUp, small, text } from "./Cli.ts"

const signup = ["signup", "--agent", "--agent-name", "racer", "--runtime", "tests"]
const create = (key: string) => ["create", "--prompt", "a red apple", "--idempotency-key", key, ...small]

const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

describe("processes on one data folder", () => {
  it("that begin it at the same time all sign up, or renew what another saved before them, and one token stays", async () => {
    const machine = place()
    const ran = await Promise.all(times(5, () => machine.run(signup)))
    for (const { exitCode, stdout } of ran) assert.strictEqual(exitCode, 0, stdout)
    const repeated = ran.filter(({ data }) => at(data, "rotated") === true).length
    assert.strictEqual(new Set(ran.map(({ data }) => text(data, "agent_id"))).size, 5 - repeated)
    const whoami = await machine.run(["whoami"])
    assert.include(
      ran.map(({ data }) => text(data, "agent_id")),
      text(whoami.data, "actor.actor_id")
    )
    assert.deepStrictEqual(
      readdirSync(machine.data).filter((name) => name.includes(".new-") || name.includes("write-test")),
      []
    )
  })

  it("that create under one key make one job and one picture, whoever comes first", async () => {
    const machine = await signedUp()
    const ran = await Promise.all(times(6, () => machine.run(create("one"))))
    const jobs = ran.map((one) => text(one.envelope.data, "job_id") || text(one.envelope.error, "recovery.job_id"))
    assert.strictEqual(new Set(jobs).size, 1, jobs.join(" "))
    for (const one of ran) {
      if (one.exitCode !== 0) assert.strictEqual(one.code, "IDEMPOTENT_REQUEST_IN_PROGRESS", one.stdout)
    }
    const again = await machine.run(create("one"))
    assert.deepStrictEqual(
      [text(again.data, "job_id"), at(again.data, "idempotency.replayed"), at(again.data, "assets.length")],
      [jobs[0], true, 1]
    )
  })

  it("that create under keys of their own all get their pictures, beside a server, and the books are even", async () => {
    const machine = await signedUp()
    const server = machine.start(["serve", "--port", "0"], { stdin: "open" })
    const base = text((await server.firstEnvelope).data, "api_base_url")
    const elsewhere = { IMAGE_SKILL_API_BASE_URL: base, IMAGE_SKILL_CONFIG_PATH: join(machine.root, "served.json") }
    const [here, there] = await Promise.all([
      Promise.all(times(4, (index) => machine.run(create(`here-${index}`)))),
      machine
        .run(signup, { env: elsewhere })
        .then(() => Promise.all(times(3, (index) => machine.run(create(`there-${index}`), { env: elsewhere }))))
    ])
    for (const { exitCode, stdout } of [...here, ...there]) assert.strictEqual(exitCode, 0, stdout)
    const assets = [...here, ...there].map(({ data }) => text(data, "asset_ids.0"))
    assert.strictEqual(new Set(assets).size, 7)
    server.child.kill("SIGTERM")
    assert.strictEqual((await server.ended).exitCode, 0)
    const doctor = await machine.run(["doctor", "--ledger"])
    assert.strictEqual(at(doctor.data, "embedded.ledger.ok"), true)
  })

  it("that download one picture to one place at once: one of them has it, and it is whole", async () => {
    const machine = await signedUp()
    const id = text((await machine.run(create("one"))).data, "asset_ids.0")
    const ran = await Promise.all(times(4, () => machine.run(["assets", "get", id, "--output", "apple.png"])))
    assert.strictEqual(ran.filter(({ exitCode }) => exitCode === 0).length, 1)
    for (const one of ran) if (one.exitCode !== 0) assert.strictEqual(one.code, "OUTPUT_EXISTS")
    assert.deepStrictEqual(readdirSync(machine.work), ["apple.png"])
  })
})
