import { execFileSync, spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { publint } from "publint"
import { root } from "./workspace.ts"

const packages = ["core", "adapters", "testing", "cli"] as const
type PackageName = (typeof packages)[number]

const libraries = ["core", "adapters", "testing"] as const

/** Whoever embeds it installs these beside it: `effect`, and what draws the embedded pictures. */
const peers = ["effect", "@resvg/resvg-wasm"]
/** What a consumer checks his types with. */
const tools = ["@types/node", "undici-types"]

const Packed = Schema.fromJsonString(Schema.Array(Schema.Struct({ name: Schema.String, filename: Schema.String })))

const place = mkdtempSync(join(tmpdir(), "image-skill-tarballs-"))
const project = join(place, "project")
const tarballs = new Map<string, string>()

/** The names that a README tells people to import. */
const named = (name: PackageName): ReadonlyArray<string> => {
  const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8")
  const found = [...readme.matchAll(/@image-skill\/(\w+)\/([\w/]+)/gu)]
  return [...new Set(found.flatMap(([, owner, path = ""]) => (owner === name ? [`./${path}`] : [])))]
}

/** The first program of a README. */
const program = (name: PackageName): string => {
  const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8")
  return /```ts\n(.*?)```/su.exec(readme)?.[1] ?? ""
}

/** What the types must know: each line after a mark is one that must not compile. */
const typed = `
import type { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { ImageSkillError } from "@image-skill/adapters/agent/ImageSkillError"

export const use = async (skill: ImageSkill, error: unknown): Promise<string> => {
  const { asset_ids } = await skill.create({ prompt: "a red fox", max_usd: 0.1 })
  const { limits } = await skill.quota()
  const remaining: number = limits.total_remaining_credits
  // @ts-expect-error a field that no create has
  await skill.create({ promt: "a red fox" })
  // @ts-expect-error a job has to be named
  await skill.jobs.show()
  // @ts-expect-error a purchase needs a key, so that it is made once
  await skill.credits.buy({ quote_id: "quote_1", provider: "fake" })
  // @ts-expect-error an answer without such a field
  void limits.remaining_dollars
  if (!(error instanceof ImageSkillError)) return asset_ids.join() + remaining
  // @ts-expect-error a code that nothing is refused with
  if (error.code === "QUOTA_EXCEDED") return ""
  return error.code === "QUOTA_EXCEEDED" ? error.next.map(({ tool }) => tool).join() : error.outcome
}
`

const link = (name: string): void => {
  const target = join(project, "node_modules", name)
  mkdirSync(join(target, ".."), { recursive: true })
  symlinkSync(join(root, "node_modules", name), target)
}

beforeAll(() => {
  const words = [
    "pack",
    "--json",
    "--pack-destination",
    place,
    ...packages.map((name) => `--workspace=packages/${name}`)
  ]
  const packed = execFileSync("npm", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  mkdirSync(join(project, "node_modules", "@image-skill"), { recursive: true })
  for (const { filename, name } of Schema.decodeUnknownSync(Packed)(packed)) {
    const folder = join(project, "node_modules", name)
    mkdirSync(folder, { recursive: true })
    execFileSync("tar", ["-xzf", join(place, filename), "-C", folder, "--strip-components=1"])
    tarballs.set(name, join(place, filename))
  }
  for (const name of [...peers, ...tools]) link(name)
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }))
  writeFileSync(join(project, "embed.ts"), program("adapters"))
  writeFileSync(join(project, "core.ts"), program("core"))
  writeFileSync(join(project, "typed.ts"), typed)
}, 60_000)

afterAll(() => rmSync(place, { recursive: true, force: true }))

const tarballOf = (name: PackageName): Uint8Array =>
  new Uint8Array(readFileSync(tarballs.get(`@image-skill/${name}`) ?? ""))

/** A Node of another version, where there is one: `IMAGE_SKILL_NODES` names executables, separated by colons. */
const nodes = [process.execPath, ...(process.env["IMAGE_SKILL_NODES"] ?? "").split(":").filter((path) => path !== "")]

const version = (node: string): string => execFileSync(node, ["--version"], { encoding: "utf8" }).trim()

