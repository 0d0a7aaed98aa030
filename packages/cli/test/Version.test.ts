import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { version } from "@image-skill/core/envelope/Product"
import * as Schema from "effect/Schema"
import { place, text } from "./Cli.ts"

const Versions = Schema.Record(Schema.String, Schema.String)
const manifest = {
  name: Schema.optionalKey(Schema.String),
  version: Schema.String,
  dependencies: Schema.optionalKey(Versions),
  peerDependencies: Schema.optionalKey(Versions),
  devDependencies: Schema.optionalKey(Versions)
}
const Manifest = Schema.Struct({ ...manifest, workspaces: Schema.optionalKey(Schema.Array(Schema.String)) })
const Lock = Schema.Struct({
  version: Schema.String,
  packages: Schema.Record(Schema.String, Schema.Struct({ version: Schema.optionalKey(Schema.String) }))
})

const read = <S extends typeof Manifest | typeof Lock>(schema: S, path: string): S["Type"] =>
  Schema.decodeUnknownSync(Schema.fromJsonString(schema))(
    readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8")
  )

const { workspaces = [], ...root } = read(Manifest, "package.json")

const packages = [root, ...workspaces.map((folder) => read(Manifest, `${folder}/package.json`))]

describe("the version", () => {
  it("that is printed is the one that the program was built with", async () => {
    for (const args of [["version"], ["--version"], ["-v"]]) {
      const ran = await place().run(args)
      assert.strictEqual(ran.exitCode, 0, args[0])
      assert.strictEqual(text(ran.data, "version"), version)
    }
    assert.strictEqual(text((await place().run(["doctor"])).data, "cli_version"), version)
  })

  it("is that of every package", () => {
    assert.isAtLeast(packages.length, 6)
    for (const one of packages) assert.strictEqual(one.version, version, one.name)
  })

  it("is the one that the packages name when they need each other", () => {
    const needs = packages.flatMap(({ dependencies, devDependencies, name, peerDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies })
        .filter(([needed]) => needed.startsWith("@image-skill/"))
        .map(([needed, itsVersion]) => [`${name} needs ${needed}`, itsVersion] as const)
    )
    assert.isAtLeast(needs.length, 5)
    for (const [need, itsVersion] of needs) assert.strictEqual(itsVersion, version, need)
  })

  it("is that of the lockfile", () => {
    const lock = read(Lock, "package-lock.json")
    assert.strictEqual(lock.version, version)
    for (const folder of ["", ...workspaces]) assert.strictEqual(lock.packages[folder]?.version, version, folder)
  })
})
