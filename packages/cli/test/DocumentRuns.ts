import { spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { words } from "@image-skill/core/envelope/ShellWords"
import * as Option from "effect/Option"
import { executable, folder, type Place, place, Ran } from "./Cli.ts"
import { type Block, type Document, root } from "./Markdown.ts"
import { normal } from "./Normal.ts"

/** What a reader types in a block: every line of `sh`, and in `console` what follows a dollar sign. */
export const typedLines = ({ language, text }: Block): ReadonlyArray<string> => {
  const lines = text.split("\n")
  if (language === "sh") return lines.filter((line) => line.trim() !== "")
  return language === "console" ? lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2)) : []
}

/** Those that work on the repository itself. They would start these very tests, so they are looked at, not run. */
export const isOfRepository = (line: string): boolean => /^np[mx] /u.test(line)

/** A place that looks like a clone from inside: what was installed and built, and nothing else. */
export const clone = (): Place & { readonly clone: string } => {
  const machine = place()
  const path = join(machine.home, "clone")
  mkdirSync(path)
  for (const name of ["node_modules", "packages"]) symlinkSync(join(root, name), join(path, name))
  return { ...machine, clone: path }
}

/** A folder in which the name of the program leads to the built one. */
export const programFolder = (): string => {
  const bin = folder()
  symlinkSync(executable, join(bin, "image-skill"))
  return bin
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** The blocks of a document as one script, which ends at the first command that does not end as the document says. */
export const script = ({ blocks, path }: Document, edit: (line: string) => string): string =>
  [
    "set -e",
    ...blocks
      .filter(({ language }) => language === "sh")
      .flatMap(({ line, text }) => [
        `echo '== ${path}:${line}' >&2`,
        ...text
          .split("\n")
          .filter((typed) => !isOfRepository(typed))
          .map((typed) => checked(edit(typed)))
      ]),
    "echo '== end' >&2",
    ""
  ].join("\n")

/** `command # exit 2`: it has to end with that. */
const checked = (line: string): string => {
  const expected = /^(.*?)\s+# exit (\d+)$/u.exec(line)
  return expected === null
    ? line
    : `if ${expected[1]}; then echo 'ended with 0' >&2; exit 97; else [ $? -eq ${expected[2]} ]; fi`
}

/** Whether the lines that a document shows are what was printed; a line of three dots stands for any number of lines. */
export const assertShows = (shown: ReadonlyArray<string>, printed: string, where: string): void => {
  const groups = stable(shown.join("\n")).split(/^\.\.\.$/mu)
  let rest = stable(printed).split("\n")
  for (const [index, group] of groups.entries()) {
    const wanted = group.replace(/^\n/u, "").replace(/\n$/u, "")
    const start = wanted === "" ? 0 : find(rest, wanted.split("\n"))
    assert.isTrue(
      start === 0 || (start > 0 && index > 0),
      `${where} shows what was not printed:\n${wanted}\n--- in\n${rest.join("\n")}`
    )
    if (wanted !== "") rest = rest.slice(start + wanted.split("\n").length)
  }
}

/** Where these lines stand, one after the other; -1 where they do not. */
const find = (lines: ReadonlyArray<string>, wanted: ReadonlyArray<string>): number =>
  lines.findIndex((_, start) => wanted.every((line, offset) => lines[start + offset] === line))

/** Without what differs from run to run. */
const stable = (text: string): string =>
  normal(text, { home: "/home/demo", root: "/home/demo/.." })
    .replaceAll(/\b\d+ ms\b/gu, "0 ms")
    .replaceAll(/\b\d+ bytes\b/gu, "0 bytes")
    .replaceAll(/\S*\/image-skill-\w{6}\//gu, "/tmp/image-skill/")

/** A folder in which the programs of the documents are compiled and run as a consumer of the packages would. */
export const consumer = (files: ReadonlyMap<string, string>): { readonly path: string; readonly compiled: Ran } => {
  const path = folder()
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"))
  writeFileSync(join(path, "package.json"), JSON.stringify({ type: "module" }))
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    // The published types, not the sources.
    customConditions: [],
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    sourceMap: false,
    types: ["node"]
  }
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] }
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify(config))
  for (const [name, text] of files) writeFileSync(join(path, name), text)
  return { path, compiled: run([join(root, "node_modules/typescript/bin/tsc"), "-p", "."], path) }
}