describe("the packed packages", () => {
  it.each(libraries)(
    "@image-skill/%s says to every bundler and every resolver of modules what it holds",
    async (name) => {
      const tarball = tarballOf(name)
      const entrypoints = named(name)
      assert.isNotEmpty(entrypoints)
      const folder = join(project, "node_modules", "@image-skill", name)
      for (const entrypoint of entrypoints)
        assert.isTrue(existsSync(join(folder, "dist", `${entrypoint}.js`)), entrypoint)
      const checked = await checkPackage(createPackageFromTarballData(tarball), {
        entrypoints: entrypoints.slice(0, 4)
      })
      assert.isFalse(checked.types === false)
      // They are modules for Node 20 and newer: what cannot import a module, or reads no exports, cannot use them.
      const problems = ("problems" in checked ? checked.problems : []).filter(
        (problem) => !("resolutionKind" in problem && /^(?:node10|node16-cjs)$/u.test(problem.resolutionKind))
      )
      assert.deepStrictEqual(problems, [])
      const { messages } = await publint({ pkgDir: folder, pack: false, strict: true })
      assert.deepStrictEqual(messages, [])
    }
  )

  it("need nothing but effect, unless a part is used that says otherwise", () => {
    const Manifest = Schema.fromJsonString(
      Schema.Struct({
        peerDependencies: Schema.Record(Schema.String, Schema.String),
        peerDependenciesMeta: Schema.optionalKey(
          Schema.Record(Schema.String, Schema.Struct({ optional: Schema.Boolean }))
        )
      })
    )
    for (const name of ["core", "adapters"] as const) {
      const path = join(project, "node_modules", "@image-skill", name, "package.json")
      const { peerDependencies, peerDependenciesMeta = {} } = Schema.decodeUnknownSync(Manifest)(
        readFileSync(path, "utf8")
      )
      const required = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true)
      assert.deepStrictEqual(required, ["effect"])
      for (const wanted of Object.values(peerDependencies)) assert.match(wanted, /^\d+\.\d+\.\d+$/u)
    }
  })

  it.each(["nodenext", "bundler"])("have types for a project that resolves like %s", (moduleResolution) => {
    const options = {
      strict: true,
      noEmit: true,
      target: "es2023",
      lib: ["esnext"],
      types: ["node"],
      skipLibCheck: true,
      module: moduleResolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution
    }
    const file = join(project, `tsconfig.${moduleResolution}.json`)
    writeFileSync(file, JSON.stringify({ compilerOptions: options, files: ["embed.ts", "core.ts", "typed.ts"] }))
    const { status, stdout } = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["-p", file], {
      cwd: project,
      encoding: "utf8"
    })
    assert.strictEqual(stdout, "")
    assert.strictEqual(status, 0)
  })

  it.each(nodes.map((node) => ({ node, name: version(node) })))(
    "make a picture on Node $name",
    { timeout: 60_000 },
    ({ node, name }) => {
      const work = join(project, name)
      mkdirSync(work)
      // Old Nodes run no TypeScript, and the program has no types of its own.
      writeFileSync(join(work, "embed.mjs"), program("adapters"))
      const printed = execFileSync(node, ["embed.mjs"], { cwd: work, encoding: "utf8" })
      const [, path = ""] = /path: '([^']+)'/u.exec(printed) ?? []
      assert.strictEqual(readFileSync(path).toString("latin1", 1, 4), "PNG")
      assert.include(readdirSync(join(work, "pictures")), "config.json")
    }
  )

  it("hold a command line that runs by itself", () => {
    const executable = join(project, "node_modules", "@image-skill", "cli", "dist", "image-skill.js")
    const words = ["create", "--guide", "--prompt", "a red fox", "--json"]
    const home = join(place, "home")
    const printed = execFileSync(process.execPath, [executable, ...words], {
      cwd: project,
      encoding: "utf8",
      env: { PATH: "", HOME: home, IMAGE_SKILL_HOME: home }
    })
    const Guide = Schema.fromJsonString(Schema.Struct({ data: Schema.Struct({ stage: Schema.String }) }))
    assert.strictEqual(Schema.decodeUnknownSync(Guide)(printed).data.stage, "auth_required")
  })
})
