import { variables, version } from "../envelope/Product.ts"
import { commands, list, paragraph } from "./Markdown.ts"
import type { Rule } from "./Rule.ts"

const guide = `image-skill create --guide --prompt "a lighthouse at dusk"`

const rest = `create --guide --prompt "a lighthouse at dusk"`

const installed = [
  paragraph(
    "Run the program; do not clone or build anything for it. If `image-skill` is on `PATH`, that is all. If you were " +
      "given the package as a folder or an archive, start its one file from that folder with Node 22.19 or newer, or let " +
      "npm run the archive:"
  ),
  commands([
    `node ./dist/image-skill.js ${rest}`,
    `npm exec --yes --package=./image-skill-cli-${version}.tgz -- image-skill ${rest}`
  ]),
  paragraph(
    "The name `image-skill` in the npm registry belongs to somebody else: take the package from whoever told you about " +
      "it, never by that name."
  )
]

const readOnly = list([
  "npm cannot write its folders: set `npm_config_cache` and `npm_config_prefix` to folders that you may write, such as " +
    "`/tmp/npm-cache` and `/tmp/npm-prefix`.",
  `The configuration cannot be written: set \`${variables.configPath}\` to a file that you may write, such as ` +
    `\`$PWD/.image-skill/config.json\`. For the embedded service set \`${variables.home}\` to a folder instead; its ` +
    "data and its token lie there. Keep the variable set: printed commands carry it on."
])

/** How an agent begins, and what it says to the program about itself. */
export const startRules = {
  "guide-first": {
    title: "Start with the guide",
    texts: {
      skill: [
        paragraph(
          "The guide is the only first command: the first line for something new, the second to change what is there."
        ),
        commands([guide, `image-skill edit --guide --input photo.jpg --prompt "make it night"`]),
        paragraph(
          "It changes nothing, calls no provider and costs nothing. It checks the service, the models, your token, your " +
            "credits and the rails by itself, says where you stand (`data.stage`) and answers with one " +
            "`data.next_command`. Run exactly that command. If `data.next_command_missing_inputs` names capital words, " +
            "put your values in their place first."
        ),
        paragraph(
          "There is no setup checklist: do not run `doctor`, `models list`, `usage quota` or `credits methods` first. " +
            "When a step has changed who you are or what you can pay (a signup, a purchase), run the guide once more: " +
            "`data.after_next` is that command. Then go on with what it says, and do not ask it again in between."
        )
      ],
      llms: [
        paragraph(
          `First command, always: \`${guide}\`. It changes nothing and costs nothing, and answers with one ` +
            "`data.next_command`; run that. No setup checklist. Rerun the guide once after authentication or payment " +
            "changed."
        )
      ],
      cli: [
        paragraph(
          "`create --guide` is the first command of every task, and the only one: it needs no other before it, so there " +
            "is no setup checklist. It reads and changes nothing. Run its `data.next_command`, and rerun the guide once " +
            "after authentication or payment changed (`data.after_next`)."
        ),
        commands([guide])
      ]
    }
  },
  install: {
    title: "Running it",
    texts: {
      skill: [...installed, paragraph("On a machine that cannot be written to:"), readOnly],
      llms: [
        paragraph(
          "Run the package directly, by `image-skill` on `PATH` or by its one file " +
            "`dist/image-skill.js`; do not clone a repository, and do not take the npm name " +
            "`image-skill`, which is somebody else's. Read-only npm folders: set `npm_config_cache` and " +
            `\`npm_config_prefix\`. Read-only configuration: set \`${variables.configPath}\`, or \`${variables.home}\` ` +
            "for the embedded service."
        )
      ],
      cli: [...installed, readOnly]
    }
  },
  secrets: {
    title: "Tokens stay where they are",
    texts: {
      skill: [
        paragraph(
          "`signup` saves the token by itself, in a file that only you can read, and shows none. Never put a token into a " +
            "prompt, a log, an issue, feedback or a chat. There are three ways to hand one to the program: the saved " +
            `configuration, the variable \`${variables.token}\`, and standard input:`
        ),
        commands([`printf '%s\\n' "$${variables.token}" | image-skill whoami --token-stdin`]),
        paragraph(
          "Standard input comes before `--token`: the words of a command are seen by every program on the machine and " +
            "kept by shells. A token is sent only to the service that issued it."
        )
      ],
      llms: [
        paragraph(
          "Tokens never go into prompts, logs, issues or feedback. They come from the saved configuration, which `signup` " +
            `writes, from \`${variables.token}\`, or from \`--token-stdin\`; prefer standard input to the flag \`--token\`.`
        )
      ],
      cli: [
        paragraph(
          "The first place that holds a token decides: `--token-stdin`, `--token`, the variable " +
            `\`${variables.token}\`, the saved configuration. Prefer standard input to the flag, which other programs on ` +
            "the machine can see. Never put a token into a prompt, a log, an issue or feedback."
        ),
        commands([`printf '%s\\n' "$${variables.token}" | image-skill whoami --token-stdin`])
      ]
    }
  },
  recovery: {
    title: "When a command fails",
    texts: {
      skill: [
        paragraph(
          "Read fields, not prose; messages may change their words. `error.code` says what happened, `error.retryable` " +
            "whether the very same command may be run again, `error.outcome` what became of the request, and " +
            "`error.money_moved` whether it cost something. The way out is `error.recovery.suggested_command`, and " +
            "`error.recovery.next_actions` has it as data: `command`, `argv`, `effect`, `needs`. On success look at " +
            "`data.next_command` and `data.next_actions`."
        ),
        paragraph("Every code, with its meaning and its way out, stands in `errors.md`.")
      ],
      llms: [
        paragraph(
          "On failure read `error.code`, `error.outcome`, `error.money_moved` and `error.recovery` (its " +
            "`suggested_command` and `next_actions`), not the prose of messages; on success read `data.next_command` and " +
            "`data.next_actions`."
        )
      ],
      cli: [
        paragraph(
          "Act on `error.recovery` and `next_actions`, not on prose. `error.recovery.suggested_command` is a command " +
            "line; `error.recovery.next_actions` and `data.next_actions` hold actions by name, each with `command`, " +
            "`argv`, `effect` (`read`, `write`, `spend`, `approve`) and `needs`, the capital words to fill."
        )
      ]
    }
  },
  aliases: {
    title: "Compatibility aliases",
    texts: {
      cli: [
        paragraph(
          "These exist so that older callers keep working. They are not taught: new programs use the names on the right."
        )
      ]
    }
  }
} as const satisfies { readonly [id: string]: Rule }
