import { assert, describe, it } from "@effect/vitest"
import { normalise } from "@image-skill/core/identity/Contact"
import * as Option from "effect/Option"
import { hostileText } from "../envelope/HostileText.ts"

/** contract/api.md 3.5. */
const inboxes: ReadonlyArray<readonly [given: string, normal: string]> = [
  ["inbox@studio-bots.example", "inbox@studio-bots.example"],
  ["  Inbox@Studio-Bots.EXAMPLE\n", "inbox@studio-bots.example"],
  ["a@b.c", "a@b.c"],
  ["first.last+tag@mail.studio.example", "first.last+tag@mail.studio.example"],
  ["jürgen@müller.example", "jürgen@müller.example"],
  [`${"a".repeat(246)}@b.cdef`, `${"a".repeat(246)}@b.cdef`]
]

const others = [
  "",
  " ",
  "@",
  "a@b",
  "inbox",
  "inbox@",
  "@studio.example",
  "inbox@localhost",
  "inbox@.example",
  "inbox@studio.",
  "inbox@studio..example",
  "in box@studio.example",
  "inbox@stu dio.example",
  "inbox@studio@example.com",
  "inbox\u0000@studio.example",
  "inbox@studio.exam\u0007ple",
  "inbox@studio.example\u0085x",
  `${"a".repeat(250)}@b.cd`
]

describe("Contact", () => {
  for (const [given, normal] of inboxes) {
    it(`${JSON.stringify(given.slice(0, 40))} is an inbox`, () => {
      assert.deepStrictEqual(normalise(given), Option.some(normal))
    })
  }

  for (const text of others) {
    it(`${JSON.stringify(text.slice(0, 40))} is none`, () => {
      assert.deepStrictEqual(normalise(text), Option.none())
    })
  }

  it.prop(
    "an inbox has one at sign, a dot behind it, no blank, and is its own normal form",
    [hostileText, hostileText, hostileText],
    ([local, domain, top]) => {
      for (const text of [local, `${local}@${domain}.${top}`, `a${local}@b${domain}.${top}c`]) {
        for (const contact of Option.toArray(normalise(text))) {
          assert.match(contact, /^[^\s@]+@[^\s@]+\.[^\s@]+$/u)
          assert.notMatch(contact, /\p{Cc}/u)
          assert.isAtMost(contact.length, 254)
          assert.deepStrictEqual(normalise(contact), Option.some(contact))
          assert.deepStrictEqual(
            normalise(` ${contact.toUpperCase()}\t`).pipe(Option.map((again) => again.length)),
            Option.some(contact.toUpperCase().toLowerCase().length)
          )
        }
      }
    }
  )
})
