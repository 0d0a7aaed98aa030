import { describeRest } from "./GenericPage.ts"
import { type Block, facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"
import { yesNo } from "./Values.ts"

export const doctorPage = (data: Sheet): Page => {
  const api = data.inside("hosted_api")
  const auth = data.inside("auth")
  const reachable = api.is("reachable")
  const at = data.text("api_base_url") ?? "The service"
  data.skip("package", "mode", "docs", "hosted_api.error.recovery")
  return {
    title: reachable ? `${at} answers` : `${at} does not answer`,
    ...(reachable ? {} : { needsAttention: true }),
    blocks: [
      ...facts(
        "Service",
        ["Status", api.text("status")],
        ["Version", api.text("api_version")],
        ["Problem", api.text("error.message")],
        ["Code", api.text("error.code")]
      ),
      ...facts(
        "Token",
        ["Saved", yesNo(auth.is("saved_token"))],
        ["In the environment", yesNo(auth.is("env_token"))],
        ["File", auth.text("config_path")],
        ["Can be written", auth.is("config_writable") ? "yes" : (auth.text("config_error") ?? "no")],
        ["Kept by", auth.text("secret_store")]
      ),
      ...facts(
        "This machine",
        ["Program", data.text("cli_version")],
        ["Node", data.text("machine.node")],
        ["Started as", data.text("machine.started_as")],
        ["Data", data.text("machine.data_dir")],
        ["Working in", data.text("machine.working_directory")]
      ),
      ...["providers", "embedded.providers"].flatMap((path) => providersOf(data, path)),
      ...["rails", "embedded.rails"].flatMap((path) => railsOf(data, path)),
      ...describeRest(data, "embedded.ledger", "Ledger"),
      ...inFlight(data),
      ...describeRest(data, "output", "Output")
    ]
  }
}

const providersOf = (data: Sheet, path: string): ReadonlyArray<Block> =>
  table(
    "Providers",
    [{ title: "Provider" }, { title: "Ready" }, { title: "Models", align: "right" }, { title: "Needs", wraps: true }],
    data.each(path).map((provider) => {
      const [fix, variable] = [provider.text("fix"), provider.text("variable")]
      const [blocker, reason] = [provider.state("blocker"), provider.state("reason")]
      return [
        provider.text("provider"),
        yesNo(isReady(provider)),
        provider.text("models"),
        fix ?? variable ?? blocker ?? reason
      ]
    })
  )

/** Only what is without its answer is worth more than a line. */
const inFlight = (data: Sheet): ReadonlyArray<Block> =>
  data.number("in_flight.count") === 0
    ? facts("In flight", ["Live calls", data.text("in_flight.note") ?? "none"])
    : describeRest(data, "in_flight", "In flight")

const isReady = (one: Sheet): boolean => [one.is("ready"), one.is("available")].includes(true)

const railsOf = (data: Sheet, path: string): ReadonlyArray<Block> =>
  table(
    "Rails",
    [
      { title: "Rail", wraps: true },
      { title: "Ready" },
      { title: "Money" },
      { title: "Agent alone" },
      { title: "Needs", wraps: true }
    ],
    data
      .each(path)
      .map((rail) => [
        rail.text("method_id"),
        yesNo(isReady(rail)),
        rail.is("live_money") ? "real" : "none",
        yesNo(rail.is("agent_settleable")),
        needsOf(rail)
      ])
  )

/** The words of an operator, else what is missing, else the state. */
const needsOf = (rail: Sheet): string | null => {
  const [fix, blocker] = [rail.text("fix"), rail.state("blocker")]
  return rail.text("needs")?.replace(/^needs /u, "") ?? fix ?? blocker
}
