import type { Block } from "./Markdown.ts"

/** Which document of contract/documents.md a text stands in. The skills in `skills/` are copies or lead to one. */
export type DocumentKind = "skill" | "llms" | "cli"

/**
 * One rule that agents act on (contract/documents.md). Each document meant to carry it says it in its own words: the
 * skill as it is learned, `llms.txt` in one breath, `cli.md` as it is looked up.
 */
export interface Rule {
  readonly title: string
  readonly texts: { readonly [kind in DocumentKind]?: ReadonlyArray<Block> }
}

/** By this comment a rule is found in a document. */
export const marker = (id: string): Block => `<!-- rule: ${id} -->`

/** The rule as it stands in a document: its mark, then its text. Nothing where it is not meant for that document. */
export const stated = (id: string, { texts }: Rule, kind: DocumentKind): ReadonlyArray<Block> => {
  const text = texts[kind]
  return text === undefined ? [] : [marker(id), ...text]
}
