import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { illustrate, paintScene, parseScene } from "@image-skill/adapters/media/storyboard/Illustrate"
import { paint } from "@image-skill/adapters/media/storyboard/Paint"
import { type Area, revise, type Revision, RevisionRefused } from "@image-skill/adapters/media/storyboard/Revise"
import type { Scene } from "@image-skill/adapters/media/storyboard/Scene"
import sharp from "sharp"
import { requestFor } from "./Pictures.ts"

const size = 256

const kept = (scene: Scene): unknown => {
  const text = JSON.stringify(scene)
  return JSON.parse(text)
}

const sceneOf = (prompt: string): Scene => parseScene(requestFor(prompt, { width: size, height: size }))

const change = (scene: Scene, instruction: string): Promise<Revision> =>
  revise({ scene: kept(scene), instruction, format: "png", formatAsked: false })

const pixelsOf = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await sharp(bytes).ensureAlpha().raw().toBuffer())

const pictures = new Map<string, Promise<Uint8Array>>()

/** Of a prompt, painted once in a test run. */
const original = (prompt: string): Promise<Uint8Array> => {
  const known = pictures.get(prompt) ?? paintScene(sceneOf(prompt), "png").then(({ bytes }) => pixelsOf(bytes))
  pictures.set(prompt, known)
  return known
}

const isInside = ({ height, left, top, width }: Area, pixel: number): boolean => {
  const [x, y] = [pixel % size, Math.floor(pixel / size)]
  return x >= left && x < left + width && y >= top && y < top + height
}

/** How many pixels differ in the area and beyond it. */
const differences = (before: Uint8Array, after: Uint8Array, area: Area): { inside: number; outside: number } => {
  const count = { inside: 0, outside: 0 }
  for (let pixel = 0; pixel < size * size; pixel++) {
    const same = [0, 1, 2, 3].every((channel) => before[pixel * 4 + channel] === after[pixel * 4 + channel])
    if (!same) count[isInside(area, pixel) ? "inside" : "outside"] += 1
  }
  return count
}

/** The mean colour of the pixels of an area that an edit changed. */
const meanOf = (pixels: Uint8Array, before: Uint8Array): readonly [number, number, number] => {
  const sum = [0, 0, 0]
  let count = 0
  for (let at = 0; at < pixels.length; at += 4) {
    if ([0, 1, 2].every((channel) => Math.abs((pixels[at + channel] ?? 0) - (before[at + channel] ?? 0)) < 24)) continue
    count += 1
    for (let channel = 0; channel < 3; channel++) sum[channel] = (sum[channel] ?? 0) + (pixels[at + channel] ?? 0)
  }
  return [(sum[0] ?? 0) / count, (sum[1] ?? 0) / count, (sum[2] ?? 0) / count]
}

const lightnessOf = (pixels: Uint8Array): number => pixels.reduce((sum, level) => sum + level, 0) / pixels.length

const dog = "a dog in a meadow"
const camera = "a compact field camera on a stainless workbench"

/** Edits of one thing, and the largest share of the picture that their area may take: shadows and glow reach far. */
const local: ReadonlyArray<readonly [prompt: string, instruction: string, share: number]> = [
  [dog, "add a cat", 0.25],
  [dog, "two dogs", 0.25],
  [dog, "remove the dog", 0.6],
  [dog, "put a hat on the dog", 0.3],
  [dog, "replace the dog with a fox", 0.6],
  [camera, "make the camera red", 0.5],
  [camera, "put a mug next to the camera", 0.3],
  ["a fox reading a book under a tree at sunset", "remove the book", 0.2],
  ["a fox reading a book under a tree at sunset", "make the fox blue", 0.3],
  ["an astronaut riding a horse on the moon", "make the horse brown", 0.4],
  ['a sign that says "OPEN" in the snow', 'make the sign say "CLOSED"', 0.4],
  ["three balloons over a city", "remove one balloon", 0.5],
  ["a sailboat on a lake", "add a duck", 0.2]
]

