import * as Layer from "effect/Layer"
import { OwnedBytes } from "../media/OwnedBytes.ts"
import { AssetCare } from "./AssetCare.ts"
import { CancelJob } from "./CancelJob.ts"
import { CreateJob } from "./CreateJob.ts"
import { EditJob } from "./EditJob.ts"
import { JobAnswers } from "./JobAnswers.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobInputs } from "./JobInputs.ts"
import { JobOutputs } from "./JobOutputs.ts"
import { JobPolicy } from "./JobPolicy.ts"
import { JobPolls } from "./JobPolls.ts"
import { JobRunner } from "./JobRunner.ts"
import { JobWork } from "./JobWork.ts"
import { Lineage } from "./Lineage.ts"
import { LiveJobs } from "./LiveJobs.ts"
import { MediaDecision } from "./MediaDecision.ts"
import { UploadJob } from "./UploadJob.ts"

/** Every program of media and jobs, over the ports: what a deployment composes as one. */
export const jobPrograms = Layer.mergeAll(
  CreateJob.layer,
  EditJob.layer,
  UploadJob.layer,
  CancelJob.layer,
  AssetCare.layer,
  Lineage.layer
).pipe(
  Layer.provideMerge(Layer.merge(LiveJobs.layer, MediaDecision.layer)),
  Layer.provideMerge(JobRunner.layer),
  Layer.provideMerge(JobWork.layer),
  Layer.provideMerge(Layer.merge(JobPolls.layer, JobAnswers.layer)),
  Layer.provideMerge(JobBooks.layer),
  Layer.provideMerge(Layer.mergeAll(JobInputs.layer, JobOutputs.layer, JobPolicy.layer)),
  Layer.provideMerge(OwnedBytes.layer)
)
