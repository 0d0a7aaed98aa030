import type { CommandEffect } from "./NextAction.ts"

/** What a flag takes. */
export interface FlagSpec {
  /**
   * - `text`: a string; the last one wins.
   * - `switch`: present, unless its value is exactly `false`.
   * - `number`: what JavaScript's `Number` reads as finite. `count`: a positive integer.
   * - `object`: a JSON object.
   */
  readonly kind: "text" | "switch" | "number" | "count" | "object"
  /** The word for its value in help texts. */
  readonly value?: string
  readonly about: string
  /** A secret or a private text: its value is never repeated in a message. */
  readonly secret?: true
  /** Every value counts; of other flags only the last does. */
  readonly repeatable?: true
  /** Without it the command is refused, unless a positional stands for it. */
  readonly required?: true
  /** The words it takes, where there are no others. */
  readonly values?: ReadonlyArray<string>
  /** What counts where it is left out, as it would be typed. */
  readonly default?: string
}

export interface CommandSpec {
  readonly about: string
  readonly effect: CommandEffect
  readonly flags: { readonly [name: string]: FlagSpec }
  /** The positional arguments it takes, in order, as help shows them. */
  readonly positionals: ReadonlyArray<string>
  /** Whether it sends a token when it has one. */
  readonly auth: "none" | "optional" | "required"
  readonly examples: ReadonlyArray<string>
}
