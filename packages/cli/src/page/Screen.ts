import type { Machine } from "../Machine.ts"

/** What a page may make use of. */
export interface Screen {
  /** Cells in a row: 20 to 200. */
  readonly columns: number
  readonly color: boolean
  /** Addresses can be clicked (OSC 8). */
  readonly hyperlinks: boolean
  /** More than ASCII can be drawn. */
  readonly unicode: boolean
}

type Variable = Machine["variable"]

/** What the terminal of this process says about itself. */
export const screenOf = ({ stdoutColumns, variable }: Pick<Machine, "stdoutColumns" | "variable">): Screen => ({
  columns: Math.max(20, Math.min(200, stdoutColumns > 0 ? stdoutColumns : 80)),
  color: hasColor(variable),
  hyperlinks: hasHyperlinks(variable),
  unicode: hasUnicode(variable)
})

/**
 * Colours are the rule at a terminal; NO_COLOR is stronger than everything but FORCE_COLOR (no-color.org,
 * force-color.org, bixense.com/clicolors).
 */
const hasColor = (variable: Variable): boolean => {
  const forced = variable("FORCE_COLOR")
  if (forced !== null) return forced !== "0" && forced !== "false"
  return variable("NO_COLOR") === null && variable("CLICOLOR") !== "0" && variable("TERM") !== "dumb"
}

/** Those that are known to; all others might show the sequence. */
const hasHyperlinks = (variable: Variable): boolean =>
  variable("TERM") !== "dumb" &&
  variable("TMUX") === null &&
  (variable("KITTY_WINDOW_ID") !== null ||
    variable("WT_SESSION") !== null ||
    Number(variable("VTE_VERSION")) >= 5000 ||
    /^(?:iTerm\.app|WezTerm|vscode|ghostty)$/u.test(variable("TERM_PROGRAM") ?? ""))

/** By the locale, as POSIX orders its variables; some terminals say so themselves. */
const hasUnicode = (variable: Variable): boolean =>
  /utf-?8/iu.test(variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? "") ||
  variable("WT_SESSION") !== null ||
  variable("TERM_PROGRAM") === "Apple_Terminal"
