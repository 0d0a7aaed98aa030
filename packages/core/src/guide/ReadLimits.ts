import * as Schema from "effect/Schema"
import { lenient } from "../envelope/Lenient.ts"

/**
 * What a service may say at most, so that no service makes a guide long (decision D3.11): a name, a word, a sentence, a list, a command.
 */
const longestName = 120
const longestWord = 40
export const longestSentence = 300
export const longestList = 6
export const longestCommand = 400

export const name = Schema.String.check(Schema.isMaxLength(longestName))
export const word = Schema.String.check(Schema.isMaxLength(longestWord))
export const maybeName = lenient(Schema.NullOr(name), null)
export const maybeWord = lenient(Schema.NullOr(word), null)

/** A price below nothing is none that anybody can mean. */
export const maybeAmount = lenient(Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))), null)
