import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { contractLimits, LimitsFile } from "@image-skill/core/credits/Limits"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import { errorCodes, entryOf } from "@image-skill/core/envelope/ErrorRegistry"
import { isCredentialName } from "@image-skill/core/envelope/PaymentCredential"
import { variables, version } from "@image-skill/core/envelope/Product"
import { words } from "@image-skill/core/envelope/ShellWords"
import { measure } from "@image-skill/core/media/Measure"
import { defaultPolicy, readPolicy } from "@image-skill/core/payments/WalletPolicy"
import { mutants } from "@image-skill/testing/simulation/Mutants"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { rolldown } from "rolldown"
import { at, path as searchPath, place, text } from "./Cli.ts"
import * as Runs from "./DocumentRuns.ts"
import { anchor, codesIn, type Document, parse, root, table } from "./Markdown.ts"

const names = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "PROVENANCE.md",
  "CODE_OF_CONDUCT.md",
  "packages/core/README.md",
  "packages/adapters/README.md",
  "packages/testing/README.md",
  "packages/cli/README.md"
]
const documents = names.map((name) => parse(name))
const documentAt = (path: string): Document => documents.find((document) => document.path === path) ?? parse(path)
const readme = documentAt("README.md")
const cliReadme = documentAt("packages/cli/README.md")

const manifest = (path: string): { readonly [field: string]: unknown } =>
  JSON.parse(readFileSync(join(root, path), "utf8")) as { readonly [field: string]: unknown }

/** Every file below a folder, from the root. */
const filesBelow = (path: string): ReadonlyArray<string> =>
  readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((name) => join(path, name))

const sources = ["core", "adapters", "cli"].flatMap((name) => filesBelow(`packages/${name}/src`))
const sourceText = sources
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n")

