import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export type Verdict = { readonly _tag: "Allow" } | { readonly _tag: "Deny"; readonly reason: string }

/** What a policy did, so that an answer can say which checks really ran. */
export interface PolicyDecision {
  readonly verdict: Verdict
  readonly checks: ReadonlyArray<string>
}

/** Decides what may be made, before anything is spent (decision D5.1). */
export class ContentPolicy extends Context.Service<
  ContentPolicy,
  { prompt(text: string): Effect.Effect<PolicyDecision> }
>()("core/media/ContentPolicy") {
  /** An operator's rules: a prompt that matches one is denied for the rule's reason. Without rules nothing is checked. */
  static readonly layerOf = (rules: ReadonlyArray<ContentRule>) =>
    Layer.sync(ContentPolicy, () => ContentPolicy.of({ prompt: (text) => Effect.succeed(judge(rules, text)) }))
}

export interface ContentRule {
  /** A word or phrase; it is looked for as whole words, whatever their case and what stands between them. */
  readonly phrase: string
  readonly reason: string
}

const judge = (rules: ReadonlyArray<ContentRule>, prompt: string): PolicyDecision => {
  const text = inWords(prompt)
  const broken = rules
    .map(({ phrase, reason }) => ({ words: inWords(phrase), reason }))
    .find(({ words }) => words.trim() !== "" && text.includes(words))
  return {
    verdict: broken === undefined ? { _tag: "Allow" } : { _tag: "Deny", reason: broken.reason },
    checks: rules.length === 0 ? [] : ["operator_rules"]
  }
}

/**
 * Lower-case words between single blanks, with a blank at both ends, so that only whole words match; a pictograph is a
 * word of its own. However a letter is composed it is the same letter, and what nobody sees in a word does not part it.
 */
const inWords = (text: string): string =>
  ` ${text
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}+/gu, "")
    .toLowerCase()
    .replaceAll(/\p{Extended_Pictographic}/gu, " $& ")
    .replaceAll(/[^\p{L}\p{N}\p{Extended_Pictographic}]+/gu, " ")
    .trim()} `
