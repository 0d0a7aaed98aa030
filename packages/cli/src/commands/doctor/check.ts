import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { deployment, variables, version } from "@image-skill/core/envelope/Product"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { resolveTarget, type Target } from "../../Target.ts"
import { withService } from "../../Wiring.ts"

/**
 * Looks at the service, the configuration and this machine, and always answers: a service that is down is a finding,
 * not a failure. With `--ledger` the embedded service's books are proved, too.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const ledger = yield* flagReader(context.parsed)(toggle("ledger"))
    const target = yield* resolveTarget(context)
    const health = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => service.healthz({}))
    )
    const traceId = yield* (yield* Ids).trace
    const { data, error, ok, warnings } = relay(context, health).envelope
    const report: Schema.JsonObject = {
      cli_version: version,
      package: "image-skill",
      mode: "public_hosted_cli",
      api_base_url: target.shown,
      hosted_api: {
        reachable: ok,
        status: jsonField(data, "status") ?? null,
        api_version: jsonField(data, "api_version") ?? null,
        error: ok ? null : error
      },
      auth: yield* authReport(context, target),
      docs: {
        skill: `${deployment.docsBase}/skill.md`,
        llms: `${deployment.docsBase}/llms.txt`,
        cli: `${deployment.docsBase}/cli.md`
      },
      machine: machineReport(context),
      ...(target.isEmbedded ? { embedded: yield* embeddedReport(context, ledger) } : {})
    }
    return success({ command: "image-skill doctor", traceId, actor: null }, report, warnings)
  })

const authReport = ({ machine }: Context, { configPath }: Target) =>
  Effect.gen(function* () {
    const config = yield* AuthConfig
    const saved = yield* config.read
    const probe = yield* config.probe
    return {
      config_path: configPath,
      saved_token: Option.isSome(saved),
      env_token: machine.variable(variables.token) !== null || machine.variable(variables.tokenAlias) !== null,
      config_writable: probe._tag === "Writable",
      config_error: probe._tag === "Writable" ? null : probe.message,
      secret_store: machine.variable(variables.secretStore)?.split(":")[0] ?? "config"
    }
  }).pipe(Effect.provide(FileAuthConfig.layer(configPath)))

const machineReport = ({ host, machine }: Context): Schema.JsonObject => ({
  node: machine.nodeVersion,
  started_as: host.prefix,
  data_dir: machine.dataHome,
  working_directory: machine.workingDirectory
})

/** What only the operator of an embedded service may know: which rails and providers lack what. */
const embeddedReport = (context: Context, ledger: boolean) =>
  Effect.flatMap(
    Effect.promise(() => import("../../EmbeddedReport.ts")),
    ({ embeddedReport: report }) => report(context.machine, ledger)
  )
