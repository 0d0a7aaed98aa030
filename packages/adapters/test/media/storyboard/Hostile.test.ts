import { assert, describe, it } from "@effect/vitest"
import { illustrate, type Illustration } from "@image-skill/adapters/media/storyboard/Illustrate"
import { maximumCount } from "@image-skill/adapters/media/storyboard/Scene"

const draw = (prompt: string): Promise<Illustration> =>
  illustrate({ prompt, width: 256, height: 256, seed: 1, style: null, format: "png" })

const emoji = Array.from({ length: 700 }, (_, index) => String.fromCodePoint(0x1f400 + (index % 600)))

const prompts: ReadonlyArray<readonly [name: string, prompt: string]> = [
  ["8000 letters without a space", "x".repeat(8000)],
  ["8000 characters of things", "cat dog tree car, ".repeat(444)],
  ["8000 characters of numbers", "9 ".repeat(4000)],
  ["8000 characters of relations", "cat on ".repeat(1142)],
  ["8000 characters of colours", "red blue ".repeat(888)],
  ["8000 characters of quotes", '"'.repeat(8000)],
  ["nested quotes", 'a sign that says "a sign that says "a sign""'.repeat(100)],
  ["emoji soup", emoji.join("")],
  ["broken surrogates", "\ud83d\ud83d cat \udc31\udc31"],
  ["control characters", "a \u0000cat\u0007\u001b[31m on\u0085 a\u009b table"],
  ["direction marks", "a \u202ecat\u202c and a\u2066 dog\u2069\u200f"],
  ["combining marks", `c${"\u0301".repeat(2000)}at`],
  ["SVG", '<svg onload="alert(1)"><script>x</script><image href="file:///etc/passwd"/></svg> a cat'],
  ["XML entities", "&amp; &#x3c; ]]> <!-- --> <?xml?> <!DOCTYPE a [<!ENTITY b 'c'>]> a cat"],
  ["lettering with markup", 'a sign that says "</g><script>alert(1)</script>"'],
  ["names of properties", "constructor __proto__ prototype toString hasOwnProperty valueOf a cat"],
  ["paths and templates", "../../etc/passwd $(process.env) {{cat}} %s%n a cat"],
  ["only spaces", " \t\n\r\u2028\u3000 "],
  ["one character", "?"]
]

describe("a hostile prompt", () => {
  it.each(prompts)("%s is painted like any other", async (_, prompt) => {
    const { bytes, drawn, notDrawn } = await draw(prompt.slice(0, 8000))
    assert.isAbove(bytes.length, 5000)
    assert.isAtLeast(drawn.length, 1)
    assert.isAtMost(notDrawn.length, 40)
    for (const word of [...drawn, ...notDrawn]) {
      assert.isAtMost(word.length, 90)
      assert.notMatch(word, /[\p{Cc}\p{Bidi_Control}]/u)
    }
  })

  it("huge counts are clamped and said to be", async () => {
    const { drawn, notDrawn } = await draw("99999999999999999999 cats and 13 dogs")
    assert.include(drawn, `${maximumCount} cats`)
    assert.include(drawn, `${maximumCount} dogs`)
    assert.include(notDrawn, `99999999999999999999 (${maximumCount} is the most that is drawn)`)
    assert.include(notDrawn, `13 (${maximumCount} is the most that is drawn)`)
  })

  it("many kinds of things cannot take longer than a full picture", async () => {
    const { drawn, notDrawn, scene } = await draw(
      "12 cats, 12 dogs, 12 cows, 12 pigs, 12 ducks, 12 owls, 12 bears, 12 lions, 12 frogs, 12 bees"
    )
    const total = scene.subjects.reduce((sum, { count }) => sum + count, 0)
    assert.isAtMost(total, 40)
    assert.include(drawn, "12 cats")
    assert.isTrue(notDrawn.some((word) => /^\d+ more /.test(word)))
  })

  it("no word of a prompt reaches the picture's SVG", async () => {
    const plain = await draw("a cat")
    const marked = await draw("a cat </g></svg><polygon points='0 0 999 999' opacity='1'/>")
    assert.deepStrictEqual(marked.scene.subjects, plain.scene.subjects)
    assert.isTrue(Buffer.from(marked.bytes).equals(plain.bytes))
  })
})
