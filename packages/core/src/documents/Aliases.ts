import { modalityAliases } from "../envelope/ModalityAliases.ts"

/** What older callers type after the name of the program, and what it stands for. Both sides are read by the same parser; a test compares them. */
export interface Alias {
  readonly alias: string
  readonly instead: string
}

export const aliases: ReadonlyArray<Alias> = [
  { alias: "quota", instead: "usage quota" },
  { alias: "usage", instead: "usage quota" },
  { alias: "models", instead: "models list" },
  { alias: "capabilities", instead: "capabilities list" },
  { alias: "signup --human-email INBOX", instead: "signup --agent-contact INBOX" },
  { alias: "edit --input-asset-id ASSET_ID", instead: "edit --input ASSET_ID" },
  { alias: "assets show --id ASSET_ID", instead: "assets show ASSET_ID" },
  { alias: "jobs show --job-id JOB_ID", instead: "jobs show JOB_ID" },
  { alias: "activity show --reference JOB_ID", instead: "activity show JOB_ID" },
  ...modalityAliases.map(({ alias, command, intent }) => ({
    alias: `${alias} --prompt PROMPT`,
    instead: `${command} --prompt PROMPT${intent === null ? "" : ` --intent ${intent}`}`
  }))
]
