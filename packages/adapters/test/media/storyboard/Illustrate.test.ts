import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import {
  illustrate,
  type Illustration,
  type IllustrationRequest,
  paintScene,
  parseScene,
  styles
} from "@image-skill/adapters/media/storyboard/Illustrate"
import type { Scene } from "@image-skill/adapters/media/storyboard/Scene"
import sharp from "sharp"

const request = (prompt: string, more: Partial<IllustrationRequest> = {}): IllustrationRequest => ({
  prompt,
  width: 256,
  height: 256,
  seed: 5,
  style: null,
  format: "png",
  ...more
})

const digest = ({ bytes }: Pick<Illustration, "bytes">): string => createHash("sha256").update(bytes).digest("hex")

/** Runs a program of this folder from the sources, in a process of its own and in a strange environment. */
const run = async (program: string, ...words: ReadonlyArray<string>): Promise<string> => {
  const file = fileURLToPath(new URL(program, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@image-skill/source", file, ...words], {
    env: { LANG: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
    timeout: 20_000
  })
  return stdout
}

describe("the same request gives the same bytes", () => {
  const prompt = "a fox reading a book under a tree at sunset"

  it("in one process, whatever was painted between", async () => {
    const first = await illustrate(request(prompt))
    await illustrate(request("three rockets in space, watercolor", { width: 384 }))
    assert.strictEqual(digest(await illustrate(request(prompt))), digest(first))
  })

  it("in another process, under another language and time zone", async () => {
    const here = await illustrate(request(prompt, { width: 300 }))
    assert.strictEqual(await run("DigestProgram.ts", prompt), digest(here))
  })

  it.each(styles)("in the style %s", async (style) => {
    const [first, second] = [
      await illustrate(request("a cat", { style })),
      await illustrate(request("a cat", { style }))
    ]
    assert.strictEqual(digest(first), digest(second))
  })

  it.each(["jpeg", "webp"] as const)("as %s", async (format) => {
    const [first, second] = [
      await illustrate(request("a cat", { format })),
      await illustrate(request("a cat", { format }))
    ]
    assert.strictEqual(digest(first), digest(second))
  })
})

describe("another picture", () => {
  it("comes from another seed", async () => {
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32 - 1]
    const digests = await Promise.all(seeds.map(async (seed) => digest(await illustrate(request("a cat", { seed })))))
    assert.strictEqual(new Set(digests).size, seeds.length)
  })

  it("comes from another style", async () => {
    const digests = await Promise.all(
      styles.map(async (style) => digest(await illustrate(request("a cat", { style }))))
    )
    assert.strictEqual(new Set(digests).size, styles.length)
  })
})

describe("a scene", () => {
  const prompts = [
    "a compact field camera on a stainless workbench",
    "two red and blue balloons over a city at night, neon",
    "a king holding a sword on a stage",
    "quantum metaphysics",
    'a sign that says "HELLO" in the snow'
  ]

  it.each(prompts)("survives JSON and paints the very picture: %s", async (prompt) => {
    const illustration = await illustrate(request(prompt))
    const text = JSON.stringify(illustration.scene)
    const stored: unknown = JSON.parse(text)
    assert.deepStrictEqual(stored, parseScene(request(prompt)))
    const again = await paintScene(parseScene(request(prompt)), "png")
    assert.strictEqual(digest(again), digest(illustration))
    assert.deepStrictEqual(again.drawn, illustration.drawn)
    assert.deepStrictEqual(again.notDrawn, illustration.notDrawn)
  })

  it("can be changed and painted again", async () => {
    const scene = parseScene(request("a cat in a meadow"))
    const night: Scene = {
      ...scene,
      backdrop: { ...scene.backdrop, time: { name: "night", word: "night" } },
      subjects: scene.subjects.map((subject) => ({ ...subject, count: 2 }))
    }
    const { drawn } = await paintScene(night, "png")
    assert.deepStrictEqual(drawn, ["2 cats", "meadow", "night"])
  })
})

describe("the size", () => {
  const sizes: ReadonlyArray<readonly [width: number, height: number]> = [
    [256, 256],
    [257, 331],
    [512, 384],
    [384, 512],
    [768, 512],
    [512, 768],
    [960, 540],
    [541, 961],
    [2048, 256],
    [256, 2048],
    [1023, 767]
  ]

  it.each(sizes)("is exact at %i x %i", async (width, height) => {
    const { bytes } = await illustrate(request("a robot on a wooden table", { width, height }))
    const metadata = await sharp(bytes).metadata()
    assert.deepStrictEqual(
      [metadata.width, metadata.height, metadata.format, metadata.channels],
      [width, height, "png", 3]
    )
  })

  it("reaches 2048 x 2048", async () => {
    const { bytes } = await illustrate(request("a cat", { width: 2048, height: 2048 }))
    const { height, width } = await sharp(bytes).metadata()
    assert.deepStrictEqual([width, height], [2048, 2048])
  })
})

describe("the format", () => {
  it.each(["png", "jpeg", "webp"] as const)("%s is what its type says", async (format) => {
    const { bytes, mimeType } = await illustrate(request("a cat", { format }))
    assert.strictEqual(mimeType, `image/${format}`)
    assert.strictEqual((await sharp(bytes).metadata()).format, format)
  })

  it("png needs no sharp, the others say that they do", async () => {
    const outcomes: unknown = JSON.parse(await run("WithoutSharpProgram.ts"))
    assert.deepStrictEqual(outcomes, [
      "image/png",
      'ImageEncoderMissing: Writing jpeg needs the package "sharp", which could not be loaded. Ask for png, or install sharp.',
      'ImageEncoderMissing: Writing webp needs the package "sharp", which could not be loaded. Ask for png, or install sharp.'
    ])
  })
})
