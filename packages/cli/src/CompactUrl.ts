import type { Answer } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"

/**
 * The one link that a person opens, as `checkout_compact_url` wherever an answer about a payment has a page: in `data`, in
 * its `next` and in its `payment_attempt` (contract/cli.md 6.9.1). Everything else is left as it is, and so is the
 * fragment of a link, without which a hosted page does not open.
 */
export const withCompactUrl = (answer: Answer): Answer => {
  const { data } = answer.envelope
  return isJsonObject(data) ? { ...answer, envelope: { ...answer.envelope, data: compacted(data) } } : answer
}

const compacted = (data: Schema.JsonObject): Schema.JsonObject => {
  const whole = compactRecord(data)
  const [next, attempt] = ["next", "payment_attempt"].map((name) => {
    const inner = jsonField(data, name)
    return isJsonObject(inner) ? compactRecord(inner) : null
  })
  return withFields(whole, {
    ...(isJsonObject(attempt) ? { payment_attempt: attempt } : {}),
    ...(isJsonObject(next) ? { next: linked(linked(next, whole), opens(next) ? (attempt ?? null) : null) } : {})
  })
}

/** The handoff page; where there is none, the provider's own. */
const compactRecord = (record: Schema.JsonObject): Schema.JsonObject => {
  const handoff = textField(record, "checkout_handoff_url")
  if (handoff.trim() !== "") return withFields(record, { checkout_compact_url: handoff })
  const [page] = ["checkout_url", "fallback_checkout_url"].flatMap((name) => {
    const url = textField(record, name).trim()
    return url === "" ? [] : [url]
  })
  return page === undefined ? record : withFields(record, { checkout_compact_url: page })
}

/** With the link of another record, where it has none of its own. */
const linked = (record: Schema.JsonObject, from: Schema.JsonObject | null): Schema.JsonObject => {
  const url = from === null ? "" : textField(from, "checkout_compact_url")
  return url === "" || textField(record, "checkout_compact_url") !== ""
    ? record
    : withFields(record, { checkout_compact_url: url })
}

const opens = (next: Schema.JsonObject): boolean => next["human_action"] === "open_checkout_url"
