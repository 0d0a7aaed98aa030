import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { readAdjustment } from "@image-skill/adapters/media/adjust/AdjustParameters"
import { type Adjusted, adjust, AdjustmentRefused } from "@image-skill/adapters/media/adjust/internal/Adjust"
import { measure } from "@image-skill/core/media/Measure"
import * as Result from "effect/Result"
import sharp from "sharp"

const [width, height] = [64, 48]

/** Red grows to the right, green downwards, blue is fixed: each pixel tells where it came from. */
const gradient = (alpha = 255): Uint8Array => {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([x * 4, y * 5, 90, alpha], (y * width + x) * 4)
  return data
}

const encoded = (data: Uint8Array, format: "png" | "jpeg" | "webp" | "avif" | "gif" = "png"): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .toFormat(format)
    .toBuffer()

const source = encoded(gradient())

const run = async (parameters: object, bytes?: Uint8Array, mask: Uint8Array | null = null): Promise<Adjusted> => {
  const input = bytes ?? (await source)
  const { mimeType, size } = measure(input) ?? { mimeType: "image/png", size: null }
  const plan = readAdjustment(parameters, { mimeType, size, maskSize: mask === null ? undefined : { width, height } })
  if (Result.isFailure(plan)) throw new Error(plan.failure)
  return adjust({ ...plan.success, bytes: input, mask })
}

/** The colour at a place, with its alpha. */
const at = async (bytes: Uint8Array, x: number, y: number): Promise<ReadonlyArray<number>> => {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const start = (y * info.width + x) * 4
  return [...data.subarray(start, start + 4)]
}

const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "made",
    (error: unknown) => error
  )

describe("what moves pixels", () => {
  it("crop keeps exactly the part that it names", async () => {
    const { bytes, size } = await run({ crop: { left: 10, top: 20, width: 30, height: 8 } })
    assert.deepStrictEqual(size, { width: 30, height: 8 })
    assert.deepStrictEqual(await at(bytes, 0, 0), [40, 100, 90, 255])
    assert.deepStrictEqual(await at(bytes, 29, 7), [156, 135, 90, 255])
  })

  it("crop by proportion keeps the largest middle part", async () => {
    const { bytes, size } = await run({ crop: { aspect_ratio: "1:1" } })
    assert.deepStrictEqual(size, { width: 48, height: 48 })
    assert.deepStrictEqual(await at(bytes, 0, 0), [32, 0, 90, 255])
  })

  it("quarter turns, flip and flop move every pixel and change none", async () => {
    const turned = await run({ rotate: 90 })
    assert.deepStrictEqual(turned.size, { width: height, height: width })
    assert.deepStrictEqual(await at(turned.bytes, height - 1, 0), [0, 0, 90, 255])
    assert.deepStrictEqual((await run({ rotate: -270 })).bytes, turned.bytes)
    assert.deepStrictEqual(await at((await run({ flip: true })).bytes, 0, 0), [0, 235, 90, 255])
    assert.deepStrictEqual(await at((await run({ flop: true })).bytes, 0, 0), [252, 0, 90, 255])
  })

  it("other angles leave corners of nothing, or of the background", async () => {
    assert.deepStrictEqual((await at((await run({ rotate: 30 })).bytes, 0, 0))[3], 0)
    const { bytes } = await run({ rotate: 30, background: "#102030" })
    assert.deepStrictEqual(await at(bytes, 0, 0), [16, 32, 48, 255])
  })

  it.each([
    [{ width: 32 }, { width: 32, height: 24 }],
    [{ height: 12 }, { width: 16, height: 12 }],
    [
      { width: 30, height: 30 },
      { width: 30, height: 30 }
    ],
    [
      { width: 30, height: 30, fit: "contain" },
      { width: 30, height: 30 }
    ],
    [
      { width: 32, height: 32, fit: "inside" },
      { width: 32, height: 24 }
    ]
  ])("%j gives exactly the stated pixels", async (parameters, size) => {
    const result = await run(parameters)
    assert.deepStrictEqual(result.size, size)
    assert.deepStrictEqual(measure(result.bytes)?.size, size)
  })

  it("the order is the documented one, whatever the order of the parameters", async () => {
    const one = await run({ blur: 2, width: 20, brightness: 1.2, flop: true, crop: { aspect_ratio: "1:1" } })
    const other = await run({ crop: { aspect_ratio: "1:1" }, flop: true, brightness: 1.2, width: 20, blur: 2 })
    assert.deepStrictEqual(one.applied, ["crop", "flop", "resize", "brightness", "blur"])
    assert.deepStrictEqual(one, other)
  })
})

