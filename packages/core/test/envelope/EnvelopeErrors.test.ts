import { assert, describe, it } from "@effect/vitest"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { FailureWire } from "@image-skill/core/envelope/Envelope"
import { EnvelopeErrors, type FailureFrame, toAnswer, toExitCode } from "@image-skill/core/envelope/EnvelopeErrors"
import { errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import type { Recovery } from "@image-skill/core/envelope/Recovery"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const frame: FailureFrame = {
  command: "image-skill create",
  traceId: "trace_00112233445566aa",
  actor: null,
  effect: "spend"
}

const errorOf = (refusal: Refusal, changes: Partial<FailureFrame> = {}) => {
  const { envelope } = toAnswer(refusal, { ...frame, ...changes })
  return Schema.decodeUnknownSync(FailureWire)(envelope).error
}

/** contract/cli.md 1.5 with its hardening: what a client exits with. */
const exitCodes: ReadonlyArray<
  readonly [what: string, header: string | null, ok: boolean, status: number, exitCode: number]
> = [
  ["a success", null, true, 200, 0],
  ["a success with HTTP 500", null, true, 500, 0],
  ["HTTP 400", null, false, 400, 1],
  ["HTTP 401", null, false, 401, 3],
  ["HTTP 402", null, false, 402, 5],
  ["HTTP 403", null, false, 403, 3],
  ["HTTP 404", null, false, 404, 1],
  ["HTTP 409", null, false, 409, 1],
  ["HTTP 422", null, false, 422, 1],
  ["HTTP 429", null, false, 429, 5],
  ["HTTP 499", null, false, 499, 1],
  ["HTTP 500", null, false, 500, 7],
  ["HTTP 503", null, false, 503, 7],
  ["a failure with HTTP 200", null, false, 200, 1],
  ["a header of 0 with a success", "0", true, 200, 0],
  ["a header of 2 with HTTP 400", "2", false, 400, 2],
  ["a header of 4 with HTTP 403", "4", false, 403, 4],
  ["a header of 6 with HTTP 422", "6", false, 422, 6],
  ["a header of 8 with HTTP 504", "8", false, 504, 8],
  ["a header of 9 with HTTP 503", "9", false, 503, 9],
  ["the greatest header", "255", false, 400, 255],
  ["a header of 0 with a failure", "0", false, 402, 5],
  ["a header of 2 with a success", "2", true, 200, 0],
  ["a header above 255", "256", false, 401, 3],
  ["a header of many digits", "4294967298", false, 404, 1],
  ["an empty header", "", false, 502, 7],
  ["an empty header with a success", "", true, 200, 0],
  ["a blank header", " ", false, 502, 7],
  ["a header with a blank", "2 ", false, 502, 7],
  ["a header with two numbers", "2, 3", false, 502, 7],
  ["a negative header", "-1", false, 502, 7],
  ["a header with a plus sign", "+2", false, 502, 7],
  ["a header with a fraction", "2.0", false, 502, 7],
  ["a header with an exponent", "2e0", false, 502, 7],
  ["a hexadecimal header", "0x2", false, 502, 7],
  ["a header with digits of another script", "٢", false, 502, 7],
  ["a header with a word", "failure", false, 502, 7],
  ["a header with NaN", "NaN", false, 502, 7],
  ["a header with a line break", "2\n", false, 502, 7]
]

const spent: Recovery = {
  suggestedCommand: command("create", flag("prompt", placeholders.PROMPT), json),
  suggestedCommands: [command("credits methods", json), command("whoami")],
  fallbackCommand: command("signup", flag("no-save")),
  docsUrl: "https://image-skill.com/cli.md",
  requiredFlag: "--prompt",
  requiredFlags: ["--a", "--b"],
  acceptedAliases: { "--human-email": "--agent-contact" },
  retryAfterSeconds: 5,
  idempotencyKey: "key-1",
  jobId: "job_1",
  requiredCredits: 12,
  remainingCredits: 4,
  requiredUsd: 0.12,
  requiredUsdPerImage: 0.06,
  resetsAt: "2026-06-03T00:00:00.000Z",
  configPathEnv: "IMAGE_SKILL_CONFIG_PATH",
  suggestedConfigPath: "$PWD/.image-skill/config.json",
  fallbackAuthMethod: "--token-stdin",
  nextActions: { look: { command: command("whoami", json), effect: "read", facts: { no_spend: true } } }
}

const onWire = {
  suggested_command: "image-skill create --prompt PROMPT --json",
  suggested_commands: ["image-skill credits methods --json", "image-skill whoami"],
  fallback_command: "image-skill signup --no-save",
  docs_url: "https://image-skill.com/cli.md",
  required_flag: "--prompt",
  required_flags: ["--a", "--b"],
  accepted_aliases: { "--human-email": "--agent-contact" },
  retry_after_seconds: 5,
  idempotency_key: "key-1",
  job_id: "job_1",
  required_credits: 12,
  remaining_credits: 4,
  required_usd: 0.12,
  required_usd_per_image: 0.06,
  resets_at: "2026-06-03T00:00:00.000Z",
  config_path_env: "IMAGE_SKILL_CONFIG_PATH",
  suggested_config_path: "$PWD/.image-skill/config.json",
  fallback_auth_method: "--token-stdin",
  next_actions: {
    look: {
      command: "image-skill whoami --json",
      argv: ["whoami", "--json"],
      effect: "read",
      needs: [],
      no_spend: true
    }
  }
}

describe("EnvelopeErrors.toAnswer", () => {
  it("a refusal becomes the whole envelope, its keys in the order in which they are printed", () => {
    const refusal = new Refusal({
      code: "QUOTA_EXCEEDED",
      message: "12 credits are needed and 4 are left",
      recovery: { docsUrl: "https://image-skill.com/cli.md", retryAfterSeconds: 30 },
      details: { required: 12 },
      warnings: ["nothing was charged"]
    })
    const answer = toAnswer(refusal, frame)
    assert.strictEqual(
      JSON.stringify(answer.envelope),
      `{"ok":false,"command":"image-skill create","trace_id":"trace_00112233445566aa","actor":null,"data":null,` +
        `"warnings":["nothing was charged"],"error":{"code":"QUOTA_EXCEEDED","message":"12 credits are needed and 4 are left",` +
        `"retryable":false,"outcome":"rejected","money_moved":"no",` +
        `"recovery":{"retry_after_seconds":30,"docs_url":"https://image-skill.com/cli.md"},"details":{"required":12}}}`
    )
    assert.deepInclude(answer, { status: 402, exitCode: 5, retryAfterSeconds: 30 })
  })

  it("every code makes an envelope of the published shape", () => {
    for (const code of errorCodes) {
      const answer = toAnswer(new Refusal({ code, message: "why" }), frame)
      assert.strictEqual(Schema.decodeUnknownSync(FailureWire)(answer.envelope).error.code, code)
      assert.notStrictEqual(answer.exitCode, 0)
      assert.isAtLeast(answer.status, 400)
    }
  })

  it("a recovery without anything to say is left out, and so are absent details and a time to wait", () => {
    for (const recovery of [undefined, {}]) {
      const answer = toAnswer(new Refusal({ code: "NOT_FOUND", message: "why", ...(recovery && { recovery }) }), frame)
      assert.notProperty(answer, "retryAfterSeconds")
      assert.doesNotHaveAnyKeys(answer.envelope.error, ["recovery", "details"])
      assert.deepStrictEqual(answer.envelope.warnings, [])
    }
  })

  it("a recovery has the names of the contract on the wire", () => {
    const { recovery } = errorOf(new Refusal({ code: "NOT_FOUND", message: "why", recovery: spent }))
    assert.deepStrictEqual<unknown>(recovery, onWire)
  })

  it("every printed command starts the way this process was started, and the suggested one may start otherwise", () => {
    const prefix = `IMAGE_SKILL_CONFIG_PATH="$PWD/.image-skill/config.json" node bin.mjs`
    const suggestedStart = { prefix, apiBaseUrl: null }
    const refusal = new Refusal({ code: "NOT_FOUND", message: "why", recovery: { ...spent, suggestedStart } })
    const { recovery } = errorOf(refusal, { start: { prefix: "node bin.mjs", apiBaseUrl: null } })
    assert.deepInclude(recovery, {
      suggested_command: `${prefix} create --prompt PROMPT --json`,
      suggested_commands: ["node bin.mjs credits methods --json", "node bin.mjs whoami"],
      fallback_command: "node bin.mjs signup --no-save"
    })
    assert.deepInclude(recovery?.["next_actions"], {
      look: { ...onWire.next_actions.look, command: "node bin.mjs whoami --json" }
    })
  })

  it("a read that went wrong has never moved money, whatever its code says", () => {
    const unknown = new Refusal({ code: "PROVIDER_TIMEOUT", message: "why", moneyMoved: "yes" })
    assert.strictEqual(errorOf(unknown, { effect: "read" }).money_moved, "no")
    assert.strictEqual(errorOf(unknown, { effect: "write" }).money_moved, "no")
    assert.strictEqual(errorOf(unknown).money_moved, "yes")
  })

  it("a spend whose answer was lost may have moved money", () => {
    for (const code of [
      "PROVIDER_TIMEOUT",
      "INTERNAL_ERROR",
      "HOSTED_API_NON_JSON_RESPONSE",
      "HOSTED_API_REQUEST_FAILED"
    ] as const) {
      assert.deepInclude(
        errorOf(new Refusal({ code, message: "why" })),
        { outcome: "unknown", money_moved: "unknown" },
        code
      )
    }
  })

  it("a spend that is stated to have been refused, or never sent, has moved no money", () => {
    for (const outcome of ["rejected", "not_sent"] as const) {
      const refusal = new Refusal({ code: "HOSTED_API_NON_JSON_RESPONSE", message: "why", outcome })
      assert.deepInclude(errorOf(refusal), { outcome, money_moved: "no" })
    }
  })

  it("the place that raises a refusal may state it more exactly than the registry", () => {
    const exact = { status: 413, retryable: true, outcome: "unknown", moneyMoved: "unknown" } as const
    const refusal = new Refusal({ code: "INVALID_ARGUMENTS", message: "why", ...exact })
    assert.deepInclude(toAnswer(refusal, frame), { status: 413, exitCode: 2 })
    assert.deepInclude(errorOf(refusal), { retryable: true, outcome: "unknown", money_moved: "unknown" })
  })

  it("a secret that stands in a message is cut out", () => {
    const message = "fetch failed: Bearer abc.def, isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ, https://me:pass@host/x"
    const { message: shown } = errorOf(new Refusal({ code: "HOSTED_API_REQUEST_FAILED", message }))
    for (const secret of ["abc.def", "4f9Qm2", "me:pass"]) assert.notInclude(shown, secret)
    assert.include(shown, "fetch failed")
  })

  it.effect("the service is usable alone and is these functions", () =>
    Effect.gen(function* () {
      const errors = yield* EnvelopeErrors
      const refusal = new Refusal({ code: "NOT_FOUND", message: "why" })
      assert.deepStrictEqual(errors.toAnswer(refusal, frame), toAnswer(refusal, frame))
      assert.strictEqual(errors.toExitCode({ exitCodeHeader: "2", ok: false, status: 400 }), 2)
    }).pipe(Effect.provide(EnvelopeErrors.layer))
  )
})

describe("EnvelopeErrors.toExitCode", () => {
  for (const [what, exitCodeHeader, ok, status, expected] of exitCodes) {
    it(`${what} exits with ${expected}`, () => {
      assert.strictEqual(toExitCode({ exitCodeHeader, ok, status }), expected)
    })
  }

  it.prop(
    "whatever a server sends, success is 0, failure is not, and the code fits a process",
    {
      header: Arbitrary.schema(
        Schema.NullOr(Schema.Union([Schema.String, Schema.NumberFromString.from, Schema.Literals(["0", "1", "9"])]))
      ),
      ok: Schema.Boolean,
      status: Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 599 }))
    },
    ({ header, ok, status }) => {
      const exitCode = toExitCode({ exitCodeHeader: header, ok, status })
      assert.strictEqual(exitCode === 0, ok)
      assert.isTrue(Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255)
    }
  )
})