/** Node with these words, in a home of its own where none is given. */
export const run = (words: ReadonlyArray<string>, cwd: string): Ran => {
  const { env } = place()
  const { signal, status, stderr, stdout } = spawnSync(process.execPath, words, { cwd, env, encoding: "utf8" })
  return new Ran({ exitCode: status, signal, stderr, stdout })
}

/** A command line of ours that stands in a document, as it stands there. */
export interface Shown {
  readonly line: string
  readonly where: string
}

/**
 * Every command line of a document: typed in blocks, however it is started there, and in inline code. Headings name
 * commands and show none.
 */
export const commandsShown = ({ blocks, path, prose }: Document): ReadonlyArray<Shown> => {
  const typed = blocks.flatMap(typedLines).flatMap((line) => /\bimage-skill(?:\.js)? ([^|#)]*)/u.exec(line)?.[1] ?? [])
  const flowing = prose.filter((line) => !line.startsWith("#")).join("\n")
  const inline = [...flowing.matchAll(/`image-skill ([^`]+)`/gu)].map(([, line = ""]) => line.replaceAll(/\s+/gu, " "))
  return [...typed, ...inline].map((line) => ({ line: `image-skill ${line.trim()}`, where: path }))
}

/** The words of a command line as a shell would hand them over; a shell variable becomes the word that is given. */
export const argumentsOf = (line: string, variable = "VALUE"): ReadonlyArray<string> => {
  const [program, ...args] = Option.getOrElse(
    words(line.replaceAll(/"?\$\w+"?/gu, variable)),
    (): ReadonlyArray<string> => []
  )
  assert.strictEqual(program, "image-skill", `this is no plain command line: ${line}`)
  return args
}

/**
 * What stands for a value of the reader, in examples and as capital words, and what is put there instead: the things of
 * one story, told on one machine.
 */
export interface Story {
  readonly agent: string
  readonly organization: string
  /** Of its token. */
  readonly fingerprint: string
  readonly asset: string
  readonly job: string
  readonly quote: string
  readonly payment: string
  readonly trace: string
  readonly picture: string
}

export const filled = (args: ReadonlyArray<string>, story: Story): ReadonlyArray<string> => {
  const capitals: { readonly [word: string]: string } = {
    ASSET_ID: story.asset,
    JOB_ID: story.job,
    QUOTE_ID: story.quote,
    PAYMENT_ATTEMPT_ID: story.payment,
    MODEL_ID: args[0] === "edit" ? "local.adjust" : "local.storyboard",
    METHOD_ID: "fake",
    TITLE: "the guide named a flag that is not there",
    BODY: "it said --promt",
    INBOX: "agents@example.com"
  }
  return args.map((word) =>
    (capitals[word] ?? word)
      .replace(/^(?:image|asset)_[0-9a-z]{20}$/u, story.asset)
      .replace(/^job_[0-9a-z]{20}$/u, story.job)
      .replace(/^agt_[0-9a-z]{20}$/u, story.agent)
      .replace(/^org_[0-9a-z]{20}$/u, story.organization)
      .replace(/^[0-9a-f]{6}$/u, story.fingerprint)
      .replace(/^quote_[0-9a-z]{20}$/u, story.quote)
      .replace(/^payatt_[0-9a-z]{20,26}$/u, story.payment)
      .replace(/^trace:TRACE_ID$/u, `trace:${story.trace}`)
      .replace(/^photo\.jpg$/u, story.picture)
  )
}
