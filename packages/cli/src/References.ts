import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { recognise } from "@image-skill/core/media/AssetReference"
import { LocalFiles } from "@image-skill/core/media/LocalFiles"
import {
  type NamedReference,
  planReferences,
  referenceFlags,
  type ReferenceProblem
} from "@image-skill/core/media/ReferenceFlags"
import { sourceKindOf } from "@image-skill/core/media/UploadSource"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { valuesOf } from "./Flags.ts"

/** The references of a create or an edit (contract/cli.md 8.2), or one refusal with everything that is wrong with them. */
export const readReferences = (context: Context): Effect.Effect<ReadonlyArray<NamedReference>, Refusal> =>
  Effect.gen(function* () {
    if (!hasReferences(context)) return []
    const { parsed } = context
    const { problems, references } = planReferences({
      "element-frontal": valuesOf(parsed, "element-frontal"),
      "element-reference": valuesOf(parsed, "element-reference"),
      "reference-image": valuesOf(parsed, "reference-image")
    })
    const { sources } = yield* Effect.promise(() => import("./Picture.ts"))
    const slips = yield* Effect.provide(Effect.filter(references, isSlip), sources)
    const all = [...problems, ...slips.map(badSuffix)]
    return all.length === 0 ? references : yield* wrong(parsed.name, all)
  })

export const hasReferences = ({ parsed }: Context): boolean => referenceFlags.some((flag) => parsed.flags.has(flag))

/** A picture with a suffix that means nothing, unless there is a file of just that name. */
const isSlip = ({ beforeBadSuffix, source }: NamedReference) =>
  Effect.gen(function* () {
    if (beforeBadSuffix === null || sourceKindOf(source) === "remote") return false
    const files = yield* LocalFiles
    if (yield* files.exists(source)) return false
    return recognise(beforeBadSuffix, []) !== null || (yield* files.exists(beforeBadSuffix))
  })

const badSuffix = ({ beforeBadSuffix, flag, source }: NamedReference): ReferenceProblem => {
  const takes = {
    "element-frontal": "@ELEMENT",
    "element-reference": "@ELEMENT or @ELEMENT:SLOT",
    "reference-image": "@INDEX or @INDEX:TASK, with a task of ip, id or style"
  }
  return {
    flag,
    problem: `has the suffix ${source.slice(beforeBadSuffix?.length ?? 0).slice(0, 40)}; it takes ${takes[flag]}`
  }
}

const wrong = (name: string, problems: ReadonlyArray<ReferenceProblem>): Refusal => {
  const [first, ...more] = problems
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${first === undefined ? "a reference is wrong" : `--${first.flag} ${first.problem}`}${more.length === 0 ? "" : `; and ${more.length} more, in details.problems`}`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl(`image-skill-${name}`) },
    details: {
      problems: problems.slice(0, 8).map(({ flag, problem }) => ({ field: "references", flag: `--${flag}`, problem }))
    }
  })
}
