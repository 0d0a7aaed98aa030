import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { openApiDocument } from "@image-skill/adapters/service/OpenApiDocument"
import { aliases } from "@image-skill/core/documents/Aliases"
import { documents, withSections } from "@image-skill/core/documents/Documents"
import { errorMeanings } from "@image-skill/core/documents/ErrorMeanings"
import { errorAnchor } from "@image-skill/core/documents/ErrorReference"
import { type Parsed, read } from "@image-skill/core/envelope/Arguments"
import { commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { errorsOf } from "@image-skill/core/envelope/CommandExits"
import { groupNames } from "@image-skill/core/envelope/CommandTree"
import { entryOf, errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import { version } from "@image-skill/core/envelope/Product"
import { operationIds, operationOf } from "@image-skill/core/service/Operations"
import { onTestFinished } from "vitest"
import { parse, root } from "./Markdown.ts"

const cli = join(root, "packages", "cli")
const textOf = (path: string): string => readFileSync(join(cli, path), "utf8")

/** contract/documents.md: where each rule stands, and what has to be said about it there, whatever the words around. */
const contract: ReadonlyArray<readonly [id: string, where: ReadonlyArray<Kind>, said: ReadonlyArray<RegExp>]> = [
  ["front-matter", ["skill"], [/^---\nname: image-skill\n/u, /\n {2}homepage: /u, /\n {2}docs: /u, /\n {2}api: /u]],
  [
    "surfaces",
    ["skill", "llms"],
    [
      /Status: early/u,
      /https:\/\/image-skill\.com\/skill\.md/u,
      /https:\/\/api\.image-skill\.com/u,
      /command line/u,
      /HTTP service/u,
      /library/u,
      /`human`.*`agent`.*`session`.*`system`/su,
      /`unclaimed`.*`payment_backed_unclaimed`.*`claimed`.*`revoked`/su,
      /unclaimed agent may (?!not)|unclaimed agent may:/u,
      /unclaimed agent may not/u,
      /publish publicly/u
    ]
  ],
  [
    "guide-first",
    ["skill", "llms", "cli"],
    [/image-skill create --guide --prompt/u, /first command/iu, /no setup checklist/iu, /once/u, /data\.next_command/u]
  ],
  [
    "install",
    ["skill", "llms", "cli"],
    [/do not clone/u, /npm_config_cache/u, /npm_config_prefix/u, /IMAGE_SKILL_CONFIG_PATH/u, /dist\/image-skill\.js/u]
  ],
  [
    "secrets",
    ["skill", "llms", "cli"],
    [
      /never/iu,
      /prompt/u,
      /\blogs?\b/u,
      /issue/u,
      /feedback/u,
      /saved configuration/u,
      /IMAGE_SKILL_TOKEN/u,
      /--token-stdin/u,
      /standard input (?:to|comes before) (?:the flag|`--token`)/iu
    ]
  ],
  [
    "no-credentials",
    ["skill", "llms", "cli"],
    [
      /wallet keys/u,
      /seed phrases/u,
      /payment headers/u,
      /client secrets/u,
      /receipts/u,
      /card data/u,
      /Stripe secrets/u
    ]
  ],
  [
    "start-not-settle",
    ["skill", "llms", "cli"],
    [/`agent_settleable: true`/u, /autonomous/u, /settling|settled/u, /`agent_initiated/u]
  ],
  [
    "live-money",
    ["skill", "llms", "cli"],
    [
      /`live_money: true`/u,
      /real spend/u,
      /cap/u,
      /exactly `token_amount_atomic`/u,
      /only from a wallet (?:that )?you control/u
    ]
  ],
  [
    "handoff",
    ["skill", "llms", "cli"],
    [
      /hand-off link first/u,
      /phone/u,
      /SSH/u,
      /chat/u,
      /code block/u,
      /fragment/u,
      /promotion codes/iu,
      /Stripe's page/u
    ]
  ],
  [
    "idempotency",
    ["skill", "llms", "cli"],
    [/run and (?:the )?step/u, /reused?|Reuse/u, /retr(?:y|ies)/u, /conflict/iu, /recovery/u]
  ],
  [
    "no-downgrade",
    ["skill", "llms"],
    [/never swap in a cheaper/iu, /to avoid paying/u, /quality/u, /quote the credits/iu]
  ],
  [
    "capability",
    ["skill", "llms"],
    [/ask the catalogue/iu, /no universal quality tiers/u, /`model_parameters`/u, /models show MODEL_ID/u]
  ],
  [
    "cost",
    ["skill", "llms", "cli"],
    [
      /pricing receipt/u,
      /dry.runs?/u,
      /caps/u,
      /before (?:you )?explor/iu,
      /our debit/u,
      /--max-estimated-usd-per-image/u
    ]
  ],
  [
    "retry",
    ["skill", "llms", "cli"],
    [
      /`ARTIFACT_STORAGE_WRITE_FAILED`/u,
      /do not create again/u,
      /look(?:ed)? (?:it )?up/iu,
      /never (?:pay again|paid again)|never create again and never pay again/u
    ]
  ],
  [
    "assets",
    ["skill", "llms", "cli"],
    [/only owned assets|owned assets only/iu, /no general downloader/u, /the ledger/u, /jobs/iu, /recovery/u]
  ],
  ["recovery", ["skill", "llms", "cli"], [/`error\.recovery/u, /next_actions/u, /not (?:the |on )?prose/u]],
  [
    "policy",
    ["skill", "llms"],
    [
      /claim state/u,
      /scopes/u,
      /policy/u,
      /telemetry/u,
      /deceptive, harassing, infringing or unsafe/u,
      /no quality label|not a label of quality/u
    ]
  ],
  [
    "escalate",
    ["skill", "llms"],
    [/person|whoever/iu, /beyond the cap/u, /identity/u, /legal judgement/u, /publishing/u]
  ],
  ["feedback", ["skill", "llms", "cli"], [/feedback create/u, /expected/u, /no prompts, (?:no )?bytes/iu, /secrets/u]],
  ["aliases", ["cli"], [/not taught/u, /older callers/u, /`signup --human-email INBOX`/u]]
]

type Kind = "skill" | "llms" | "cli"

/** Every copy that is meant to be one of these documents. */
const copies: { readonly [kind in Kind]: ReadonlyArray<string> } = {
  skill: ["skill.md", "SKILL.md", "skills/image-skill/SKILL.md"],
  llms: ["llms.txt", "skills/image-skill/references/llms.txt"],
  cli: ["cli.md", "skills/image-skill/references/cli.md"]
}

/** From the mark of a rule to the next mark or the next section, on one line; of the front matter, all before its mark. */
const ruleIn = (text: string, id: string): string => {
  const [before = "", after = ""] = text.split(`<!-- rule: ${id} -->`)
  if (id === "front-matter") return before
  return (after.split(/\n#{1,3} |<!-- rule: /u)[0] ?? "").replaceAll(/\s+/gu, " ")
}

describe("the documents for agents", () => {
  it("are what the sources make of them, and the script says so", { timeout: 30_000 }, () => {
    const differing = documents().filter(({ path, text }) => textOf(path) !== text)
    assert.deepStrictEqual(
      differing.map(({ path }) => path),
      [],
      "run npm run documents"
    )
    assert.strictEqual(textOf("README.md"), withSections(textOf("README.md")))
    const openApi = `${JSON.stringify(openApiDocument("http://127.0.0.1:8787"), null, 1)}\n`
    assert.isTrue(textOf("openapi.json") === openApi, "openapi.json is another one: run npm run documents")

    const place = mkdtempSync(join(tmpdir(), "image-skill-documents-"))
    onTestFinished(() => rmSync(place, { recursive: true, force: true }))
    const script = (...words: ReadonlyArray<string>) =>
      spawnSync(
        process.execPath,
        ["--conditions=@image-skill/source", join(root, "scripts/documents.mjs"), "--in", place, ...words],
        { encoding: "utf8" }
      )
    assert.strictEqual(script().status, 0)
    const made = readdirSync(place, { recursive: true, encoding: "utf8" })
    for (const { path } of documents()) assert.include(made, path)
    appendFileSync(join(place, "errors.md"), "\n")
    const { status, stderr } = script("--check")
    assert.strictEqual(status, 1)
    assert.match(stderr, /^errors\.md is not what the sources say\. Run: npm run documents\n$/u)
  })

  it("are named in the contract manifest with the bytes that they have", () => {
    const manifest = JSON.parse(textOf("PUBLIC_CONTRACT_MANIFEST.json")) as {
      readonly schema: string
      readonly package_version: string
      readonly files: ReadonlyArray<{
        readonly source_path: string
        readonly public_paths: ReadonlyArray<string>
        readonly bytes: number
        readonly sha256: string
      }>
    }
    assert.strictEqual(manifest.schema, "image-skill.public-contract-manifest.v1")
    assert.strictEqual(manifest.package_version, version)
    assert.sameMembers(
      manifest.files.map((file) => file.source_path),
      documents().map(({ path }) => `packages/cli/${path}`)
    )
    for (const { bytes, public_paths: paths, sha256, source_path: path } of manifest.files) {
      const content = readFileSync(join(root, path))
      assert.deepStrictEqual(
        [bytes, sha256],
        [content.length, createHash("sha256").update(content).digest("hex")],
        path
      )
      const [kind] =
        Object.entries(copies).find(([, files]) => files.some((file) => path === `packages/cli/${file}`)) ?? []
      if (kind !== undefined) assert.deepStrictEqual(paths, [kind === "llms" ? "/llms.txt" : `/${kind}.md`], path)
    }
  })

  it.each(contract)("state the rule %s wherever it is meant to stand", (id, where, said) => {
    for (const kind of Object.keys(copies) as ReadonlyArray<Kind>) {
      for (const path of copies[kind]) {
        const text = textOf(path)
        assert.strictEqual(
          text.split(`<!-- rule: ${id} -->`).length - 1,
          where.includes(kind) ? 1 : 0,
          `${path}: ${id}`
        )
        if (!where.includes(kind)) continue
        for (const phrase of said) assert.match(ruleIn(text, id), phrase, `${path}: ${id}`)
      }
    }
  })

  it("state no rule that the contract does not have", () => {
    const known = new Set(contract.map(([id]) => id))
    const marked = Object.values(copies).flatMap((paths) =>
      paths.flatMap((path) => [...textOf(path).matchAll(/<!-- rule: ([\w-]+) -->/gu)].map(([, id = ""]) => id))
    )
    assert.sameMembers([...new Set(marked)], [...known])
  })
})

/** The folders of `skills`, each a skill of its own. */
const skills = readdirSync(join(cli, "skills"))

/** What the format of Agent Skills knows (https://agentskills.io/specification). */
const knownFields = new Set(["name", "description", "license", "compatibility", "metadata"])

const headOf = (path: string): { readonly fields: ReadonlyMap<string, string>; readonly body: string } => {
  const [, head = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/su.exec(textOf(path)) ?? []
  const lines = head.split("\n").map((line) => /^( *)([\w-]+):(?: (.*))?$/u.exec(line))
  assert.notInclude(lines, null, path)
  return { fields: new Map(lines.map((line) => [`${line?.[1] ?? ""}${line?.[2] ?? ""}`, line?.[3] ?? ""])), body }
}

describe("a skill", () => {
  it.each(skills)("%s is one by the format, short, and leads to the guide", (name) => {
    const path = `skills/${name}/SKILL.md`
    const { body, fields } = headOf(path)
    assert.strictEqual(fields.get("name"), name)
    assert.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/u)
    assert.isAtMost(name.length, 64)
    assert.deepStrictEqual(
      [...fields.keys()].filter((field) => !field.startsWith("  ") && !knownFields.has(field)),
      []
    )
    const description = JSON.parse(fields.get("description") ?? "") as string
    assert.isAtLeast(description.length, 100)
    assert.isAtMost(description.length, 1024)
    assert.match(description, /Use it when|Use it for/u)
    assert.isAtMost((JSON.parse(fields.get("compatibility") ?? "") as string).length, 500)
    for (const [field, value] of fields) if (field.startsWith("  ")) assert.isString(JSON.parse(value), field)
    assert.isBelow(textOf(path).split("\n").length, name === "image-skill" ? 500 : 100)
    assert.match(body, /^image-skill (?:create|edit) --guide /mu)
    if (name !== "image-skill") assert.include(body, "the skill `image-skill`")
  })

  it("differs from every other in what makes an agent load it", () => {
    assert.sameMembers(skills, [
      "image-skill",
      "image-generation",
      "image-edit",
      "ai-video-generation",
      "ai-audio-generation",
      "image-to-3d",
      "creative-media",
      "agent-image-generation",
      "ai-image-generation"
    ])
    const descriptions = skills.map((name) => headOf(`skills/${name}/SKILL.md`).fields.get("description"))
    assert.strictEqual(new Set(descriptions).size, skills.length)
  })
})

const anchorsIn = (path: string): ReadonlyArray<string> =>
  [...textOf(path).matchAll(/<a id="([^"]+)"><\/a>/gu)].map(([, id = ""]) => id)

/** Every anchor that a source names for `cli.md`, with what stands in the place of a command's name filled by each. */
const anchorsUsed = (): ReadonlySet<string> => {
  const files = ["core", "adapters", "cli"].flatMap((name) =>
    readdirSync(join(root, "packages", name, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(root, "packages", name, "src", file), "utf8"))
  )
  const literal = files.flatMap((text) =>
    [...text.matchAll(/docsUrl\(\s*"([^"]+)"/gu), ...text.matchAll(/"(image-skill-[a-z0-9-]+)"/gu)].map(
      ([, id = ""]) => id
    )
  )
  const made = commandNames.map((name) => `image-skill-${name.replaceAll(" ", "-")}`)
  const inLabels = operationIds.map((id) => operationOf(id).label).filter((label) => label !== "image-skill healthz")
  return new Set([...literal, ...made, ...inLabels.map((label) => label.replaceAll(" ", "-"))])
}

describe("cli.md", () => {
  it("has every anchor that an error or an answer links to, once and written out", () => {
    const anchors = anchorsIn("cli.md")
    assert.strictEqual(new Set(anchors).size, anchors.length)
    const used = [...anchorsUsed()]
    assert.isAtLeast(used.length, commandNames.length + 3)
    // contract/cli.md 11.1
    assert.includeMembers(used, ["image-skill-signup-agent", "local-config-and-install", "image-skill-credits"])
    assert.deepStrictEqual(
      used.filter((anchor) => !anchors.includes(anchor)),
      []
    )
  })

  it("explains every command with each of its flags and examples, and every group", () => {
    const sections = textOf("cli.md").split(/\n(?=<a id="image-skill-)/u)
    const common = /\n## How commands end\n(.*?)\n## /su.exec(textOf("cli.md"))?.[1] ?? ""
    const sectionOf = (name: string): string =>
      sections.find((section) => section.startsWith(`<a id="image-skill-${name.replaceAll(" ", "-")}"></a>`)) ?? ""
    for (const name of commandNames) {
      const { about, effect, examples, flags } = specOf(name)
      const section = sectionOf(name)
      const oneLine = section.replaceAll(/\s+/gu, " ")
      assert.include(oneLine, `${about}. Effect: \`${effect}\`.`, name)
      for (const flag of Object.keys(flags)) assert.match(section, new RegExp(`\`--${flag}(?: |\`)`, "u"), name)
      for (const example of examples) assert.include(section, `\nimage-skill ${example}\n`, name)
      for (const code of errorsOf(name))
        assert.isTrue(section.includes(`\`${code}\``) || common.includes(`\`${code}\``), `${name}: ${code}`)
    }
    for (const group of groupNames) assert.notStrictEqual(sectionOf(group), "", group)
  })

  it("names aliases that the parser takes for what stands beside them", () => {
    for (const { alias, instead } of aliases) {
      const [left, right] = [read(alias.split(" ")), read(instead.split(" "))]
      if (left._tag !== "Command" || right._tag !== "Command") return assert.fail(`${alias}: ${left._tag}`)
      assert.deepStrictEqual([left.unknown, right.unknown], [[], []], alias)
      assert.deepStrictEqual(meant(left), meant(right), alias)
      assert.notDeepEqual(alias, instead)
      assert.include(textOf("cli.md"), `| \`${alias}\` | \`${instead}\` |`)
    }
  })
})

const meant = ({ flags, name, positionals }: Parsed) => {
  // A reference is a word or a flag, and a few flags have two names.
  const values = [...flags].map(([flag, value]) => [sameFlag[flag] ?? flag, ...value] as const)
  const words = values.filter(([flag]) => flag === "word").flatMap(([, ...value]) => value)
  return [sameName[name] ?? name, [...positionals, ...words], values.filter(([flag]) => flag !== "word")]
}

const sameName: { readonly [name: string]: string } = { quota: "usage quota" }
const sameFlag: { readonly [flag: string]: string } = {
  "human-email": "agent-contact",
  "input-asset-id": "input",
  id: "word",
  "job-id": "word",
  reference: "word"
}

describe("errors.md", () => {
  it("has every registered code with its facts, and no other", () => {
    const text = textOf("errors.md")
    assert.deepStrictEqual(
      [...text.matchAll(/^### `(\w+)`$/gmu)].map(([, code = ""]) => code).toSorted(),
      [...errorCodes].toSorted()
    )
    for (const code of errorCodes) {
      const { exitCode, moneyMoved, outcome, retryable, status } = entryOf(code)
      const [, section = ""] = text.split(`<a id="${errorAnchor(code)}"></a>`)
      assert.include(
        section.slice(0, 400),
        `${status === null ? "made by the client" : `HTTP ${status}`} · exit ${exitCode} · ${
          retryable ? "may be retried" : "not to be retried"
        } · outcome \`${outcome}\` · money moved: \`${moneyMoved}\``,
        code
      )
    }
    assert.sameMembers(Object.keys(errorMeanings), [...errorCodes])
  })
})

/** The value at a path, e.g. `paths./v1/quota.get`; undefined where there is none. */
const at = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (Reflect.get(inner, key) as unknown) : undefined),
    value
  )

describe("the OpenAPI document", () => {
  it("describes requests, answers, refusals, effects and tokens of every operation, and refers to nothing that is not there", () => {
    const root: unknown = JSON.parse(textOf("openapi.json"))
    for (const [, reference = ""] of textOf("openapi.json").matchAll(/"\$ref": "([^"]+)"/gu)) {
      assert.match(reference, /^#\//u)
      assert.isDefined(at(root, ...reference.slice(2).split("/")), reference)
    }
    for (const id of operationIds) {
      const { auth, effect, grant, method, path } = operationOf(id)
      const found = at(root, "paths", path, method.toLowerCase())
      assert.strictEqual(at(found, "x-effect"), effect, id)
      assert.strictEqual(at(found, "x-grant"), grant ?? undefined, id)
      assert.deepStrictEqual(
        at(found, "security"),
        { none: [], optional: [{}, { token: [] }], required: [{ token: [] }] }[auth]
      )
      const schemas = Object.entries(at(found, "responses") as object).map(
        ([status, answer]) => [status, at(answer, "content", "application/json", "schema")] as const
      )
      assert.includeMembers(
        schemas.map(([status]) => status),
        ["200", "400", "401", "403", "404", "409", "429", "500"]
      )
      assert.isTrue(
        schemas.every(([, schema]) => typeof schema === "object"),
        id
      )
      if (method === "POST") assert.isDefined(at(found, "requestBody", "content", "application/json", "schema"), id)
    }
    assert.strictEqual(at(root, "components", "securitySchemes", "token", "scheme"), "bearer")
  })
})

describe("links", () => {
  it("of every generated document lead to a place that is there", () => {
    for (const { path } of documents()) {
      for (const link of parse(`packages/cli/${path}`).links) {
        if (link.startsWith("https:")) continue
        const [file = "", anchor] = link.split("#")
        const target = file === "" ? path : join(path, "..", file)
        assert.isAbove(textOf(target).length, 0, `${path}: ${link}`)
        if (anchor !== undefined) assert.include(anchorsIn(target), anchor, `${path}: ${link}`)
      }
    }
  })
})
