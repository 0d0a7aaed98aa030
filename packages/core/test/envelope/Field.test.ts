import { assert, describe, it } from "@effect/vitest"
import * as Field from "@image-skill/core/envelope/Field"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { hostileText } from "./HostileText.ts"

interface Rule {
  readonly field: Schema.Codec<unknown, unknown>
  /** The one sentence that is said however the rule is broken. */
  readonly sentence: string
  readonly accepted: ReadonlyArray<readonly [given: unknown, read: unknown]>
  readonly refused: ReadonlyArray<unknown>
}

const nothing = [null, undefined, {}, [], () => "x"]

const rules: { readonly [name: string]: Rule } = {
  "text of 1 to 5": {
    field: Field.text(1, 5),
    sentence: "must be text of 1 to 5 characters",
    accepted: [
      ["a", "a"],
      ["abcde", "abcde"],
      ["  abcde\n", "abcde"],
      ["a\nb\tc", "a\nb\tc"],
      ["é😀", "é😀"]
    ],
    refused: ["", "   ", "\n", "abcdef", "a\0b", "abc\0def", 5, true, ["a"], ...nothing]
  },
  "text of 0 to 8,000": {
    field: Field.text(0, 8_000),
    sentence: "must be text of 0 to 8,000 characters",
    accepted: [
      ["", ""],
      [" ", ""],
      ["a".repeat(8_000), "a".repeat(8_000)],
      [` ${"a".repeat(8_000)} `, "a".repeat(8_000)]
    ],
    refused: ["a".repeat(8_001), "\0", 0, false, ...nothing]
  },
  "a line of 1 to 5": {
    field: Field.line(1, 5),
    sentence: "must be text of 1 to 5 characters on one line, without control characters",
    accepted: [
      ["a", "a"],
      [" a b ", "a b"],
      ["é\u202e", "é\u202e"]
    ],
    refused: ["", " ", "abcdef", "a\nb", "a\tb", "a\u001b[0m", "a\u007f", "a\u0085b", "a\0b", "abc\ndef", 5, ...nothing]
  },
  "a pattern": {
    field: Field.matching(/^\d+$/u, "must be digits"),
    sentence: "must be digits",
    accepted: [
      ["1", "1"],
      ["0123", "0123"]
    ],
    refused: ["", " 1", "1 ", "1\n", "a", "-1", 1, ...nothing]
  },
  "a boolean": {
    field: Field.boolean,
    sentence: "must be true or false",
    accepted: [
      [true, true],
      [false, false]
    ],
    refused: ["true", "false", "", 0, 1, ...nothing]
  },
  "a boolean in a query": {
    field: Field.queryBoolean,
    sentence: "must be true or false",
    accepted: [
      ["true", "true"],
      ["false", "false"]
    ],
    refused: ["", "True", "1", "yes", " true", true, false, ...nothing]
  },
  "a whole number of 1 to 1,000": {
    field: Field.integer(1, 1_000),
    sentence: "must be a whole number from 1 to 1,000",
    accepted: [
      [1, 1],
      [1_000, 1_000]
    ],
    refused: [0, -1, 1_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, "1", "", true, ...nothing]
  },
  dollars: {
    field: Field.usd,
    sentence: "must be a number of US dollars from 0 to 1,000",
    accepted: [
      [0, 0],
      [0.000001, 0.000001],
      [0.12, 0.12],
      [1_000, 1_000]
    ],
    refused: [
      -0.01,
      1_000.01,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      "0.12",
      "",
      true,
      ...nothing
    ]
  },
  "an idempotency key": {
    field: Field.idempotencyKey,
    sentence: "must be 1 to 200 letters, digits, dots, underscores, colons or dashes",
    accepted: [
      ["a", "a"],
      ["purchase:quote_1", "purchase:quote_1"],
      ["create-guide-1760000000000-0badcafe", "create-guide-1760000000000-0badcafe"],
      ["k".repeat(200), "k".repeat(200)]
    ],
    refused: ["", " a", "a b", "a\n", "a/b", "é", "k".repeat(201), "$(id)", 1, ...nothing]
  }
}

/** What is said about a value, without repetition; null when it is accepted. */
const complaint = (field: Rule["field"], value: unknown): string | null =>
  Result.match(Schema.decodeUnknownResult(field, { errors: "all" })(value), {
    onSuccess: () => null,
    onFailure: ({ message }) => message
  })

describe("Field", () => {
  for (const [name, { accepted, field, refused, sentence }] of Object.entries(rules)) {
    it(`${name} is read`, () => {
      for (const [given, read] of accepted) assert.deepStrictEqual(Schema.decodeUnknownSync(field)(given), read)
    })

    it(`what is not ${name} is refused with the whole rule, said once`, () => {
      assert.deepStrictEqual(
        refused.map((value) => [value, complaint(field, value)]),
        refused.map((value) => [value, sentence])
      )
    })
  }

  it.prop("what is read as a line fits on one, and is trimmed", [hostileText], ([value]) => {
    for (const read of Result.match(Schema.decodeUnknownResult(Field.line(1, 40))(value), {
      onSuccess: (read) => [read],
      onFailure: () => []
    })) {
      assert.strictEqual(read, value.trim())
      assert.notMatch(read, /\p{Cc}/u)
      assert.isTrue(read.length >= 1 && read.length <= 40)
    }
  })
})
