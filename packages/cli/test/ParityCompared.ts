import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import type { Scenario, Step } from "@image-skill/testing/service/ParityScenarios"
import * as Schema from "effect/Schema"
import { declared } from "./ParityDifferences.ts"
import { type Ask, type Face, itemsIn } from "./ParityFaces.ts"

/** What a scenario was answered at a face, step by step; null where the face has no such call. */
export type Told = ReadonlyArray<Envelope | null>

export const told = async (face: Face, { steps }: Scenario): Promise<Told> => {
  const sessions = new Map<string, Ask>()
  const answers: Array<Envelope | null> = []
  for (const step of steps) {
    const who = step.as ?? "first"
    const ask = sessions.get(who) ?? (await face.open())
    sessions.set(who, ask)
    answers.push(await ask({ ...step, body: filled(step.body, answers) }))
  }
  return answers
}

/** The body with what earlier steps answered in the place of its references. */
const filled = (body: Schema.JsonObject, answers: Told): Schema.JsonObject =>
  decodeBody(
    JSON.stringify(body).replaceAll(/\{\{(\d+)\.([^}]+)\}\}/gu, (_, step: string, path: string) => {
      const found = path.split(".").reduce<Schema.Json | undefined>(inside, answers[Number(step) - 1]?.data)
      return typeof found === "string" ? found : "nothing"
    })
  )

const decodeBody = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.JsonObject))

const inside = (value: Schema.Json | undefined, name: string): Schema.Json | undefined =>
  itemsIn(value)[Number(name)] ?? jsonField(value ?? null, name)

/** The calls that both faces have, as comparable text: of each what is left when the declared differences are taken out. */
export const compared = (face: string, { steps }: Scenario, here: Told, there: Told) => {
  const [nameHere, nameThere] = [numbering(), numbering()]
  const pairs = steps.flatMap((step, index) => {
    const [one, two] = [here[index] ?? null, there[index] ?? null]
    return one === null || two === null ? [] : [{ step, one, two }]
  })
  const left: Array<unknown> = []
  const right: Array<unknown> = []
  for (const { one, step, two } of pairs) {
    const rules = declared.filter((rule) => rule.face === face && rule.applies(step, one))
    left.push(normal(step, one, rules, nameHere))
    right.push(normal(step, two, rules, nameThere))
  }
  return [left, right] as const
}

/** What is compared of an answer. */
const normal = (
  step: Step,
  envelope: Envelope,
  rules: ReadonlyArray<(typeof declared)[number]>,
  name: (text: string) => string
): unknown => {
  const whole: Schema.JsonObject = { ...envelope, error: inOrder(envelope.error) }
  const less = rules.reduce((left, rule) => rule.without(left, step), whole)
  return JSON.parse(
    JSON.stringify({ asked: step.operation, answered: less }, (field, value: unknown) =>
      volatile.has(field) ? `(${field})` : typeof value === "string" ? name(value) : value
    )
  )
}

/** What depends on the moment, or on how many tokens there were before. */
const volatile = new Set(["retry_after_seconds", "token_fingerprint"])

/** The problems of a request by their fields: they are found in the order of a body or of a schema. */
const inOrder = (error: Schema.Json): Schema.Json => {
  const details = jsonField(error, "details")
  const problems = itemsIn(jsonField(details, "problems"))
  if (!isJsonObject(details) || problems.length === 0) return error
  const sorted = problems.toSorted((one, two) => (textField(one, "field") < textField(two, "field") ? -1 : 1))
  return withFields(error, { details: withFields(details, { problems: sorted }) })
}

const ids =
  /\b(agt|org|job|image|video|audio|asset|thumb|evt|usage|trace|isk_r|quote|quote_auto|payatt|receipt|credit_event|payrev|sig|appr|fb|claim)_[0-9A-Za-z]{16,40}\b/gu
const instants = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu
/** Keys that are made for whoever gave none, and names that are made for whoever has none. */
const made = /\b(?:(?:create-guide|edit-guide|create|edit|quote)-\d{13}-[0-9a-f]{8,12}|agent-\d{6})\b/gu
/** Where a token is kept, and where the service is. */
const config = /(?:\/[\w./-]*\/isp-\w+\/\d+|\bmemory)(\/config\.json)?(\.previous-\d+)?/gu
const origins = /\bembedded:|http:\/\/127\.0\.0\.1:\d+/gu

/** The same text for the same thing, whatever its id: ids are numbered in the order of their appearance. */
const numbering = () => {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()
  return (text: string): string =>
    text
      .replaceAll(instants, "(time)")
      .replaceAll(made, "(made)")
      .replaceAll(config, "(config)")
      .replaceAll(origins, "(service)")
      .replaceAll(ids, (id, kind: string) => {
        const before = known.get(id)
        if (before !== undefined) return before
        const count = (counts.get(kind) ?? 0) + 1
        counts.set(kind, count)
        known.set(id, `${kind}#${count}`)
        return `${kind}#${count}`
      })
}
