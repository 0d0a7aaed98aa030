import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import { proved, sourceOf } from "./Proof.ts"

const inGoldens = new Set(
  ["goldens", "goldens-owner"]
    .map((name) => fileURLToPath(new URL(`${name}/`, import.meta.url)))
    .flatMap((folder) => readdirSync(folder).map((file) => readFileSync(`${folder}${file}`, "utf8")))
    .flatMap((text) => [...text.matchAll(/"code": "([A-Z][A-Z0-9_]+)"/gu)].map(([, code = ""]) => code))
)

/** Codes that no golden shows, each with the test that has it raised. */
const elsewhere: { readonly [code: string]: readonly [file: string, test: string] } = {
  PAYMENT_CREDENTIAL_REJECTED: [
    "adapters/test/service/HttpRoutes.test.ts",
    "with a payment credential at any depth is refused before its token is looked at"
  ],
  METHOD_NOT_ALLOWED: ["adapters/test/service/HttpRoutes.test.ts", "%s is refused, naming those that it takes"],
  IDEMPOTENT_REQUEST_IN_PROGRESS: [
    "cli/test/KilledMedia.test.ts",
    "a command that is run again while the job is still the dead service's is told to wait for it"
  ],
  BUDGET_REQUIRES_CONFIRMATION: [
    "core/test/jobs/CreateJob.test.ts",
    "is refused unless it is accepted, and settled from what the provider reports"
  ],
  BUDGET_GUARD_EXCEEDED: ["core/test/jobs/CreatePlan.test.ts", "a guard that is too low"],
  INPUT_POLICY_DENIED: [
    "adapters/test/media/HostileMedia.test.ts",
    "is planned only for inputs that its vendor takes and this process can hold"
  ],
  DAILY_JOB_CAP_REACHED: [
    "core/test/jobs/CreateJob.test.ts",
    "stops at the daily cap, and says when the next day starts"
  ],
  RATE_LIMITED: [
    "core/test/service/MoneyFacts.test.ts",
    "of a token are counted by the minute, told with each answer, and do not apply to this machine"
  ],
  PROVIDER_FAILURE: [
    "core/test/jobs/EditJob.test.ts",
    "whose input cannot be read now was not sent, and may be tried again under its key"
  ],
  PAYMENT_PROVIDER_FAILURE: [
    "adapters/test/service/Purchases.test.ts",
    "is one, for many purchases of a quote at once"
  ],
  PROVIDER_TIMEOUT: ["adapters/test/jobs/FaultyProvider.test.ts", " comes one asset and one debit, or neither"],
  ARTIFACT_STORAGE_WRITE_FAILED: [
    "core/test/jobs/KeptAnswers.test.ts",
    " that cannot be stored is repaired later, and the provider is not called again"
  ],
  ARTIFACT_STORAGE_UNAVAILABLE: [
    "adapters/test/service/ServerLife.test.ts",
    "says so in its health and refuses to create, both with the time to wait"
  ],
  REMOTE_UPLOAD_FETCH_FAILED: [
    "cli/test/Uploads.test.ts",
    "tells what went wrong with it in one word, and sends nothing"
  ],
  UPLOAD_ASSET_ID_MISSING: ["cli/test/Edits.test.ts", "does not go on without the id of what was uploaded"],
  PUBLIC_CLI_FAILED: [
    "cli/test/Background.test.ts",
    "whose work is killed says so, with the key under which it is charged once"
  ],
  WALLET_POLICY_DENIED: [
    "cli/test/Settle.test.ts",
    "the owner's policy ends with 4, a flag only lowers it, and nothing is signed"
  ],
  WALLET_FUNDS_INSUFFICIENT: ["cli/test/Settle.test.ts", "too little money for the amount or for the fee ends with 5"],
  PAYMENT_ATTEMPT_EXPIRED: ["cli/test/Settle.test.ts", "an attempt without enough time ends with 2"],
  PAYMENT_NOT_SETTLEABLE: [
    "cli/test/Settle.test.ts",
    "a node that does not answer ends with 7, and another chain's node is refused"
  ],
  SETTLEMENT_UNKNOWN: [
    "cli/test/Settle.test.ts",
    "a node that does not answer ends with 7, and another chain's node is refused"
  ],
  WALLET_UNAVAILABLE: ["cli/test/Settle.test.ts", "without a wallet it says so, and prints what other wallets need"],
  INTERRUPTED: [
    "cli/test/Interrupts.test.ts",
    "names its job, says that it goes on and is charged once, and keeps its note"
  ]
}

describe("every registered error", () => {
  it("is raised in a golden, or in a test that is named here, and in no two ways", () => {
    assert.deepStrictEqual(
      errorCodes.filter((code) => !inGoldens.has(code)).toSorted(),
      Object.keys(elsewhere).toSorted()
    )
    const registered = new Set<string>(errorCodes)
    // contract/cli.md 11.1: this one stands inside of the trust packet only.
    assert.deepStrictEqual(
      [...inGoldens].filter((code) => !registered.has(code)),
      ["PUBLIC_FETCH_FAILED"]
    )
  })

  for (const [code, [file, test]] of Object.entries(elsewhere)) {
    proved(file, [test])
    it(`${code} stands in ${file}`, () => {
      assert.include(sourceOf(file), code)
    })
  }
})
