import * as Struct from "effect/Struct"
import { deployment, version } from "../envelope/Product.ts"
import { type Block, file, heading, paragraph } from "./Markdown.ts"
import { marker } from "./Rule.ts"
import { ruleOf, rules, stated } from "./Rules.ts"
import { canonicalUrls } from "./Surfaces.ts"

/** What stands above a skill, in the format of Agent Skills (https://agentskills.io/specification). */
export interface FrontMatter {
  /** Lower-case words with dashes; that of the folder the skill lies in. */
  readonly name: string
  /** What it does and what should make an agent load it; at most 1,024 characters. */
  readonly description: string
  readonly metadata: { readonly [name: string]: string }
}

/** YAML with every value quoted as JSON, which YAML reads. */
export const frontMatter = ({ description, metadata, name }: FrontMatter): Block =>
  [
    "---",
    `name: ${name}`,
    `description: ${JSON.stringify(description)}`,
    "license: MIT",
    'compatibility: "Node 22.19 or newer; Node 20 with a service elsewhere. No network needed for the embedded service."',
    "metadata:",
    ...Object.entries(metadata).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
    "---"
  ].join("\n")

/** Where everything about this skill is found, as every skill says it. */
export const places = {
  homepage: deployment.docsBase,
  docs: canonicalUrls.cli,
  status: `early, version ${version}`,
  cli: "image-skill",
  skill: canonicalUrls.skill,
  api: canonicalUrls.api
} as const

const description =
  "Make and edit images, video, audio and 3D from one command line, with caps, receipts and payment for AI agents. Use it " +
  "when a task asks for a picture, illustration, logo, photo, thumbnail, poster, product shot, animation, clip, sound, music " +
  "or 3D model, to change or upscale a picture, to look up what media models can do and cost, or to buy, check or recover " +
  "credits, jobs and assets. Start with: image-skill create --guide"

/** `skill.md`, `SKILL.md` and `skills/image-skill/SKILL.md`: what an agent learns before its first command. */
export const skillDocument = (): string =>
  file([
    frontMatter({ name: "image-skill", description, metadata: places }),
    marker("front-matter"),
    heading(1, "Image Skill"),
    ...Struct.keys(rules).flatMap((id) => {
      const blocks = stated(id, "skill")
      return blocks.length === 0 ? [] : [heading(2, ruleOf(id).title), ...blocks]
    }),
    heading(2, "More"),
    paragraph(
      "`cli.md` has every command and flag, `errors.md` every error code, `llms.txt` all of this in brief: they lie beside this file " +
        "or in its folder `references`. `image-skill help create` explains one command and does nothing else."
    )
  ])
