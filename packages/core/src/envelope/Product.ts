/**
 * Names that existing agents and saved state depend on (contract/cli.md 0.3), and the places of one deployment.
 * Everything that a private deployment may want to point elsewhere stands in `deployment`.
 */
export const executable = "image-skill"

/** The version of this program; a test keeps it equal to the packages' own. */
export const version = "0.1.0"

/** The level of the public contract that this program implements. */
export const contractLevel = "0.1.24"

export const variables = {
  token: "IMAGE_SKILL_TOKEN",
  tokenAlias: "IMAGE_SKILL_HOSTED_TOKEN",
  apiBaseUrl: "IMAGE_SKILL_API_BASE_URL",
  configPath: "IMAGE_SKILL_CONFIG_PATH",
  home: "IMAGE_SKILL_HOME",
  secretStore: "IMAGE_SKILL_SECRET_STORE",
  commandPrefix: "IMAGE_SKILL_COMMAND_PREFIX",
  trustedFetchOrigins: "IMAGE_SKILL_TRUSTED_FETCH_ORIGINS",
  discoverySource: "IMAGE_SKILL_DISCOVERY_SOURCE",
  noSpend: "IMAGE_SKILL_NO_SPEND",
  output: "IMAGE_SKILL_OUTPUT",
  mcpSecret: "IMAGE_SKILL_MCP_SECRET",
  walletSigner: "IMAGE_SKILL_WALLET_SIGNER",
  walletKeychain: "IMAGE_SKILL_WALLET_KEYCHAIN",
  walletKeyFile: "IMAGE_SKILL_WALLET_KEY_FILE",
  walletKey: "IMAGE_SKILL_WALLET_KEY",
  walletPolicy: "IMAGE_SKILL_WALLET_POLICY",
  baseRpcUrl: "IMAGE_SKILL_BASE_RPC_URL"
} as const

export const deployment = {
  docsBase: "https://image-skill.com",
  mediaBase: "https://media.image-skill.com"
} as const

/** How the embedded service is written wherever a base URL is shown or given (decision D1.2). */
export const embeddedTarget = "embedded:"

/** The anchor of a command in the command document; `null` is the document itself. */
export const docsUrl = (anchor: string | null = null): string =>
  `${deployment.docsBase}/cli.md${anchor === null ? "" : `#${anchor}`}`
