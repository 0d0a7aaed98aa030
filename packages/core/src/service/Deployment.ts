import * as Context from "effect/Context"

/** What a deployment says about itself. */
export class Deployment extends Context.Service<
  Deployment,
  {
    readonly apiVersion: string
    /** Where media is served; `file:` for the embedded service. */
    readonly mediaBaseUrl: string
  }
>()("core/service/Deployment") {}