describe("what a document shows", () => {
  for (const document of documents.filter(
    ({ blocks }) => !blocks.flatMap(Runs.typedLines).every(Runs.isOfRepository)
  )) {
    it(`${document.path}: every command line runs as it stands, in order`, { timeout: 120_000 }, async () => {
      const machine = Runs.clone()
      const port = `${await Runs.freePort()}`
      const edit = (line: string): string => line.replaceAll("8787", port)
      const servers = document.blocks
        .filter(({ language, text }) => language === "console" && text.includes("$ image-skill serve"))
        .map((block) => ({ block, args: argumentsOf(edit(Runs.typedLines(block)[0] ?? "")) }))
        .map(({ args, block }) => ({ block, running: machine.start(args, { cwd: machine.clone, timeout: 110_000 }) }))
      for (const { block, running } of servers) {
        const shown = block.text.split("\n").slice(1)
        const printed = `${JSON.stringify(await running.firstEnvelope, null, 2)}\n`
        Runs.assertShows(shown, printed, `${document.path}:${block.line}`)
      }
      // A reader of the first page has not put the program anywhere; of the others, somewhere on PATH.
      const PATH = document === readme ? searchPath : `${Runs.programFolder()}:${searchPath}`
      const ran = await machine.shell(Runs.script(document, edit), {
        cwd: machine.clone,
        env: { PATH },
        timeout: 100_000
      })
      assert.strictEqual(ran.exitCode, 0, `${ran.stdout}\n${ran.stderr}`)
      assert.isTrue(ran.stderr.endsWith("== end\n"), ran.stderr)
      for (const { running } of servers) {
        running.child.kill("SIGINT")
        assert.strictEqual((await running.ended).exitCode, 0, "serve ends with 0 when it is told to stop")
      }
      if (document !== readme) return
      const stages = [...ran.stdout.matchAll(/"stage": "(\w+)"/gu)].map((match) => match[1])
      assert.deepStrictEqual(stages, ["auth_required", "ready_to_create", "ready_to_create"])
      const pictures = readdirSync(machine.clone).filter((name) => name.endsWith(".png"))
      assert.lengthOf(pictures, 2)
      for (const picture of pictures) {
        assert.strictEqual(measure(new Uint8Array(readFileSync(join(machine.clone, picture))))?.size?.width, 1024)
      }
    })
  }

  it("the walk of npm start is what it prints", { timeout: 60_000 }, () => {
    const block = readme.blocks.find(({ text }) => text.startsWith("$ npm start\n"))
    const walk = "scripts/walk.mjs"
    assert.include(at(manifest("package.json"), "scripts.start"), walk)
    const ran = Runs.run([join(root, walk)], root)
    assert.strictEqual(ran.exitCode, 0, ran.stderr)
    Runs.assertShows(block?.text.split("\n").slice(1) ?? [], ran.stdout, "README.md")
  })

  it(
    "every program type-checks against the published types, runs, and prints what it says",
    { timeout: 120_000 },
    () => {
      const programs = new Map(
        documents.flatMap(({ blocks, path }) =>
          blocks
            .filter(({ language }) => language === "ts")
            .map(({ line, text }) => [`${path.replaceAll(/\W/gu, "-")}-${line}.ts`, `${text}\n`] as const)
        )
      )
      assert.isAtLeast(programs.size, 4)
      const { compiled, path } = Runs.consumer(programs)
      assert.strictEqual(compiled.exitCode, 0, compiled.stdout)
      for (const [name, program] of programs) {
        const ran = Runs.run([name], path)
        assert.strictEqual(ran.exitCode, 0, `${name}: ${ran.stderr}`)
        const prints = /\n\/\/ prints (.*)\n$/u.exec(program)?.[1]
        const printed = ran.stdout.trim().split("\n").join(", ")
        if (prints === undefined) assert.match(printed, /status: 'completed'/u, name)
        else assert.strictEqual(printed, prints, name)
      }
    }
  )

  it("commands for the repository name scripts, tools, projects and folders that exist", () => {
    const scripts = Object.keys(at(manifest("package.json"), "scripts") ?? {})
    const steps = [...readFileSync(join(root, "scripts/check.mjs"), "utf8").matchAll(/name: "(\w+)"/gu)].map(
      ([, name]) => name
    )
    const [, listed = ""] = /const all = \[([^\]]*)\]/u.exec(readFileSync(join(root, "bench/main.mjs"), "utf8")) ?? []
    const benches = [...listed.matchAll(/"(\w+)"/gu)].map(([, name]) => name)
    const flags = [...readFileSync(join(root, "scripts/simulate.mjs"), "utf8").matchAll(/^ {2}(--\w+)/gmu)]
    const simulated = [...flags.map(([, flag]) => flag), ...mutants.map(({ name }) => name), "7"]
    const typed = documents.flatMap(({ blocks }) => blocks.flatMap(Runs.typedLines)).filter(Runs.isOfRepository)
    assert.isAtLeast(typed.length, 8)
    for (const line of typed) {
      const [tool = "", first = "", ...rest] = line.replace(/\s+# .*$/u, "").split(" ")
      if (tool === "npm") {
        const [script = "", ...more] = first === "run" ? rest : [first, ...rest]
        assert.include(scripts, script, line)
        for (const [file] of text(manifest("package.json"), `scripts.${script}`).matchAll(/[\w/-]+\.mjs/gu)) {
          assert.isTrue(existsSync(join(root, file)), `${line}: ${file}`)
        }
        const known = script === "bench" ? benches : script === "simulate" ? simulated : steps
        if (more[0] === "--") assert.includeMembers(known, more.slice(1), line)
      } else {
        assert.isTrue(existsSync(join(root, "node_modules/.bin", first)), line)
        assertProject(rest.join(" "))
      }
    }
    for (const code of documents.flatMap(({ codes }) => codes).filter((one) => one.startsWith("--project ")))
      assertProject(code)
  })
})

const projects = [...readFileSync(join(root, "vitest.workspace.ts"), "utf8").matchAll(/"([\w/]+)"/gu)].map(
  ([, project = ""]) => project
)

