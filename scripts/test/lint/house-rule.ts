import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { makeWorkspace, type Workspace } from "../workspace.ts"

/** Where the code stands, and the code. A path belongs to one case: the rules look at it. */
export type Accepted = readonly [path: string, code: string]

/** And a part of what the rule must say. */
export type Reported = readonly [path: string, code: string, says: string]

export interface Cases {
  readonly reports: { readonly [name: string]: Reported }
  readonly accepts: { readonly [name: string]: Accepted }
}

interface Diagnostic {
  /** None for what is not a rule's: a file that does not parse. */
  readonly code?: string
  readonly filename: string
  readonly message: string
}

/**
 * Judges a rule of `scripts/lint` through the real oxlint and the real `.oxlintrc.json`: every case is a file of one
 * workspace, so a rule that is right but wired to the wrong folder fails too.
 */
export const houseRule = (rule: string, { accepts, reports }: Cases): void => {
  describe(`house/${rule}`, () => {
    const all: ReadonlyArray<Accepted | Reported> = [...Object.values(reports), ...Object.values(accepts)]
    const files = Object.fromEntries(all.map(([path, code]) => [path, code]))
    let workspace: Workspace | undefined
    let diagnostics: ReadonlyArray<Diagnostic> = []

    beforeAll(() => {
      assert.strictEqual(Object.keys(files).length, all.length, "two cases share a path")
      workspace = makeWorkspace(files)
      const { stderr, stdout } = workspace.run(
        "node_modules/oxlint/bin/oxlint",
        "--format=json",
        "packages",
        "examples"
      )
      assert.include(stdout, "diagnostics", `oxlint gave no report: ${stderr}`)
      const report: { readonly diagnostics: ReadonlyArray<Diagnostic> } = JSON.parse(stdout)
      const unread = report.diagnostics.filter(({ code }) => code === undefined)
      assert.deepStrictEqual(unread, [], "a case does not parse, so it proves nothing")
      diagnostics = report.diagnostics.filter(({ code }) => code === `house(${rule})`)
    })
    afterAll(() => workspace?.remove())

    const messagesFor = (path: string) =>
      diagnostics.filter(({ filename }) => filename === path).map(({ message }) => message)

    for (const [name, [path, , says]] of Object.entries(reports))
      it(`reports ${name}`, () => assert.include(messagesFor(path).join("\n"), says))
    for (const [name, [path]] of Object.entries(accepts))
      it(`accepts ${name}`, () => assert.deepStrictEqual(messagesFor(path), []))
  })
}
