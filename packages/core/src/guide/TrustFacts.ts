import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isJsonObject, jsonField } from "../envelope/JsonFields.ts"
import { maybePrintable } from "../envelope/Printable.ts"
import { parseUrl } from "../envelope/WebUrl.ts"

/** What one fetch came to. `sha256` is of the bytes of the text, in lower-case hex, also of an error page. */
export type Fetched =
  | {
      readonly _tag: "Replied"
      readonly status: number
      readonly text: string
      readonly bytes: number
      readonly sha256: string
    }
  | { readonly _tag: "Failed"; readonly message: string }
  /** It is in this program: nothing was fetched. */
  | { readonly _tag: "Own"; readonly bytes: number; readonly sha256: string }
  /** Offline there is nobody to ask. */
  | { readonly _tag: "NotAsked" }

/** What the service said of itself or of its models; `error` is null where it answered. */
export interface Heard {
  readonly data: Schema.Json
  readonly error: Schema.Json
}

/** Everything a trust packet is made of. */
export interface TrustFacts {
  /** ISO 8601, one for all parts. */
  readonly checkedAt: string
  readonly packageName: string
  readonly version: string
  /** As it was given; `embedded:` for the service inside this program. */
  readonly apiBaseUrl: string
  readonly docsBaseUrl: string
  readonly registryUrl: string
  /** Where the package's own document is, and what came from there. */
  readonly package: { readonly url: string; readonly fetched: Fetched }
  readonly documents: ReadonlyArray<{
    readonly key: "skill" | "llms" | "cli"
    readonly url: string
    readonly fetched: Fetched
  }>
  readonly health: { readonly url: string } & Heard
  readonly models: { readonly url: string } & Heard
}

export interface PublicError {
  readonly code: "PUBLIC_FETCH_FAILED" | "PUBLIC_JSON_PARSE_FAILED"
  readonly message: string
  readonly retryable: boolean
}

/** Null for a 2xx answer. */
export const fetchError = (fetched: Fetched): PublicError | null => {
  switch (fetched._tag) {
    case "Own":
      return null
    case "NotAsked":
      return failed("nothing was asked: the embedded service needs no network", false)
    case "Failed":
      return failed(maybePrintable(fetched.message) ?? "no answer", true)
    case "Replied":
      return fetched.status >= 200 && fetched.status < 300
        ? null
        : failed(`HTTP ${fetched.status}`, fetched.status >= 500)
  }
}

const failed = (message: string, retryable: boolean): PublicError => ({
  code: "PUBLIC_FETCH_FAILED",
  message,
  retryable
})

/** The package as a registry describes it. What is not of the expected form is null: it is foreign text. */
export interface PackageFacts {
  readonly status: "verified" | "mismatched" | "not_available_yet" | "unreachable"
  readonly version: string | null
  readonly integrity: string | null
  readonly tarball: string | null
  readonly gitHead: string | null
  readonly repositoryUrl: string | null
  readonly attestation: { readonly status: "available" | "not_available_yet"; readonly url: string | null }
  readonly error: PublicError | null
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

export const readPackage = (fetched: Fetched, expected: string): PackageFacts => {
  const error = fetchError(fetched)
  if (error !== null) {
    const isMissing = fetched._tag === "NotAsked" || (fetched._tag === "Replied" && fetched.status === 404)
    return unknownPackage(isMissing ? "not_available_yet" : "unreachable", expected, error)
  }
  const found = fetched._tag === "Replied" ? Option.getOrNull(parse(fetched.text)) : null
  if (found === null) {
    const message = "the registry answered without a JSON object"
    return unknownPackage("unreachable", expected, { code: "PUBLIC_JSON_PARSE_FAILED", message, retryable: true })
  }
  const dist = found["dist"]
  const answered = found["version"] ?? null
  const attested = publicUrl(jsonField(jsonField(dist, "attestations"), "url"))
  return {
    status: answered === null || answered === expected ? "verified" : "mismatched",
    version: answered === null ? expected : matching(answered, /^[0-9A-Za-z.+-]{1,64}$/u),
    integrity: matching(jsonField(dist, "integrity"), /^sha\d{1,3}-[A-Za-z0-9+/=]{1,200}$/u),
    tarball: publicUrl(jsonField(dist, "tarball")),
    gitHead: matching(found["gitHead"], /^[0-9a-f]{7,64}$/iu),
    repositoryUrl: repositoryOf(found["repository"]),
    attestation: { status: attested === null ? "not_available_yet" : "available", url: attested },
    error: null
  }
}

const unknownPackage = (status: PackageFacts["status"], version: string, error: PublicError): PackageFacts => ({
  status,
  version,
  integrity: null,
  tarball: null,
  gitHead: null,
  repositoryUrl: null,
  attestation: { status: "not_available_yet", url: null },
  error
})

const matching = (value: Schema.Json | undefined, pattern: RegExp): string | null =>
  typeof value === "string" && pattern.test(value) ? value : null

/** An http(s) URL without user name and password, as its parser prints it; null for anything else. */
export const publicUrl = (value: Schema.Json | undefined): string | null => {
  if (typeof value !== "string" || value.length > longestUrl) return null
  const url = parseUrl(value.trim())
  if (url === null || !/^https?:$/u.test(url.protocol) || url.username !== "" || url.password !== "") return null
  return url.href
}

const longestUrl = 500

/** `git+https://…/name.git` and `ssh://git@github.com/…` lead to the page of the repository (contract/cli.md 6.5). */
const repositoryOf = (repository: Schema.Json | undefined): string | null => {
  const given = isJsonObject(repository) ? repository["url"] : repository
  if (typeof given !== "string") return null
  const plain = given
    .replace(/^git\+/u, "")
    .replace(/^ssh:\/\/git@github\.com\//u, "https://github.com/")
    .replace(/\.git$/u, "")
  return publicUrl(plain)
}
