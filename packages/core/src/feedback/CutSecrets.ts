/** What a piece of text looked like when it was cut out. */
export type SecretKind = "token" | "key" | "password" | "card_number" | "seed_phrase"

export interface CutText {
  readonly text: string
  /** Each kind once, in the order of the rules. */
  readonly kinds: ReadonlyArray<SecretKind>
}

/**
 * Text without anything that looks like a token, a key, a password, a card number or a seed phrase. What is cut out leaves
 * `[redacted KIND]` behind. It rather cuts too much: a report loses a word by that, a secret in a store is lost for good.
 */
export const cutSecrets = (text: string): CutText => {
  const kinds: Array<SecretKind> = []
  let clean = text
  for (const { find, isSecret = always, kind, replace = () => `[redacted ${kind}]` } of rules) {
    clean = clean.replaceAll(find, (found: string, ...groups: ReadonlyArray<unknown>) => {
      if (!isSecret(found)) return found
      if (!kinds.includes(kind)) kinds.push(kind)
      return replace(typeof groups[0] === "string" ? groups[0] : "")
    })
  }
  return { text: clean, kinds }
}

interface Rule {
  readonly kind: SecretKind
  readonly find: RegExp
  readonly isSecret?: (found: string) => boolean
  /** What stands in its place; takes what the first group kept. */
  readonly replace?: (kept: string) => string
}

const always = (): boolean => true

/** Shapes that vendors give their secrets, so that whoever finds one knows what it is. */
const tokens = [
  /\bisk_[a-z]+_[A-Za-z0-9]{6,}/gu,
  /\bgh[opusr]_[A-Za-z0-9]{16,}/gu,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/gu,
  /\bglpat-[A-Za-z0-9_-]{16,}/gu,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/gu,
  /\b(?:npm|hf)_[A-Za-z0-9]{16,}/gu,
  /\bya29\.[A-Za-z0-9_-]{16,}/gu,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/gu
]

const keys = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
  /\b(?:sk|rk|pk|whsec)_[A-Za-z0-9_+/=]{8,}/gu,
  /\bsk-[A-Za-z0-9_-]{16,}/gu,
  /\bAIza[A-Za-z0-9_-]{16,}/gu,
  // Names of models begin like these, and have a dash every few letters.
  /\b(?:xai-|r8_|bfl[_-])[A-Za-z0-9]{16,}/gu,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/gu,
  /\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{60,}/gu,
  /\bpi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/gu,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9a-f]{24,}/giu,
  /\b(?:0x)?[0-9a-f]{64}(?:[0-9a-f]{64})?\b/giu
]

/** `api_key=…`, `"client_secret": "…"`, `password is …`: a name that promises a secret, and a value without a blank. */
const named =
  /((?:api[_ -]?key|access[_ -]?key|private[_ -]?key|client[_ -]?secret|secret|passwd|password|passphrase|auth[_ -]?token|access[_ -]?token|token)["']?\s*(?:[:=]|\bis\b)\s*["']?)[^\s"',;[\]]{8,}/giu

/** After an equals sign anything; in a sentence only what is no ordinary word. */
const isNamedSecret = (found: string): boolean => {
  const value = found.slice(found.search(/[:=]|\bis\b/iu))
  return value.startsWith("=") || /[0-9A-Z_+/]/u.test(value)
}

/** Twelve words and more of the shape that words of a seed phrase have: maybe numbered, between blanks, commas or lines. */
const wordRun = /(?:(?:\b\d{1,2}[.):]\s*)?\b[a-z]{3,8}\b[\s,;|]+){11,}(?:\d{1,2}[.):]\s*)?\b[a-z]{3,8}\b/gu

/** Words that sentences are made of and that no seed phrase has: twelve words without any of them are hardly a sentence. */
const sentenceWords = new Set(
  (
    "the and for are but not was has had were have with from they them their there these those been being its our your " +
    "who why how does did could would should than too more some such into after before because while very which " +
    "said says make makes made get gets got let lets may might must shall per via yes now new old out off over under " +
    "here his her hers him she you him any each both few many most other same only own both then"
  ).split(" ")
)

/** Checked digit by digit, as issuers number cards (ISO/IEC 7812-1, annex B). */
const isCardNumber = (text: string): boolean => {
  const digits = text.replaceAll(/\D/gu, "")
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1+$/u.test(digits)) return false
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

const isSeedPhrase = (text: string): boolean => {
  const words = text.match(/[a-z]{3,8}/gu) ?? []
  return words.length >= 12 && words.filter((word) => sentenceWords.has(word)).length * 12 < words.length
}

const rules: ReadonlyArray<Rule> = [
  ...tokens.map((find): Rule => ({ kind: "token", find })),
  {
    kind: "token",
    find: /\b(Bearer\s+)(?=\S*\d)[A-Za-z0-9._~+/-]{12,}=*/giu,
    replace: (kept) => `${kept}[redacted token]`
  },
  {
    kind: "token",
    find: /\b(Basic\s+)(?=\S*[\d=+/])[A-Za-z0-9+/]{12,}=*/giu,
    replace: (kept) => `${kept}[redacted token]`
  },
  ...keys.map((find): Rule => ({ kind: "key", find })),
  {
    kind: "password",
    find: /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s@]+@/giu,
    replace: (kept) => `${kept}[redacted password]@`
  },
  { kind: "password", find: named, isSecret: isNamedSecret, replace: (kept) => `${kept}[redacted password]` },
  { kind: "card_number", find: /(?<![\d.])\d(?:[ .-]?\d){12,18}(?![\d.]?\d)/gu, isSecret: isCardNumber },
  { kind: "seed_phrase", find: wordRun, isSecret: isSeedPhrase }
]
