import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { assertCassettes, cassettesIn, checkCassettes } from "@image-skill/testing/kit/CheckCassettes"

const repository = fileURLToPath(new URL("../../../..", import.meta.url))

/** What the tests of this repository use where keys and tokens are. */
const canaries = ["another key", ["sk", "live", "anotherkeyofnobody"].join("_"), "canary-7f3b9c-do-not-keep"]

const canary = canaries[2] ?? ""

const holding = (body: unknown): string =>
  JSON.stringify(
    {
      cassette: 1,
      about: "made by hand",
      exchanges: [
        { request: { method: "GET", target: "/", headers: {}, body: null }, answer: { status: 200, headers: {}, body } }
      ]
    },
    null,
    2
  )

const findings = (body: unknown): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "cassettes-"))
  try {
    mkdirSync(join(folder, "deep"))
    writeFileSync(join(folder, "deep", "made.cassette.json"), holding(body))
    writeFileSync(join(folder, "deep", "other.json"), holding({ text: canary }))
    return checkCassettes(folder, canaries).map(({ what }) => what)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("cassettes", () => {
  it("no cassette of this repository holds a secret", () => {
    assert.isNotEmpty(cassettesIn(join(repository, "packages/testing/test")))
    assertCassettes(repository, canaries)
  })

  it.each([
    ["as it is", { text: `so ${canary} it is` }],
    ["in JSON within text", { text: JSON.stringify({ key: canary }) }],
    ["in base64", { json: { basic: Buffer.from(canary).toString("base64") } }],
    ["in hex", { text: Buffer.from(canary).toString("hex") }],
    ["backwards", { text: Array.from(canary).toReversed().join("") }],
    ["in a URL", { text: `https://a.example/?q=${encodeURIComponent("another key")}` }],
    ["in bytes", { bytes: 9, sha256: "", base64: Buffer.from(`PNG ${canary} IEND`).toString("base64") }]
  ])("a canary is found %s", (_, body) => {
    assert.include(findings(body), "a canary")
  })

  it.each([
    ["Bearer abcdefghijklmnop", "a bearer token"],
    ["isk_r_00000000000000000001", "a token of this product"],
    ["sk_live_abcdefghijkl", "a key of Stripe"],
    ["pi_123_secret_abcdef", "a client secret"],
    ["AIzaSyAbcdefghijklmnopqr", "a key of a provider"],
    ["ghp_abcdefghijklmnopqrst", "a token of GitHub"],
    ["AKIAABCDEFGHIJKLMNOP", "a key of AWS"],
    ["eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "a JSON web token"],
    [["-----BEGIN RSA PRIVATE", "KEY-----"].join(" "), "a private key"],
    ["https://cdn.example/a.png?X-Amz-Signature=0123456789ab", "a signature in a URL"],
    ["https://user:hunter2@cdn.example/a.png", "credentials in a URL"],
    ["ann@studio-bots.dev", "an e-mail address"]
  ])("%s is found by its shape", (text, what) => {
    assert.include(findings({ json: { note: text } }), what)
  })

  it("what was cut out, pictures and harmless text are no findings", () => {
    const picture = Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 37) % 251)).toString("base64")
    for (const body of [
      { json: { token: "[redacted]", email: "someone@example.test", id: "cs_test_a1b2", model: "gpt-image-2" } },
      { bytes: 4_000, sha256: "0".repeat(64), base64: picture },
      { text: "https://cdn.example/a.png?X-Amz-Signature=redacted&X-Amz-Date=20260101" }
    ])
      assert.deepStrictEqual(findings(body), [])
  })

  it("what is found is said by file, line and kind, and never shown", () => {
    const folder = mkdtempSync(join(tmpdir(), "cassettes-"))
    writeFileSync(join(folder, "made.cassette.json"), holding({ text: canary }))
    assert.throws(() => assertCassettes(folder, canaries), /made\.cassette\.json:\d+: a canary/u)
    try {
      assertCassettes(folder, canaries)
    } catch (error) {
      assert.notInclude(String(error), canary)
    }
    rmSync(folder, { recursive: true })
  })
})
