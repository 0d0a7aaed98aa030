import { facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

/** The chapters with what was kept, and the rules that were not; or the rulebook itself. */
export const conformancePage = (data: Sheet): Page => {
  const isList = data.number("total") !== null
  const broken = data.number("failed") ?? 0
  data.skip("chapters.id", "rules.chapter", "conforms")
  return {
    title: isList
      ? `${data.text("total") ?? ""} rules of the contract`
      : `${data.text("target") ?? "The service"} keeps every rule that must be kept`,
    blocks: [
      ...facts(
        null,
        ["Kept", data.text("passed")],
        ["Broken", isList ? null : `${broken}`],
        ["Not tried", data.text("skipped")],
        ["Report", data.text("report_path")]
      ),
      ...table(
        "Chapters",
        [
          { title: "Chapter", wraps: true },
          ...["Kept", "Broken", "Not tried", "Must", "Should"].map((title) => ({ title, align: "right" as const }))
        ],
        data
          .each("chapters")
          .map((chapter) => [
            chapter.text("title"),
            ...["passed", "failed", "skipped", "must", "should"].map((name) => chapter.text(name))
          ])
      ),
      ...table(
        "Rules",
        [
          { title: "Rule" },
          { title: "Verdict" },
          { title: "What it says", wraps: true },
          { title: "Expected", wraps: true },
          { title: "Got", wraps: true }
        ],
        data
          .each("rules")
          .map((rule) => [
            rule.text("id"),
            rule.text("verdict"),
            [rule.text("title"), rule.text("source"), rule.text("level"), rule.text("request")]
              .filter((one) => one !== null)
              .join("; "),
            rule.text("expected"),
            rule.text("got") ?? rule.text("why")
          ])
      )
    ]
  }
}
