import type { variables } from "../envelope/Product.ts"

/** What each variable of the program is for; a variable that is added does not compile without its line. */
export const variableMeanings = {
  token: "the bearer token",
  tokenAlias: "another name of `IMAGE_SKILL_TOKEN`, read after it",
  apiBaseUrl: "the service to talk to: an http(s) URL, or `embedded:`",
  configPath: "the file of the saved token",
  home: "the data folder of the embedded service and of `serve`",
  secretStore: "where tokens are kept: `config`, `keychain`, or `command:PROGRAM ...`",
  commandPrefix: "how printed commands start, instead of how this process was started",
  noSpend: "`1` is `--no-spend` for every command",
  trustedFetchOrigins: "origins that `upload` and `edit` may fetch from although their addresses are private",
  discoverySource: "where an agent heard of this; carried to its signup",
  output: "`json`: JSON also at a terminal",
  mcpSecret: "what clients of `mcp --http` have to bring as their bearer",
  walletSigner: "who signs for `credits settle`: a URL, or `command:PROGRAM ...`",
  walletKeychain: "the name of the wallet's key in the keychain of this machine",
  walletKeyFile: "a file of mode 0600 with the wallet's key",
  walletKey: "the wallet's key itself; programs that are started from here can see it",
  walletPolicy: "the file of the wallet owner's limits",
  baseRpcUrl: "the node of Base that `credits settle` asks"
} as const satisfies { readonly [name in keyof typeof variables]: string }
