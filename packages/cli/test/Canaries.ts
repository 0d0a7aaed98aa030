import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs"
import { basename, join, relative } from "node:path"

/** One kind of secret: how each of its values begins or what it contains, and what a whole one looks like. */
interface Kind {
  readonly kind: string
  readonly starts: ReadonlyArray<string>
  readonly shape: RegExp
}

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

/** Every secret that a test hands to the program, or that the program makes. The starts are found first: that is cheap. */
const kinds: ReadonlyArray<Kind> = [
  { kind: "token of an agent", starts: ["isk_r_"], shape: /isk_r_[0-9A-Za-z]{20,}/u },
  { kind: "token of an owner", starts: ["isk_o_"], shape: /isk_o_[0-9A-Za-z]{20,}/u },
  {
    kind: "key of Stripe",
    starts: ["k_live_", "k_test_"],
    shape: /(?:^|[^A-Za-z])[sr]k_(?:live|test)_[0-9A-Za-z]{12,}/u
  },
  { kind: "secret of a webhook", starts: ["whsec_"], shape: /whsec_[0-9A-Za-z]{12,}/u },
  {
    kind: "key of a wallet",
    starts: ["ac0974bec39a17e36ba4", "59c6995e998f97a5a004", "5de4111afa1a4b94908f"],
    shape: /(?:ac0974bec39a17e36ba4|59c6995e998f97a5a004|5de4111afa1a4b94908f)[0-9a-f]{44}/u
  },
  {
    kind: "key of a provider",
    starts: ["sk-proj-", "xai-", "AIza", "r8_", "bfl-", "0key0of0this0machine"],
    // Names of models and capabilities begin like some of them, and have a dash every few letters.
    shape: /sk-proj-[0-9A-Za-z_-]{16,}|AIza[0-9A-Za-z_-]{20,}|(?:xai-|r8_|bfl-)[0-9A-Za-z]{20,}|0key0of0this0machine/u
  },
  {
    kind: "secret of an object store",
    starts: ["-"],
    // Two ids without anything between them, as the emulator makes them.
    shape: new RegExp(`${uuid}${uuid}`, "u")
  },
  {
    kind: "token of GitHub",
    starts: ["ghp_", "github_pat_"],
    shape: /ghp_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,}/u
  }
]

/** The kinds of the secrets that stand in these bytes; `allowed` names those that may. Never a value. */
export const secretsIn = (bytes: Buffer, allowed: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  kinds
    .filter(
      ({ kind, shape, starts }) =>
        !allowed.includes(kind) && starts.some((start) => bytes.includes(start)) && shape.test(bytes.toString("latin1"))
    )
    .map(({ kind }) => kind)

/** What a person asked to see by these words. */
const shownBy = (words: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...(words.some((word) => /--show-token(?!=false)/u.test(word)) ? ["token of an agent"] : []),
  ...(words.some((word) => /(?:^|[ ,"])owner-token/u.test(word)) ? ["token of an owner"] : [])
]

/** What a process wrote to one of its streams that nobody asked for: the kind of secret and the command; null for nothing. */
export const leakIn = (
  words: ReadonlyArray<string>,
  streams: { readonly stdout: Buffer; readonly stderr: Buffer }
): string | null => {
  for (const [name, bytes] of Object.entries(streams)) {
    const [kind] = secretsIn(bytes, shownBy(words))
    if (kind !== undefined) return `${name} holds the ${kind}: ${commandIn(words)}`
  }
  return null
}

/** The words before the first flag: the values of flags may be what must not be shown. */
const commandIn = (words: ReadonlyArray<string>): string => {
  const own = words.slice(words.findLastIndex((word) => word.endsWith("image-skill.js")) + 1)
  const end = own.findIndex((word) => word.startsWith("-"))
  return own
    .slice(0, end === -1 ? 3 : Math.max(end, 1))
    .join(" ")
    .slice(0, 60)
}

/** Where a secret belongs: the stores of credentials and the file of a wallet. */
const stores = /^(?:config\.json(?:\.previous-\d+)?|[\w-]+\.key)$/u

const inputs = new Set<string>()

/** A file that a test wrote as an input of the program, or that stands for a store of secrets. */
export const holdsSecrets = (file: string): string => {
  inputs.add(file)
  return file
}

/** Or what was there before, which stays beside it. */
const isInput = (file: string): boolean => inputs.has(file) || inputs.has(file.replace(/\.previous-\d+$/u, ""))

/** A link is not followed: what it leads to lies elsewhere, and may be the repository itself. */
const entriesBelow = (folder: string): ReadonlyArray<Dirent> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entriesBelow(join(folder, entry.name)) : [entry]
  )

/** Larger files are media that a test made. */
const largest = 16 * 1024 * 1024

/** Nothing of what another process took away meanwhile. */
const bytesOf = (file: string): Buffer => {
  try {
    return lstatSync(file).size > largest ? Buffer.alloc(0) : readFileSync(file)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0)
    throw error
  }
}

/** The files below a folder that hold a secret and are no place for one, each with the kind. */
export const strayFiles = (folder: string): ReadonlyArray<string> =>
  entriesBelow(folder)
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !stores.test(basename(file)) && !isInput(file))
    .flatMap((file) => secretsIn(bytesOf(file)).map((kind) => `${relative(folder, file)}: ${kind}`))

/** Throws where a file of a machine holds a secret that does not belong there. */
export const noSecretLeft = (folder: string): void => {
  const stray = strayFiles(folder)
  if (stray.length > 0) throw new Error(`secrets outside of their stores:\n${stray.join("\n")}`)
}
