import type { HttpOptions } from "@image-skill/adapters/mcp/McpHttp"
import type { McpOptions } from "@image-skill/adapters/mcp/McpOptions"
import {
  type AgentOperationId,
  agentOperationIds,
  agentOperationNamed,
  agentOperationOf,
  toolNameOf
} from "@image-skill/core/agent/AgentOperations"
import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Context } from "../../Context.ts"
import { flagReader, number, text, toggle, valuesOf } from "../../Flags.ts"
import { noSpendBy } from "../../NoSpend.ts"

/** Which tools are offered, and what they may do. */
export const readTools = Effect.fnUntraced(function* ({ machine, parsed }: Context) {
  const flag = flagReader(parsed)
  const allowed = yield* flag(text("allow"))
  const readOnly = yield* flag(toggle("read-only"))
  const asks = yield* flag(toggle("ask"))
  const named = allowed === null ? agentOperationIds : yield* toolsNamed(allowed)
  const tools = readOnly ? named.filter((id) => agentOperationOf(id).effect === "read") : named
  if (tools.length === 0) return yield* invalid("--allow", "tools that change nothing, with --read-only")
  const spending = noSpendBy(parsed, machine) === null ? (asks ? "asked" : "allowed") : "none"
  const options: Pick<McpOptions, "tools" | "spending"> = { tools, spending }
  return options
})

const toolsNamed = (allowed: string): Effect.Effect<ReadonlyArray<AgentOperationId>, Refusal> => {
  const names = allowed.split(",").map((name) => name.trim())
  const ids = names.map(agentOperationNamed)
  return ids.some((id) => id === null)
    ? invalid("--allow", `tools, comma-separated, of: ${agentOperationIds.map(toolNameOf).join(", ")}`)
    : Effect.succeed(agentOperationIds.filter((id) => ids.includes(id)))
}

/** Whoever reaches the server spends as its agent: other machines only with a secret. */
export const readHttp = Effect.fnUntraced(function* ({ machine, parsed }: Context) {
  const flag = flagReader(parsed)
  const host = (yield* flag(text("host"))) ?? "127.0.0.1"
  const port = (yield* flag(number("port"))) ?? 8788
  if (!/^[\w.:-]+$/u.test(host)) return yield* invalid("--host", "a host name or an address")
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return yield* invalid("--port", "a whole number from 0 to 65535")
  const secret = machine.variable(variables.mcpSecret)
  const isRemote = !/^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/u.test(host)
  if (isRemote && !(yield* flag(toggle("allow-remote"))))
    return yield* invalid(
      "--host",
      "an address of this machine alone, such as 127.0.0.1, unless --allow-remote is given"
    )
  if (isRemote && (secret === null || secret.length < shortest))
    return yield* invalid(
      "--allow-remote",
      `given with a secret of at least ${shortest} characters in ${variables.mcpSecret}`
    )
  const hosts = textsOf(valuesOf(parsed, "allow-host"))
  if (!hosts.every((name) => /^[a-z0-9.-]+$/iu.test(name)))
    return yield* invalid("--allow-host", "a host name without a port, such as mcp.example.com")
  const origins = textsOf(valuesOf(parsed, "allow-origin"))
  if (!origins.every(isOrigin))
    return yield* invalid("--allow-origin", "an http(s) origin such as https://app.example.com")
  const options: HttpOptions = {
    host,
    port,
    hosts,
    origins,
    secret: secret === null ? null : Redacted.make(secret)
  }
  return options
})

const httpFlags = ["host", "port", "allow-remote", "allow-host", "allow-origin"] as const

/** What is said of an address means that one was wanted. */
export const withoutHttp = ({ parsed }: Context): Effect.Effect<null, Refusal> => {
  const said = httpFlags.find((name) => parsed.flags.has(name))
  return said === undefined ? Effect.succeed(null) : invalid("--http", `given where --${said} is`)
}

/** Characters; fewer could be guessed from elsewhere. */
const shortest = 32

const textsOf = (values: ReadonlyArray<string | true>): ReadonlyArray<string> =>
  values.map((value) => (value === true ? "" : value.trim()))

const isOrigin = (given: string): boolean => {
  const url = parseUrl(given)
  return url !== null && /^https?:$/u.test(url.protocol) && url.origin === given
}

const docs = docsUrl("image-skill-mcp")

const invalid = (flag: string, rule: string): Effect.Effect<never, Refusal> =>
  Effect.fail(
    new Refusal({
      code: "INVALID_ARGUMENTS",
      message: `${flag} must be ${rule}`,
      outcome: "not_sent",
      recovery: { requiredFlag: flag, docsUrl: docs }
    })
  )

/** Standard input has the protocol; and no call could read it twice. */
export const noStdin = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--token-stdin must be left out: standard input is the client's; ${variables.token} or a saved token is used`,
    outcome: "not_sent",
    recovery: { requiredFlag: "--token-stdin", docsUrl: docs }
  })

export const cannotListen = ({ host, port }: HttpOptions, cause: unknown): Refusal =>
  new Refusal({
    code: "SERVE_ADDRESS_UNAVAILABLE",
    message: `nothing can listen on ${host}:${port}: ${cause instanceof Error ? cause.message : "the system refused it"}; choose another --host or --port (0 picks a free one)`,
    recovery: { requiredFlag: "--port", docsUrl: docs }
  })
