import type { Model, ReferenceRole, ReferenceRules, ReferenceTask } from "./Model.ts"

/** One of a request's `references`: owned media that guides the model (contract/api.md 7.8). */
export interface Reference {
  readonly assetId: string
  readonly role: ReferenceRole
  /** Which element, or which reference image. */
  readonly index: number
  /** Which view of an element; null where the request leaves it open, and on every other role. */
  readonly referenceIndex: number | null
  readonly referenceTask: ReferenceTask | null
}

/** What is known of an owned asset, read from its bytes. */
export interface ReferenceFacts {
  readonly mimeType: string
  readonly contentLength: number
  readonly width: number | null
  readonly height: number | null
}

/** `field` is the path of what is wrong in the request, e.g. `references[2].index`. */
export interface ReferenceProblem {
  readonly code: "INVALID_ARGUMENTS" | "ASSET_NOT_FOUND" | "INPUT_POLICY_DENIED"
  readonly field: string
  readonly flag: string
  readonly message: string
}

/** Views of one element besides its frontal one. */
const maxViews = 3
const maxElements = 10

/**
 * The references with a `referenceIndex` on every view of an element: one that was left open takes the first slot that
 * nobody named, in order of appearance. More views than slots keep counting, for `referenceProblem` to refuse.
 */
export const withReferenceIndexes = (references: ReadonlyArray<Reference>): ReadonlyArray<Reference> => {
  const taken = new Map<number, Set<number>>()
  const slotsOf = (index: number): Set<number> => {
    const slots = taken.get(index) ?? new Set<number>()
    taken.set(index, slots)
    return slots
  }
  for (const { index, referenceIndex, role } of references)
    if (role === "element_reference" && referenceIndex !== null) slotsOf(index).add(referenceIndex)
  return references.map((reference) => {
    if (reference.role !== "element_reference" || reference.referenceIndex !== null) return reference
    const slots = slotsOf(reference.index)
    let free = 0
    while (slots.has(free)) free += 1
    slots.add(free)
    return { ...reference, referenceIndex: free }
  })
}

/**
 * Why a model cannot take these references, or null when it can (contract/api.md 7.8). First what the request says, then
 * whether the assets are there, then what they hold. `facts` has the assets that the caller owns, by id.
 */
export const referenceProblem = (
  model: Model,
  references: ReadonlyArray<Reference>,
  facts: ReadonlyMap<string, ReferenceFacts>
): ReferenceProblem | null => {
  if (references.length === 0) return null
  const rules = model.references
  const placed = withReferenceIndexes(references).map((reference, position) => ({ ...reference, position }))
  const tooMany = placed.find(({ position }) => position >= (rules?.maxEntries ?? 0))
  if (rules === null || tooMany !== undefined) {
    const limit = rules === null ? "takes no references" : `takes at most ${rules.maxEntries} references`
    return invalid("references", tooMany?.role ?? "reference_image", `${model.id} ${limit}`)
  }
  return (
    firstOf(placed, (reference) => entryProblem(model, rules, reference)) ??
    elementProblem(placed) ??
    imageProblem(placed) ??
    firstOf(placed, (reference) => assetProblem(reference, facts.get(reference.assetId)))
  )
}

interface Placed extends Reference {
  readonly position: number
}

const flags: { readonly [R in ReferenceRole]: string } = {
  element_frontal: "--element-frontal",
  element_reference: "--element-reference",
  reference_image: "--reference-image"
}

const invalid = (field: string, role: ReferenceRole, message: string): ReferenceProblem => ({
  code: "INVALID_ARGUMENTS",
  field,
  flag: flags[role],
  message
})

const wrong = ({ position, role }: Placed, field: string, message: string): ReferenceProblem =>
  invalid(`references[${position}].${field}`, role, message)

const firstOf = (
  references: ReadonlyArray<Placed>,
  judge: (reference: Placed) => ReferenceProblem | null
): ReferenceProblem | null => {
  for (const reference of references) {
    const problem = judge(reference)
    if (problem !== null) return problem
  }
  return null
}

