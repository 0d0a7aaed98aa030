import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { solidPng } from "@image-skill/testing/media/Png"
import type * as Schema from "effect/Schema"
import { drive, type DroveCase, type Place, place } from "./Cli.ts"
import { madeKeys, type Row, rows } from "./ConformanceRequests.ts"
import { type Answering, envelope, type Exchange, json, stub } from "./Stub.ts"

/** What must never be seen again: each stands in exactly one kind of place. */
export const canaries = {
  token: "isk_r_canary_given",
  madeToken: "isk_r_canary_made",
  contacts: ["inbox@example.com", "owner@example.com"]
} as const

/** A command line that is run against a service of its own, which writes down what it hears. */
export interface Scene {
  readonly typed: ReadonlyArray<string>
  readonly env?: { readonly [name: string]: string }
  readonly answer: Answering
}

export interface Played<S> {
  readonly scene: S
  readonly ran: DroveCase | undefined
  readonly requests: ReadonlyArray<Exchange>
}

/** Plays every scene in one process, in turn. */
export const play = async <S extends Scene>(
  machine: Place,
  scenes: ReadonlyArray<S>,
  env: { readonly [name: string]: string } = {}
): Promise<ReadonlyArray<Played<S>>> => {
  const services = await Promise.all(scenes.map(({ answer }) => stub(answer)))
  const ran = await drive(
    machine,
    scenes.map(({ env: own, typed }, index) => ({
      args: typed,
      env: { IMAGE_SKILL_API_BASE_URL: services[index]?.url ?? "", ...env, ...own }
    }))
  )
  return scenes.map((scene, index) => ({ scene, ran: ran[index], requests: services[index]?.requests ?? [] }))
}

const picture = solidPng(4, 3, 255, 0, 0)

/** What stands in a table for what is counted from the picture. */
const counted: { readonly [word: string]: Schema.Json } = {
  "the length": picture.length,
  "the digest": createHash("sha256").update(picture).digest("hex"),
  "the bytes": Buffer.from(picture).toString("base64")
}

/** What every request is answered with: enough for each command to go on. */
const everything: Schema.Json = {
  status: "ok",
  models: [],
  methods: [],
  job: { job_id: "job_1", status: "completed" },
  asset: { asset_id: "image_1" }
}

const taking: Answering = ({ path }, response) => {
  const data = path === "/v1/agent-signups" ? { token: canaries.madeToken } : everything
  json(response, 200, envelope("image-skill", data), { "x-image-skill-exit-code": "0" })
}

/** Every row of the table of requests, with a token, on a machine that has what the rows name. */
export const hear = async () => {
  const machine = place()
  writeFileSync(join(machine.work, "prompt.txt"), " two\nlines\n")
  writeFileSync(join(machine.work, "red.png"), picture)
  const scenes = rows.map((row) => ({ ...row, answer: taking }))
  return { machine, heard: await play(machine, scenes, { IMAGE_SKILL_TOKEN: canaries.token }) }
}

/** The requests as the table writes them, with its words in the place of what differs from run to run. */
export const requestsOf = ({ requests, scene }: Played<Row & Scene>) =>
  requests.map(({ body, headers, method, path }, at) => ({
    route: `${method} ${path}`,
    ...(body === "" ? {} : { body: named(JSON.parse(body) as Schema.Json, scene.sends[at]?.body) }),
    token: headers.authorization === `Bearer ${canaries.token}`
  }))

const named = (given: Schema.Json, expected: unknown): Schema.Json => {
  if (typeof expected === "string" && isNamed(given, expected)) return expected
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, named(value, Reflect.get(Object(expected), key))])
  )
}

const isNamed = (given: Schema.Json, word: string): boolean =>
  given === counted[word] || (typeof given === "string" && madeKeys[word]?.test(given) === true)

/** Every file below a folder whose bytes hold the text. */
export const holding = (folder: string, secret: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(secret))
