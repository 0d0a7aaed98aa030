import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { rulebook } from "@image-skill/core/conformance/Rulebook"
import { at, drive, place, text } from "./Cli.ts"
import { json, service, stub } from "./Stub.ts"

const rules = rulebook.flatMap((chapter) => chapter.rules)

describe("conformance", () => {
  it("says that a service keeps the contract, and writes what became of every rule", async () => {
    const machine = place()
    const serving = machine.start(["serve", "--port", "0"])
    const { data } = await serving.firstEnvelope
    const url = text(data, "api_base_url")
    const asked = ["conformance", "--api-base-url", url, "--only", "auth,A12.2-ready", "--report", "out/report.json"]
    const ran = await machine.run(asked)
    serving.child.kill("SIGTERM")
    await serving.ended
    const wanted = rulebook.filter(({ id }) => id === "auth").flatMap((chapter) => chapter.rules).length + 1
    assert.strictEqual(ran.exitCode, 0, ran.stdout)
    assert.deepInclude(ran.data, { target: url, conforms: true, passed: wanted, failed: 0, skipped: 0, rules: [] })
    const report = JSON.parse(readFileSync(join(machine.work, "out/report.json"), "utf8")) as unknown
    assert.lengthOf(at(report, "rules") as ReadonlyArray<unknown>, wanted)
    assert.notMatch(readFileSync(join(machine.work, "out/report.json"), "utf8"), /isk_[ro]_[A-Za-z0-9]{12}/u)
  })

  it("ends with exit code 1 where rules are broken, in an error that is small and says which", async () => {
    const { url } = await stub(service())
    const args = ["conformance", "--api-base-url", url, "--only", "health,models"]
    const [ran, explained] = await drive(place(), [{ args }, { args: [...args, "--explain"] }], {
      env: { IMAGE_SKILL_COMMAND_PREFIX: "image-skill" }
    })
    assert.deepStrictEqual([ran?.exitCode, text(ran?.envelope, "error.code")], [1, "CONFORMANCE_FAILED"])
    assert.isAtMost(ran?.stdout.length ?? 0, 1_600)
    assert.strictEqual(text(ran?.envelope, "error.outcome"), "succeeded")
    const broken = at(ran?.envelope, "error.details.broken") as ReadonlyArray<unknown>
    assert.isAbove(broken.length, 0)
    assert.match(String(broken[0]), /^A\d+\.\d+-\S+, GET \/\S+: expected .+, got ./u)
    assert.match(text(ran?.envelope, "error.recovery.suggested_command"), /conformance --only \w+ --explain/u)
    const all = at(explained?.envelope, "error.details.rules") as ReadonlyArray<unknown>
    const wanted = rulebook.filter(({ id }) => ["health", "models"].includes(id)).flatMap((chapter) => chapter.rules)
    assert.lengthOf(all, wanted.length)
  })

  it("sends no token but one that was given to this very run", async () => {
    const { requests, url } = await stub((_, response) => json(response, 500, {}))
    const env = { IMAGE_SKILL_TOKEN: "isk_r_environment" }
    const args = ["conformance", "--api-base-url", url, "--only", "account", "--json"]
    const machine = place()
    await machine.run(args, { env })
    assert.isAbove(requests.length, 0)
    assert.deepStrictEqual(
      requests.filter(({ headers }) => headers.authorization !== undefined),
      []
    )
    await machine.run([...args, "--token-stdin"], { env, stdin: "isk_r_given" })
    assert.include(
      requests.map(({ headers }) => headers.authorization),
      "Bearer isk_r_given"
    )
  })

  it("asks nobody where it only lists, or where the report cannot be written", async () => {
    const { requests, url } = await stub(service())
    const machine = place()
    writeFileSync(join(machine.work, "there.json"), "mine")
    const [listed, there] = await drive(machine, [
      { args: ["conformance", "--api-base-url", url, "--list", "--explain"] },
      { args: ["conformance", "--api-base-url", url, "--report", "there.json"] }
    ])
    assert.deepStrictEqual([listed?.exitCode, at(listed?.data, "total")], [0, rules.length])
    assert.deepStrictEqual(
      (at(listed?.data, "rules") as ReadonlyArray<unknown>).map((row) => text(row, "id")),
      rules.map(({ id }) => id)
    )
    assert.deepStrictEqual([there?.exitCode, text(there?.envelope, "error.code")], [9, "OUTPUT_EXISTS"])
    assert.deepStrictEqual(requests, [])
    assert.strictEqual(readFileSync(join(machine.work, "there.json"), "utf8"), "mine")
    assert.isFalse(existsSync(join(machine.work, "report.json")))
  })
})