describe("an edit of one thing", () => {
  it.each(local)('in "%s", "%s" leaves every pixel beyond the stated area', async (prompt, instruction, share) => {
    const { bytes, changedArea, changedShare } = await change(sceneOf(prompt), instruction)
    const { inside, outside } = differences(await original(prompt), await pixelsOf(bytes), changedArea)
    assert.strictEqual(outside, 0)
    assert.strictEqual(inside, Math.round(changedShare * size * size))
    assert.isAbove(inside, 100)
    assert.isBelow((changedArea.width * changedArea.height) / size ** 2, share)
  })

  it("gives a thing the colour that it names", async () => {
    const { bytes } = await change(sceneOf(camera), "make the camera red")
    const [red, green, blue] = meanOf(await pixelsOf(bytes), await original(camera))
    assert.isAbove(red, green * 2)
    assert.isAbove(red, blue * 2)
  })
})

describe("an edit of the whole picture", () => {
  it.each([
    ["make it night", ["dog", "meadow", "night"]],
    ["make it rain", ["dog", "meadow", "rain"]],
    ["as a watercolor", ["dog", "meadow", "watercolor"]],
    ["change the background to a desert", ["dog", "desert"]]
  ] as const)('"%s" changes most of it, and nobody moves', async (instruction, drawn) => {
    const before = sceneOf(dog)
    const { changedShare, drawn: now, scene } = await change(before, instruction)
    assert.deepStrictEqual(now, drawn)
    assert.isAbove(changedShare, 0.5)
    const [one, other] = [await paint({ ...before, cutout: true }), await paint({ ...scene, cutout: true })]
    assert.deepStrictEqual(other.alpha?.values, one.alpha?.values)
  })

  it("night is dark", async () => {
    const { bytes } = await change(sceneOf(dog), "make it night")
    assert.isBelow(lightnessOf(await pixelsOf(bytes)), lightnessOf(await original(dog)) * 0.8)
  })

  it("a thing that becomes bigger fills more of the picture, about its foot", async () => {
    const before = sceneOf(dog)
    const { changes, scene } = await change(before, "bigger")
    const [one, other] = [await paint(before), await paint(scene)]
    const [small, big] = [one.staging?.spots[0], other.staging?.spots[0]]
    assert.deepStrictEqual(changes, ["dog: bigger"])
    assert.closeTo((big?.height ?? 0) / (small?.height ?? 1), 1.35, 0.01)
    assert.strictEqual(big?.y, small?.y)
  })
})

describe("removing the background", () => {
  it("leaves the things as they are on real transparency", async () => {
    const { bytes, drawn } = await change(sceneOf(dog), "remove the background")
    const { channels, format, hasAlpha } = await sharp(bytes).metadata()
    assert.deepStrictEqual([channels, format, hasAlpha, drawn], [4, "png", true, ["dog"]])
    const [before, after] = [await original(dog), await pixelsOf(bytes)]
    const levels = Array.from({ length: size * size }, (_, pixel) => after[pixel * 4 + 3] ?? 0)
    const corners = [0, size - 1, size * (size - 1), size * size - 1].map((pixel) => levels[pixel])
    assert.deepStrictEqual(corners, [0, 0, 0, 0])
    const solid = levels.flatMap((level, pixel) => (level === 255 ? [pixel] : []))
    const same = solid.filter((pixel) => [0, 1, 2].every((c) => before[pixel * 4 + c] === after[pixel * 4 + c]))
    assert.isAbove(solid.length, size * size * 0.08)
    // Grass that stood before the feet is gone.
    assert.isAbove(same.length / solid.length, 0.9)
  })

  it("goes on with further edits, until a place is named", async () => {
    const { scene } = await change(sceneOf(dog), "remove the background")
    const blue = await change(scene, "make the dog blue")
    assert.strictEqual((await sharp(blue.bytes).metadata()).channels, 4)
    const beach = await change(blue.scene, "put it on a beach")
    assert.strictEqual((await sharp(beach.bytes).metadata()).channels, 3)
    assert.deepStrictEqual(beach.drawn, ["dog", "blue", "beach"])
  })

  it("cannot be a jpeg, and becomes a png where nobody asked for one", async () => {
    const request = { scene: kept(sceneOf(dog)), instruction: "remove the background", format: "jpeg" } as const
    assert.strictEqual((await revise({ ...request, formatAsked: false })).format, "png")
    const refusal = await revise({ ...request, formatAsked: true }).catch((error: unknown) => error)
    assert.instanceOf(refusal, RevisionRefused)
  })
})