describe("what changes colours", () => {
  it.each([
    [{ brightness: 2 }, [80, 100, 180]],
    [{ contrast: 0 }, [128, 128, 128]],
    [{ saturation: 0 }, [52, 52, 52]],
    [{ greyscale: true }, [52, 52, 52]]
  ])("%j", async (parameters, color) => {
    const pixel = await at((await run(parameters)).bytes, 10, 10)
    color.forEach((level, channel) => assert.closeTo(pixel[channel] ?? 0, level, 1))
  })

  it("recolour changes what is like the colour, keeps its shades, and nothing else", async () => {
    const data = new Uint8Array(width * height * 4).fill(255)
    data.set([220, 40, 40, 255], 0)
    data.set([180, 30, 30, 255], 4)
    data.set([40, 160, 60, 255], 8)
    const { bytes } = await run({ recolor: { from: "#dc2828", to: "#2850dc" } }, await encoded(data))
    const [light, dark] = [await at(bytes, 0, 0), await at(bytes, 1, 0)]
    for (const [red = 0, , blue = 0] of [light, dark]) assert.isAbove(blue, red + 60)
    assert.isAbove(light[2] ?? 0, dark[2] ?? 0)
    assert.deepStrictEqual(await at(bytes, 2, 0), [40, 160, 60, 255])
    assert.deepStrictEqual(await at(bytes, 3, 0), [255, 255, 255, 255])
  })

  it("a turn of the hues by half a circle and back is the same picture but for rounding", async () => {
    const there = await run({ hue: 20 })
    const back = await run({ hue: -20 }, there.bytes)
    const [before, after] = [await at(await source, 20, 20), await at(back.bytes, 20, 20)]
    before.forEach((level, channel) => assert.closeTo(after[channel] ?? 0, level, 3))
    assert.notDeepEqual(await at(there.bytes, 20, 20), before)
  })

  it("tint leaves one hue, and black and white as they are", async () => {
    const data = new Uint8Array(width * height * 4).fill(255)
    data.set([0, 0, 0, 255], 0)
    data.set([120, 120, 120, 255], 4)
    const { bytes } = await run({ tint: "#1040ff" }, await encoded(data))
    assert.deepStrictEqual(await at(bytes, 0, 0), [0, 0, 0, 255])
    assert.deepStrictEqual(await at(bytes, 2, 0), [255, 255, 255, 255])
    const [red = 0, , blue = 0] = await at(bytes, 1, 0)
    assert.isAbove(blue, red + 60)
  })

  it("blur and sharpen are opposites where there is an edge", async () => {
    const data = gradient().map((_, index) => (index % 4 === 3 ? 255 : Math.floor(index / 4) % width < 32 ? 60 : 180))
    const edge = await encoded(data)
    const [soft, sharp] = [await run({ blur: 3 }, edge), await run({ sharpen: 2 }, edge)]
    assert.isAbove((await at(soft.bytes, 30, 20))[0] ?? 0, 70)
    assert.isBelow((await at(sharp.bytes, 31, 20))[0] ?? 255, 60)
  })

  it("a background shows where nothing was", async () => {
    const { bytes } = await run({ background: "#ffffff" }, await encoded(gradient(0)))
    assert.deepStrictEqual(await at(bytes, 5, 5), [255, 255, 255, 255])
    assert.strictEqual((await sharp(bytes).metadata()).channels, 3)
  })
})

/** Lets the left half through. */
const half = (transparent: boolean): Promise<Buffer> =>
  encoded(
    gradient().map((_, index) => {
      const open = Math.floor(index / 4) % width < width / 2
      if (index % 4 === 3) return transparent && open ? 0 : 255
      return transparent ? 0 : open ? 255 : 0
    })
  )

