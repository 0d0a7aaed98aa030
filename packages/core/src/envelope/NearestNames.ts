import { read } from "./Arguments.ts"
import { commandNames, specOf } from "./CommandBook.ts"
import { type Command, command, flag, json } from "./CommandLine.ts"
import { commandNamed, commandsBelow, groupNames, isGroup } from "./CommandTree.ts"
import { modalityAliases } from "./ModalityAliases.ts"
import { mostNamed, nearestFew } from "./NearestFlags.ts"

/** What people and agents call a command elsewhere, with the ones that are meant here, the likeliest first. */
const synonyms: { readonly [words: string]: ReadonlyArray<string> } = {
  generate: ["create"],
  make: ["create"],
  draw: ["create"],
  paint: ["create"],
  render: ["create"],
  imagine: ["create"],
  new: ["create"],
  prompt: ["create"],
  run: ["create", "jobs wait"],
  guide: ["create"],
  start: ["create", "signup"],
  modify: ["edit"],
  inpaint: ["edit"],
  upscale: ["edit", "models list"],
  remix: ["edit"],
  login: ["auth", "signup"],
  signin: ["auth", "signup"],
  register: ["signup"],
  init: ["signup", "doctor"],
  setup: ["signup", "doctor"],
  token: ["auth"],
  config: ["auth status", "doctor"],
  buy: ["credits buy", "credits quote"],
  pay: ["credits buy", "credits settle"],
  purchase: ["credits buy", "credits quote"],
  topup: ["credits plan", "credits quote"],
  "top-up": ["credits plan", "credits quote"],
  price: ["credits quote", "models show"],
  pricing: ["credits packs list", "models list"],
  packs: ["credits packs list"],
  wallet: ["credits settle", "credits methods"],
  refund: ["credits status", "activity list"],
  balance: ["usage quota", "credits status"],
  limits: ["usage quota"],
  download: ["assets get"],
  save: ["assets get", "auth save"],
  "assets download": ["assets get"],
  "assets save": ["assets get"],
  "assets remove": ["assets delete"],
  "credits balance": ["usage quota"],
  "credits pay": ["credits buy", "credits settle"],
  "credits topup": ["credits plan", "credits quote"],
  "jobs stop": ["jobs cancel"],
  "jobs abort": ["jobs cancel"],
  "jobs get": ["jobs show"],
  "models get": ["models show"],
  "models search": ["models list"],
  file: ["assets list", "upload"],
  files: ["assets list", "upload"],
  image: ["image create", "image edit", "assets list"],
  images: ["image create", "image edit", "assets list"],
  video: ["video create", "models list"],
  audio: ["audio create", "models list"],
  remove: ["assets delete"],
  rm: ["assets delete"],
  status: ["jobs show", "credits status", "auth status"],
  stop: ["jobs cancel"],
  abort: ["jobs cancel"],
  history: ["activity list", "jobs list"],
  log: ["activity list"],
  logs: ["activity list"],
  events: ["activity list"],
  health: ["doctor"],
  check: ["doctor"],
  ping: ["doctor"],
  me: ["whoami"],
  server: ["serve"],
  docs: ["help", "schema"],
  man: ["help"],
  openapi: ["schema"],
  report: ["feedback create", "activity list"],
  bug: ["feedback create", "doctor"]
}

/** Commands and groups that the leading words of a line may have meant, at most three. */
export const nearestCommands = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const words = leadingWords(tokens).map((word) => word.toLowerCase())
  const nodes = [...commandNames, ...groupNames, ...modalityAliases.map(({ alias }) => alias)]
  // The longest beginning that is close to a command says more than its first word alone.
  const [found = []] = [3, 2, 1].flatMap((count) => {
    if (words.length < count) return []
    const typed = words.slice(0, count).join(" ")
    const meant = Object.hasOwn(synonyms, typed) ? (synonyms[typed] ?? []) : []
    const near = nearestFew(
      typed,
      nodes.filter((name) => name.split(" ").length === count)
    )
    const all = [...meant, ...near]
    return all.length === 0 ? [] : [all]
  })
  const [first = "", second = first] = words
  // `logout` for `auth logout`; and of a group that was named right, the ones below it.
  const endings = commandNames.filter((name) => name.endsWith(` ${first}`))
  const below = isGroup(first)
    ? nearestFew(
        second,
        commandsBelow(first).map((name) => name.slice(first.length + 1))
      ).map((rest) => `${first} ${rest}`)
    : []
  const begun = first.length < 3 ? [] : nodes.filter((name) => name.startsWith(first))
  const close = [...below, ...found]
  return [...new Set(close.length === 0 ? [...endings, ...begun] : close)]
    .filter((name) => nodes.some((node) => node === name))
    .slice(0, mostNamed)
}

/** The words before the first flag; where flags stand first, the words behind them. */
const leadingWords = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const rest = tokens.slice(
    Math.max(
      0,
      tokens.findIndex((token) => !token.startsWith("-"))
    )
  )
  const end = rest.findIndex((token) => token.startsWith("-"))
  return rest.slice(0, end === -1 ? 3 : Math.min(end, 3))
}

/**
 * What to run instead of a line that is no command: the same command without its flags in front, where it only reads and
 * needs nothing more; else the help of the likeliest one; else the help of all.
 */
export const insteadOf = (tokens: ReadonlyArray<string>): Command => {
  const [first = ""] = tokens
  const [likeliest] = nearestCommands(tokens)
  if (likeliest === undefined) return command("help", json)
  const alias = modalityAliases.find((known) => known.alias === likeliest)
  const name = alias?.command ?? commandNamed(likeliest.split(" "))
  if (name === null) return command(likeliest, flag("help"), json)
  const { effect, positionals } = specOf(name)
  const isReading = read(tokens.filter((token) => !token.startsWith("-")))._tag === "Command" && effect === "read"
  return first.startsWith("-") && isReading && positionals.length === 0
    ? command(name, json)
    : command(name, flag("help"), json)
}
