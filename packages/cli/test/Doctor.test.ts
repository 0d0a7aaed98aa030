import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import { at, drive, type DroveCase, place, type Place, prefix, text } from "./Cli.ts"
import { envelope, refusing, service, stub } from "./Stub.ts"

const hour = 3_600_000

/** A note as a published client writes it, so many hours old. */
const note = (key: string, hours: number, more: Schema.JsonObject = {}): string =>
  JSON.stringify({
    schema: "image-skill.in-flight-spend.v1",
    command: "image-skill create",
    operation: "create",
    idempotency_key: key,
    recover_command: `npx -y image-skill@latest create --idempotency-key ${key} --prompt "x" --token isk_a_inside --json`,
    argv: ["create", "--prompt", "a $fox", "--token", "isk_a_inside"],
    started_at: new Date(performance.timeOrigin + performance.now() - hours * hour).toISOString(),
    ...more
  })

const withNotes = (notes: {
  readonly [file: string]: string
}): { readonly machine: Place; readonly folder: string } => {
  const machine = place()
  const folder = join(machine.data, "in-flight")
  mkdirSync(folder, { recursive: true })
  for (const [file, body] of Object.entries(notes)) writeFileSync(join(folder, file), body)
  return { machine, folder }
}

const dataOf = (ran: DroveCase | undefined): Schema.Json => {
  assert.isDefined(ran)
  assert.strictEqual(ran.exitCode, 0, ran.stdout)
  return ran.data
}

describe("the notes of live calls", () => {
  it("are listed with a command of ours, and deleted only when old, valid and asked for", async () => {
    const { folder, machine } = withNotes({
      "fresh.json": note("fresh", 0),
      "older.json": note("older", 1),
      "old.json": note("old", 25),
      "broken.json": "{",
      "evil.json": note("evil", 48, { argv: ["rm", "-rf", "/"] }),
      "large.json": `"${"x".repeat(300_000)}"`,
      "other.txt": "x"
    })
    symlinkSync("/dev/zero", join(folder, "link.json"))
    const [plain, swept] = await drive(machine, [{ args: ["doctor"] }, { args: ["doctor", "--sweep-in-flight"] }])
    assert.deepInclude(at(dataOf(plain), "in_flight"), {
      schema: "image-skill.in-flight-spend-report.v1",
      directory: folder,
      count: 3,
      recoverable_count: 1,
      ttl_elapsed_count: 2,
      sweep_eligible_count: 1,
      invalid_count: 4,
      swept_count: 0,
      sweep_requested: false
    })
    assert.deepInclude(at(plain?.data, "in_flight.entries.0"), {
      file: "fresh.json",
      path: join(folder, "fresh.json"),
      operation: "create",
      command: "image-skill create",
      idempotency_key: "fresh",
      state: "recoverable",
      sweep_eligible: false,
      recover_command: `${prefix} create --prompt 'a $fox' --idempotency-key fresh --json`,
      original_recover_command: null
    })
    assert.strictEqual(text(plain?.data, "next_command"), text(plain?.data, "in_flight.entries.0.recover_command"))
    assert.notMatch(plain?.stdout ?? "", /isk_a_inside|"rm"/u)
    assert.deepInclude(at(dataOf(swept), "in_flight"), {
      count: 2,
      swept_count: 1,
      sweep_requested: true,
      sweep_eligible_count: 0
    })
    assert.deepStrictEqual(readdirSync(folder).toSorted(), [
      "broken.json",
      "evil.json",
      "fresh.json",
      "large.json",
      "link.json",
      "older.json",
      "other.txt"
    ])
  })

  it("behind a link are neither read, written nor deleted", async () => {
    const machine = place()
    const elsewhere = join(machine.home, "elsewhere")
    mkdirSync(machine.data, { recursive: true })
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, "old.json"), note("old", 25))
    symlinkSync(elsewhere, join(machine.data, "in-flight"))
    const [swept] = await drive(machine, [{ args: ["doctor", "--sweep-in-flight"] }])
    const { count, error } = at(dataOf(swept), "in_flight") as { readonly count: null; readonly error: string }
    assert.deepStrictEqual([count, error], [null, "it is a link, which is not followed"])
    assert.deepStrictEqual(readdirSync(elsewhere), ["old.json"])
  })

  it("in a folder that is none are unknown, and everything else is still said", async () => {
    const machine = place()
    mkdirSync(machine.data, { recursive: true })
    writeFileSync(join(machine.data, "in-flight"), "no folder")
    const [ran] = await drive(machine, [{ args: ["doctor"] }])
    const report = at(dataOf(ran), "in_flight")
    assert.deepStrictEqual([at(report, "count"), at(report, "swept_count")], [null, null])
    assert.include(text(report, "error"), "ENOTDIR")
    assert.strictEqual(at(ran?.data, "hosted_api.reachable"), true)
  })

  it("that no disk takes keep no call from being made", async () => {
    const machine = place()
    const made = await stub(service({ "POST /v1/create": envelope("image-skill create", { status: "completed" }) }))
    const folder = join(machine.home, ".config", "image-skill")
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "in-flight"), "no folder")
    const env = { IMAGE_SKILL_API_BASE_URL: made.url, IMAGE_SKILL_TOKEN: "isk_a_x" }
    const create = ["create", "--prompt", "x", "--idempotency-key"]
    const [blocked] = await drive(machine, [{ args: [...create, "a"] }], { env })
    assert.strictEqual(blocked?.exitCode, 0)
    rmSync(join(folder, "in-flight"))
    const failing = await stub(
      service({
        "POST /v1/create": refusing(502, 7, {
          ...envelope("image-skill create", null),
          ok: false,
          error: { code: "PROVIDER_FAILURE", message: "x", retryable: true }
        })
      })
    )
    const refused = await stub(
      service({
        "POST /v1/create": refusing(422, 6, {
          ...envelope("image-skill create", null),
          ok: false,
          error: { code: "INPUT_POLICY_DENIED", message: "x", retryable: false }
        })
      })
    )
    await drive(machine, [
      { args: [...create, "b"], env: { ...env, IMAGE_SKILL_API_BASE_URL: failing.url } },
      { args: [...create, "c"], env: { ...env, IMAGE_SKILL_API_BASE_URL: refused.url } },
      { args: [...create, "../d"], env }
    ])
    // Only the retryable failure may have been charged.
    assert.deepStrictEqual(readdirSync(join(folder, "in-flight")), ["b.json"])
    chmodSync(join(folder, "in-flight"), 0o755)
    const [again] = await drive(machine, [{ args: [...create, "b"], env }])
    assert.strictEqual(again?.exitCode, 0)
    assert.deepStrictEqual(readdirSync(join(folder, "in-flight")), [])
  })
})

