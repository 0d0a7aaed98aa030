import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { illustrate, type IllustrationRequest } from "@image-skill/adapters/media/storyboard/Illustrate"
import { IllustrationFailed, startStoryboardRenderer } from "@image-skill/adapters/media/storyboard/StoryboardRenderer"

const request = (prompt: string, size = 256): IllustrationRequest => ({
  prompt,
  width: size,
  height: size,
  seed: 3,
  style: null,
  format: "png"
})

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "painted",
    (error: unknown) => error
  )

const reasonOf = (error: unknown): unknown => (error instanceof IllustrationFailed ? error.reason : error)

describe("the renderer", () => {
  const renderer = startStoryboardRenderer()
  afterAll(() => renderer.close())

  it("paints the very bytes that are painted without a thread", async () => {
    const [there, here] = [await renderer.illustrate(request("a cat")), await illustrate(request("a cat"))]
    assert.isTrue(Buffer.from(there.bytes).equals(here.bytes))
    assert.deepStrictEqual(there.scene, here.scene)
  })

  it("answers in the order of the questions", async () => {
    const finished: Array<string> = []
    const prompts = ["a city at night, oil painting", "a cat", "a dog"]
    await Promise.all(prompts.map((prompt) => renderer.illustrate(request(prompt)).then(() => finished.push(prompt))))
    assert.deepStrictEqual(finished, prompts)
  })

  it("gives up a picture that waits, and paints the others", async () => {
    const controller = new AbortController()
    const first = outcome(renderer.illustrate(request("a cat")))
    const second = outcome(renderer.illustrate(request("a dog"), controller.signal))
    const third = outcome(renderer.illustrate(request("a cow")))
    const reason = new Error("not needed any more")
    controller.abort(reason)
    assert.deepStrictEqual(await Promise.all([first, second, third]), ["painted", reason, "painted"])
  })

  it("gives up a picture that is being painted, and paints the next in a new thread", async () => {
    const controller = new AbortController()
    const first = outcome(renderer.illustrate(request("a forest, oil painting", 2048), controller.signal))
    const second = outcome(renderer.illustrate(request("a dog")))
    controller.abort("enough")
    assert.strictEqual(reasonOf(await first), "aborted")
    assert.strictEqual(await second, "painted")
  })

  it("does not start what was given up before", async () => {
    assert.strictEqual(
      reasonOf(await outcome(renderer.illustrate(request("a cat"), AbortSignal.abort("no")))),
      "aborted"
    )
  })

  it.each([
    ["cannot be painted", -1, "failed"],
    ["kills its thread", 2 ** 40, "crashed"]
  ])("survives a request that %s", async (_, width, reason) => {
    const broken = outcome(renderer.illustrate({ ...request("a cat"), width }))
    const next = outcome(renderer.illustrate(request("a cat")))
    assert.strictEqual(reasonOf(await broken), reason)
    assert.strictEqual(await next, "painted")
  })
})

describe("a renderer that is closed", () => {
  it("rejects what it paints, what waits, and what comes later", async () => {
    const renderer = startStoryboardRenderer()
    const painted = outcome(renderer.illustrate(request("a forest", 1024)))
    const waiting = outcome(renderer.illustrate(request("a cat")))
    await renderer.close()
    const late = outcome(renderer.illustrate(request("a dog")))
    assert.deepStrictEqual((await Promise.all([painted, waiting, late])).map(reasonOf), ["closed", "closed", "closed"])
    await renderer.close()
  })
})

describe("an idle renderer", () => {
  it("does not keep its process alive", async () => {
    const program = fileURLToPath(new URL("OnePictureProgram.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@image-skill/source", program], {
      timeout: 20_000
    })
    assert.strictEqual(stdout, "image/png")
  })
})
