import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, it } from "@effect/vitest"

const packages = fileURLToPath(new URL("../../", import.meta.url))

export const sourceOf = (file: string): string => readFileSync(join(packages, file), "utf8")

/** Whether a test of this name stands in a file and runs; of a name that is made, what follows its first part. */
const isProof = (source: string, name: string): boolean => {
  const place = [`"${name}"`, `\`${name}\``, `}${name}\``].map((quoted) => source.indexOf(quoted)).find((at) => at >= 0)
  if (place === undefined) return false
  // The line of the name, and the one before where the name stands below its `it(`.
  const opening = source.slice(0, place).split("\n").slice(-2).join("\n")
  return !/\.(?:skip|todo)\b[^\n]*$/u.test(opening)
}

/** Tests of another file, each of which has to be there and to run. */
export const proved = (file: string, names: ReadonlyArray<string>): void => {
  it.each(names)(`is proved by ${file}: %s`, (name) => {
    assert.isTrue(isProof(sourceOf(file), name), `${file} has no such test`)
  })
}
