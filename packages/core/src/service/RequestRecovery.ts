import { command, flag, json, positional } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl, executable } from "../envelope/Product.ts"
import type { Recovery } from "../envelope/Recovery.ts"
import { feedbackDocs, feedbackTemplate } from "../feedback/FeedbackRefusals.ts"
import { claimRecovery } from "../identity/ClaimCommand.ts"
import { signupDocs, signupTemplate } from "../identity/SignupCommand.ts"
import { type OperationId, operationOf } from "./Operations.ts"

/** The way out of a request that cannot be read: how the same thing is asked for rightly. */
export const requestRecovery = (id: OperationId): Recovery => {
  switch (id) {
    case "signup":
      return {
        requiredFlags: ["--agent-name", "--runtime"],
        acceptedAliases: { "--human-email": "--agent-contact" },
        suggestedCommand: signupTemplate,
        docsUrl: signupDocs
      }
    case "feedbackCreate":
      return { suggestedCommand: feedbackTemplate, docsUrl: feedbackDocs }
    case "claimRequest":
      return claimRecovery
    case "create":
      return {
        suggestedCommand: command("create", flag("guide"), flag("prompt", placeholders.PROMPT), json),
        docsUrl: docsUrl("image-skill-create")
      }
    default: {
      const [, ...words] = operationOf(id).label.split(" ")
      return {
        suggestedCommand: command("help", ...words.map(positional), json),
        docsUrl: docsUrl([executable, ...words].join("-"))
      }
    }
  }
}
