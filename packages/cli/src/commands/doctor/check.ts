import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { type Answer, success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { deployment, docsUrl, embeddedTarget, variables, version } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { lineOf } from "@image-skill/core/envelope/Start"
import { AgentSkill, agentSkill } from "@image-skill/core/guide/AgentSkill"
import { providerRow, railRow, railsIn } from "@image-skill/core/guide/Readiness"
import { providersIn } from "@image-skill/core/guide/RegistrySummary"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { flagReader, toggle } from "../../Flags.ts"
import { inFlightOf, type Notes } from "../../InFlightNotes.ts"
import type { Leaf } from "../../Leaf.ts"
import { answerLocally, relay } from "../../Relay.ts"
import { resolveTarget, type Target } from "../../Target.ts"
import { withService } from "../../Wiring.ts"

/**
 * Looks at the service, the configuration and this machine, and always answers: a service that is down is a finding,
 * not a failure. With `--ledger` the embedded service's books are proved, too; with `--sweep-in-flight` the notes of live
 * calls that are older than a day are deleted, and otherwise nothing is.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const ledger = yield* flag(toggle("ledger"))
    const sweep = yield* flag(toggle("sweep-in-flight"))
    const target = yield* resolveTarget(context)
    if (ledger && !target.isEmbedded) return yield* ledgerElsewhere(target)
    const { auth, found, inFlight } = yield* Effect.all(
      {
        found: target.isEmbedded ? embedded(context, target, ledger) : hosted(context, target),
        auth: authReport(context, target),
        inFlight: inFlightOf(context, target, sweep)
      },
      { concurrency: "unbounded" }
    )
    const traceId = yield* (yield* Ids).trace
    const { data, error, ok, warnings } = relay(context, found.health).envelope
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
      auth,
      docs: {
        skill: `${deployment.docsBase}/skill.md`,
        llms: `${deployment.docsBase}/llms.txt`,
        cli: `${deployment.docsBase}/cli.md`
      },
      machine: machineReport(context),
      rails: found.rails,
      providers: found.providers,
      ...(found.embedded === null ? {} : { embedded: found.embedded }),
      in_flight: inFlight.report,
      agent_skill: encodeSkill(agentSkill(context.host)),
      next_command: nextCommand(context, ok, inFlight)
    }
    return success({ command: "image-skill doctor", traceId, actor: null }, report, warnings)
  })

const encodeSkill = Schema.encodeSync(AgentSkill)

interface Found {
  readonly health: Answer
  readonly rails: ReadonlyArray<Schema.JsonObject>
  readonly providers: ReadonlyArray<Schema.JsonObject>
  readonly embedded: Schema.JsonObject | null
}

/** A service that does not answer sooner is a finding, too. */
const patience = Duration.seconds(10)

/** Three questions at once, none of them with a token. What only the operator may know is not asked. */
const hosted = (context: Context, target: Target): Effect.Effect<Found, never, Ids> =>
  withService(
    context,
    target,
    Effect.flatMap(ServiceApi, (service) =>
      Effect.all(
        {
          health: withinPatience(context, service.healthz({})),
          methods: withinPatience(context, service.paymentMethods({})),
          models: withinPatience(context, service.modelsList({}))
        },
        { concurrency: "unbounded" }
      )
    )
  ).pipe(
    Effect.map(({ health, methods, models }) => ({
      health,
      rails: railsIn(methods.envelope.data).map((rail) => railRow(rail, context.host)),
      providers: providersIn(models.envelope.data).map((provider) => providerRow(provider, null, context.host)),
      embedded: null
    }))
  )

/** What only the operator of an embedded service may know: which rails and providers lack what. */
const embedded = (context: Context, target: Target, ledger: boolean): Effect.Effect<Found, never, Ids> =>
  Effect.gen(function* () {
    const health = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => service.healthz({}))
    )
    const { embeddedReport } = yield* Effect.promise(() => import("../../EmbeddedReport.ts"))
    return { health, ...(yield* embeddedReport(context.machine, context.host, ledger)) }
  })

const withinPatience = <R>(
  context: Context,
  ask: Effect.Effect<Answer, never, R>
): Effect.Effect<Answer, never, R | Ids> =>
  Effect.timeoutOrElse(ask, { duration: patience, orElse: () => answerLocally(context, tooSlow(), "read") })

const tooSlow = (): Refusal =>
  new Refusal({
    code: "TIMEOUT",
    message: `the service did not answer within ${Duration.toSeconds(patience)} seconds`,
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl(), retryAfterSeconds: 30 }
  })

/** A call without its answer comes first; then whatever the guide finds. */
const nextCommand = ({ host }: Context, isReachable: boolean, { open }: Notes): string => {
  if (!isReachable) return lineOf(command("doctor", json), host)
  return open ?? lineOf(command("create", flag("guide"), json), host)
}

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

const ledgerElsewhere = ({ shown }: Target): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--ledger proves the books of the embedded service, and ${shown} keeps its own; run it where that service has its data, or with --api-base-url ${embeddedTarget}`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--ledger",
      suggestedCommand: command("doctor", json),
      docsUrl: docsUrl("image-skill-doctor")
    },
    details: { field: "ledger" }
  })
