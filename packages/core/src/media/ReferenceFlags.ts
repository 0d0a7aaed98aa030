import type { ReferenceRole, ReferenceTask } from "../models/Model.ts"

/** The flags that name references, in the order in which their values are looked at and sent (contract/cli.md 8.2). */
export const referenceFlags = ["element-frontal", "element-reference", "reference-image"] as const
export type ReferenceFlag = (typeof referenceFlags)[number]

/** Every value of each flag, in typed order; `true` where it came without one. */
export type ReferenceValues = { readonly [F in ReferenceFlag]: ReadonlyArray<string | true> }

/** A picture that guides the model, as it was named on the command line. */
export interface NamedReference {
  readonly flag: ReferenceFlag
  readonly role: ReferenceRole
  /** An asset, a path or a URL, without its suffix. */
  readonly source: string
  readonly index: number
  readonly referenceIndex: number | null
  readonly task: ReferenceTask | null
  /**
   * What stands before an `@` whose suffix means nothing, so that the whole text counts as a path. Where it names a
   * picture by itself, the suffix was a slip.
   */
  readonly beforeBadSuffix: string | null
}

export interface ReferenceProblem {
  readonly flag: ReferenceFlag
  /** Follows the name of the flag. */
  readonly problem: string
}

export interface ReferencePlan {
  readonly references: ReadonlyArray<NamedReference>
  /** In the order of the contract's checks. */
  readonly problems: ReadonlyArray<ReferenceProblem>
}

const roles: { readonly [F in ReferenceFlag]: ReferenceRole } = {
  "element-frontal": "element_frontal",
  "element-reference": "element_reference",
  "reference-image": "reference_image"
}

const [maxIndex, maxSlot, maxReferences] = [9, 2, 3]

/** Reads the flags. What belongs together is judged once each value by itself is right. */
export const planReferences = (values: ReferenceValues): ReferencePlan => {
  const valueless = referenceFlags.filter((flag) => values[flag].includes(true))
  const references = referenceFlags.flatMap((flag) =>
    values[flag].flatMap((value) => (value === true ? [] : [parse(flag, value)]))
  )
  const single = [
    ...valueless.map((flag) => ({ flag, problem: "needs a value: an asset id, a path or a URL" })),
    ...references.flatMap(problemsOf)
  ]
  return { references, problems: single.length > 0 ? single : together(references) }
}

/** One of the `references` of a request (contract/api.md 7.8). */
export interface AskedReference {
  readonly assetId: string
  readonly role: ReferenceRole
  readonly index: number
  readonly referenceIndex?: number
  readonly referenceTask?: ReferenceTask
}

/** As it stands in a request, once its source is an asset. */
export const referenceRequest = (
  { index, referenceIndex, role, task }: NamedReference,
  assetId: string
): AskedReference => ({
  assetId,
  role,
  index,
  ...(referenceIndex === null ? {} : { referenceIndex }),
  ...(task === null ? {} : { referenceTask: task })
})

/** The value of its flag again, with an asset in place of its source. */
export const referenceValue = ({ index, referenceIndex, task }: NamedReference, assetId: string): string =>
  `${assetId}@${index}${referenceIndex === null ? "" : `:${referenceIndex}`}${task === null ? "" : `:${task}`}`

const isTask = (text: string | undefined): text is ReferenceTask => text === "ip" || text === "id" || text === "style"

const parse = (flag: ReferenceFlag, value: string): NamedReference => {
  const at = value.lastIndexOf("@")
  const [index, detail] = at === -1 ? [] : value.slice(at + 1).split(":", 2)
  const isElement = flag !== "reference-image"
  const fits =
    /^\d+$/u.test(index ?? "") &&
    /^\d+(?::[^:]*)?$/u.test(value.slice(at + 1)) &&
    (detail === undefined || (isElement ? /^\d+$/u.test(detail) : isTask(detail)))
  const named = { flag, role: roles[flag], task: null, referenceIndex: null, beforeBadSuffix: null }
  if (!fits) return { ...named, source: value, index: 0, beforeBadSuffix: at < 1 ? null : value.slice(0, at) }
  return {
    ...named,
    source: value.slice(0, at),
    index: Number(index),
    referenceIndex: isElement && detail !== undefined ? Number(detail) : null,
    task: !isElement && isTask(detail) ? detail : null
  }
}

const problemsOf = ({ flag, index, referenceIndex, source }: NamedReference): ReadonlyArray<ReferenceProblem> => [
  ...(source.trim() === "" ? [{ flag, problem: "names no picture before its @" }] : []),
  ...(flag === "element-frontal" && referenceIndex !== null
    ? [{ flag, problem: "takes @ELEMENT only; a slot after a colon is for --element-reference" }]
    : []),
  ...(index > maxIndex ? [{ flag, problem: `has the index ${index}; the highest is ${maxIndex}` }] : []),
  ...(referenceIndex !== null && referenceIndex > maxSlot && flag === "element-reference"
    ? [{ flag, problem: `has the slot ${referenceIndex}; the highest is ${maxSlot}` }]
    : [])
]

const together = (references: ReadonlyArray<NamedReference>): ReadonlyArray<ReferenceProblem> => {
  const of = (flag: ReferenceFlag) =>
    references.filter((reference) => reference.flag === flag).map(({ index }) => index)
  const [frontals, elements, images] = [of("element-frontal"), of("element-reference"), of("reference-image")]
  const all = unique([...frontals, ...elements])
  return [
    ...repeated(frontals).map((index) => about("element-frontal", `names element ${index} twice`)),
    ...gaps(all).map((index) =>
      about("element-frontal", `leaves out element ${index}: elements count from 0 without gaps`)
    ),
    ...unique(elements)
      .filter((index) => !frontals.includes(index))
      .map((index) => about("element-reference", `is for element ${index}, which has no --element-frontal`)),
    ...unique(elements)
      .filter((index) => elements.filter((other) => other === index).length > maxReferences)
      .map((index) => about("element-reference", `is given more than ${maxReferences} times for element ${index}`)),
    ...repeated(images).map((index) => about("reference-image", `names index ${index} twice`)),
    ...gaps(unique(images)).map((index) =>
      about("reference-image", `leaves out index ${index}: they count from 0 without gaps`)
    )
  ]
}

const about = (flag: ReferenceFlag, problem: string): ReferenceProblem => ({ flag, problem })

const unique = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...new Set(numbers)].toSorted((left, right) => left - right)

const repeated = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  unique(numbers.filter((number, at) => numbers.indexOf(number) !== at))

/** What is missing below the highest of them. */
const gaps = (present: ReadonlyArray<number>): ReadonlyArray<number> =>
  Array.from({ length: (present.at(-1) ?? -1) + 1 }, (_, index) => index).filter((index) => !present.includes(index))
