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

/** The tool of macOS, as far as it is used. */
export const security = `#!/bin/sh
${record}
[ "$1" = -i ] && exec '${process.execPath}' -e "$(sed -n '/^#js /s///p' "$0")"
${fileOf("$5")}
[ -f "$file" ] || exit 44
case "$1" in
  find-generic-password) cat "$file"; echo ;;
  delete-generic-password) rm -f "$file" ;;
esac
exit
#js const fs = require("node:fs")
#js const words = []
#js let word = null, isQuoted = false
#js const line = fs.readFileSync(0, "utf8").split("\\n")[0] + " "
#js for (let index = 0; index < line.length; index++) {
#js   const character = line[index]
#js   if (character === "\\\\") word = (word ?? "") + line[++index]
#js   else if (character === '"') { isQuoted = !isQuoted; word ??= "" }
#js   else if (character !== " " || isQuoted) word = (word ?? "") + character
#js   else if (word !== null) { words.push(word); word = null }
#js }
#js const valueOf = (flag) => words[words.indexOf(flag) + 1]
#js if (words[0] !== "add-generic-password") process.exit(2)
#js fs.writeFileSync("$STORE/" + valueOf("-a").replace(/[/:]/g, "_"), valueOf("-w"))
`
