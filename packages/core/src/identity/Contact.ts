import * as Option from "effect/Option"

/**
 * An address-shaped inbox, trimmed and in lower case: 3 to 254 characters, one `@`, a local part, a domain with a dot
 * and no blanks (contract/api.md 3.5). `none` when it is not one.
 */
export const normalise = (contact: string): Option.Option<string> => {
  const text = contact.trim().toLowerCase()
  return text.length <= 254 && shape.test(text) ? Option.some(text) : Option.none()
}

const shape = /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(?:\.[^\s@.\p{Cc}]+)+$/u
