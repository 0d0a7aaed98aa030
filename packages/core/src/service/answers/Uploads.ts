import * as Schema from "effect/Schema"
import { command, flag, json, render } from "../../envelope/CommandLine.ts"
import { type NextActions, nextActionsToWire, NextActionsWire } from "../../envelope/NextAction.ts"
import { placeholders } from "../../envelope/Placeholders.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import type { Uploaded } from "../../jobs/UploadJob.ts"
import { AssetRow, assetRow, type UrlOf } from "./Assets.ts"

/** contract/api.md 8.4. `upload` tells what was sent, `asset` what is kept (decision D4a.7). */
export const UploadAnswer = wire({
  request: wire({
    sourceKind: Schema.Literals(["local_path", "remote_url"]),
    filename: Schema.String,
    remoteOrigin: Schema.NullOr(Schema.String)
  }),
  asset: AssetRow,
  upload: wire({
    bytes: Schema.Number,
    mimeType: Schema.String,
    sha256: Schema.String,
    policy: wire({ status: Schema.Literal("allowed"), checks: Schema.Array(Schema.String) })
  }),
  usageEventId: Schema.NullOr(Schema.String),
  nextActions: NextActionsWire,
  nextCommand: Schema.String,
  nextCommandCopyRunnable: Schema.Literal(false),
  nextCommandMissingInputs: Schema.Array(Schema.String)
})

export const uploadAnswer = ({ asset, checks, facts, job, sent }: Uploaded, urlOf: UrlOf): typeof UploadAnswer.Type => {
  const edit = command("edit", flag("input", asset.id), flag("prompt", placeholders.PROMPT), json)
  const actions: NextActions = {
    edit: { command: edit, effect: "spend" },
    inspect_asset: { command: command("assets show", flag("id", asset.id), json), effect: "read" }
  }
  return {
    request: { sourceKind: facts.sourceKind, filename: facts.filename, remoteOrigin: facts.remoteOrigin },
    asset: assetRow(asset, urlOf),
    upload: {
      bytes: sent.bytes,
      mimeType: sent.mimeType,
      sha256: sent.sha256,
      policy: { status: "allowed", checks }
    },
    usageEventId: job.usageEventId,
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: render(edit, executable),
    nextCommandCopyRunnable: false,
    nextCommandMissingInputs: ["PROMPT"]
  }
}
