import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { startFakeService } from "@image-skill/testing/kit/FakeService"
import { GoldenMismatch, matchesGolden, render } from "@image-skill/testing/kit/Golden"

const folder = mkdtempSync(join(tmpdir(), "goldens-"))
afterAll(() => rmSync(folder, { recursive: true }))

const envelope = (id: string, at: string, port: number) => ({
  ok: true,
  trace_id: `trace_${id.slice(-16)}`,
  data: {
    job_id: `job_${id}`,
    asset: {
      url: `http://127.0.0.1:${port}/a/asset_${id}.png`,
      job_id: `job_${id}`,
      created_at: at,
      duration_ms: port
    },
    again: at,
    credits: 9
  }
})
const [zeros, ones] = ["0".repeat(20), "1".repeat(20)]

describe("a golden file", () => {
  it("is the same for the same program in another run, and holds nothing that differs", () => {
    const file = join(folder, "deep", "create.json")
    matchesGolden(file, envelope(zeros, "2026-01-01T00:00:00.000Z", 4711), { update: true })
    matchesGolden(file, envelope(ones, "2027-02-02T10:00:00Z", 4712), { update: false })
    const text = readFileSync(file, "utf8")
    assert.include(text, '"job_id": "<id:1>"')
    assert.include(text, '"url": "<origin:1>/a/<id:2>.png"')
    for (const volatile of [zeros, "2026", "4711"]) assert.notInclude(text, volatile)
  })

  it("shows which lines went and which came", () => {
    const file = join(folder, "changed.json")
    matchesGolden(file, { a: 1, b: { c: 2, d: 3 }, e: 4 }, { update: true })
    assert.throws(() => matchesGolden(file, { a: 1, b: { c: 2, d: 3 }, e: 5 }, { update: false }), GoldenMismatch)
    assert.throws(
      () => matchesGolden(file, { a: 1, b: { c: 5, d: 3, f: 6 }, e: 4 }, { update: false }),
      GoldenMismatch,
      /- {5}"c": 2,[^]*\+ {5}"c": 5,\n\+ {5}"d": 3,\n\+ {5}"f": 6$/u
    )
  })

  it("that is missing is never taken for right", () => {
    assert.throws(() => matchesGolden(join(folder, "none.json"), {}, { update: false }), /no .*none\.json yet/u)
  })

  it("tells two things of one kind apart", () => {
    const first = `asset_${zeros}`
    assert.strictEqual(render([first, `asset_${ones}`, first], {}), '[\n  "<id:1>",\n  "<id:2>",\n  "<id:1>"\n]\n')
    assert.strictEqual(render({ name: "painter-7" }, { agent: "painter-7" }), '{\n  "name": "<agent>"\n}\n')
  })

  it("of a fake service needs nothing replaced, and still has it replaced", async () => {
    const file = join(folder, "fake.json")
    for (const startAt of ["2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"]) {
      await using fake = await startFakeService({ agents: [{ name: "painter" }], startAt })
      const made = await fake.api("create", { prompt: "a boat", model: "fake.painter", max_usd: 0.09 })
      matchesGolden(file, made, { update: startAt.startsWith("2026-01") })
    }
  })
})
