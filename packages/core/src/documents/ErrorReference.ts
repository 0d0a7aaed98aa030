import { entryOf, type ErrorCode, errorCodes, type ErrorEntry } from "../envelope/ErrorRegistry.ts"
import { meaningOf } from "./ErrorMeanings.ts"
import { anchored, type Block, code, file, heading, list, paragraph, table } from "./Markdown.ts"
import { exitCodes, moneyMoved, outcomes } from "./Surfaces.ts"

const meanings = (words: { readonly [word: string]: string }): ReadonlyArray<string> =>
  Object.entries(words).map(([word, meaning]) => `${code(word)}: ${meaning}`)

/** The name by which a code is linked to, e.g. `errors.md#quota-exceeded`. */
export const errorAnchor = (errorCode: ErrorCode): string => errorCode.toLowerCase().replaceAll("_", "-")

const facts = ({ exitCode, moneyMoved: money, outcome, retryable, status }: ErrorEntry): string =>
  [
    status === null ? "made by the client" : `HTTP ${status}`,
    `exit ${exitCode}`,
    retryable ? "may be retried" : "not to be retried",
    `outcome ${code(outcome)}`,
    `money moved: ${code(money)}`
  ].join(" · ")

const entryOfCode = (errorCode: ErrorCode): ReadonlyArray<Block> => [
  anchored(3, code(errorCode), [errorAnchor(errorCode)]),
  facts(entryOf(errorCode)),
  paragraph(meaningOf(errorCode).meaning),
  paragraph(`Way out: ${meaningOf(errorCode).wayOut}`)
]

/** The codes that end a process so. */
const codesWith = (exitCode: number): ReadonlyArray<ErrorCode> =>
  errorCodes.filter((errorCode) => entryOf(errorCode).exitCode === exitCode)

/** `errors.md`: every code, by its exit code. */
export const errorReference = (): string => {
  const exits = Object.entries(exitCodes).map(([exitCode, meaning]) => ({ exitCode: Number(exitCode), meaning }))
  return file([
    heading(1, "Errors"),
    paragraph(
      "A failed command prints an envelope with `ok: false` and `error`: `code`, `message`, `retryable`, `outcome`, " +
        "`money_moved`, and `recovery` with the way out. Act on these fields; sentences may change. The facts of a code " +
        "below hold unless the error itself says otherwise: one answer may know more, such as that no money moved."
    ),
    heading(2, "Outcomes"),
    list(meanings(outcomes)),
    paragraph("`error.money_moved`:"),
    list(meanings(moneyMoved)),
    heading(2, "All codes"),
    table(
      ["Code", "HTTP", "Exit", "Retryable", "Outcome", "Money moved"],
      errorCodes.map((errorCode) => {
        const { exitCode, moneyMoved: money, outcome, retryable, status } = entryOf(errorCode)
        const link = `[${code(errorCode)}](#${errorAnchor(errorCode)})`
        return [link, `${status ?? "client"}`, `${exitCode}`, retryable ? "yes" : "no", outcome, money]
      })
    ),
    ...exits.flatMap(({ exitCode, meaning }) => {
      const errors = codesWith(exitCode)
      return errors.length === 0
        ? []
        : [heading(2, `Exit ${exitCode}`), paragraph(`${sentence(meaning)}.`), ...errors.flatMap(entryOfCode)]
    })
  ])
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
