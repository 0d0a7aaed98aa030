import type { Feedback } from "@image-skill/core/feedback/Feedback"

/** By which a later hand-over of the same report finds what an earlier one made. */
export const markerOf = ({ id }: Feedback): string => `<!-- image-skill-feedback:${id} -->`

/** `[bug] jobs wait ends too early`, on one line. */
export const titleOf = ({ texts, type }: Feedback): string => {
  const said = texts.title ?? texts.body ?? "feedback"
  return `[${type}] ${masked(said.replaceAll(/\s+/gu, " "))}`.slice(0, 200)
}

/**
 * The report as Markdown. Every text of the reporter stands in a fence that none of its own characters can end, so that
 * it mentions nobody, links to nothing and hides nothing; inboxes are masked.
 */
export const bodyOf = (feedback: Feedback): string =>
  [
    markerOf(feedback),
    `Feedback \`${feedback.id}\`, received ${feedback.createdAt}.`,
    "",
    "| Field | Value |",
    "| --- | --- |",
    ...[
      ["type", feedback.type],
      ["severity", feedback.severity],
      ["confidence", feedback.confidence],
      ["next_state", feedback.nextState],
      ["surface", feedback.surface.join(", ")]
    ].map(([field, value]) => `| ${field} | ${cell(value ?? "")} |`),
    ...sections(feedback).flatMap(([heading, text]) => ["", `### ${heading}`, "", fenced(text)])
  ].join("\n")

const sections = ({ evidence, texts }: Feedback): ReadonlyArray<readonly [heading: string, text: string]> => {
  const all: ReadonlyArray<readonly [string, string | null]> = [
    ["Body", texts.body],
    ["Command", texts.command],
    ["Expected", texts.expected],
    ["Actual", texts.actual],
    ["Friction", texts.friction],
    ["Proof needed", texts.proofNeeded],
    ["Strategic reason", texts.strategicReason],
    ["Evidence", evidence.length === 0 ? null : evidence.join("\n")],
    ["Trace", texts.traceId],
    ["Source", texts.source]
  ]
  return all.flatMap(([heading, text]) => (text === null ? [] : [[heading, masked(text)] as const]))
}

const fenced = (text: string): string => {
  const runs = text.match(/`+/gu) ?? []
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)))
  return `${fence}text\n${text}\n${fence}`
}

/** Slugs only; what is none was cut and says so in brackets. */
const cell = (value: string): string => `\`${value.replaceAll(/[^\w .,[\]-]/gu, "?")}\``

/** An inbox is nobody's business but the operator's. */
const masked = (text: string): string => text.replaceAll(/[^\s@<>()"']+@[^\s@<>()"']+\.[^\s@<>()"']+/gu, "[inbox]")
