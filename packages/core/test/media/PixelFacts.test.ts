import { assert, describe, it } from "@effect/vitest"
import { differingBits, looksAlike, pixelFacts, type Raster } from "@image-skill/core/media/PixelFacts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import sharp, { type Sharp } from "sharp"

type Rgba = readonly [red: number, green: number, blue: number, alpha: number]

const raster = (width: number, height: number, paint: (x: number, y: number) => Rgba): Raster => ({
  width,
  height,
  rgba: Uint8Array.from({ length: width * height * 4 }, (_, index) => {
    const pixel = index >> 2
    return paint(pixel % width, Math.floor(pixel / width))[index & 3] ?? 0
  })
})

/** Small scenes of shapes with soft light, drawn by a real renderer. */
const scene = (ground: string, sky: string, ...shapes: ReadonlyArray<string>): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="white"/></linearGradient></defs><rect width="256" height="256" fill="url(#s)"/><rect y="170" width="256" height="86" fill="${ground}"/>${shapes.join("")}</svg>`
const mug = (color: string): string => `<rect x="90" y="90" width="80" height="100" rx="12" fill="${color}"/>`
const sun = `<circle cx="200" cy="50" r="30" fill="#ffd75e"/>`
const tree = `<path d="M40 190 L70 60 L100 190 Z" fill="#1f6b2c"/>`
const tower = `<rect x="20" y="20" width="50" height="170" fill="#555b66"/>`
const scenes: ReadonlyArray<readonly [what: string, before: string, after: string]> = [
  ["a mug that turned red", scene("#7a5a3a", "#6aa7d8", mug("#2b4fd0")), scene("#7a5a3a", "#6aa7d8", mug("#d02b2b"))],
  ["a scene at night", scene("#3f7a3a", "#6aa7d8", tree, sun), scene("#1a2f22", "#101a40", tree)],
  ["a tower that came", scene("#3f7a3a", "#6aa7d8", mug("#888")), scene("#3f7a3a", "#6aa7d8", mug("#888"), tower)],
  ["a sky of another colour", scene("#7a5a3a", "#6aa7d8", tree), scene("#7a5a3a", "#e08a4a", tree)],
  ["a tree that went", scene("#3f7a3a", "#9ac7e8", tree, sun), scene("#3f7a3a", "#9ac7e8", sun)]
]

const drawn = (svg: string) => sharp(Buffer.from(svg))

const lookOf = (image: Sharp) =>
  Effect.promise(async () => {
    const bytes = await image.toBuffer()
    const rgba = await sharp(bytes).resize(64, 64, { fit: "fill", kernel: "linear" }).ensureAlpha().raw().toBuffer()
    return pixelFacts({ width: 64, height: 64, rgba }).lookHash
  })

const hex64 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{16}$/u))

describe("PixelFacts", () => {
  for (const [what, before, after] of scenes) {
    it.effect(`${what} does not look the same`, () =>
      Effect.gen(function* () {
        const [one, other] = [yield* lookOf(drawn(before).png()), yield* lookOf(drawn(after).png())]
        assert.isFalse(looksAlike(one, other), `${differingBits(one, other)} bits`)
      })
    )

    it.effect(`${what}: its copies look the same, however they were compressed`, () =>
      Effect.gen(function* () {
        const original = yield* lookOf(drawn(after).png())
        const copies = [
          drawn(after).jpeg({ quality: 50 }),
          drawn(after).jpeg({ quality: 85 }),
          drawn(after).webp({ quality: 50 }),
          drawn(after).avif({ quality: 40 }),
          drawn(after).png({ palette: true }),
          drawn(after).resize(128).png(),
          drawn(after).resize(700).jpeg()
        ]
        for (const copy of copies) {
          const look = yield* lookOf(copy)
          assert.isTrue(looksAlike(original, look), `${differingBits(original, look)} bits`)
        }
      })
    )
  }

  it("one colour all over is blank, with the rounding of an encoder too, and a faint shape is not", () => {
    assert.isTrue(pixelFacts(raster(64, 64, () => [10, 20, 30, 255])).blank)
    assert.isTrue(pixelFacts(raster(64, 64, (x, y) => [10 + ((x + y) & 3), 20, 30, 255])).blank)
    assert.isFalse(pixelFacts(raster(64, 64, (x) => [x > 60 ? 24 : 10, 20, 30, 255])).blank)
  })

  it("what is wholly transparent is blank whatever colour hides in it, and is no colour", () => {
    const { blank, dominantColors, transparent } = pixelFacts(raster(32, 32, (x, y) => [x * 8, y * 8, 0, 0]))
    assert.deepStrictEqual(
      { blank, dominantColors, transparent },
      { blank: true, dominantColors: [], transparent: true }
    )
  })

  it("a shape on transparency is not blank", () => {
    const { blank, dominantColors, transparent } = pixelFacts(raster(64, 64, (x) => [200, 0, 0, x < 20 ? 255 : 0]))
    assert.deepStrictEqual([blank, transparent, dominantColors], [false, true, ["#c80000"]])
  })

  it("colours are listed by how much of the picture they cover, the smallest of them left out", () => {
    const bands = raster(64, 64, (_, y) =>
      y < 32 ? [255, 0, 0, 255] : y < 52 ? [0, 0, 255, 255] : y < 63 ? [255, 255, 255, 255] : [0, 255, 0, 255]
    )
    assert.deepStrictEqual(pixelFacts(bands).dominantColors, ["#ff0000", "#0000ff", "#ffffff"])
  })

  it("no more than five colours are listed", () => {
    const many = raster(64, 64, (x) => [(x >> 3) * 32, 255 - (x >> 3) * 32, 0, 255])
    assert.strictEqual(pixelFacts(many).dominantColors.length, 5)
  })

  it.each([
    [1, 1],
    [1, 64],
    [64, 1],
    [3, 2],
    [9, 5],
    [64, 64]
  ])("a picture of %i by %i has a look of 64 bits", (width, height) => {
    const { lookHash } = pixelFacts(raster(width, height, (x, y) => [x * 4, y * 4, 128, 255]))
    assert.match(lookHash, /^[0-9a-f]{16}$/u)
  })

  it("differing bits are counted", () => {
    assert.strictEqual(differingBits("0000000000000000", "ffffffffffffffff"), 64)
    assert.strictEqual(differingBits("8000000000000001", "0000000000000000"), 2)
    assert.strictEqual(differingBits("123456789abcdef0", "123456789abcdef1"), 1)
  })

  it.prop("differing bits are the same both ways, and none from a look to itself", [hex64, hex64], ([one, other]) => {
    assert.strictEqual(differingBits(one, other), differingBits(other, one))
    assert.strictEqual(differingBits(one, one), 0)
  })
})
