import { type CommandName, commandNames } from "./CommandBook.ts"

/**
 * The commands as a tree: a group is what several commands begin with, a leaf is a command. Everything here follows
 * from the command book; only the sentence of a group is written down.
 */
const groupTexts: { readonly [group: string]: string } = {
  auth: "The token of this machine",
  usage: "What the identity may still use",
  credits: "Credits: rails, prices, payments and what became of them",
  "credits packs": "Credit packs",
  models: "The models, with price and parameters",
  capabilities: "What the models can do, by schema",
  assets: "Owned media",
  jobs: "The work of creates and edits",
  activity: "What happened in this organization",
  feedback: "Reports to the people who run the service",
  "spend-policy": "What may be spent, and by whose word",
  claim: "Handing the identity over to its owner",
  admin: "What the operator does on the data of this machine"
}

/** Every beginning of a command that is no command itself, in the order of the book, e.g. `credits`, `credits packs`. */
export const groupNames: ReadonlyArray<string> = [
  ...new Set(
    commandNames.flatMap((name) => {
      const words = name.split(" ")
      return words.slice(1).map((_, count) => words.slice(0, count + 1).join(" "))
    })
  )
]

export const groupAbout = (group: string): string => groupTexts[group] ?? `The commands of ${group}`

export const isGroup = (name: string): boolean => groupNames.includes(name)

/** The commands below a group, however deep. */
export const commandsBelow = (group: string): ReadonlyArray<CommandName> =>
  commandNames.filter((name) => name.startsWith(`${group} `))

/** The words that may follow a group, each once. An empty group is the top. */
export const wordsAfter = (group: string): ReadonlyArray<string> => {
  const depth = group === "" ? 0 : group.split(" ").length
  const below = group === "" ? commandNames : commandsBelow(group)
  return [...new Set(below.flatMap((name) => name.split(" ")[depth] ?? []))]
}

/** The command of these words; null where they name none. */
export const commandNamed = (words: ReadonlyArray<string>): CommandName | null => {
  const typed = words.join(" ")
  return commandNames.find((name) => name === typed) ?? null
}

/** What is asked for next to a command, where that is in another group. */
const neighbours: { readonly [N in CommandName]?: ReadonlyArray<CommandName> } = {
  help: ["schema", "completions"],
  schema: ["help", "models show"],
  completions: ["help", "schema"],
  doctor: ["trust", "auth status", "usage quota"],
  trust: ["doctor", "auth status"],
  conformance: ["trust", "serve"],
  "feedback create": ["activity list", "doctor"],
  "claim request": ["whoami", "admin claim"],
  "spend-policy show": ["spend-policy set", "usage quota"],
  "spend-policy set": ["spend-policy show", "admin approve"],
  signup: ["create", "auth status", "whoami"],
  "auth status": ["whoami", "signup"],
  "auth save": ["auth status", "signup"],
  "auth logout": ["auth status", "auth save"],
  whoami: ["auth status", "usage quota"],
  "usage quota": ["credits plan", "activity list"],
  quota: ["usage quota"],
  "credits methods": ["credits plan", "credits quote"],
  "credits packs list": ["credits quote", "credits methods"],
  "credits plan": ["credits quote", "credits methods"],
  "credits quote": ["credits buy", "credits plan", "credits packs list"],
  "credits buy": ["credits quote", "credits settle", "credits status"],
  "credits status": ["credits settle", "usage quota"],
  "credits settle": ["credits buy", "credits status"],
  "credits fake-purchase": ["credits quote", "credits status"],
  "models list": ["models show", "capabilities list"],
  "models show": ["models list", "create"],
  "capabilities list": ["capabilities show", "models list"],
  "capabilities show": ["capabilities list", "models show"],
  create: ["models list", "jobs wait", "assets get", "edit"],
  upload: ["edit", "assets show"],
  edit: ["upload", "models list", "assets get"],
  "jobs wait": ["jobs show", "jobs cancel", "assets get"],
  "activity show": ["activity list"],
  mcp: ["serve", "signup"],
  serve: ["doctor"]
}

/** Commands to look at next to this one, at most four: those named for it, else the ones of its own group. */
export const relatedTo = (name: CommandName): ReadonlyArray<CommandName> => {
  const named = neighbours[name]
  if (named !== undefined) return named
  const [group = ""] = name.split(" ")
  return commandsBelow(group)
    .filter((other) => other !== name)
    .slice(0, 4)
}

/** Commands that take no request: `--input` says so. What is not listed takes the body of its operation. */
const bodiless: ReadonlySet<string> = new Set([
  "help",
  "schema",
  "completions",
  "version",
  "doctor",
  "auth status",
  "auth save",
  "auth logout",
  "whoami",
  "usage quota",
  "quota",
  "credits methods",
  "credits packs list",
  "credits plan",
  "credits settle",
  "assets get",
  "jobs wait",
  "trust",
  "conformance",
  "mcp",
  "serve",
  "spend-policy show"
])

/** Whether `--input -|@FILE` fills the flags of a command; commands of the operator and of this machine take none. */
export const takesBody = (name: string): boolean => !bodiless.has(name) && !name.startsWith("admin")
