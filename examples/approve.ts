/** Whoever answers for an agent says yes or no before it spends: here a person at the terminal. */
import { createInterface } from "node:readline/promises"

export type Approve = (tool: string, input: unknown) => Promise<boolean>

export const approveInTerminal: Approve = async (tool, input) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${tool} ${JSON.stringify(input)}\nMay it? [y/N] `)
  terminal.close()
  return answer.trim().toLowerCase() === "y"
}
