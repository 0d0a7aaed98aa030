import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { version } from "@image-skill/core/envelope/Product"
import * as CliOutput from "effect/cli/CliOutput"
import { at, executable, type Place, place, type Ran, signedUp, small } from "./Cli.ts"

/** `script` of util-linux gives a program a terminal of its own. */
const hasTerminal = spawnSync("script", ["-qec", "test -t 1", "/dev/null"]).status === 0

const columns = 60

/** What a terminal of 60 columns gets to see, with the ends of lines as a program writes them. */
const inTerminal = async (where: Place, line: string, env: { readonly [name: string]: string } = {}): Promise<Ran> => {
  const typed = `stty cols ${columns}; ${line}`
  const ran = await where.shell(`script -qec ${word(typed)} /dev/null`, {
    env: { TERM: "xterm", LANG: "C.UTF-8", IMAGE_SKILL_COMMAND_PREFIX: "image-skill", ...env }
  })
  return Object.assign(ran, { stdout: ran.stdout.replaceAll("\r\n", "\n") })
}

const bare = (ran: Ran): string => ran.stdout.replace(/trace_[0-9a-f]{16}/u, "")

const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const program = `${word(process.execPath)} ${word(executable)}`

// Runs wherever there is a script of util-linux that can open a terminal.
describe.skipIf(!hasTerminal)("at a terminal", () => {
  it("an answer is a page that fits, with its exit code, and ends with a command that runs", async () => {
    const where = place()
    const failed = await inTerminal(where, `${program} models show local.nothing`, { NO_COLOR: "1" })
    assert.strictEqual(failed.exitCode, 1)
    const lines = failed.stdout.trimEnd().split("\n")
    assert.strictEqual(lines[0], "✗ models show failed: MODEL_NOT_FOUND")
    assert.include(lines, "  Money            no money or credits moved")
    for (const line of lines.slice(0, -1)) assert.isAtMost(CliOutput.displayWidth(line), columns, line)
    assert.match(lines.at(-1) ?? "", /^image-skill /u)
    const again = await inTerminal(where, (lines.at(-1) ?? "").replace(/^image-skill/u, program))
    assert.strictEqual(again.exitCode, 0, again.stdout)
    assert.isTrue(again.stdout.startsWith("\u001b[32m✓\u001b[0m \u001b[1m"), again.stdout)
  })

  it("whoever asks for JSON gets the envelope, byte for byte as in a pipe", async () => {
    const where = place()
    const piped = await where.run(["credits", "packs", "list"])
    assert.strictEqual(at(piped.data, "default_pack_id"), "starter-500")
    const asked = await inTerminal(where, `${program} credits packs list --json`)
    assert.strictEqual(bare(asked), bare(piped))
    const set = await inTerminal(where, `${program} credits packs list`, { IMAGE_SKILL_OUTPUT: "json" })
    assert.strictEqual(bare(set), bare(piped))
  })

  it("a version is one line", async () => {
    assert.strictEqual((await inTerminal(place(), `${program} --version`)).stdout, `image-skill ${version}\n`)
  })

  it("a picture is shown before its page where the terminal can", async () => {
    const where = await signedUp()
    const words = ["create", "--prompt", "a red apple", ...small].map(word).join(" ")
    const { stdout } = await inTerminal(where, `${program} ${words}`, { TERM: "xterm-kitty" })
    const drawn = stdout.indexOf("\u001b_Ga=T,f=100")
    assert.isAtLeast(drawn, 0)
    assert.isAbove(stdout.indexOf("Made 1 image"), drawn)
    const asset = /image_[0-9a-z]{20}/u.exec(stdout)?.[0] ?? ""
    const shown = await inTerminal(where, `${program} assets show ${asset}`, { TERM: "xterm-kitty" })
    assert.include(shown.stdout, "\u001b_Ga=T,f=100")
    assert.include(shown.stdout, `${asset}: generated image`)
  })

  it("--fields leaves a page of these", async () => {
    const where = place()
    const args = ["models", "list", "--provider", "local", "--fields", "models.id,modles"]
    const page = await inTerminal(where, `${program} ${args.join(" ")}`, { NO_COLOR: "1" })
    assert.match(page.stdout, /^✓ models list\n\n {2}Models\n {2}Id\n {2}local\.storyboard\n/u)
    assert.include(page.stdout.replaceAll(/\s+/gu, " "), "did you mean models?")
  })
})
