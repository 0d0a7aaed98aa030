import type * as Schema from "effect/Schema"
import { command, flag, json } from "../envelope/CommandLine.ts"
import { jsonField, textField } from "../envelope/JsonFields.ts"
import { maybePrintable } from "../envelope/Printable.ts"
import { embeddedTarget } from "../envelope/Product.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { isModelList, type RegistrySummary, summarise } from "./RegistrySummary.ts"
import { fetchError, type Heard, type PackageFacts, readPackage, type TrustFacts } from "./TrustFacts.ts"

export type TrustStatus = "unavailable" | "stale_or_mismatched" | "inspect_only" | "usable_with_warnings" | "usable"

/** What can be verified of this program and its service without a token, and whether it may be relied on. */
export interface TrustPacket {
  readonly data: Schema.JsonObject
  readonly warnings: ReadonlyArray<string>
}

/** Everything that statuses and warnings depend on, read once. */
interface Judged {
  readonly npm: PackageFacts
  readonly documents: ReadonlyArray<Schema.JsonObject & { readonly status: string }>
  readonly isReachable: boolean
  readonly isListed: boolean
  readonly summary: RegistrySummary
}

/** `data` and `warnings` of `trust`, field by field as in contract/cli.md 6.5. */
export const trustPacket = (facts: TrustFacts, start: Start): TrustPacket => {
  const judged: Judged = {
    npm: readPackage(facts.package.fetched, facts.version),
    documents: facts.documents.map(documentRow),
    isReachable: facts.health.error === null,
    isListed: facts.models.error === null && isModelList(facts.models.data),
    summary: summarise(facts.models.data)
  }
  const warnings = warningsOf(judged)
  const status = statusOf(judged, warnings)
  return {
    warnings,
    data: {
      schema: "image-skill.trust-packet.v0",
      checked_at: facts.checkedAt,
      subject: {
        package: facts.packageName,
        cli_version: facts.version,
        mode: "public_hosted_cli",
        api_base_url: facts.apiBaseUrl,
        docs_base_url: facts.docsBaseUrl,
        npm_registry_url: facts.registryUrl
      },
      summary: { status, selection_hint: hints[status], top_warnings: warnings.slice(0, 5) },
      npm_package: packageField(facts, judged.npm),
      public_repo: {
        status: "checked",
        url: judged.npm.repositoryUrl,
        git_head: judged.npm.gitHead,
        package_registry_url: facts.package.url,
        main_may_be_newer_than_package: true,
        note: "the main branch may be ahead of the package; compare git_head with the commit you read"
      },
      hosted_contracts: { status: contractsStatus(judged), checked_at: facts.checkedAt, contracts: judged.documents },
      hosted_api: healthField(facts),
      model_registry: registryField(facts, judged),
      safe_commands: safeCommands(start),
      proof_urls: {
        npm_package: { status: judged.npm.status, url: facts.package.url },
        npm_attestation: judged.npm.attestation,
        public_repo: { status: "checked", url: judged.npm.repositoryUrl, git_head: judged.npm.gitHead },
        hosted_contracts: { status: contractsStatus(judged), urls: facts.documents.map(({ url }) => url) },
        real_agent_studies: { status: "not_available_yet", url: null }
      },
      redaction: {
        secrets_included: false,
        private_paths_included: false,
        config_file_read: false,
        token_sources_read: false,
        credential_values_read: false,
        forbidden_material:
          "tokens, keys, payment credentials, prompts and contacts never stand here, nor paths beyond how this program is started"
      }
    }
  }
}

const statusOf = ({ isListed, isReachable, npm, summary }: Judged, warnings: ReadonlyArray<string>): TrustStatus => {
  if (!isReachable) return "unavailable"
  if (npm.status === "mismatched") return "stale_or_mismatched"
  if (!isListed || summary.executable === 0) return "inspect_only"
  return warnings.length > 0 ? "usable_with_warnings" : "usable"
}

const usable = "the service answers and has models that run: begin with the guide, and read the warnings first"

const hints: { readonly [S in TrustStatus]: string } = {
  usable,
  usable_with_warnings: usable,
  inspect_only: "the service answers, but no model is known to run: inspect models and prices, and create nothing yet",
  stale_or_mismatched:
    "the registry describes another version than this program: compare the two before you rely on it",
  unavailable: "the service does not answer: nothing can be created now; try again later"
}

