import { assert, describe, it } from "@effect/vitest"
import { type Screen, screenOf } from "../src/page/Screen.ts"

const plain = { color: true, hyperlinks: false, unicode: false }

const terminals: ReadonlyArray<
  readonly [what: string, says: { readonly [name: string]: string }, is: Partial<Screen>]
> = [
  ["that says nothing", {}, {}],
  ["of xterm", { TERM: "xterm-256color", LANG: "de_CH.UTF-8" }, { unicode: true }],
  ["with the locale of POSIX", { LANG: "en_US.UTF-8", LC_ALL: "C" }, {}],
  ["that wants no colours", { NO_COLOR: "1" }, { color: false }],
  ["that wants none by the older variable", { CLICOLOR: "0" }, { color: false }],
  ["that is dumb", { TERM: "dumb", VTE_VERSION: "7000" }, { color: false }],
  ["that is forced to colours", { TERM: "dumb", NO_COLOR: "1", FORCE_COLOR: "1" }, { color: true }],
  ["that is forced to none", { FORCE_COLOR: "0" }, { color: false }],
  ["of GNOME", { VTE_VERSION: "7000", LANG: "en_US.utf8" }, { hyperlinks: true, unicode: true }],
  ["of GNOME, too old for links", { VTE_VERSION: "4200" }, {}],
  ["of Windows", { WT_SESSION: "1" }, { hyperlinks: true, unicode: true }],
  ["behind tmux", { TERM_PROGRAM: "iTerm.app", TMUX: "/tmp/tmux" }, {}]
]

const variablesOf = (says: { readonly [name: string]: string }) => (name: string) => says[name] ?? null

describe("a terminal", () => {
  for (const [what, says, is] of terminals) {
    it(`${what} is drawn on as it can`, () => {
      const screen = screenOf({ stdoutColumns: 80, variable: variablesOf(says) })
      assert.deepStrictEqual(screen, { columns: 80, ...plain, ...is })
    })
  }

  it("is at least 20 and at most 200 columns wide, and 80 where it does not say", () => {
    const columns = [0, 7, 20, 133, 4000].map((wide) => screenOf({ stdoutColumns: wide, variable: () => null }).columns)
    assert.deepStrictEqual(columns, [80, 20, 20, 133, 200])
  })
})