/** What can be said about one entry alone. */
const entryProblem = (model: Model, rules: ReferenceRules, reference: Placed): ReferenceProblem | null => {
  const { referenceIndex, referenceTask, role } = reference
  if (!rules.roles.includes(role))
    return wrong(reference, "role", `${model.id} takes only references of role ${rules.roles.join(" or ")}`)
  if (referenceIndex !== null && role !== "element_reference")
    return wrong(reference, "reference_index", "only an element_reference has a reference_index")
  if (referenceTask !== null && role !== "reference_image")
    return wrong(reference, "reference_task", "only a reference_image has a reference_task")
  if (referenceTask !== null && !rules.tasks.includes(referenceTask)) {
    const allowed = rules.tasks.length === 0 ? "no reference_task" : `a reference_task of ${rules.tasks.join(", ")}`
    return wrong(reference, "reference_task", `${model.id} takes ${allowed}`)
  }
  return null
}

/** Elements count from 0 without a gap; each has one frontal and up to three views in slots of their own. */
const elementProblem = (references: ReadonlyArray<Placed>): ReferenceProblem | null => {
  const entries = references.filter(({ role }) => role !== "reference_image")
  const frontals = new Set<number>()
  const slots = new Map<number, Set<number>>()
  for (const reference of entries) {
    const { index, referenceIndex, role } = reference
    if (index >= maxElements) return wrong(reference, "index", "an element index is 0 to 9")
    if (role === "element_frontal") {
      if (frontals.has(index)) return wrong(reference, "index", `element ${index} has more than one frontal image`)
      frontals.add(index)
      continue
    }
    const used = slots.get(index) ?? new Set<number>()
    const slot = referenceIndex ?? 0
    if (used.size >= maxViews)
      return wrong(reference, "index", `element ${index} has more than ${maxViews} reference images`)
    if (slot >= maxViews) return wrong(reference, "reference_index", `a reference_index is 0 to ${maxViews - 1}`)
    if (used.has(slot))
      return wrong(reference, "reference_index", `element ${index} has two images at reference_index ${slot}`)
    slots.set(index, used.add(slot))
  }
  const orphan = entries.find(({ index, role }) => role === "element_reference" && !frontals.has(index))
  if (orphan !== undefined) return wrong(orphan, "index", `element ${orphan.index} has no frontal image`)
  return gapProblem(entries, "element indexes")
}

const imageProblem = (references: ReadonlyArray<Placed>): ReferenceProblem | null => {
  const entries = references.filter(({ role }) => role === "reference_image")
  const twice = entries.find(({ index }, at) => entries.findIndex((other) => other.index === index) < at)
  if (twice !== undefined) return wrong(twice, "index", `two reference images have index ${twice.index}`)
  return gapProblem(entries, "indexes of reference images")
}

const gapProblem = (entries: ReadonlyArray<Placed>, what: string): ReferenceProblem | null => {
  const used = new Set(entries.map(({ index }) => index))
  const beyond = entries.find(({ index }) => index >= used.size)
  return beyond === undefined ? null : wrong(beyond, "index", `${what} count from 0 without a gap`)
}

const mediaTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"])
const maxBytes = 10_000_000
const minEdge = 300

const assetProblem = (reference: Placed, facts: ReferenceFacts | undefined): ReferenceProblem | null => {
  const { position, role } = reference
  const about = { field: `references[${position}].asset_id`, flag: flags[role] }
  if (facts === undefined) return { code: "ASSET_NOT_FOUND", ...about, message: "there is no such asset here" }
  const message = mediaFault(facts)
  return message === null ? null : { code: "INPUT_POLICY_DENIED", ...about, message }
}

/** Sides from 2:5 to 5:2 are compared as whole numbers. */
const mediaFault = ({ contentLength, height, mimeType, width }: ReferenceFacts): string | null => {
  if (!mediaTypes.has(mimeType)) return `a reference must be PNG, JPEG or WebP; this one is ${mimeType}`
  if (contentLength < 1 || contentLength > maxBytes)
    return `a reference must have 1 to 10,000,000 bytes; this one has ${contentLength}`
  if (width === null || height === null) return "a reference must have a width and a height that are known"
  if (Math.min(width, height) < minEdge)
    return `a reference must have at least ${minEdge} pixels on each side; this one is ${width}x${height}`
  return 5 * width < 2 * height || 2 * width > 5 * height
    ? `width / height of a reference must be 0.40 to 2.50; this one is ${width}x${height}`
    : null
}
