import { assert, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import { at, text } from "./Cli.ts"
import {
  blue,
  driven,
  mediaBase,
  type MediaService,
  mediaService,
  placeWith,
  red,
  refused,
  sha256,
  type Words
} from "./MediaStub.ts"
import { envelope, failure, refusing } from "./Stub.ts"

const snow = ["--prompt", "make it snow"] as const

/** The body of an edit without the key that was made for it. */
const editsOf = (server: MediaService): ReadonlyArray<Schema.JsonObject> =>
  server.bodies("POST /v1/edit").map(({ idempotency_key: key, ...rest }) => {
    if (key !== undefined) assert.match(typeof key === "string" ? key : "", /^edit-\d+-[0-9a-f]{12}$/u)
    return rest
  })

const minimal = {
  input_asset_id: "image_a1",
  prompt: "make it snow",
  aspect_ratio: "auto",
  wait_ms: 100_000,
  accept_unknown_cost: false
}

/** The minimal body without one of its fields. */
const without = (field: keyof typeof minimal): Schema.JsonObject =>
  Object.fromEntries(Object.entries(minimal).filter(([name]) => name !== field))

describe("edit", () => {
  it("sends what was asked, and nothing that was not", async () => {
    const server = await mediaService()
    const machine = placeWith({ "prompt.txt": " make it snow\n" })
    const cases: ReadonlyArray<readonly [Words, Schema.JsonObject]> = [
      [["--input", "image_a1", ...snow], minimal],
      [["image_a1", ...snow], minimal],
      [["--input-asset-id", "image_a1", ...snow], minimal],
      [["--input", "image_a1", "--prompt", "  make it snow "], minimal],
      [["--input", "image_a1", "--prompt-file", "prompt.txt"], minimal],
      [["--input", `${mediaBase}/a/image_a1.png?x=1`, ...snow], minimal],
      [
        ["--input", "image_a1", "--input", "image_a2", "--input-asset-id", "image_a3", ...snow],
        { ...minimal, additional_input_asset_ids: ["image_a2", "image_a3"] }
      ],
      [["--input", "image_a1", "--mask", "mask_1", ...snow], { ...minimal, mask_asset_id: "mask_1" }],
      [["--input", "image_a1", "--model", "fal.flux-dev-redux"], { ...without("prompt"), model: "fal.flux-dev-redux" }],
      [["--input", "image_a1", "--model", "somebody.else"], { ...without("prompt"), model: "somebody.else" }],
      [
        [
          "--input",
          "image_a1",
          ...snow,
          "--element-reference=image_r@0:1",
          "--element-frontal",
          "image_f",
          "--reference-image",
          "image_i@0:style"
        ],
        {
          ...minimal,
          references: [
            { asset_id: "image_f", role: "element_frontal", index: 0 },
            { asset_id: "image_r", role: "element_reference", index: 0, reference_index: 1 },
            { asset_id: "image_i", role: "reference_image", index: 0, reference_task: "style" }
          ]
        }
      ],
      [
        [
          "--input=image_a1",
          ...snow,
          "--provider=fal",
          "--model=fal.x",
          "--intent=final",
          "--aspect-ratio=16:9",
          "--output-count=2",
          "--max-estimated-usd-per-image=0.1",
          "--max-usd=0.3",
          `--model-parameters-json={"seed":0}`,
          "--visibility=private",
          "--wait-ms=0",
          "--accept-unknown-cost"
        ],
        {
          ...minimal,
          provider: "fal",
          model: "fal.x",
          intent: "final",
          aspect_ratio: "16:9",
          output_count: 2,
          max_estimated_usd_per_image: 0.1,
          max_usd: 0.3,
          model_parameters: { seed: 0 },
          visibility: "private",
          wait_ms: 0,
          accept_unknown_cost: true
        }
      ],
      [["--input", "image_a1", ...snow, "--dry-run"], { ...without("wait_ms"), dry_run: true }]
    ]
    const ran = await driven(
      machine,
      server,
      cases.map(([words]) => ["edit", ...words])
    )
    for (const one of ran) assert.strictEqual(one.exitCode, 0, one.stdout)
    assert.deepStrictEqual(
      editsOf(server),
      cases.map(([, body]) => body)
    )
    // A plan is nothing that could be charged twice.
    assert.deepStrictEqual(
      server.bodies("POST /v1/edit").map((body) => "idempotency_key" in body),
      cases.map(([words]) => !words.includes("--dry-run"))
    )
  })

  it("judges every flag before the first upload", async () => {
    const server = await mediaService()
    const machine = placeWith({ "red.png": red, "blue.png": blue, "text.png": "text", "prompt.txt": "x" })
    const red1 = ["--input", "red.png"] as const
    const cases: ReadonlyArray<Words> = [
      [...snow],
      ["--input", "", ...snow],
      ["red.png", "--input", "blue.png", ...snow],
      [...red1],
      [...red1, "--prompt", " "],
      [...red1, ...snow, "--prompt-file", "prompt.txt"],
      [...red1, ...snow, "--model", "fal.trellis-image-to-3d"],
      [...red1, ...snow, "--mask="],
      [...red1, ...snow, "--reference-image", "blue.png@1"],
      [...red1, ...snow, "--reference-image", "blue.png@0:foo"],
      [...red1, ...snow, "--reference-image", "image_1@0:foo"],
      [...red1, ...snow, "--element-reference", "blue.png"],
      [...red1, ...snow, "--element-frontal", "@0"],
      [...red1, ...snow, "--model-parameters-json", "[1]"],
      [...red1, ...snow, "--output-count", "0"],
      [...red1, ...snow, "--max-usd", "-1"],
      [...red1, ...snow, "--max-usd", "cheap"],
      [...red1, ...snow, "--aspect-ratio", "wide"],
      [...red1, ...snow, "--idempotency-key", "with space"],
      [...red1, ...snow, "--wait-ms", "280001"],
      [...red1, ...snow, "--visibility", "friends"],
      [...red1, "--input", "-", "--prompt-file", "-"],
      ["--input", "-", "--mask", "-", ...snow]
    ]
    const others: ReadonlyArray<readonly [Words, string, number]> = [
      [[...red1, ...snow, "--input", "text.png"], "UPLOAD_MIME_TYPE_UNKNOWN", 2],
      [[...red1, ...snow, "--mask", "missing.png"], "INPUT_FILE_UNREADABLE", 9],
      [[...red1, ...snow, "--reference-image", "missing.png"], "INPUT_FILE_UNREADABLE", 9],
      [[...red1, ...snow, "--masc", "x.png"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE", 2],
      [[...red1, ...snow, "--mask"], "INVALID_ARGUMENTS", 2],
      [[...red1, ...snow, "--model-parameters-json", `{"private_key":"x"}`], "PAYMENT_CREDENTIAL_FLAG_REJECTED", 2]
    ]
    const all = [...cases.map((words) => [words, "INVALID_ARGUMENTS", 2] as const), ...others]
    const ran = await driven(
      machine,
      server,
      all.map(([words]) => ["edit", ...words])
    )
    for (const [index, [words, code, exitCode]] of all.entries()) {
      refused(ran[index], code, exitCode, words)
      assert.strictEqual(text(ran[index]?.envelope.error, "outcome"), "not_sent", words.join(" "))
      assert.strictEqual(text(ran[index]?.envelope.error, "money_moved"), "no")
    }
    assert.deepStrictEqual(server.calls(), [])
  })

  it("looks for what to edit, then for the prompt, then for the token, then at references", async () => {
    const server = await mediaService()
    const machine = placeWith({})
    const order: ReadonlyArray<readonly [Words, string]> = [
      [["edit"], "--input"],
      [["edit", "--input", "image_1"], "--prompt"],
      [["edit", "--input", "image_1", ...snow, "--reference-image", "a@5"], "token"]
    ]
    const ran = await driven(
      machine,
      server,
      order.map(([words]) => words),
      { IMAGE_SKILL_TOKEN: "" }
    )
    for (const [index, [words, word]] of order.entries())
      assert.include(text(ran[index]?.envelope.error, "message"), word, words.join(" "))
    assert.strictEqual(ran[2]?.exitCode, 3)
  })

  it("uploads what is no asset, in order and once, before it asks", async () => {
    const server = await mediaService()
    const machine = placeWith({ "red.png": red, "blue.png": blue, "image_front.png": blue })
    const words = [
      "edit",
      "--input",
      "red.png",
      "--input",
      "image_own",
      "--input",
      "blue.png",
      "--mask",
      "red.png",
      "--reference-image",
      "image_front.png@0",
      "--element-frontal",
      "blue.png",
      "--visibility",
      "private",
      ...snow
    ]
    const [ran] = await driven(machine, server, [words])
    assert.strictEqual(ran?.exitCode, 0, ran?.stdout)
    assert.deepStrictEqual(server.calls(), ["POST /v1/upload", "POST /v1/upload", "POST /v1/upload", "POST /v1/edit"])
    assert.deepStrictEqual(
      server.bodies("POST /v1/upload").map((body) => [body["sha256"], body["filename"], body["visibility"]]),
      [
        [sha256(red), "red.png", "private"],
        [sha256(blue), "blue.png", "private"],
        [sha256(blue), "image_front.png", "private"]
      ]
    )
    assert.deepStrictEqual(editsOf(server), [
      {
        ...minimal,
        input_asset_id: "image_1",
        additional_input_asset_ids: ["image_own", "image_2"],
        mask_asset_id: "image_1",
        references: [
          { asset_id: "image_2", role: "element_frontal", index: 0 },
          { asset_id: "image_3", role: "reference_image", index: 0 }
        ],
        visibility: "private"
      }
    ])
    assert.isTrue(ran?.envelope.warnings.some((warning) => warning.includes("image_front.png looks like an asset id")))
    // What to run if this process had died holds no file any more.
    const inFlight = JSON.parse(ran.stderr) as unknown
    const recover = text(inFlight, "in_flight.recover_command")
    for (const part of ["image_1", "image_2", "image_3", "image_own"]) assert.include(recover, part)
    assert.notInclude(recover, ".png")
  })

  it("gives up with the answer of the upload that failed, and names those that are there", async () => {
    const error = { code: "INPUT_POLICY_DENIED", message: "no", retryable: false }
    let uploads = 0
    const server = await mediaService({
      "POST /v1/upload": (response: Parameters<ReturnType<typeof refusing>>[0]) => {
        uploads += 1
        if (uploads === 2) return refusing(422, 6, failure("image-skill upload", error))(response)
        refusing(200, 0, envelope("image-skill upload", { asset: { asset_id: "image_first" } }))(response)
      }
    })
    const machine = placeWith({ "red.png": red, "blue.png": blue })
    const [ran] = await driven(machine, server, [["edit", "--input", "red.png", "--mask", "blue.png", ...snow]])
    refused(ran, "INPUT_POLICY_DENIED", 6, [])
    assert.strictEqual(ran?.envelope.command, "image-skill upload")
    assert.deepStrictEqual(server.calls(), ["POST /v1/upload", "POST /v1/upload"])
    assert.isTrue(ran?.envelope.warnings.some((warning) => warning.includes("image_first")))
    assert.strictEqual(ran.stderr, "")
  })

  it("does not go on without the id of what was uploaded", async () => {
    const server = await mediaService({ "POST /v1/upload": envelope("image-skill upload", { asset: {} }) })
    const machine = placeWith({ "red.png": red })
    const [ran] = await driven(machine, server, [["edit", "--input", "red.png", ...snow]])
    refused(ran, "UPLOAD_ASSET_ID_MISSING", 9, [])
    assert.strictEqual(ran?.envelope.command, "image-skill upload")
    assert.strictEqual(at(ran?.envelope.error, "retryable"), true)
    assert.deepStrictEqual(server.calls(), ["POST /v1/upload"])
  })

  it("is repeated under its key, with assets and without uploads, when its answer was lost", async () => {
    let asked = 0
    const server = await mediaService({
      "POST /v1/edit": (response: Parameters<ReturnType<typeof refusing>>[0]) => {
        asked += 1
        if (asked <= 3) return void response.destroy()
        refusing(200, 0, envelope("image-skill edit", { job_id: "job_1", status: "completed" }))(response)
      }
    })
    const machine = placeWith({ "red.png": red, "blue.png": blue })
    const words = ["edit", "--input", "red.png", "--mask", "blue.png", ...snow, "--max-usd", "0.10", "--wait-ms", "5"]
    const [lost] = await driven(machine, server, [words])
    refused(lost, "HOSTED_API_REQUEST_FAILED", 7, words)
    assert.strictEqual(text(lost?.envelope.error, "outcome"), "unknown")
    const again = await machine.shell(text(lost?.envelope.error, "recovery.suggested_command"), { env: server.env })
    assert.strictEqual(again.exitCode, 0, again.stdout)
    assert.deepStrictEqual(server.calls(), [
      "POST /v1/upload",
      "POST /v1/upload",
      ...Array<string>(4).fill("POST /v1/edit")
    ])
    // The same request each time: twice more by itself, then by the printed command.
    const [first, ...others] = server.bodies("POST /v1/edit")
    assert.lengthOf(others, 3)
    for (const other of others) assert.deepStrictEqual(other, first)
    assert.match(text(first, "idempotency_key"), /^edit-/u)
  })
})

const referring = (frontal: string, other: string) => [
  { asset_id: frontal, role: "element_frontal", index: 0 },
  { asset_id: other, role: "element_reference", index: 0, reference_index: 2 }
]

describe("create with references", () => {
  it("uploads them, also for a plan, which then needs a token", async () => {
    const server = await mediaService()
    const machine = placeWith({ "red.png": red, "blue.png": blue })
    const words = ["create", ...snow, "--element-frontal", "red.png", "--element-reference", "blue.png@0:2"]
    const [live, plan] = await driven(machine, server, [words, [...words, "--dry-run"]])
    const [stranger] = await driven(machine, server, [[...words, "--dry-run"]], { IMAGE_SKILL_TOKEN: "" })
    const [open] = await driven(machine, server, [["create", ...snow, "--dry-run"]], { IMAGE_SKILL_TOKEN: "" })
    assert.deepStrictEqual([live?.exitCode, plan?.exitCode, stranger?.exitCode, open?.exitCode], [0, 0, 3, 0])
    assert.deepStrictEqual(
      server.bodies("POST /v1/create").map((body) => [body["references"], body["dry_run"], body["wait_ms"]]),
      [
        [referring("image_1", "image_2"), false, 100_000],
        [referring("image_3", "image_4"), true, undefined],
        [undefined, true, undefined]
      ]
    )
    const recover = text(JSON.parse(live?.stderr ?? "{}"), "in_flight.recover_command")
    assert.include(recover, "--element-frontal image_1@0 --element-reference image_2@0:2")
  })
})