describe("a mask", () => {
  it.each([
    ["transparent", true],
    ["white", false]
  ])(
    "that is %s on the left lets only the left be changed; the rest is bit for bit as it was",
    async (_, transparent) => {
      const { bytes, maskShare } = await run({ blur: 4, brightness: 0.5 }, undefined, await half(transparent))
      const before = gradient()
      const after = await sharp(bytes).ensureAlpha().raw().toBuffer()
      const changed = { left: 0, right: 0 }
      for (let pixel = 0; pixel < width * height; pixel++) {
        const same = [0, 1, 2, 3].every((channel) => before[pixel * 4 + channel] === after[pixel * 4 + channel])
        if (!same) changed[pixel % width < width / 2 ? "left" : "right"] += 1
      }
      assert.deepStrictEqual([changed.right, maskShare], [0, 0.5])
      assert.isAbove(changed.left, (width * height) / 2 - 100)
    }
  )

  it("keeps the decoded pixels of a jpeg, too, since the output is a png", async () => {
    const jpeg = await encoded(gradient(), "jpeg")
    const { bytes } = await run({ brightness: 0.5 }, jpeg, await half(true))
    assert.strictEqual(measure(bytes)?.mimeType, "image/png")
    assert.deepStrictEqual(await at(bytes, 50, 20), await at(jpeg, 50, 20))
    assert.notDeepEqual(await at(bytes, 10, 20), await at(jpeg, 10, 20))
  })

  it("that lets nothing through, or has another size, is refused", async () => {
    const shut = await encoded(new Uint8Array(width * height * 4).map((_, index) => (index % 4 === 3 ? 255 : 0)))
    const small = await sharp(shut).resize(10, 10).png().toBuffer()
    assert.instanceOf(await refusalOf(run({ blur: 2 }, undefined, shut)), AdjustmentRefused)
    assert.instanceOf(await refusalOf(run({ blur: 2 }, undefined, small)), AdjustmentRefused)
  })
})

describe("the file", () => {
  it.each(["png", "jpeg", "webp", "avif", "gif"] as const)("%s is read", async (format) => {
    const { bytes, size } = await run({ flip: true, output_format: "png" }, await encoded(gradient(), format))
    assert.deepStrictEqual(measure(bytes), { mimeType: "image/png", size })
  })

  it.each(["jpeg", "webp"] as const)("%s is smaller at a lower quality", async (format) => {
    const [low, high] = [await run({ output_format: format, quality: 10 }), await run({ output_format: format })]
    assert.strictEqual(measure(low.bytes)?.mimeType, `image/${format}`)
    assert.isBelow(low.bytes.length, high.bytes.length)
  })

  it.each(["jpeg", "png", "webp"] as const)(
    "is upright, as the camera of a %s said that it was held",
    async (format) => {
      const held = await sharp(await source)
        .withMetadata({ orientation: 6 })
        .toFormat(format)
        .toBuffer()
      assert.deepStrictEqual((await run({ greyscale: true }, held)).size, { width: height, height: width })
    }
  )

  it("has the same bytes for the same request", async () => {
    const parameters = { rotate: 12, recolor: { from: "#804020", to: "#208040" }, blur: 1 }
    assert.deepStrictEqual(await run(parameters), await run(parameters))
  })

  it.each([
    ["no picture", (): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode("<svg/>"))],
    ["cut short", async (): Promise<Uint8Array> => (await source).subarray(0, (await source).length / 2)],
    [
      "a bomb",
      (): Promise<Uint8Array> =>
        sharp({ create: { width: 9000, height: 9000, channels: 3, background: "#fff" } })
          .png()
          .toBuffer()
    ]
  ])("that is %s is refused with a sentence", async (_, make) => {
    const refusal = await refusalOf(run({ blur: 2 }, await make()))
    assert.instanceOf(refusal, AdjustmentRefused)
    assert.match(refusal instanceof Error ? refusal.message : "", /^The input cannot be read as a picture/u)
  })

  it("is not made where sharp is missing, and it is said what to install", async () => {
    const program = fileURLToPath(new URL("WithoutSharpProgram.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@image-skill/source", program], {
      timeout: 20_000
    })
    assert.strictEqual(
      stdout,
      'SharpMissing: Adjusting pictures needs the package "sharp", which could not be loaded. Install sharp.'
    )
  })
})
