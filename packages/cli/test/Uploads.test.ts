import { execFileSync } from "node:child_process"
import { mkdirSync, truncateSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { at, drive, text } from "./Cli.ts"
import { blue, driven, mediaService, placeWith, red, refused, sha256, type Words } from "./MediaStub.ts"
import { failure, refusing, stub } from "./Stub.ts"

const trusting = (origin: string) => ({ IMAGE_SKILL_TRUSTED_FETCH_ORIGINS: origin })

const bodyOf = (filename: string, bytes: Uint8Array, more: object = {}) => ({
  source_kind: "local_path",
  filename,
  remote_origin: null,
  mime_type: "image/png",
  content_length: bytes.length,
  sha256: sha256(bytes),
  bytes_base64: Buffer.from(bytes).toString("base64"),
  ...more
})

describe("upload", () => {
  it("sends a picture with what its bytes are, and passes the answer on", async () => {
    const server = await mediaService()
    const machine = placeWith({ "red.png": red, "blue.JPG": blue, plain: red, "a b$(x).png": blue })
    const cases: ReadonlyArray<Words> = [
      ["upload", "red.png"],
      ["upload", "--input", "blue.JPG", "--visibility", "private"],
      ["upload", "red.png", "--input=./plain"],
      ["upload", join(machine.work, "a b$(x).png")]
    ]
    const ran = await driven(machine, server, cases)
    for (const [index, one] of ran.entries()) {
      assert.strictEqual(one.exitCode, 0, one.stdout)
      assert.strictEqual(one.envelope.command, "image-skill upload")
      assert.strictEqual(text(one.data, "asset.asset_id"), `image_${index + 1}`)
    }
    assert.deepStrictEqual(server.bodies("POST /v1/upload"), [
      bodyOf("red.png", red),
      bodyOf("blue.JPG", blue, { visibility: "private" }),
      bodyOf("plain", red),
      bodyOf("a b$(x).png", blue)
    ])
    assert.deepStrictEqual(Object.keys(server.bodies("POST /v1/upload")[0] ?? {}), Object.keys(bodyOf("", red)))
    assert.deepStrictEqual(
      ran.map(({ envelope }) => envelope.warnings.length),
      [0, 1, 0, 0]
    )
    assert.include(ran[1]?.envelope.warnings[0], "image/jpeg")
    assert.isTrue(server.requests.every(({ headers }) => headers.authorization === "Bearer isk_a_mediatest"))
  })

  it("takes a picture from standard input", async () => {
    const server = await mediaService()
    const machine = placeWith({})
    const ran = await machine.run(["upload", "-"], { env: server.env, stdin: red })
    assert.strictEqual(ran.exitCode, 0, ran.stdout)
    assert.deepStrictEqual(server.bodies("POST /v1/upload"), [bodyOf("stdin", red)])
    const both = await machine.run(["upload", "-", "--token-stdin"], { env: server.env, stdin: red })
    assert.deepStrictEqual([both.code, both.exitCode], ["INVALID_ARGUMENTS", 2])
    assert.include(text(both.envelope.error, "message"), "standard input")
  })

  it("refuses what is no picture before anything is sent", async () => {
    const server = await mediaService()
    const machine = placeWith({
      "empty.png": "",
      "text.png": "just text",
      "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
      "film.png": Buffer.from("\0\0\0\x1cftypisom\0\0\0\0", "latin1")
    })
    mkdirSync(join(machine.work, "folder.png"))
    execFileSync("mkfifo", [join(machine.work, "pipe.png")])
    const giant = join(machine.root, "giant.png")
    writeFileSync(giant, red)
    truncateSync(giant, 2 ** 36)
    const cases: ReadonlyArray<readonly [Words, string, number]> = [
      [["upload"], "INVALID_ARGUMENTS", 2],
      [["upload", " "], "INVALID_ARGUMENTS", 2],
      [["upload", "empty.png"], "INVALID_ARGUMENTS", 2],
      [["upload", giant], "INVALID_ARGUMENTS", 2],
      [["upload", "text.png"], "UPLOAD_MIME_TYPE_UNKNOWN", 2],
      [["upload", "drawing.svg"], "UPLOAD_MIME_TYPE_UNKNOWN", 2],
      [["upload", "film.png"], "UPLOAD_MIME_TYPE_UNKNOWN", 2],
      [["upload", "image_3n7v0c5x9m2q8k4t1r6w"], "INPUT_FILE_UNREADABLE", 9],
      [["upload", "missing.png"], "INPUT_FILE_UNREADABLE", 9],
      [["upload", "folder.png"], "INPUT_FILE_UNREADABLE", 9],
      [["upload", "pipe.png"], "INPUT_FILE_UNREADABLE", 9],
      [["upload", "/dev/zero"], "INPUT_FILE_UNREADABLE", 9],
      [["upload", "red.png", "--visibility", "friends"], "INVALID_ARGUMENTS", 2],
      [["upload", "red.png", "--dry-run"], "PUBLIC_CLI_FLAG_NOT_AVAILABLE", 2],
      [["upload", "red.png", "blue.png"], "INVALID_ARGUMENTS", 2]
    ]
    const ran = await driven(
      machine,
      server,
      cases.map(([words]) => words)
    )
    for (const [index, [words, code, exitCode]] of cases.entries()) {
      refused(ran[index], code, exitCode, words)
      assert.strictEqual(text(ran[index]?.envelope.error, "outcome"), "not_sent", words.join(" "))
    }
    assert.deepStrictEqual(server.calls(), [])
  })

  it("needs a token before it reads anything", async () => {
    const server = await mediaService()
    const machine = placeWith({})
    const ran = await machine.run(["upload", "missing.png"], { env: { ...server.env, IMAGE_SKILL_TOKEN: "" } })
    assert.deepStrictEqual([ran.code, ran.exitCode], ["AUTH_REQUIRED", 3])
  })

  it("sends what is too long for JSON as the body itself, whole", async () => {
    const long = Buffer.concat([red, Buffer.alloc(17_000_000, 7)])
    const server = await mediaService()
    const machine = placeWith({ "long.png": long })
    const ran = await machine.run(["upload", "long.png", "--visibility", "private"], { env: server.env })
    assert.strictEqual(ran.exitCode, 0, ran.stdout)
    const [request] = server.requests
    assert.deepStrictEqual(server.calls(), ["PUT /v1/uploads"])
    assert.strictEqual(request?.path, "/v1/uploads?source_kind=local_path&filename=long.png&visibility=private")
    assert.strictEqual(request?.headers["content-type"], "image/png")
    assert.strictEqual(request?.headers["content-length"], `${long.length}`)
    assert.strictEqual(request?.body, long.toString("utf8"))
  })

  it("passes on what the service refuses", async () => {
    const error = {
      code: "INPUT_POLICY_DENIED",
      message: "no",
      retryable: false,
      recovery: { docs_url: "https://x.example" }
    }
    const server = await mediaService({ "POST /v1/upload": refusing(422, 6, failure("image-skill upload", error)) })
    const machine = placeWith({ "red.png": red })
    const [ran] = await driven(machine, server, [["upload", "red.png"]])
    refused(ran, "INPUT_POLICY_DENIED", 6, ["upload"])
  })
})

describe("upload of a URL", () => {
  it("fetches it without any credential and says where it is from, not what was asked", async () => {
    const media = await stub((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(red)
    })
    const server = await mediaService()
    const machine = placeWith({})
    const url = `${media.url}/some/path/pic.jpeg?signature=secret#part`
    const [ran] = await driven(machine, server, [["upload", url]], trusting(media.url))
    assert.strictEqual(ran?.exitCode, 0, ran?.stdout)
    assert.deepStrictEqual(server.bodies("POST /v1/upload"), [
      bodyOf("pic.jpeg", red, { source_kind: "remote_url", remote_origin: media.url })
    ])
    assert.notInclude(JSON.stringify(server.requests) + ran?.stdout + ran?.stderr, "secret")
    assert.deepStrictEqual(
      media.requests.map(({ headers, method }) => [method, headers.authorization, headers.cookie]),
      [["GET", undefined, undefined]]
    )
  })

  it("never reaches a private address that was not trusted", async () => {
    let connections = 0
    const listener = createServer((socket) => {
      connections += 1
      socket.destroy()
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => listener.once("listening", resolve))
    const address = listener.address()
    const port = typeof address === "object" ? (address?.port ?? 0) : 0
    const redirecting = await stub((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end()
    })
    const server = await mediaService()
    const machine = placeWith({})
    const cases: ReadonlyArray<Words> = [
      ["upload", `http://127.0.0.1:${port}/a.png`],
      ["upload", `HTTP://localhost:${port}/a.png`],
      ["upload", `http://2130706433:${port}/a.png`],
      ["upload", `http://[::ffff:127.0.0.1]:${port}/a.png`],
      ["upload", "http://169.254.169.254/latest/meta-data"],
      ["upload", `http://user:pw@127.0.0.1:${port}/a.png`],
      ["upload", "http://"],
      ["upload", redirecting.url],
      ["edit", "--prompt", "x", "--input", `http://127.0.0.1:${port}/a.png`],
      ["edit", "--prompt", "x", "--input", "image_1", "--mask", `http://u:pw@127.0.0.1:${port}/a.png`]
    ]
    const ran = await driven(machine, server, cases, trusting(redirecting.url))
    for (const [index, words] of cases.entries()) {
      refused(ran[index], "INVALID_ARGUMENTS", 2, words)
      assert.notInclude(ran[index]?.stdout, "pw")
    }
    assert.strictEqual(connections, 0)
    assert.isTrue(server.calls().every((call) => call === "GET /healthz"))
    listener.close()
  })

  it("tells what went wrong with it in one word, and sends nothing", async () => {
    const media = await stub(({ path }, response) => {
      if (path === "/404") response.writeHead(404).end()
      else if (path === "/500") response.writeHead(500).end()
      else if (path === "/html") response.writeHead(200, { "content-type": "image/png" }).end("<html>")
      else if (path === "/long") response.writeHead(200, { "content-length": "99000000" }).write("x")
      else if (path === "/half")
        response.writeHead(200, { "content-length": "99" }).write("x", () => response.destroy())
      else if (path === "/empty") response.writeHead(200).end()
      else response.writeHead(302, { location: path }).end()
    })
    const server = await mediaService()
    const machine = placeWith({})
    const cases: ReadonlyArray<readonly [string, string, number]> = [
      ["404", "REMOTE_UPLOAD_FETCH_FAILED", 7],
      ["500", "REMOTE_UPLOAD_FETCH_FAILED", 7],
      ["half", "REMOTE_UPLOAD_FETCH_FAILED", 7],
      ["round", "REMOTE_UPLOAD_FETCH_FAILED", 7],
      ["html", "UPLOAD_MIME_TYPE_UNKNOWN", 2],
      ["long", "INVALID_ARGUMENTS", 2],
      ["empty", "INVALID_ARGUMENTS", 2]
    ]
    const words = cases.map(([path]) => ["upload", `${media.url}/${path}`])
    const ran = await driven(machine, server, words, trusting(media.url))
    for (const [index, [path, code, exitCode]] of cases.entries()) {
      refused(ran[index], code, exitCode, [path])
      assert.strictEqual(text(ran[index]?.envelope.error, "outcome"), "not_sent")
    }
    assert.deepStrictEqual(server.calls(), [])
    assert.strictEqual(at(ran[0]?.envelope.error, "retryable"), true)
    const wrong = ["127.0.0.1", "http://127.0.0.1/", "http://a,b", "ftp://a", "*"]
    const bad = await drive(
      machine,
      wrong.map((origins) => ({
        args: ["upload", `${media.url}/404`],
        env: { ...server.env, ...trusting(origins) }
      }))
    )
    for (const [index, origins] of wrong.entries()) {
      refused(bad[index], "INVALID_ARGUMENTS", 2, [origins])
      assert.include(bad[index]?.stdout, "IMAGE_SKILL_TRUSTED_FETCH_ORIGINS")
    }
  })
})
