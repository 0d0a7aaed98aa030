import { type Block, facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

export const activityPage = (data: Sheet): Page => {
  data.skip("request", "source")
  const count = data.each("events").length
  return {
    title: count === 0 ? "Nothing happened yet" : `${count} event${count === 1 ? "" : "s"}, newest first`,
    blocks: [...eventTable(data, "events", null), ...facts(null, ["More from", data.text("next_cursor")])]
  }
}

const eventTable = (data: Sheet, path: string, heading: string | null): ReadonlyArray<Block> =>
  table(
    heading,
    [
      { title: "When", wraps: true },
      { title: "What", wraps: true },
      { title: "About", wraps: true },
      { title: "Credits", align: "right" },
      { title: "Summary", wraps: true }
    ],
    data.each(path).map((event) => {
      event.skip("subject.type", "operation", "status")
      return [
        event.minute("occurred_at"),
        event.text("type"),
        event.text("subject.id"),
        event.text("cost.credits"),
        event.text("summary")
      ]
    })
  )

/** One event whole, or the events of one subject. */
export const eventPage = (data: Sheet): Page => {
  data.skip("request", "source")
  const event = data.inside("event")
  if (event.value === null) {
    const page = activityPage(data)
    return { ...page, title: `${data.text("request.reference") ?? "The subject"}: ${page.title}` }
  }
  const events = data.each("events")
  const others = events.length > 1 ? eventTable(data, "events", "All events") : []
  data.skip("events", "event.subject.type", "event.links")
  return {
    title: event.text("summary") ?? event.text("type") ?? "An event",
    blocks: [
      ...facts(
        null,
        ["What", event.text("type")],
        ["When", event.text("occurred_at")],
        ["About", event.text("subject.id")],
        ["Status", event.state("status")],
        ["Credits", event.credits("cost.credits")],
        ["Event", event.text("event_id")],
        ["Trace", event.text("trace_id")],
        ...linksOf(event.inside("links"))
      ),
      ...others
    ]
  }
}

const linksOf = (links: Sheet): ReadonlyArray<readonly [string, string | null]> => [
  ["Job", links.text("job_id")],
  ["Assets", links.text("asset_ids") === "none" ? null : links.text("asset_ids")],
  ["Feedback", links.text("feedback_id")],
  ["Use", links.text("usage_event_id")],
  ["Quote", links.text("quote_id")],
  ["Attempt", links.text("payment_attempt_id")],
  ["Checkout", links.text("checkout_session_id")],
  ["Receipt", links.text("receipt_id")],
  ["Credits by", links.text("credit_event_id")],
  ["Reversal", links.text("payment_reversal_id")]
]
