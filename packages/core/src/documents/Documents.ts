import { cliDocument } from "./CliDocument.ts"
import { commandTable, flagNames } from "./CommandReference.ts"
import { errorReference } from "./ErrorReference.ts"
import { llmsDocument } from "./LlmsDocument.ts"
import { skillDocument } from "./SkillDocument.ts"
import { taskSkill, taskSkills } from "./TaskSkills.ts"

/** A document as it is written. `path` is relative to the folder of the package, with forward slashes. */
export interface GeneratedDocument {
  readonly path: string
  readonly text: string
}

/** What a service serves, by the address after its origin (contract/api.md 12.3). */
export const served = {
  "/skill.md": skillDocument,
  "/llms.txt": llmsDocument,
  "/cli.md": cliDocument,
  "/errors.md": errorReference
} as const satisfies { readonly [path: `/${string}`]: () => string }

/** Every document that is made from the command book, the registries and the rules, and from nothing else. */
export const documents = (): ReadonlyArray<GeneratedDocument> => {
  const [skill, llms, cli, errors] = [skillDocument(), llmsDocument(), cliDocument(), errorReference()]
  return [
    { path: "skill.md", text: skill },
    { path: "SKILL.md", text: skill },
    { path: "llms.txt", text: llms },
    { path: "cli.md", text: cli },
    { path: "errors.md", text: errors },
    { path: "skills/image-skill/SKILL.md", text: skill },
    { path: "skills/image-skill/references/cli.md", text: cli },
    { path: "skills/image-skill/references/errors.md", text: errors },
    { path: "skills/image-skill/references/llms.txt", text: llms },
    ...taskSkills.map((task) => ({ path: `skills/${task.name}/SKILL.md`, text: taskSkill(task) }))
  ]
}

/** The sections of `README.md` that are made, by the name in their marks. */
export const sections = (): { readonly [name: string]: string } => ({ commands: commandTable(), flags: flagNames() })

/** The text with each of its made sections as it should be: between `<!-- made: NAME -->` and `<!-- end: NAME -->`. */
export const withSections = (text: string): string =>
  Object.entries(sections()).reduce((current, [name, section]) => {
    const [from, to] = [`<!-- made: ${name} -->\n`, `\n<!-- end: ${name} -->`]
    const start = current.indexOf(from)
    const end = current.indexOf(to, start)
    return start === -1 || end === -1
      ? current
      : `${current.slice(0, start + from.length)}${section}${current.slice(end)}`
  }, text)
