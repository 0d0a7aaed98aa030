import { createFal } from "@ai-sdk/fal"
import { assert, describe, it } from "@effect/vitest"
import { ApiError, createFalClient, type FalClient, ValidationError } from "@fal-ai/client"
import { measure } from "@image-skill/core/media/Measure"
import { type FalEmulator, make } from "@image-skill/testing/media/emulators/FalEmulator"
import { mask, picture, wav } from "@image-skill/testing/media/emulators/Fixtures"
import * as Effect from "effect/Effect"

/** The vendor's own SDK, unchanged; only its hosts lead to the emulator. */
const clientOf = ({ apiKey, origin }: FalEmulator, credentials = apiKey): FalClient =>
  createFalClient({
    credentials,
    requestMiddleware: (request) =>
      Promise.resolve({ ...request, url: request.url.replace(/^https:\/\/(?:queue\.fal\.run|rest\.fal\.ai)/u, origin) })
  })

const promise = <A>(run: () => Promise<A>): Effect.Effect<A> => Effect.promise(run)

/** What a call fails with; undefined where it succeeds. */
const failureOf = (run: () => Promise<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    run().then(
      () => undefined,
      (error: unknown) => error
    )
  )

interface File {
  readonly url: string
}
interface Data {
  readonly images?: ReadonlyArray<File>
  readonly image?: File
  readonly audio_file?: File
  readonly seed?: number
}

const finished = async (client: FalClient, endpoint: string, input: object): Promise<Data> => {
  const queued = await client.queue.submit(endpoint, { input })
  const requestId = queued.request_id
  for (let poll = 0; poll < 5; poll++) {
    const { status } = await client.queue.status(endpoint, { requestId })
    if (status === "COMPLETED") break
  }
  const result = await client.queue.result(endpoint, { requestId })
  return result.data as Data
}

const bytesAt = async (file: File | undefined): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(file?.url ?? "")).arrayBuffer())

