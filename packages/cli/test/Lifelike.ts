import { readFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import * as Schema from "effect/Schema"

const goldens = fileURLToPath(new URL("goldens/", import.meta.url))

/** The names of the goldens that are there, without their ending. */
export const goldenNames: ReadonlyArray<string> = readdirSync(goldens)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => file.slice(0, -".txt".length))

/** What was typed, and the document on stdout as it stands in a golden. */
export const goldenOf = (name: string): { readonly typed: string; readonly text: string } => {
  const transcript = readFileSync(`${goldens}${name}.txt`, "utf8")
  const start = transcript.indexOf("\n{\n") + 1
  return {
    typed: transcript.slice(0, transcript.indexOf("\n")),
    text: transcript.slice(start, transcript.indexOf("\n}\n", start) + 3)
  }
}

const escape = "\u001b"
const styles = new RegExp(`${escape}\\[\\d{1,2}m|${escape}\\]8;;(?:https?:[!-~]*)?${escape}\\\\`, "gu")

/** A page without what this program draws with: styles, and links to the web. */
export const undrawn = (page: string): string => page.replaceAll(styles, "")

const Json = Schema.fromJsonString(Schema.Json)

/** The envelope of a golden with ids, times and sizes as they are in life, so that lines are as long as there. */
export const lifelike = (name: string): Schema.JsonObject => {
  const text = goldenOf(name)
    .text.replaceAll(/_<(\d+)>/gu, (_, count: string) => `_7h2k9m4p3q8r5s6t1v${count.padStart(2, "0")}`)
    .replaceAll("<time>", "2026-11-21T12:00:00.000Z")
    .replaceAll("<hex>", "c0ffee")
    .replaceAll("<digest>", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    .replaceAll(/("content_length": )0/gu, "$148213")
  const envelope = Schema.decodeSync(Json)(text)
  if (!isJsonObject(envelope)) throw new Error(`${name} holds no envelope`)
  return envelope
}
