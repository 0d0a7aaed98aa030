import { assert, describe, it } from "@effect/vitest"
import { fieldPaths, onlyFields } from "../src/page/Fields.ts"
import { render } from "../src/page/Render.ts"

const answer = {
  ok: true,
  command: "image-skill create",
  trace_id: "trace_1",
  actor: null,
  data: {
    job_id: "job_1",
    status: "completed",
    assets: [
      { asset_id: "image_1", url: "https://media.example/1", evidence: { flags: [], blank: false } },
      { asset_id: "image_2", evidence: { flags: ["blank"], blank: true } }
    ],
    cost: { credits: 3, none: null },
    "a.b": 1,
    next_command: "image-skill assets get --id image_1 --json",
    next_command_copy_runnable: true
  },
  warnings: ["first"],
  error: null
}

const next = { next_command: answer.data.next_command, next_command_copy_runnable: true }

const cases: ReadonlyArray<readonly [fields: string, data: object]> = [
  ["job_id", { job_id: "job_1" }],
  ["status,job_id", { job_id: "job_1", status: "completed" }],
  ["assets.asset_id", { assets: [{ asset_id: "image_1" }, { asset_id: "image_2" }] }],
  ["assets.url", { assets: [{ url: "https://media.example/1" }, {}] }],
  ["assets.evidence.blank", { assets: [{ evidence: { blank: false } }, { evidence: { blank: true } }] }],
  ["assets.asset_id,assets", { assets: answer.data.assets }],
  ["cost.none", { cost: { none: null } }],
  [" cost.credits , data.job_id,", { job_id: "job_1", cost: { credits: 3 } }]
]

const less = (fields: string) => onlyFields(answer, fieldPaths([fields]))

describe("--fields", () => {
  for (const [fields, data] of cases) {
    it(`${fields} leaves only these of the data, and the next command`, () => {
      assert.deepStrictEqual(less(fields), { ...answer, data: { ...data, ...next } })
    })
  }

  it("given more than once counts each time", () => {
    assert.deepStrictEqual(fieldPaths(["job_id", true, "status"]), ["job_id", "status"])
  })

  it("keeps the order of the answer", () => {
    assert.match(JSON.stringify(less("status,job_id").data), /^\{"job_id":.*"status":.*"next_command":/u)
  })

  it("that names no field of the answer is warned about, with the nearest ones", () => {
    const { data, warnings } = less("job-id,url,assets.asset_idd,wholly.else")
    assert.deepStrictEqual(data, { ...next })
    assert.deepStrictEqual(warnings, [
      "first",
      "--fields: this answer has no job-id; did you mean job_id?",
      "--fields: this answer has no url; did you mean assets.url?",
      "--fields: this answer has no assets.asset_idd; did you mean assets.asset_id?",
      "--fields: this answer has no wholly.else; the fields are job_id, status, assets, cost, next_command, next_command_copy_runnable"
    ])
  })

  it("never takes anything from a failure", () => {
    const failure = { ...answer, ok: false, data: null, error: { code: "NOT_FOUND", message: "no" } }
    assert.deepStrictEqual(onlyFields(failure, ["job_id"]), failure)
  })

  it("without a name leaves the answer as it is", () => {
    assert.deepStrictEqual(less(" , "), answer)
  })

  it("leaves a page of these and the next command", () => {
    const screen = { columns: 80, color: false, hyperlinks: false, unicode: true }
    assert.strictEqual(
      render({ ...less("assets.asset_id,cost.none"), warnings: [] }, screen, true),
      [
        "✓ create\n",
        "  Assets\n  Asset id\n  image_1\n  image_2\n",
        "  Cost\n  None  none\n",
        "  Trace trace_1\n",
        "Next\nimage-skill assets get --id image_1\n"
      ].join("\n")
    )
  })
})