describe("FalEmulator", () => {
  it.effect("fal's own SDK submits, waits in the queue and fetches the result", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const { queue } = clientOf(emulator)
      const endpoint = "fal-ai/flux/dev"
      const other = yield* promise(() => queue.submit(endpoint, { input: { prompt: "an owl" } }))
      const input = { prompt: "a fox", seed: 0, image_size: "square" as const, num_images: 2 }
      const queued = yield* promise(() => queue.submit(endpoint, { input }))
      assert.deepInclude(queued, {
        status: "IN_QUEUE",
        queue_position: 1,
        status_url: `${emulator.origin}/fal-ai/flux/requests/${queued.request_id}/status`,
        response_url: `${emulator.origin}/fal-ai/flux/requests/${queued.request_id}`,
        cancel_url: `${emulator.origin}/fal-ai/flux/requests/${queued.request_id}/cancel`
      })
      assert.notStrictEqual(queued.request_id, other.request_id)
      const ask = { requestId: queued.request_id }
      const states = []
      for (let poll = 0; poll < 3; poll++) states.push((yield* promise(() => queue.status(endpoint, ask))).status)
      assert.deepStrictEqual(states, ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"])
      const { data, requestId } = yield* promise(() => queue.result(endpoint, ask))
      assert.strictEqual(requestId, queued.request_id)
      const { images = [], seed } = data as Data
      assert.strictEqual(seed, 0)
      const pictures = yield* promise(() => Promise.all(images.map(bytesAt)))
      assert.deepStrictEqual(pictures.map(measure), [
        { mimeType: "image/jpeg", size: { width: 512, height: 512 } },
        { mimeType: "image/jpeg", size: { width: 512, height: 512 } }
      ])
      assert.notDeepEqual(pictures[0], pictures[1])
      assert.deepStrictEqual(emulator.requests()[1]?.input, input)
      assert.strictEqual(emulator.accepted(), 2)
    })
  )

  it.effect("its SDK brings pictures to the storage, by hand and as part of an input", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const client = clientOf(emulator)
      const bytes = yield* promise(() => picture({ width: 320, height: 400 }))
      const cover = yield* promise(() => mask(320, 400))
      const url = yield* promise(() =>
        client.storage.upload(new Blob([new Uint8Array(bytes)], { type: "image/png" }), {
          lifecycle: { expiresIn: "1d" }
        })
      )
      assert.deepStrictEqual(yield* promise(() => bytesAt({ url })), bytes)
      const input = {
        prompt: "a hat",
        image_url: url,
        mask_url: new Blob([new Uint8Array(cover)], { type: "image/png" })
      }
      const { images = [] } = yield* promise(() => finished(client, "fal-ai/ideogram/v2/edit", input))
      const edited = yield* promise(() => bytesAt(images[0]))
      assert.deepStrictEqual(measure(edited), { mimeType: "image/png", size: { width: 320, height: 400 } })
    })
  )

  it.effect("its SDK reads refusals of a model, of which the result tells", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const client = clientOf(emulator)
      const small = yield* promise(() => picture({ width: 200, height: 400 }))
      const url = yield* promise(() => client.storage.upload(new Blob([new Uint8Array(small)], { type: "image/png" })))
      const cases: ReadonlyArray<readonly [string, object, string, string]> = [
        ["fal-ai/flux/dev", { image_size: "square" }, "prompt", "missing"],
        ["fal-ai/flux/dev", { prompt: "a", image_size: "huge" }, "image_size", "literal_error"],
        ["fal-ai/flux/dev", { prompt: "a", num_images: 5 }, "num_images", "less_than_equal"],
        [
          "fal-ai/kling-image/v3/image-to-image",
          { prompt: "a", image_url: url, aspect_ratio: "auto" },
          "aspect_ratio",
          "literal_error"
        ],
        ["fal-ai/kling-image/v3/image-to-image", { prompt: "a", image_url: url }, "image_url", "image_too_small"],
        ["fal-ai/flux/dev/redux", { image_url: "http://169.254.169.254/" }, "image_url", "file_download_error"],
        ["fal-ai/flux/dev/redux", { image_url: `${emulator.origin}/files/none` }, "image_url", "file_download_error"],
        ["fal-ai/flux/dev/redux", { image_url: "data:image/png;base64,AAAA" }, "image_url", "file_download_error"]
      ]
      for (const [endpoint, input, field, type] of cases) {
        const error = yield* failureOf(() => finished(client, endpoint, input))
        assert.instanceOf(error, ValidationError)
        assert.deepStrictEqual([error.status, error.getFieldErrors(field)[0]?.type], [422, type], field)
      }
      emulator.fail({ _tag: "content" }, 1)
      const refused = yield* failureOf(() => finished(client, "fal-ai/flux/dev", { prompt: "something vile" }))
      assert.instanceOf(refused, ValidationError)
      assert.strictEqual(refused.fieldErrors[0]?.type, "content_policy_violation")
      assert.strictEqual(emulator.accepted(), cases.length, "what the policy refused is not billed")
    })
  )

  it.effect("its SDK cancels what waits, is told of what has ended, and of a key that is none", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const { queue } = clientOf(emulator)
      const endpoint = "fal-ai/flux/dev"
      const submit = () => queue.submit(endpoint, { input: { prompt: "a fox", image_size: "square" } })
      const first = yield* promise(submit)
      yield* promise(() => queue.cancel(endpoint, { requestId: first.request_id }))
      const status = yield* promise(() => queue.status(endpoint, { requestId: first.request_id }))
      assert.deepStrictEqual(
        [status.status, "error_type" in status ? status.error_type : null],
        ["COMPLETED", "client_cancelled"]
      )
      const gone = yield* failureOf(() => queue.result(endpoint, { requestId: first.request_id }))
      assert.instanceOf(gone, ApiError)
      assert.strictEqual(gone.status, 499)
      const second = yield* promise(submit)
      emulator.finish(second.request_id)
      const late = yield* failureOf(() => queue.cancel(endpoint, { requestId: second.request_id }))
      assert.instanceOf(late, ApiError)
      assert.deepStrictEqual([late.status, late.body], [400, { status: "ALREADY_COMPLETED" }])
      const stranger = clientOf(emulator, "somebody:else")
      const denied = yield* failureOf(() => stranger.queue.submit(endpoint, { input: { prompt: "a fox" } }))
      assert.instanceOf(denied, ApiError)
      assert.strictEqual(denied.status, 401)
      const unknown = yield* failureOf(() => queue.submit("fal-ai/no/such", { input: {} }))
      assert.instanceOf(unknown, ApiError)
      assert.strictEqual(unknown.status, 404)
      assert.strictEqual(emulator.accepted(), 2)
    })
  )

  it.effect("endpoints of others than fal-ai work alike, and each gives its outputs where its schema has them", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const client = clientOf(emulator)
      const { image } = yield* promise(() =>
        finished(client, "bria/fibo/generate", { prompt: "a fox", aspect_ratio: "16:9" })
      )
      assert.deepStrictEqual(measure(yield* promise(() => bytesAt(image))), {
        mimeType: "image/png",
        size: { width: 1360, height: 768 }
      })
      const { audio_file: audio } = yield* promise(() => finished(client, "fal-ai/stable-audio", { prompt: "rain" }))
      assert.strictEqual(measure(yield* promise(() => bytesAt(audio)))?.mimeType, "audio/wav")
      const upload = (bytes: Uint8Array, type: string) =>
        promise(() => client.storage.upload(new Blob([new Uint8Array(bytes)], { type })))
      const input = {
        prompt: "she speaks",
        image_url: yield* upload(yield* promise(() => picture({ seed: 3 })), "image/png"),
        audio_url: yield* upload(wav(), "audio/wav")
      }
      const { request_id: id, response_url: url } = yield* promise(() =>
        client.queue.submit("bytedance/omnihuman/v1.5", { input })
      )
      assert.strictEqual(url, `${emulator.origin}/bytedance/omnihuman/requests/${id}`)
    })
  )

  it.effect("the AI SDK's video model runs against it", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const { apiKey, origin } = emulator
      // It takes addresses only from the host that it submits to.
      const rewritten: typeof fetch = async (target, init) => {
        const url = target instanceof Request ? target.url : target.toString()
        const answer = await fetch(url.replace("https://queue.fal.run", origin), init)
        const text = (await answer.text()).replaceAll(`${origin}/fal-ai/`, "https://queue.fal.run/fal-ai/")
        return new Response(text, { status: answer.status, headers: { "content-type": "application/json" } })
      }
      const model = createFal({ apiKey, fetch: rewritten }).video("luma-dream-machine")
      const { doStart, doStatus } = model
      assert.isDefined(doStart)
      assert.isDefined(doStatus)
      const { operation } = yield* promise(() =>
        Promise.resolve(
          doStart.call(model, {
            prompt: "a fox runs",
            aspectRatio: "16:9",
            n: 1,
            image: undefined,
            duration: undefined,
            fps: undefined,
            resolution: undefined,
            seed: 7,
            generateAudio: undefined,
            frameImages: undefined,
            inputReferences: undefined,
            providerOptions: {}
          })
        )
      )
      const states = []
      for (let poll = 0; poll < 3; poll++)
        states.push(yield* promise(() => Promise.resolve(doStatus.call(model, { operation, providerOptions: {} }))))
      assert.deepStrictEqual(
        states.map(({ status }) => status),
        ["pending", "pending", "completed"]
      )
      const last = states.at(-1)
      const [video] = last?.status === "completed" ? last.videos : []
      assert.strictEqual(video?.type, "url")
      const bytes = yield* promise(() => bytesAt(video?.type === "url" ? video : undefined))
      assert.strictEqual(measure(bytes)?.mimeType, "video/mp4")
      assert.deepStrictEqual(emulator.requests()[0]?.input, { prompt: "a fox runs", aspect_ratio: "16:9", seed: 7 })
    })
  )

  it.effect("every fault strikes as it says", () =>
    Effect.gen(function* () {
      const emulator = yield* make
      const { origin } = emulator
      const client = clientOf(emulator)
      const raw = (input: object) =>
        fetch(`${origin}/fal-ai/flux/dev`, {
          method: "POST",
          headers: { authorization: `Key ${emulator.apiKey}` },
          body: JSON.stringify(input)
        })
      const input = { prompt: "a fox", image_size: "square" as const }
      emulator.fail({ _tag: "refuse", status: 503, retryAfterSeconds: 7 }, 1)
      const refused = yield* promise(() => raw(input))
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [503, "7"])
      assert.strictEqual(emulator.accepted(), 0)

      emulator.fail({ _tag: "drop" }, 1)
      assert.isDefined(yield* failureOf(() => raw(input)))
      assert.strictEqual(emulator.accepted(), 1)

      emulator.fail({ _tag: "slow", millis: 50 }, 1)
      const begun = performance.now()
      yield* promise(() => raw(input))
      assert.isAtLeast(performance.now() - begun, 45)

      emulator.fail({ _tag: "endless" }, 1)
      const { request_id: requestId } = yield* promise(() => client.queue.submit("fal-ai/flux/dev", { input }))
      for (let poll = 0; poll < 6; poll++) {
        const { status } = yield* promise(() => client.queue.status("fal-ai/flux/dev", { requestId }))
        assert.notStrictEqual(status, "COMPLETED")
      }

      emulator.fail({ _tag: "duplicate" }, 1)
      const { images = [] } = yield* promise(() => finished(client, "fal-ai/flux/dev", input))
      assert.lengthOf(images, 2)
      const whole = yield* promise(() => bytesAt(images[0]))
      assert.deepStrictEqual(yield* promise(() => bytesAt(images[1])), whole)

      emulator.fail({ _tag: "wrong_type" }, 1)
      assert.isNull(measure(yield* promise(() => bytesAt(images[0]))))
      emulator.fail({ _tag: "truncated" }, 1)
      assert.isDefined(yield* failureOf(() => bytesAt(images[0])))
      emulator.fail({ _tag: "redirect", to: "http://169.254.169.254/" }, 1)
      const moved = yield* promise(() => fetch(images[0]?.url ?? "", { redirect: "manual" }))
      assert.deepStrictEqual([moved.status, moved.headers.get("location")], [302, "http://169.254.169.254/"])
      assert.deepStrictEqual(yield* promise(() => bytesAt(images[0])), whole)
    })
  )
})
