import { createHash } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { solidPng } from "@image-skill/testing/media/Png"
import type * as Schema from "effect/Schema"
import { drive, type DroveCase, type Place, place } from "./Cli.ts"
import { envelope, type Exchange, json, service, type Stub, stub } from "./Stub.ts"

/** A service that keeps pictures as `image_1`, `image_2` and so on, and makes `image_made` of them. */
export interface MediaService extends Stub {
  readonly env: { readonly [name: string]: string }
  /** Method and path of every request, without its query. */
  readonly calls: () => ReadonlyArray<string>
  /** The JSON bodies of the requests of one route. */
  readonly bodies: (route: string) => ReadonlyArray<Schema.JsonObject>
}

type Answers = NonNullable<Parameters<typeof service>[0]>

const made = (operation: string) =>
  envelope(`image-skill ${operation}`, { job_id: "job_1", status: "completed", asset_ids: ["image_made"] })

const routeOf = ({ method, path }: Exchange): string => `${method} ${path.split("?")[0]}`

export const mediaService = async (answers: Answers = {}): Promise<MediaService> => {
  let kept = 0
  const upload = (response: Parameters<typeof json>[0]) => {
    kept += 1
    json(response, 200, uploaded(`image_${kept}`), { "x-image-skill-exit-code": "0" })
  }
  const server = await stub((exchange, response) =>
    service({
      "GET /healthz": envelope("image-skill healthz", { status: "ok", media_base_url: mediaBase }),
      "POST /v1/upload": upload,
      "PUT /v1/uploads": upload,
      "POST /v1/edit": made("edit"),
      "POST /v1/create": made("create"),
      ...answers
    })(exchange, response)
  )
  return {
    ...server,
    env: { IMAGE_SKILL_API_BASE_URL: server.url, IMAGE_SKILL_TOKEN: "isk_a_mediatest" },
    calls: () => server.requests.map(routeOf),
    bodies: (route) =>
      server.requests
        .filter((exchange) => routeOf(exchange) === route)
        .map(({ body }) => JSON.parse(body) as Schema.JsonObject)
  }
}

export const mediaBase = "https://media.example.org"

export const uploaded = (assetId: string) =>
  envelope("image-skill upload", { asset: { asset_id: assetId }, upload: { bytes: 1 } })

export const red = solidPng(4, 3, 255, 0, 0)
export const blue = solidPng(4, 3, 0, 0, 255)

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** A machine with some files in its working folder. */
export const placeWith = (files: { readonly [name: string]: Uint8Array | string }): Place => {
  const machine = place()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(machine.work, name), content)
  return machine
}

export type Words = ReadonlyArray<string>

/** Runs each command against the service, all in one process. */
export const driven = (
  machine: Place,
  server: Pick<MediaService, "env">,
  all: ReadonlyArray<Words>,
  env: { readonly [name: string]: string } = {}
): Promise<ReadonlyArray<DroveCase>> =>
  drive(
    machine,
    all.map((args) => ({ args, env: { ...server.env, ...env } }))
  )

/** What a refusal is: its code, its exit code, and that nothing was sent. */
export const refused = (ran: DroveCase | undefined, code: string, exitCode: number, words: Words): void => {
  const said = `${words.join(" ")}: ${ran?.stdout}`
  assert.deepStrictEqual([ran?.code, ran?.exitCode], [code, exitCode], said)
}
