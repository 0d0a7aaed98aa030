import { activityTypes } from "@image-skill/core/activity/ActivityEvent"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import { nextActionsToWire } from "@image-skill/core/envelope/NextAction"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"

/**
 * The registry of activity is closed, so an event of any other type is a fault of the service (decision D5.4): a warning
 * names it, and the command that reports it stands ready. The types come from elsewhere and are shown as words only.
 */
export const withUnknownActivity = ({ host }: Context, answer: Answer): Answer => {
  const { data, warnings } = answer.envelope
  const unknown = eventsOf(data).filter((event) => !Object.hasOwn(activityTypes, textField(event, "type")))
  const [first] = unknown
  if (first === undefined) return answer
  const types = [...new Set(unknown.map((event) => wordOf(textField(event, "type"))))]
  const named = types.slice(0, 3).join(", ")
  const more = types.length > 3 ? ` and ${types.length - 3} more` : ""
  const id = textField(first, "event_id")
  const report = command(
    "feedback create",
    flag("type", "bug"),
    flag("title", `unknown activity type ${types[0] ?? ""}`),
    flag("body", `The activity ledger gave events of a type outside the closed registry: ${named}${more}.`),
    flag("command", "image-skill activity list"),
    flag("expected", "only types of the closed registry"),
    flag("actual", `events of type ${named}${more}`),
    /^evt_[0-9a-zA-Z]{1,64}$/u.test(id) ? flag("evidence", `evt:${id}`) : null,
    json
  )
  const ready = nextActionsToWire({ report_unknown_activity: { command: report, effect: "write" } }, host)
  const actions = withFields(jsonField(data, "next_actions"), ready)
  return {
    ...answer,
    envelope: {
      ...answer.envelope,
      data: withFields(data, { next_actions: actions }),
      warnings: [
        ...warnings,
        `the activity types ${named}${more} are in no registry, which is a fault of the service; next_actions.report_unknown_activity reports it`
      ]
    }
  }
}

/** Those of a list, and the one that was asked for. */
const eventsOf = (data: Schema.Json): ReadonlyArray<Schema.Json> => {
  const events = jsonField(data, "events")
  const event = jsonField(data, "event")
  return [...(isList(events) ? events : []), ...(event === undefined || event === null ? [] : [event])]
}

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

const wordOf = (type: string): string => {
  const word = type.replaceAll(/[^\w.-]/gu, "?").slice(0, 60)
  return word === "" ? "(none)" : word
}
