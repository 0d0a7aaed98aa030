import { assert, describe, it } from "@effect/vitest"
import * as UploadRequest from "@image-skill/core/media/UploadRequest"
import { judgeType, sourceKindOf, typeOfName, uploadName } from "@image-skill/core/media/UploadSource"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

const heads: { readonly [type: string]: Uint8Array } = {
  "image/png": bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
  "image/jpeg": bytes("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
  "image/webp": bytes("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\0\0\0\0\0"),
  "image/gif": bytes("GIF89a\x01\0\x01\0\0\0\0"),
  "image/avif": bytes("\0\0\0\x1cftypavif\0\0\0\0"),
  "video/mp4": bytes("\0\0\0\x1cftypisom\0\0\0\0"),
  "audio/wav": bytes("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"),
  "model/gltf-binary": bytes("glTF\x02\0\0\0\x0c\0\0\0")
}

const head = (type: string): Uint8Array => heads[type] ?? new Uint8Array()

const judged = (first: Uint8Array, filename: string, contentType: string | null = null) =>
  Result.match(judgeType(first, { filename, contentType }), {
    onSuccess: ({ mimeType, warning }) => [mimeType, warning !== null],
    onFailure: (why) => why
  })

describe("the type of an upload", () => {
  it("is what its bytes are, whatever its name or its server say, and the contradiction is told", () => {
    const pictures = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]
    for (const type of pictures) {
      assert.deepStrictEqual(judged(head(type), "picture"), [type, false], type)
      for (const name of ["a.png", "a.JPG", "a.jpeg", "a.webp", "a.gif", "a.avif"]) {
        assert.deepStrictEqual(judged(head(type), name), [type, typeOfName(name) !== type], `${type} ${name}`)
      }
      for (const claim of [...pictures, "text/html", "application/octet-stream"]) {
        assert.deepStrictEqual(judged(head(type), "a", claim), [type, claim !== type], `${type} ${claim}`)
      }
    }
  })

  it("is refused when the bytes are media that are no picture, whatever the name says", () => {
    for (const type of ["video/mp4", "audio/wav", "model/gltf-binary"]) {
      assert.include(judged(head(type), "a.png", "image/png"), `is ${type};`)
    }
  })

  it("is refused when the bytes are nothing known, whatever the name says, but for AVIF", () => {
    for (const first of [bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), bytes("<html>"), new Uint8Array()]) {
      for (const name of ["a.png", "a.jpg", "a.webp", "a.gif", "a.svg", "a"]) {
        assert.include(judged(first, name, "image/png"), "is no picture", name)
      }
    }
    const other = bytes("\0\0\0\x1cftypmif1\0\0\0\0mif1avif")
    assert.deepStrictEqual(judged(other, "a.avif"), ["image/avif", false])
    assert.deepStrictEqual(judged(other, "a", "image/avif"), ["image/avif", false])
    assert.include(judged(other, "a.heic"), "is no picture")
  })

  it("does not repeat what a server says word for word", () => {
    const result = judgeType(head("image/png"), { filename: "a", contentType: "x\u001b[2J; image-skill" })
    assert.strictEqual(
      Result.getOrThrow(result).warning,
      "it is said to be x??2J??image-skill, but its bytes are image/png, so it was sent as that"
    )
  })
})

describe("the source of an upload", () => {
  it("is a URL where it begins like one, standard input where it is a dash, and else a path", () => {
    for (const url of ["http://a/b.png", "HTTPS://a/b.png", "https://", "http://[::1]/"])
      assert.strictEqual(sourceKindOf(url), "remote", url)
    assert.strictEqual(sourceKindOf("-"), "stdin")
    for (const path of ["a.png", "./-", "--", "ftp://a/b", "file:///a", "http:a", "/https://a", ""])
      assert.strictEqual(sourceKindOf(path), "local", path)
  })
})

describe("the name of an upload", () => {
  it("is the last part of its path, or a name made up for it", () => {
    for (const [path, name] of [
      ["a.png", "a.png"],
      ["/x/y/a.png", "a.png"],
      ["x\\a.png", "a.png"],
      ["..", "other"],
      [".", "other"],
      ["", "other"],
      ["x/", "other"],
      ["a..b.png", "a.b.png"],
      ["a\u0007\n.png", "a__.png"],
      [".hidden", ".hidden"]
    ] as const) {
      assert.strictEqual(uploadName(path, "other"), name, path)
    }
  })

  it.prop("is always one that an upload may carry", [Schema.String], ([path]) => {
    const filename = uploadName(`${path}${"x".repeat(path.length * 30)}`, "other")
    assert.isTrue(Schema.is(UploadRequest.UploadStreamRequest)({ filename }), JSON.stringify(filename))
    assert.isTrue(
      Result.isSuccess(Schema.encodeUnknownResult(UploadRequest.UploadStreamRequest)({ filename })),
      JSON.stringify(filename)
    )
  })
})