describe("a chain of edits", () => {
  it.each([
    [dog, ["add a cat", "make it night and rainy", "remove the cat"], ["dog", "meadow", "night", "rainy"]],
    [
      camera,
      ["make the camera blue", "add a red apple", "make the workbench wooden"],
      ["compact field camera", "red apple", "blue", "wooden", "workbench"]
    ],
    [
      "a blue car",
      ["add a woman next to the car", "replace the car with a bus", "as a comic"],
      ["bus", "woman", "comic"]
    ]
  ] as const)('of "%s": %s', async (prompt, instructions, drawn) => {
    let scene = sceneOf(prompt)
    let last: Revision | null = null
    for (const instruction of instructions) {
      last = await change(scene, instruction)
      scene = last.scene
    }
    assert.deepStrictEqual(last?.drawn, drawn)
    // What is kept paints the very picture again.
    const again = await paintScene(scene, "png")
    assert.isTrue(Buffer.from(again.bytes).equals(last?.bytes ?? new Uint8Array()))
  })

  it("what is added and taken away again leaves the first picture, pixel for pixel", async () => {
    const added = await change(sceneOf(dog), "add a cat")
    const removed = await change(added.scene, "remove the cat")
    assert.isTrue(Buffer.from(await pixelsOf(removed.bytes)).equals(await original(dog)))
  })
})

describe("an edit that would be a copy", () => {
  it.each([
    ["add a zorble", "Nothing in the picture could be changed by this instruction; not understood: zorble."],
    ["crop it", "Cropping, resizing, blurring and the like are done by local.adjust."],
    ["make it day", "The instruction asks for nothing that is not so already."],
    ["", "The instruction asks for nothing that is not so already."]
  ])('"%s" is refused with a sentence', async (instruction, sentence) => {
    const refusal = await change(sceneOf(dog), instruction).catch((error: unknown) => error)
    assert.instanceOf(refusal, RevisionRefused)
    assert.include(refusal instanceof Error ? refusal.message : "", sentence)
  })

  it("what cannot be seen there is refused", async () => {
    const refusal = await change(sceneOf(camera), "make it autumn").catch((error: unknown) => error)
    assert.include(refusal instanceof RevisionRefused ? refusal.message : "", "cannot be seen")
  })

  it("something that is no scene is refused", async () => {
    const request = { scene: { words: [] }, instruction: "make it night", format: "png", formatAsked: false } as const
    assert.instanceOf(await revise(request).catch((error: unknown) => error), RevisionRefused)
  })
})

describe("the places that a picture keeps", () => {
  it.each([
    dog,
    camera,
    "an astronaut riding a horse on the moon",
    "ten sheep on a farm",
    "a rocket in space",
    "a duck and a house by a lake",
    "a boy holding two balloons, a dragon over a castle"
  ])("paint the same picture as those that were found: %s", async (prompt) => {
    const scene = sceneOf(prompt)
    const { canvas, staging } = await paint(scene)
    if (staging === null) throw new Error("nothing stands in this picture")
    const again = await paint({ ...scene, staging })
    assert.deepStrictEqual(again.staging, staging)
    assert.isTrue(Buffer.from(again.canvas.rgb.buffer).equals(Buffer.from(canvas.rgb.buffer)))
  })
})

describe("the same edit", () => {
  it("gives the same bytes in another process, under another language and time zone", async () => {
    const scene = (await illustrate({ ...requestFor(dog), format: "png" })).scene
    const here = await change(scene, "add a cat and make it night")
    const program = fileURLToPath(new URL("EditDigestProgram.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@image-skill/source", program, JSON.stringify(scene), "add a cat and make it night"],
      { env: { LANG: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" }, timeout: 20_000 }
    )
    assert.strictEqual(stdout, createHash("sha256").update(here.bytes).digest("hex"))
  })
})
