import { executable, type Place, type Ran } from "./Cli.ts"

/**
 * What differs from run to run, under names that do not: ids are numbered as they appear, times stand still, folders are
 * those of a demo user. What the image encoder of this machine made of a picture is its own, too.
 */
export const normal = (text: string, { home, root }: Pick<Place, "home" | "root">): string => {
  const counted = numbering()
  return [
    [executable, "/usr/lib/image-skill/image-skill.js"],
    [encodeURI(home), "/home/demo"],
    [home, "/home/demo"],
    [root, "/home/demo/.."]
  ]
    .reduce((clean, [from = "", to = ""]) => clean.replaceAll(from, to), text)
    .replaceAll(/objects\/sha256\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}/gu, "objects/sha256/<digest>")
    .replaceAll(
      /\b(?:agt|org|job|image|thumb|evt|usage|hold|journal|quote|receipt|credit_event|sig)_[0-9a-hjkmnp-tv-z]{20}\b/gu,
      counted
    )
    .replaceAll(/\bpayatt_[0-9a-hjkmnp-tv-z]{26}\b/gu, counted)
    .replaceAll(/\bcs_test_[0-9A-Za-z]+/gu, "cs_test_<session>")
    .replaceAll(/("deposit_address": ")0x[0-9a-fA-F]{40}"/gu, '$1<address>"')
    .replaceAll(/\btrace_[0-9a-f]{16}\b/gu, counted)
    .replaceAll(/\bquote_auto_[0-9a-f]{20}\b/gu, "quote_auto_<hex>")
    .replaceAll(/\b(create-guide|edit-guide|create|quote)-\d{13}-[0-9a-f]{8,12}\b/gu, "$1-<time>-<hex>")
    .replaceAll(/\bagent-[0-9a-f]{6}\b/gu, "agent-<hex>")
    .replaceAll(/\bisk_r_[0-9A-Za-z]{32}\b/gu, "isk_r_<token>")
    .replaceAll(/("token_fingerprint": ")[0-9a-f]{6}"/gu, '$1<hex>"')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/gu, "<time>")
    .replaceAll(/\.previous-\d{13}\b/gu, ".previous-<time>")
    .replaceAll(/("sha256": ")[0-9a-f]{64}"/gu, '$1<digest>"')
    .replaceAll(/("(?:content_length|bytes|content_length_header|pid|journals|postings)": )\d+/gu, "$10")
    .replaceAll(/(http:\/\/(?:127\.0\.0\.1|localhost)):\d+/gu, "$1:8787")
    .replaceAll(/(127\.0\.0\.1):\d{4,5}\b/gu, "$1:8787")
    .replaceAll(/("node": ")\d+\.\d+\.\d+"/gu, '$1<version>"')
}

const numbering = () => {
  const numbers = new Map<string, string>()
  const counts = new Map<string, number>()
  return (id: string): string => {
    const prefix = id.slice(0, id.lastIndexOf("_"))
    const known = numbers.get(id)
    if (known !== undefined) return known
    const next = (counts.get(prefix) ?? 0) + 1
    counts.set(prefix, next)
    const name = `${prefix}_<${next}>`
    numbers.set(id, name)
    return name
  }
}

/** One run as a text that a person can read: what was typed, how it ended, and both streams whole. */
export const transcript = (
  machine: Pick<Place, "home" | "root">,
  args: ReadonlyArray<string>,
  env: { readonly [name: string]: string | undefined },
  ran: Pick<Ran, "exitCode" | "signal" | "stdout" | "stderr">
): string => {
  const typed = [
    ...Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${word(value)}`])),
    "image-skill",
    ...args.map(word)
  ].join(" ")
  const whole = `$ ${typed}\nexit ${ran.exitCode ?? ran.signal}\n${ran.stdout}${ran.stderr === "" ? "" : `stderr:\n${ran.stderr}`}`
  return normal(whole, machine)
}

const word = (text: string): string => (/^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
