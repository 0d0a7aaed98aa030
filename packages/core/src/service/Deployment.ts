import * as Context from "effect/Context"
import type { Asset } from "../media/Asset.ts"

/** What a deployment says about itself. */
export class Deployment extends Context.Service<
  Deployment,
  {
    readonly apiVersion: string
    /** Where media is served; `file:` for the embedded service. */
    readonly mediaBaseUrl: string
    /** The owned media URL of an asset. */
    readonly urlOf: (asset: Asset) => string
  }
>()("core/service/Deployment") {}
