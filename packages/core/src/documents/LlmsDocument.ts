import * as Struct from "effect/Struct"
import { commandNames, specOf } from "../envelope/CommandBook.ts"
import { file, heading, list, paragraph } from "./Markdown.ts"
import { ruleOf, rules, stated } from "./Rules.ts"
import { canonicalUrls } from "./Surfaces.ts"

/** `llms.txt`, in the form of https://llmstxt.org: a title, one sentence, the rules in brief, and where to read on. */
export const llmsDocument = (): string =>
  file([
    heading(1, "Image Skill"),
    paragraph(
      "> Media for AI agents: make and edit pictures, video, audio and 3D, and pay where it costs something, with caps, receipts " +
        "and owned files.",
      "> "
    ),
    ...Struct.keys(rules).flatMap((id) => {
      const blocks = stated(id, "llms")
      return blocks.length === 0 ? [] : [heading(2, ruleOf(id).title), ...blocks]
    }),
    heading(2, "Commands"),
    list(commandNames.map((name) => `\`${name}\`: ${specOf(name).about} (${specOf(name).effect})`)),
    heading(2, "Documents"),
    list([
      `[skill.md](${canonicalUrls.skill}): how an agent works with it`,
      `[cli.md](${canonicalUrls.cli}): every command and flag`,
      `[errors.md](${canonicalUrls.errors}): every error code, with its way out`
    ])
  ])
