import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { blocks, iterm2, kitty, protocolOf } from "../src/TerminalGraphics.ts"

const terminals: ReadonlyArray<
  readonly [what: string, says: { readonly [name: string]: string }, shows: string | null]
> = [
  ["kitty", { TERM: "xterm-kitty" }, "kitty"],
  ["Ghostty", { TERM: "xterm-ghostty", COLORTERM: "truecolor" }, "kitty"],
  ["Konsole", { TERM: "xterm-256color", KONSOLE_VERSION: "240800" }, "kitty"],
  ["iTerm2", { TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, "iterm2"],
  ["WezTerm", { TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, "iterm2"],
  ["a terminal of many colours", { TERM: "xterm-256color", COLORTERM: "truecolor" }, "blocks"],
  [
    "kitty behind tmux",
    { TERM: "tmux-256color", TMUX: "/tmp/tmux", KITTY_WINDOW_ID: "1", COLORTERM: "24bit" },
    "blocks"
  ],
  ["one that wants no colours", { TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, null],
  ["a plain terminal", { TERM: "xterm" }, null],
  ["a dumb terminal", { TERM: "dumb", COLORTERM: "truecolor" }, null],
  ["a build server", { TERM: "xterm-kitty", CI: "true" }, null],
  ["no terminal", {}, null]
]

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 10 } } })

describe("TerminalGraphics", () => {
  for (const [what, says, shows] of terminals) {
    it(`${what} shows ${shows ?? "nothing"}`, () => {
      assert.strictEqual(
        protocolOf((name) => says[name] ?? null),
        shows
      )
    })
  }

  it("kitty gets the whole picture in pieces, and the last one says so", async () => {
    const png = new Uint8Array(await picture(300, 300).png({ compressionLevel: 0 }).toBuffer())
    const pieces = kitty(png, 40)
      .split("\u001b_G")
      .slice(1)
      .map((piece) => piece.slice(0, piece.indexOf("\u001b\\")).split(";"))
    assert.isAbove(pieces.length, 2)
    assert.strictEqual(pieces[0]?.[0], "a=T,f=100,q=2,c=40,m=1")
    assert.deepStrictEqual(new Set(pieces.slice(1, -1).map(([control]) => control)), new Set(["m=1"]))
    assert.strictEqual(pieces.at(-1)?.[0], "m=0")
    assert.isTrue(pieces.every(([, data = ""]) => data.length <= 4096))
    assert.deepStrictEqual(new Uint8Array(Buffer.from(pieces.map(([, data]) => data).join(""), "base64")), png)
  })

  it("iTerm2 gets the whole picture with its size", async () => {
    const png = new Uint8Array(await picture(8, 8).png().toBuffer())
    const [before = "", data = ""] = iterm2(png, 40).split(":")
    assert.strictEqual(before, `\u001b]1337;File=inline=1;size=${png.length};width=40;preserveAspectRatio=1`)
    assert.deepStrictEqual(new Uint8Array(Buffer.from(data.split("\u0007")[0] ?? "", "base64")), png)
  })

  it("half blocks show two rows of pixels in one of characters, and leave the colours as they were", () => {
    const rgb = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    assert.strictEqual(
      blocks(rgb, 2),
      "\u001b[38;2;1;2;3m\u001b[48;2;7;8;9m\u2580\u001b[38;2;4;5;6m\u001b[48;2;10;11;12m\u2580\u001b[0m\n"
    )
  })

  it("an odd last row is left out rather than read beyond the end", () => {
    assert.strictEqual(blocks(Uint8Array.from([1, 2, 3]), 1), "")
  })
})
