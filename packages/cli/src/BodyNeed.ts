import type { Parsed } from "@image-skill/core/envelope/Arguments"
import type { CommandName } from "@image-skill/core/envelope/CommandBook"

/** Commands whose `--input` names a picture: there only a value that begins with `@` is a request body. */
const takesPictures = (name: CommandName): boolean => name === "edit" || name === "upload"

/** The values of `--input` that name a request body; `true` where it came without one. */
export const bodiesOf = ({ flags, name }: Parsed): ReadonlyArray<string | true> =>
  (flags.get("input") ?? []).filter((value) => !takesPictures(name) || (value !== true && value.startsWith("@")))

/** The same arguments without the body, so that what is left are flags of the command. */
export const withoutBody = (parsed: Parsed): Parsed => {
  const bodies = bodiesOf(parsed)
  const rest = (parsed.flags.get("input") ?? []).filter((value) => !bodies.includes(value))
  const flags = new Map([...parsed.flags].filter(([name]) => name !== "input"))
  return { ...parsed, flags: rest.length === 0 ? flags : flags.set("input", rest) }
}
