import { commands, list, paragraph } from "./Markdown.ts"
import type { Rule } from "./Rule.ts"

/** What an agent may ask for, keep and say, and when it has to ask a person. */
export const conductRules = {
  capability: {
    title: "Ask the catalogue what a model can do",
    texts: {
      skill: [
        paragraph(
          "Models differ, and change. Ask the catalogue instead of your memory; a row says what the model makes, from what, in " +
            "which sizes, for how many credits, and whether it can run now:"
        ),
        commands([
          "image-skill models list --available",
          `image-skill models list --query upscale`,
          "image-skill models show MODEL_ID"
        ]),
        paragraph(
          "There are no universal quality tiers: a word such as `high` means something else to each model, or nothing. What a " +
            "model takes natively goes into `model_parameters`, checked against the schema in its row:"
        ),
        commands([
          `image-skill create --dry-run --model local.storyboard --prompt "a lighthouse at dusk" --model-parameters-json '{"width":512,"height":512}'`
        ])
      ],
      llms: [
        paragraph(
          "Ask the catalogue what a model can do (`image-skill models show MODEL_ID`); there are no universal quality tiers. " +
            "Native parameters go through `model_parameters` (`--model-parameters-json`)."
        )
      ]
    }
  },
  assets: {
    title: "Assets, activity, jobs",
    texts: {
      skill: [
        paragraph(
          "What you make or upload is an asset of your organization. Only owned assets can be shown, fetched and edited; " +
            "`assets get` is no general downloader, and refuses other people's URLs."
        ),
        commands(["image-skill assets get ASSET_ID --output picture.png", "image-skill activity list --limit 5"]),
        paragraph(
          "The activity is the ledger: what happened, what it cost, for which job. Use it for reports and proofs. Jobs are for " +
            "recovery, when a command was cut off or a job goes on after it."
        )
      ],
      llms: [
        paragraph(
          "Only owned assets: `image-skill assets get ASSET_ID --output picture.png` is no general downloader. " +
            "`image-skill activity list` is the ledger; the `jobs` commands are for recovery."
        )
      ],
      cli: [
        paragraph(
          "Commands on assets take ids or URLs of owned assets only; there is no general downloader. Activity is the ledger of " +
            "what happened and what it cost; jobs are for recovery of what was cut off."
        )
      ]
    }
  },
  policy: {
    title: "What is not allowed",
    texts: {
      skill: [
        list([
          "Do not try to get around the claim state, the scopes of a token, a policy, a cap or the telemetry: no second signup " +
            "to get another allowance, no rewording of a prompt that was denied.",
          "Make nothing deceptive, harassing, infringing or unsafe.",
          "Quota is an amount, not a label of quality: that something fits into the quota does not say that it is good enough, " +
            "and a shortage is no reason to hand over less than was asked for."
        ])
      ],
      llms: [
        paragraph(
          "No bypass of claim state, scopes, policy or telemetry. Nothing deceptive, harassing, infringing or unsafe. Quota is " +
            "no quality label."
        )
      ]
    }
  },
  escalate: {
    title: "When to ask a person",
    texts: {
      skill: [
        paragraph("Stop and ask whoever you work for when the next step would be:"),
        list([
          "spend beyond the cap that was delegated, or spend without one;",
          "a proof of identity, a claim, an account or a contract;",
          "a legal judgement: rights, likeness, licences, regulated content;",
          "publishing, or sending to third parties."
        ]),
        paragraph(
          "`APPROVAL_REQUIRED` means the same for the owner of the spend policy: show the link or the command that it names, and " +
            "wait."
        )
      ],
      llms: [paragraph("Ask a person for spend beyond the cap, identity, legal judgement and publishing.")]
    }
  },
  feedback: {
    title: "Say what got in your way",
    texts: {
      skill: [
        paragraph(
          "Report what cost you a detour: a wrong or missing next command, a message that named no way out, a price that " +
            "surprised, a model that did not do what its row says, an activity type that is not in the registry. Say the " +
            "command, what you expected, what happened, and the `trace_id`:"
        ),
        commands([
          `image-skill feedback create --title "Edit guard hides the needed flag" --command "image-skill edit" --expected "the flag in the error" --actual "only prose" --evidence trace:TRACE_ID`
        ]),
        paragraph("No prompts, no bytes of media and no secrets in it; ids are enough.")
      ],
      llms: [
        paragraph(
          "Report detours, wrong next commands and surprising prices with `image-skill feedback create --title TITLE --body " +
            "BODY --evidence trace:TRACE_ID`: what you expected, what happened, ids. No prompts, bytes or secrets in it."
        )
      ],
      cli: [
        paragraph(
          "Report friction, faults and missing capabilities with `feedback create`: title or body, command, expected, actual, " +
            "and ids as evidence (`trace:ID`, `job:ID`). Put no prompts, no bytes and no secrets into it."
        )
      ]
    }
  }
} as const satisfies { readonly [id: string]: Rule }
