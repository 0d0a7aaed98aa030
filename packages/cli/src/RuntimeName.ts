import type { Machine } from "./Machine.ts"

/** Variables by which agent programs can be told apart, most telling first. */
const signs: ReadonlyArray<readonly [variable: string, runtime: string]> = [
  ["CLAUDECODE", "claude-code"],
  ["CODEX_SANDBOX", "codex"],
  ["CODEX_HOME", "codex"],
  ["GEMINI_CLI", "gemini-cli"],
  ["CURSOR_TRACE_ID", "cursor"],
  ["CURSOR_AGENT", "cursor"],
  ["OPENCODE", "opencode"],
  ["AIDER_MODEL", "aider"],
  ["GITHUB_ACTIONS", "github-actions"],
  ["CI", "ci"],
  ["TERM_PROGRAM", "terminal"]
]

/** What this agent runs in, as far as its variables tell; said at signup so that an identity can be recognised later. */
export const runtimeName = ({ variable }: Machine): string =>
  signs.find(([name]) => variable(name) !== null)?.[1] ?? "shell"
