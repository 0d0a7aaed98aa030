import { assert, describe, it } from "@effect/vitest"
import { type AdjustMedia, readAdjustment } from "@image-skill/adapters/media/adjust/AdjustParameters"
import { localModels } from "@image-skill/core/models/catalogue/LocalModels"
import { problems } from "@image-skill/core/models/Parameters"
import * as Result from "effect/Result"

const png: AdjustMedia = { mimeType: "image/png", size: { width: 640, height: 480 }, maskSize: undefined }
const masked: AdjustMedia = { ...png, maskSize: { width: 640, height: 480 } }
const model = localModels.find(({ id }) => id === "local.adjust")
if (model === undefined) throw new Error("there is no local.adjust")
const crop = { left: 0, top: 0, width: 100, height: 100 }

const refused: ReadonlyArray<readonly [parameters: object, media: AdjustMedia, sentence: string]> = [
  [{}, png, "nothing to do"],
  [{ brightness: 1, saturation: 1, contrast: 1, hue: 360, rotate: 0, flip: false }, png, "nothing to do"],
  [{ output_format: "png" }, png, "nothing to do"],
  [{}, masked, "nothing to do"],
  [{ crop: { ...crop, left: 600 } }, png, "beyond the picture of 640x480"],
  [{ crop: { ...crop, top: 600 } }, png, "beyond the picture of 640x480"],
  [{ width: 100, fit: "cover" }, png, "give both"],
  [{ blur: 2, fit: "inside" }, png, "give both"],
  [{ greyscale: true, hue: 90 }, png, "greyscale leaves no colour"],
  [{ blur: 2, quality: 80 }, png, "lossless"],
  [{ tint: "sepia" }, png, "tint must be a colour such as"],
  [{ background: "#12345" }, png, "background must be a colour such as"],
  [{ recolor: { from: "red", to: "#00ff00" } }, png, "recolor.from must be a colour such as"],
  [{ rotate: 10, output_format: "jpeg" }, png, "corners would be transparent"],
  [{ rotate: 10 }, { ...png, mimeType: "image/jpeg" }, "corners would be transparent"],
  [{ width: 100, height: 100, fit: "contain", output_format: "jpeg" }, png, "corners would be transparent"],
  [{ crop }, masked, "a mask keeps the rest of the picture where it is"],
  [{ flop: true }, masked, "a mask keeps the rest of the picture where it is"],
  [{ width: 100 }, masked, "a mask keeps the rest of the picture where it is"],
  [{ blur: 2, output_format: "webp" }, masked, "with a mask the output is a png"],
  [{ blur: 2 }, { ...masked, maskSize: { width: 480, height: 640 } }, "the mask measures 480x640"],
  [{ blur: "much" }, png, "does not have the form"]
]

const formats: ReadonlyArray<readonly [parameters: object, media: AdjustMedia, format: string]> = [
  [{ blur: 2 }, png, "png"],
  [{ blur: 2 }, { ...png, mimeType: "image/jpeg" }, "jpeg"],
  [{ blur: 2 }, { ...png, mimeType: "image/webp" }, "webp"],
  [{ blur: 2 }, { ...png, mimeType: "image/avif" }, "png"],
  [{ blur: 2 }, { ...masked, mimeType: "image/jpeg" }, "png"],
  [{}, { ...png, mimeType: "image/gif" }, "png"],
  [{ output_format: "webp" }, png, "webp"]
]

describe("parameters of an adjustment", () => {
  it.each(refused)("%j is refused, with the reason", (parameters, media, sentence) => {
    const read = readAdjustment(parameters, media)
    assert.isTrue(Result.isFailure(read))
    if (Result.isFailure(read)) assert.include(read.failure, sentence)
  })

  it.each(formats)("%j gives the type that fits the input", (parameters, media, format) => {
    const read = readAdjustment(parameters, media)
    assert.strictEqual(Result.isSuccess(read) ? read.success.format : read.failure, format)
  })

  it("a picture that may be held upright is cropped either way up", () => {
    const request = { crop: { ...crop, top: 500 } }
    assert.isTrue(Result.isSuccess(readAdjustment(request, { ...png, mimeType: "image/jpeg" })))
    assert.isTrue(Result.isFailure(readAdjustment(request, png)))
  })

  it("that the model's schema accepts can all be read", () => {
    const all = {
      crop: { aspect_ratio: "1:1" },
      rotate: -90,
      flip: true,
      flop: true,
      width: 200,
      height: 100,
      fit: "contain",
      recolor: { from: "#ff0000", to: "#00ff00", tolerance: 10 },
      brightness: 1.2,
      saturation: 0.5,
      hue: 30,
      contrast: 1.1,
      tint: "#704214",
      blur: 1,
      sharpen: 1,
      background: "#ffffff",
      output_format: "jpeg",
      quality: 80
    }
    assert.deepStrictEqual(problems(model, { ...all, greyscale: true }), [])
    assert.deepStrictEqual(
      Object.keys({ ...all, greyscale: true }).toSorted(),
      Object.keys(model.parameters).toSorted()
    )
    assert.isTrue(Result.isSuccess(readAdjustment(all, png)))
  })
})
