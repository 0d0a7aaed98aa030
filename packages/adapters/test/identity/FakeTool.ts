import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { temporaryFolder } from "../Folder.ts"

/** Programs that stand in for keychains and the like, in a folder of their own that can be put on a PATH. */
export interface FakeTools {
  readonly folder: string
  /** Every argument and every variable that any of them was started with. */
  readonly seen: () => string
}

/** Makes programs from their sources; `$STORE` in a source is a folder that they may keep things in. */
export const fakeTools = (sources: { readonly [name: string]: string }): Effect.Effect<FakeTools, never, Scope.Scope> =>
  Effect.map(temporaryFolder, (root) => {
    const folder = join(root, "bin")
    const store = join(root, "store")
    mkdirSync(folder)
    mkdirSync(store)
    for (const [name, source] of Object.entries(sources)) {
      const path = join(folder, name)
      writeFileSync(path, source.replaceAll("$STORE", store))
      chmodSync(path, 0o755)
    }
    const log = join(store, "log")
    return { folder, seen: () => (existsSync(log) ? readFileSync(log, "utf8") : "") }
  })

const record = `{ printf '%s\\n' "$@"; env; } >> "$STORE/log"`
const fileOf = (word: string) => `file="$STORE/$(printf %s "${word}" | tr '/:' '__')"`

/** Keeps tokens in files, in the way that \`CommandSecretStore\` expects of a program. */
export const vault = `#!/bin/sh
${record}
shift # the word that the test gives it
${fileOf("$2")}
case "$1" in
  get) [ -f "$file" ] || exit 1; cat "$file" ;;
  store) cat > "$file" ;;
  erase) rm -f "$file" ;;
esac
`

/** libsecret's tool, as far as it is used. */
export const secretTool = `#!/bin/sh
${record}
verb=$1
while [ $# -gt 1 ]; do shift; done
${fileOf("$1")}
case "$verb" in
  lookup) [ -f "$file" ] || exit 1; cat "$file" ;;
  store) cat > "$file" ;;
  clear) rm -f "$file" ;;
esac
`

/** The tool of macOS, as far as it is used; it reads a line of words like a shell does, with quotes and backslashes. */
export const security = `#!${process.execPath}
const fs = require("node:fs")
const path = require("node:path")
const words = process.argv.slice(2)
fs.appendFileSync("$STORE/log", words.join("\\n") + JSON.stringify(process.env))
const valueOf = (list, flag) => list[list.indexOf(flag) + 1]
const fileOf = (list) => path.join("$STORE", valueOf(list, "-a").replace(/[/:]/g, "_"))
const split = (line) => {
  const found = []
  let word = null, quoted = false
  for (let index = 0; index < line.length; index++) {
    const character = line[index]
    if (character === "\\\\") word = (word ?? "") + line[++index]
    else if (character === '"') { quoted = !quoted; word ??= "" }
    else if (character === " " && !quoted) { if (word !== null) found.push(word); word = null }
    else word = (word ?? "") + character
  }
  return word === null ? found : [...found, word]
}
const run = (list) => {
  const file = fileOf(list)
  switch (list[0]) {
    case "add-generic-password": return fs.writeFileSync(file, valueOf(list, "-w"))
    case "find-generic-password":
      if (!fs.existsSync(file)) process.exit(44)
      return process.stdout.write(fs.readFileSync(file, "utf8") + "\\n")
    case "delete-generic-password":
      if (!fs.existsSync(file)) process.exit(44)
      return fs.rmSync(file)
  }
}
if (words[0] === "-i") for (const line of fs.readFileSync(0, "utf8").split("\\n")) { if (line !== "") run(split(line)) }
else run(words)
`
