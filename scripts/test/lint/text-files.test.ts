import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { makeWorkspace } from "../workspace.ts"

// Put together here, so that this file holds none of what it looks for.
const machine = (...names: ReadonlyArray<string>) => ["", ...names].join("/")
const token = `isk_r_${"a1B2".repeat(6)}`
const pem = (kind: string) => `-----BEGIN ${kind} KEY-----`
const liveKey = `sk_live_${"a1B2".repeat(6)}`

/** What the scan says of each file, by `path:line: name`. */
const scan = (files: { readonly [path: string]: string }) => {
  const workspace = makeWorkspace(files)
  const { status, stderr } = workspace.run("scripts/lint/text-files.mjs")
  workspace.remove()
  const found = stderr
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(": ").slice(0, 2).join(": "))
  return { status, found: found.toSorted() }
}

describe("the scan of text files", () => {
  it("names the line of everything that must not be there", () => {
    const { found, status } = scan({
      "packages/core/src/jobs/Path.ts": `// a\n// see ${machine("work", "main", "x.ts")}\n`,
      "README.md": `cat ${machine("root", ".config")}\nopen file://${machine("home", "ann", "x")}\n`,
      "docs/macos.md": `cd "${machine("Users", "ann")}"\n`,
      "packages/core/src/jobs/Token.ts": `export const a = "${token}"\n`,
      "docs/keys.md": `${liveKey}\n${pem("PRIVATE")}\n`,
      "examples/tab.ts": `\texport const a = 1\n`,
      "examples/end.ts": `export const a = 1 \n`,
      "examples/windows.ts": `export const a = 1\r\n`,
      "examples/all.ts": `/* oxlint-disable */\n`,
      "examples/why.ts": `// oxlint-disable-next-line no-console\n`,
      "examples/house.ts": `// eslint-disable-next-line house/no-debt -- it hurts\n`,
      "examples/effect.ts": `// @effect-diagnostics floatingEffect:off\n`
    })
    assert.deepStrictEqual(found, [
      "README.md:1: machine-path",
      "README.md:2: machine-path",
      "docs/keys.md:1: secret",
      "docs/keys.md:2: secret",
      "docs/macos.md:1: machine-path",
      "examples/all.ts:1: rule-switch",
      "examples/effect.ts:1: rule-switch",
      "examples/end.ts:1: clean-lines",
      "examples/house.ts:1: rule-switch",
      "examples/tab.ts:1: clean-lines",
      "examples/why.ts:1: rule-switch",
      "examples/windows.ts:1: clean-lines",
      "packages/core/src/jobs/Path.ts:2: machine-path",
      "packages/core/src/jobs/Token.ts:1: secret"
    ])
    assert.strictEqual(status, 1)
  })

  it("leaves alone what only looks like it", () => {
    const { found, status } = scan({
      "README.md": `${machine("home", "demo", "art")} https://a.example/work/1 ./work/ $DIR/root/ ${token}\ttabs  \n`,
      "packages/core/src/jobs/Route.ts": `export const a = (base: string) => \`\${base}/work/1\`\n`,
      "packages/core/test/Token.test.ts": `export const a = "${token}"\n`,
      "packages/cli/test/goldens/buy.json": `{ "path": "${machine("work", "x")}" }\t\r\n`,
      "packages/adapters/test/fixtures/stripe.json": `{ }  \n`,
      "packages/cli/src/Logo.ts": `export const a = 1\0\t\n`,
      "examples/named.ts": `// oxlint-disable-next-line no-console, no-alert -- the example shows what it prints\n`
    })
    assert.deepStrictEqual(found, [])
    assert.strictEqual(status, 0)
  })

  it("reads what git knows or will know, and not what git ignores", () => {
    const workspace = makeWorkspace({
      ".gitignore": "out/\nnode_modules\n",
      "out/built.md": `${machine("work", "x")}\n`,
      "new.md": `${machine("work", "x")}\n`
    })
    const { status } = spawnSync("git", ["init", "--quiet"], { cwd: workspace.folder })
    const { stderr } = workspace.run("scripts/lint/text-files.mjs")
    workspace.remove()
    // Without git the scan walks the folders, as the cases above do.
    if (status === 0) assert.deepStrictEqual(stderr.match(/\w+\.md:\d/gu), ["new.md:1"])
  })
})