/** `--project core packages/core/test`: both exist, and belong together. */
const assertProject = (words: string): void => {
  const [, project = "", path = ""] = /--project (\w+) (\S+)/u.exec(words) ?? []
  assert.isTrue(
    projects.some((known) => basename(known) === project && path.startsWith(known)),
    words
  )
  assert.isTrue(existsSync(join(root, path)), words)
}

/** The words of a line that starts our program, with something in the place of each shell variable. */
const argumentsOf = (line: string): ReadonlyArray<string> => {
  const [program, ...args] = Option.getOrElse(
    words(line.replaceAll(/"?\$\w+"?/gu, "VALUE")),
    (): ReadonlyArray<string> => []
  )
  assert.strictEqual(program, "image-skill", `this is no plain command line: ${line}`)
  return args
}

/** The command lines of ours in a document: in blocks, and in inline code. */
const commandLines = ({ blocks, codes }: Document): ReadonlyArray<string> => [
  ...blocks
    .flatMap(Runs.typedLines)
    .filter((line) => !line.startsWith("alias "))
    .map((line) => /^\w+='(.*)'$/u.exec(line)?.[1] ?? line)
    .flatMap((line) => /\bimage-skill [^|#)]*/u.exec(line)?.[0].trim() ?? []),
  ...codes.filter((code) => code.startsWith("image-skill ")),
  ...codes.filter((code) => /^[a-z]+(?: [a-z]+)* --/u.test(code)).map((code) => `image-skill ${code}`)
]

describe("what a document names", () => {
  it("every command line is one that our parser takes", () => {
    const lines = documents.flatMap((document) => commandLines(document).map((line) => [document.path, line] as const))
    assert.isAtLeast(lines.length, 20)
    for (const [path, line] of lines) {
      const reading = read(argumentsOf(line))
      if (reading._tag === "Help") continue
      assert.strictEqual(reading._tag, "Command", `${path}: ${line}`)
      if (reading._tag !== "Command") continue
      assert.deepStrictEqual(reading.unknown, [], `${path}: ${line}`)
      assert.isAtMost(reading.positionals.length, specOf(reading.name).positionals.length, `${path}: ${line}`)
    }
  })

  it("every flag is one of ours, or one of those that are refused", () => {
    const flags = new Set([globalFlags, ...commandNames.map((name) => specOf(name).flags)].flatMap(Object.keys))
    for (const { codes, path } of documents) {
      for (const [, flag = ""] of codes.flatMap((code) => [...code.matchAll(/(?<![\w-])--([a-z][a-z-]+)/gu)])) {
        assert.isTrue(flags.has(flag) || isCredentialName(flag) || flag === "project", `${path}: --${flag}`)
      }
    }
  })

  it("every name in capitals is a variable that is read, or a registered error", async () => {
    const known = new Set<string>([...(await variablesRead()), ...simulationVariables, ...errorCodes])
    for (const { blocks, path, prose } of documents) {
      const whole = [...prose, ...blocks.map((block) => block.text)].join("\n").replaceAll("CODE_OF_CONDUCT", "")
      for (const [name] of whole.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/gu))
        assert.isTrue(known.has(name), `${path}: ${name}`)
    }
  })

  it("every link leads to a file and a heading that are there", () => {
    const links = documents.flatMap(({ links, path }) => links.map((link) => ({ link, path })))
    for (const { link, path } of links.filter(({ link }) => !/^https?:/u.test(link))) {
      const [file = "", heading] = link.split("#")
      const target = file === "" ? path : join(dirname(path), file)
      assert.isTrue(existsSync(join(root, target)), `${path}: ${link}`)
      if (heading !== undefined) assert.include(documentAt(target).headings.map(anchor), heading, `${path}: ${link}`)
    }
    assert.isAtLeast(links.length, 20)
  })

  it("every path and every module is there, and no module is an internal one", () => {
    const files = new Set(
      [
        ...sources,
        ...filesBelow("packages/testing/src"),
        ...["core", "adapters", "cli", "testing"].flatMap((name) => filesBelow(`packages/${name}/test`))
      ].map((file) => basename(file))
    )
    for (const { blocks, codes, path, prose } of documents) {
      for (const code of codes) {
        if (/^(?:packages|scripts|examples|bench|\.ci)\/[^<]*$/u.test(code))
          assert.isTrue(existsSync(join(root, code)), `${path}: ${code}`)
        if (/^[A-Z]\w+(?:\.test)?\.ts$/u.test(code)) assert.isTrue(files.has(code), `${path}: ${code}`)
      }
      const whole = [...prose, ...blocks.map((block) => block.text)].join("\n")
      for (const [module, name = "", inner = ""] of whole.matchAll(/@image-skill\/(\w+)\/([\w/]+)/gu)) {
        assert.isTrue(existsSync(join(root, `packages/${name}/src/${inner}.ts`)), `${path}: ${module}`)
        assert.notInclude(inner, "internal/", `${path}: ${module}`)
      }
      for (const [file, name = "", inner = ""] of whole.matchAll(/(?<![\w/])(cli|core)\/([\w/]+\.ts)/gu)) {
        assert.isTrue(existsSync(join(root, `packages/${name}/src/${inner}`)), `${path}: ${file}`)
      }
    }
  })
})

/** Read by the tests alone. */
const simulationVariables = ["IMAGE_SKILL_SIMULATION_SEED", "IMAGE_SKILL_SIMULATION_SEEDS"]

/** Settings that the sources read; what only describes a terminal, npm or the platform is none. */
const variablesRead = async (): Promise<ReadonlySet<string>> => {
  const notSettings =
    /^(?:CI|COLORTERM|KITTY_WINDOW_ID|KONSOLE_VERSION|LANG|LC_ALL|LC_CTYPE|LC_TERMINAL|LOCALAPPDATA|PATH|TERM|TERM_PROGRAM|TMUX|VTE_VERSION|WT_SESSION|npm_command)$/u
  const byName: { readonly [key: string]: string } = variables
  const named = [...sourceText.matchAll(/\bvariables\.(\w+)/gu)].flatMap(([, key = ""]) => byName[key] ?? [])
  const literal = [...sourceText.matchAll(/\b(?:environmentVariable|variable|xdg)\("(\w+)"\)/gu)].map(
    ([, name = ""]) => name
  )
  // Providers name theirs as data.
  const ofProviders = [
    ...readFileSync(join(root, "packages/adapters/src/media/providers/Providers.ts"), "utf8").matchAll(
      /\b(?:key|base): "([A-Z_]+)"/gu
    )
  ].map(([, name = ""]) => name)
  const doctor = (await place().run(["doctor"])).data
  const providers = at(doctor, "providers") as ReadonlyArray<{ readonly fix: string | null }>
  return new Set(
    [...named, ...literal, ...ofProviders, ...providers.flatMap(({ fix }) => fix ?? [])].filter(
      (name) => !notSettings.test(name)
    )
  )
}

const flagsOf = (flags: object): ReadonlyArray<string> => Object.keys(flags).map((name) => `--${name}`)

describe("a table", () => {
  it("of variables has those that are read, and no others", async () => {
    const { rows } = table(readme, "Environment", "Variable")
    assert.sameMembers(
      rows.flatMap(([names = ""]) => [...codesIn(names)]),
      [...(await variablesRead())]
    )
  })

  it("of exit codes has those that a command can end with", () => {
    const { rows } = table(readme, "Exit codes", "Code")
    const codes = new Set([0, 130, ...errorCodes.map((code) => entryOf(code).exitCode)])
    assert.deepStrictEqual(
      rows.map(([code]) => Number(code)),
      [...codes].toSorted((left, right) => left - right)
    )
  })

  it("of the flags of serve has each with its default", () => {
    const { rows } = table(readme, "Run it as a service", "Flag of `serve`")
    const { flags } = specOf("serve")
    assert.deepStrictEqual(
      rows.map(([flag]) => flag),
      Object.keys(flags).map((name) => `\`--${name}\``)
    )
    for (const [flag = "", byDefault = ""] of rows.slice(0, 2)) {
      assert.include(flags[flag.slice(3, -1)]?.about, `default ${byDefault.slice(1, -1)}`)
    }
  })

  it("of commands is the command book", () => {
    const { rows } = table(cliReadme, "Commands", "Command")
    const book = commandNames.map((name) => {
      const { about, auth, effect } = specOf(name)
      return [`\`${name}\``, about, effect, auth]
    })
    assert.deepStrictEqual<unknown>(rows, book)
  })

  it("of flags is the command book, too", () => {
    const { rows } = cliReadme.tables.find(({ header }) => header[1] === "Flags") ?? { rows: [] }
    assert.deepStrictEqual(
      rows.map(([name = "", flags = ""]) => [name.slice(1, -1), codesIn(flags)] as const),
      commandNames.map((name) => [name, flagsOf(specOf(name).flags)] as const).filter(([, flags]) => flags.length > 0)
    )
    const everywhere = cliReadme.prose.find((line) => line.startsWith("Every command takes "))
    assert.deepStrictEqual(codesIn(everywhere ?? ""), flagsOf(globalFlags))
  })
})

describe("a fact", () => {
  it("about limits: the example has every field, with the value that serve uses", () => {
    const block = cliReadme.blocks.find(({ language, text }) => language === "json" && text.includes("preview_credits"))
    const file = Schema.decodeUnknownSync(Schema.fromJsonString(LimitsFile), { onExcessProperty: "error" })(block?.text)
    const { contentRules, promotionCodes, ...limits } = file
    assert.deepStrictEqual<unknown>(limits, contractLimits)
    assert.lengthOf(contentRules ?? [], 1)
    assert.isFalse(promotionCodes)
  })

  it("about a wallet: the example has the limits that apply without a file", () => {
    const block = cliReadme.blocks.find(({ language, text }) => language === "json" && text.includes("per_payment"))
    assert.deepStrictEqual(Result.getOrThrow(readPolicy(block?.text ?? "")), defaultPolicy)
  })

  it("about versions: the newest entry of the changelog is the version of every package", () => {
    const [, newest] = /^\[(\d+\.\d+\.\d+)\]/u.exec(documentAt("CHANGELOG.md").headings[1] ?? "") ?? []
    assert.strictEqual(newest, version)
    for (const path of ["", "packages/core/", "packages/adapters/", "packages/testing/", "packages/cli/"]) {
      assert.strictEqual(text(manifest(`${path}package.json`), "version"), version)
    }
    assert.include(readme.prose.join("\n"), `version ${version}`)
    assert.include(readFileSync(join(root, "LICENSE"), "utf8"), "MIT License")
  })

  it(
    "about others' work: what is bundled is named, with its version and its licence",
    { timeout: 60_000 },
    async () => {
      const { rows } = table(documentAt("PROVENANCE.md"), "Provenance", "Part")
      for (const [name = "", itsVersion, licence] of rows) {
        const installed = manifest(`node_modules/${name.slice(1, -1)}/package.json`)
        assert.deepStrictEqual([itsVersion, licence], [text(installed, "version"), text(installed, "license")], name)
      }
      const bundled = rows
        .filter(([, , , how]) => how?.startsWith("bundled") === true)
        .map(([name = ""]) => name.slice(1, -1))
      assert.sameMembers(bundled, [...(await packagesInBundle())])
    }
  )
})

/** The packages of others whose modules the build puts into the executable. */
const packagesInBundle = async (): Promise<ReadonlySet<string>> => {
  const bundle = await rolldown({
    cwd: root,
    input: ["packages/cli/src/Main.ts", "packages/adapters/src/media/storyboard/StoryboardWorker.ts"],
    platform: "node",
    external: [/^node:/u, "sharp", "undici", "redis", "bufferutil", "utf-8-validate"],
    resolve: { conditionNames: ["@image-skill/source", "node", "import", "default"] },
    treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false }
  })
  const { output } = await bundle.generate({ format: "esm" })
  await bundle.close()
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? Object.entries(chunk.modules) : []))
  return new Set(
    modules
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .flatMap(([id]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(id)?.[1] ?? [])
  )
}