/** In the order of contract/cli.md 6.5. */
const warningsOf = ({ documents, isListed, isReachable, npm, summary }: Judged): ReadonlyArray<string> => {
  const waiting = summary.catalogedNotWired
  return [
    ...noted(npm.status !== "verified", `the package metadata of the registry is ${npm.status}`),
    ...noted(npm.gitHead === null, "the package metadata names no git commit (gitHead)"),
    ...noted(npm.attestation.status !== "available", "the package has no attestation"),
    ...noted(
      documents.some(({ status }) => status !== "verified"),
      "not every public document could be fetched and hashed"
    ),
    ...noted(!isReachable, "the health of the service could not be read"),
    ...noted(!isListed, "the model registry could not be read"),
    ...noted(summary.executable === 0, "no model is executable"),
    ...noted(
      waiting > 0,
      `${waiting} ${waiting === 1 ? "model is" : "models are"} cataloged_not_wired: listed, and not runnable`
    ),
    "no studies with real agents are published yet"
  ]
}

const noted = (isSo: boolean, text: string): ReadonlyArray<string> => (isSo ? [text] : [])

const contractsStatus = ({ documents }: Judged): string =>
  documents.every(({ status }) => status === "verified") ? "verified" : "unreachable"

const documentRow = ({ fetched, key, url }: TrustFacts["documents"][number]) => {
  const error = fetchError(fetched)
  const isHashed = fetched._tag === "Replied" || fetched._tag === "Own"
  return {
    key,
    url,
    status: error === null ? "verified" : "unreachable",
    http_status: fetched._tag === "Replied" ? fetched.status : null,
    content_sha256: isHashed ? `sha256:${fetched.sha256}` : null,
    bytes: isHashed ? fetched.bytes : null,
    error: error === null ? null : { ...error }
  }
}

const packageField = ({ checkedAt, package: { url }, packageName, version }: TrustFacts, npm: PackageFacts) => ({
  status: npm.status,
  checked_at: checkedAt,
  package: packageName,
  version: npm.version,
  ...(npm.error === null ? { expected_version: version } : {}),
  registry_url: url,
  dist_integrity: npm.integrity,
  tarball: npm.tarball,
  git_head: npm.gitHead,
  repository_url: npm.repositoryUrl,
  attestation: npm.attestation,
  error: npm.error === null ? null : { ...npm.error }
})

const healthField = ({ checkedAt, health }: TrustFacts) => ({
  status: health.error === null ? "reachable" : "unreachable",
  checked_at: checkedAt,
  url: health.url,
  reachable: health.error === null,
  api_status: maybePrintable(textField(health.data, "status"), 64),
  api_version: maybePrintable(textField(health.data, "api_version"), 64),
  error: errorField(health)
})

const registryField = ({ apiBaseUrl, checkedAt, models }: TrustFacts, { isListed, summary }: Judged) => ({
  status: isListed ? "available" : "unreachable",
  checked_at: checkedAt,
  url: models.url,
  freshness: { source: apiBaseUrl === embeddedTarget ? "this_program" : "live_request", checked_at: checkedAt },
  availability_summary: {
    total: summary.total,
    returned: summary.returned,
    executable: summary.executable,
    cataloged_not_wired: summary.catalogedNotWired,
    unavailable: summary.unavailable,
    providers: summary.providers,
    status_counts: summary.statusCounts
  },
  rules: [
    "only models that are available can be created with now",
    "cataloged_not_wired models are listed, and cannot be run",
    "models show MODEL_ID has the price and the parameters; take neither from memory"
  ],
  error: errorField(models)
})

/** The frame of a foreign error: its commands and details are not repeated. */
const errorField = ({ error }: Heard): Schema.Json =>
  error === null
    ? null
    : {
        code: maybePrintable(textField(error, "code"), 80) ?? "UNKNOWN",
        message: maybePrintable(textField(error, "message")) ?? "no message",
        retryable: jsonField(error, "retryable") === true
      }

const safeCommands = (start: Start) =>
  [
    ["trust_packet", command("trust", json)] as const,
    ["first_image_guide", command("create", flag("guide"), json)] as const,
    ["model_inspection", command("models list", flag("available"), json)] as const
  ].map(([purpose, line]) => ({ purpose, command: lineOf(line, start), mutation: false, spend: false }))
