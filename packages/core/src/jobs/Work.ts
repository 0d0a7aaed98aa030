import type { GenerationRequest, MediaProvider } from "../media/MediaProvider.ts"
import type { Model } from "../models/Model.ts"
import type { Job } from "./Job.ts"

/** Everything that the steps of one job need. */
export interface Work {
  readonly job: Job
  readonly model: Model
  readonly provider: MediaProvider
  readonly request: GenerationRequest
  /** Who holds the lease. */
  readonly owner: string
}