describe("doctor", () => {
  it("lists the rails and providers of a service elsewhere by readiness, without a token", async () => {
    const evil = "\u001b[31mcurl evil.example\u202e"
    const methods = [
      {
        method_id: "stripe_checkout",
        available: true,
        quoteable: true,
        purchasable: true,
        live_money: true,
        agent_initiated: true,
        settlement_blocker: "human_on_hosted_page"
      },
      {
        method_id: "x402",
        available: true,
        quoteable: true,
        purchasable: true,
        agent_initiated: true,
        agent_settleable: true
      },
      { method_id: evil, available: "yes", unavailable_reason: evil },
      7
    ]
    const { requests, url } = await stub(
      service({ "GET /v1/payment-methods": envelope("image-skill credits methods", { methods }) })
    )
    const env = { IMAGE_SKILL_API_BASE_URL: url, IMAGE_SKILL_TOKEN: "isk_a_x" }
    const [ran, refused] = await drive(place(), [{ args: ["doctor"] }, { args: ["doctor", "--ledger"] }], { env })
    assert.deepStrictEqual(at(dataOf(ran), "rails"), [
      {
        method_id: "stripe_checkout",
        ready: true,
        blocker: "human_on_hosted_page",
        agent_initiated: true,
        agent_settleable: false,
        live_money: true,
        fix: null
      },
      {
        method_id: "x402",
        ready: true,
        blocker: null,
        agent_initiated: true,
        agent_settleable: true,
        live_money: false,
        fix: null
      },
      {
        method_id: "[31mcurl evil.example",
        ready: false,
        blocker: "[31mcurl evil.example",
        agent_initiated: false,
        agent_settleable: false,
        live_money: false,
        fix: `${prefix} credits methods --json`
      }
    ])
    assert.deepStrictEqual(at(ran?.data, "providers"), [
      { provider: "demo", ready: true, blocker: null, models: 1, fix: null }
    ])
    assert.deepStrictEqual(requests.map(({ path }) => path).toSorted(), [
      "/healthz",
      "/v1/models",
      "/v1/payment-methods"
    ])
    for (const { headers } of requests) assert.isUndefined(headers.authorization)
    assert.deepStrictEqual(
      [refused?.code, refused?.exitCode, text(refused?.envelope.error, "outcome")],
      ["INVALID_ARGUMENTS", 2, "not_sent"]
    )
  })

  it("says of the embedded service which variable each rail and provider waits for", async () => {
    const [ran] = await drive(place(), [{ args: ["doctor"] }])
    const rows = (name: string) => at(dataOf(ran), name) as ReadonlyArray<Schema.JsonObject>
    const fixes = Object.fromEntries(
      [...rows("rails"), ...rows("providers")].map((row) => [
        text(row, "method_id") || text(row, "provider"),
        [row["ready"], row["fix"]]
      ])
    )
    assert.deepInclude(fixes, {
      stripe_checkout: [false, "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET"],
      openai: [false, "OPENAI_API_KEY"],
      fal: [false, "FAL_KEY"],
      local: [true, null]
    })
    assert.match(text(ran?.data, "next_command"), /create --guide --json$/u)
  })
})
