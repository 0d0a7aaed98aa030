import { assert, describe, it } from "@effect/vitest"
import { cutSecrets, type SecretKind } from "@image-skill/core/feedback/CutSecrets"

/** Put together here, so that no key stands in the sources. */
const pem = (words: string): string => `-----${words} PRIVATE KEY-----`

const hex = (length: number) => "0123456789abcdef".repeat(10).slice(0, length)
const phrase = "abandon ability able about above absent absorb abstract absurd abuse access accident"

/** One secret of each shape, and what it is said to be. None of them is anybody's. */
const secrets: ReadonlyArray<readonly [name: string, secret: string, kind: SecretKind]> = [
  ["our restricted token", "isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ", "token"],
  ["an owner's token", "isk_o_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ", "token"],
  ["a GitHub token", `ghp_${hex(36)}`, "token"],
  ["a fine-grained GitHub token", `github_pat_${hex(40)}`, "token"],
  ["a GitLab token", `glpat-${hex(20)}`, "token"],
  ["a Slack token", "xoxb-1234567890-abcdefghij", "token"],
  ["an npm token", `npm_${hex(36)}`, "token"],
  ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "token"],
  ["a Stripe key", `sk_live_${hex(24)}`, "key"],
  ["a Stripe restricted key", `rk_test_${hex(24)}`, "key"],
  ["a webhook secret", `whsec_${hex(32)}`, "key"],
  ["a PaymentIntent secret", `pi_3Abc_secret_${hex(20)}`, "key"],
  ["an OpenAI key", `sk-proj-${hex(40)}`, "key"],
  ["an xAI key", `xai-${hex(40)}`, "key"],
  ["a Replicate key", `r8_${hex(37)}`, "key"],
  ["a Google key", `AIza${hex(35)}`, "key"],
  ["a Google access token", `ya29.${hex(40)}`, "token"],
  ["a Black Forest Labs key", `bfl-${hex(24)}`, "key"],
  [
    "a wallet's master key",
    `xprv9s21ZrQH143K${"3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3".slice(0, 70)}`,
    "key"
  ],
  ["an AWS key", "AKIAIOSFODNN7EXAMPLE", "key"],
  ["a fal key", `12345678-1234-1234-1234-123456789abc:${hex(32)}`, "key"],
  ["a wallet's key", `0x${hex(64)}`, "key"],
  ["a PEM key", `${pem("BEGIN EC")}\nMHcC\n${pem("END EC")}`, "key"],
  ["the beginning of a PEM key", `${pem("BEGIN")}\nMIIEvQ`, "key"],
  ["a card number", "4242 4242 4242 4242", "card_number"],
  ["a card number with dashes", "5555-5555-5555-4444", "card_number"],
  ["a card number of fifteen digits", "378282246310005", "card_number"],
  ["a seed phrase", phrase, "seed_phrase"],
  ["a seed phrase of 24 words", `${phrase} ${phrase}`, "seed_phrase"],
  [
    "a numbered seed phrase",
    phrase
      .split(" ")
      .map((word, index) => `${index + 1}. ${word}`)
      .join("\n"),
    "seed_phrase"
  ],
  ["a seed phrase with commas", phrase.replaceAll(" ", ", "), "seed_phrase"]
]

describe("cutSecrets", () => {
  it.each(secrets)("%s is cut out, wherever it stands", (_, secret, kind) => {
    for (const text of [secret, `(${secret})`, `It said: ${secret}. Then it went on.`, `a=1\n"${secret}"\nb=2`]) {
      const cut = cutSecrets(text)
      assert.deepStrictEqual(cut.kinds, [kind], text)
      assert.notInclude(cut.text, secret)
      assert.include(cut.text, `[redacted ${kind}]`)
      assert.deepStrictEqual(cutSecrets(cut.text), { text: cut.text, kinds: [] }, "what is cut stays as it is")
    }
  })

  it("a password in an address of any kind is cut out, and so is one in a header", () => {
    for (const text of ["postgres://user:hunter2-pass@db.example/x", "Authorization: Basic dXNlcjpodW50ZXIyLXBhc3M="]) {
      const cut = cutSecrets(text)
      assert.lengthOf(cut.kinds, 1, text)
      assert.notMatch(cut.text, /hunter2|dXNlcjpo/u)
    }
    assert.deepStrictEqual(cutSecrets("Basic understanding, basic functionality").kinds, [])
  })

  it("a value that is named as a secret is cut out, and its name stays", () => {
    for (const [text, expected] of [
      ["api_key=abcDEF123456", "api_key=[redacted password]"],
      ['"client_secret": "Zm9vYmFyYmF6"', '"client_secret": "[redacted password]"'],
      ["my password is hunter2hunter2", "my password is [redacted password]"],
      ["see https://joe:s3cret@example.com/a", "see https://[redacted password]@example.com/a"]
    ] as const) {
      assert.deepStrictEqual(cutSecrets(text), { text: expected, kinds: ["password"] })
    }
    assert.deepStrictEqual(cutSecrets("authorization: Bearer abc123def456ghi789"), {
      text: "authorization: Bearer [redacted token]",
      kinds: ["token"]
    })
  })

  it("each kind is named once, however often it is found", () => {
    const text = `isk_r_4f9Qm2T7vK0x and isk_r_8cW1dN6bH3yL, then 4242424242424242 and sk_live_${hex(24)}`
    assert.deepStrictEqual(cutSecrets(text).kinds, ["token", "key", "card_number"])
  })

  it.each([
    "The bearer token was refused, although whoami had said that the token is active.",
    "the edit guard should say which flag confirms an unknown cost before anything is spent on it at all",
    "jobs wait printed a timeout after five seconds while the job went on for thirty more and then completed",
    "job_3n7v0c5x9m2q8k4t1r6w image_8k2t5r0w6d4q1m7x3c9v trace:trace_c40a9d17e8b3526f quote_9k4d1w7t3b5n8v2c6x0m",
    "It took 1748889664512 ms, cost 0.0725 USD and answered at 2026-06-02T18:50:00.000Z with 4111111111111112.",
    "The pictures came in 1024x1024, 2048x2048 and 512x512; see image-skill create --guide --prompt PROMPT.",
    "sha1 0123456789abcdef0123456789abcdef01234567, deposit 0x0123456789abcdef0123456789abcdef01234567",
    "is.image.generate.xai-grok-imagine-image-quality.v1 and is.image.edit.bfl-flux-kontext-pro-edit.v1 differ",
    "password: required by nobody, api_key is missing, and the secret is kept elsewhere"
  ])("an ordinary sentence stays whole: %s", (text) => {
    assert.deepStrictEqual(cutSecrets(text), { text, kinds: [] })
  })

  it("a long text without a secret is read in a moment", () => {
    const texts = [
      "a".repeat(8000),
      "abcd ".repeat(1600),
      "1 ".repeat(4000),
      "a.".repeat(4000),
      "eyJ".repeat(2600),
      "token: ".repeat(1100)
    ]
    const began = performance.now()
    for (const text of texts) cutSecrets(text)
    assert.isBelow(performance.now() - began, 500)
  })
})
