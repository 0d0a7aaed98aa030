import { assert, describe, it } from "@effect/vitest"
import { extensionOf, mediaPath } from "@image-skill/core/media/Asset"

const extensions: { readonly [mimeType: string]: string | null } = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
  "video/mp4": "mp4",
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
  "model/gltf-binary": "glb",
  "image/svg+xml": null,
  "text/html": null,
  "IMAGE/PNG": null,
  "": null,
  constructor: null,
  toString: null
}

describe("Asset", () => {
  for (const [mimeType, extension] of Object.entries(extensions)) {
    it(`${JSON.stringify(mimeType)} has ${extension === null ? "no extension" : `the extension ${extension}`}`, () => {
      assert.strictEqual(extensionOf(mimeType), extension)
    })
  }

  it("an asset lies under /a/ by its id, so that the last extension cut off leaves the id", () => {
    assert.strictEqual(
      mediaPath({ id: "image_8k2t5r0w6d4q1m7x3c9v", mimeType: "image/jpeg" }),
      "/a/image_8k2t5r0w6d4q1m7x3c9v.jpg"
    )
    assert.strictEqual(mediaPath({ id: "asset_1", mimeType: "model/gltf-binary" }), "/a/asset_1.glb")
    assert.strictEqual(mediaPath({ id: "file_1", mimeType: "text/html" }), "/a/file_1.bin")
  })
})
