import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, it } from "@effect/vitest"

const packages = fileURLToPath(new URL("../../..", import.meta.url))
const kit = join(packages, "testing/src/kit")

/** Imports and exports from somewhere, and dynamic imports; types are gone when a program runs. */
const specifiers = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export)\s(?!type\b)(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/gmu)].map(
    (match) => match[1] ?? match[2] ?? ""
  )

const targetOf = (specifier: string, from: string): string | null => {
  if (specifier.startsWith(".")) return join(dirname(from), specifier)
  const [, owner, path] = /^@image-skill\/(core|adapters|testing)\/(.+)$/u.exec(specifier) ?? []
  return owner === undefined ? null : join(packages, owner, "src", `${path}.ts`)
}

/** Every module that a module leads to, and what it imports from elsewhere. */
const graph = (entry: string) => {
  const seen = new Map<string, ReadonlyArray<string>>()
  const walk = (file: string): void => {
    if (seen.has(file)) return
    assert.isTrue(existsSync(file), file)
    const found = specifiers(readFileSync(file, "utf8"))
    seen.set(file, found)
    for (const specifier of found) {
      const target = targetOf(specifier, file)
      if (target !== null) walk(target)
    }
  }
  walk(entry)
  return seen
}

const needsVitest = (entry: string): ReadonlyArray<string> =>
  [...graph(entry)]
    .filter(([, imports]) => imports.some((name) => /^(?:vitest|@effect\/vitest|@vitest\/|vite)/u.test(name)))
    .map(([file]) => relative(packages, file))

it("no module of the kit leads to vitest, so it runs under node:test", () => {
  const modules = readdirSync(kit).filter((name) => name.endsWith(".ts"))
  assert.isAtLeast(modules.length, 15)
  for (const name of modules) assert.deepStrictEqual(needsVitest(join(kit, name)), [], name)
  assert.isAtLeast(graph(join(kit, "FakeService.ts")).size, 200, "the walk follows imports")
})

it("a module that leads to vitest would be found", () => {
  assert.isNotEmpty(needsVitest(join(packages, "testing/src/payments/PaymentStoreSuite.ts")))
})
