import { changeLooks, changePicture } from "./EditChanges.ts"
import { type Clause, clausesOf, parted, textOf, without, wordsOf } from "./EditClauses.ts"
import {
  addSubject,
  type Draft,
  draftOf,
  finished,
  heroIn,
  indexOf,
  removeSubject,
  replaceSubject,
  setCount
} from "./EditDraft.ts"
import { type Wish, wishOf } from "./EditReading.ts"
import { additions, adjustments, backdropWords, dressingWords, type Verb } from "./EditWords.ts"
import { handhelds, wearables } from "./LexiconGrammar.ts"
import { dressingPlaces } from "./LexiconScene.ts"
import { isGiven, lookUp } from "./Lookup.ts"
import type { Relation, Scene, Staging, Subject } from "./Scene.ts"
import type { Token } from "./Words.ts"

/** What an instruction makes of a scene. */
export interface EditedScene {
  readonly scene: Scene
  /** In phrases; empty when nothing was understood. */
  readonly changes: ReadonlyArray<string>
  readonly notUnderstood: ReadonlyArray<string>
  /** It asks for what another model does: crop, blur, format and the like. */
  readonly asksForAdjustment: boolean
}

/** Understands an instruction. Pure: the same scene and instruction give the same scene. */
export const editScene = (scene: Scene, staging: Staging | null, instruction: string): EditedScene => {
  const draft = draftOf(scene, staging)
  let before: Verb | null = null
  for (const clause of clausesOf(instruction)) {
    const verb: Verb | null = clause.verb ?? before
    apply(draft, clause, verb)
    before = verb
  }
  const missed = [...new Set(draft.missed)].slice(0, 40)
  return {
    scene: finished(draft),
    changes: draft.changes,
    notUnderstood: missed,
    asksForAdjustment: missed.some((word) => adjustments.has(word))
  }
}

const apply = (draft: Draft, clause: Clause, verb: Verb | null): void => {
  const { said, tokens } = clause
  const words = wordsOf(tokens).filter((word) => word !== "the" && word !== "its" && word !== "a")
  if (isCutOut(verb, words)) return cutOut(draft)
  if (verb === "remove") return remove(draft, tokens)
  if (clause.verb === null && verb !== "add") return applyBare(draft, tokens, verb)
  if (verb === "add") return add(draft, tokens, said)
  const sides = replaces(verb, said) ? parted(tokens) : null
  if (sides !== null && replace(draft, sides[0], sides[1])) return
  // "Turn the day into night": what was is known.
  if (sides !== null && (said === "replace" || isOfPicture(sides[0]))) return change(draft, sides[1])
  // "Move it to the beach" is to put it there.
  if (said === "move")
    return change(
      draft,
      tokens.map((token) => (token.kind === "word" && token.text === "to" ? word("on") : token))
    )
  change(draft, ["enlarge", "shrink", "grow", "magnify"].includes(said) ? [...tokens, word(said)] : tokens)
}

const isOfPicture = (tokens: ReadonlyArray<Token>): boolean => {
  const { place, season, style, subjects, time, weather } = wishOf(tokens, false).reading
  return subjects.length === 0 && [place, season, style, time, weather].some(isGiven)
}

const word = (text: string): Token => ({ kind: "word", text, raw: text })

const replaces = (verb: Verb | null, said: string): boolean =>
  verb === "replace" || ["change", "convert", "make", "transform", "turn"].includes(said)

const isCutOut = (verb: Verb | null, words: ReadonlyArray<string>): boolean => {
  const behind = words.filter((text) => backdropWords.has(text))
  if (verb === "cut-out") return true
  if (verb === "remove") return behind.length > 0 && words.length === behind.length
  return words.includes("transparent") && behind.length > 0
}

const cutOut = (draft: Draft): void => {
  if (heroIn(draft) === null) draft.missed.push("background (there is nothing in front of it)")
  else if (!draft.cutout) {
    draft.cutout = true
    draft.changes.push("removed the background")
  }
}

const remove = (draft: Draft, tokens: ReadonlyArray<Token>): void => {
  const wish = wishOf(tokens, false)
  const { dressings, subjects, surface, unknown, weather } = wish.reading
  const forbidden = wordsOf(tokens).flatMap((text) => lookUp(dressingWords, text) ?? [])
  let done = forbidden.length > 0
  for (const subject of subjects) {
    const index = indexOf(draft, subject)
    const there = index === null ? 0 : (draft.subjects[index]?.count ?? 0)
    if (index !== null && wish.count !== null && wish.count < there) setCount(draft, index, there - wish.count)
    else if (index !== null) removeSubject(draft, index)
    else if (isShown(draft, subject.word)) forbidden.push(subject.word)
    else if (forbidden.length === 0) draft.missed.push(`${subject.word} (not in the picture)`)
    done = true
  }
  for (const { name, word: text } of dressings) {
    const index = indexOf(draft, { word: name, icon: name })
    if (index !== null) removeSubject(draft, index)
    else if (isShown(draft, name)) forbidden.push(name)
    else draft.missed.push(`${text} (not in the picture)`)
    done = true
  }
  if (forbidden.length > 0) {
    draft.excluded = [...new Set([...draft.excluded, ...forbidden])]
    draft.changes.push(`removed ${[...new Set(forbidden)].join(", ")}`)
  } else if (weather !== null) {
    changePicture(draft, { weather: { name: "fair", word: null } })
    done = true
  }
  if (surface !== null && draft.surface !== null && draft.surface.kind === surface.kind) {
    changePicture(draft, { noSurface: true })
    done = true
  }
  if (!done && wish.reading.style !== null) changePicture(draft, { style: { name: "illustration", word: null } })
  if (!done && wish.reading.place !== null)
    draft.missed.push(`${wish.reading.place.word ?? ""} (name another place, or remove the background)`)
  draft.missed.push(...unknown)
}

const isShown = ({ backdrop, excluded }: Draft, name: string): boolean =>
  !excluded.includes(name) && lookUp(dressingPlaces, name)?.includes(backdrop.place.name) === true

const add = (draft: Draft, tokens: ReadonlyArray<Token>, said: string): void => {
  const { reading } = wishOf(without(tokens, additions), false)
  const { subjects } = reading
  const given = said === "give" || hasTo(tokens) ? giving(draft, subjects, said) : null
  joinIn(draft, given ?? subjects)
  for (const { icon, name, word: text } of reading.dressings) {
    if (draft.excluded.includes(name)) {
      draft.excluded = draft.excluded.filter((other) => other !== name && other !== icon)
      draft.changes.push(`added ${text}`)
    } else if (icon !== null) addSubject(draft, { ...plain, word: name, icon, count: 3 })
    else draft.missed.push(text)
  }
  changePicture(draft, reading)
  draft.missed.push(...reading.unknown)
}

const plain: Omit<Subject, "word" | "icon"> = {
  count: 1,
  color: null,
  material: null,
  size: { name: "normal", word: null },
  relation: null,
  pose: null,
  text: null
}

const hasTo = (tokens: ReadonlyArray<Token>): boolean => / to (?:the|its|his|her|that) /u.test(` ${textOf(tokens)} `)

/** "Give the cat a hat", "add a hat to the cat": the one that is there gets the new one. */
const giving = (draft: Draft, subjects: ReadonlyArray<Subject>, said: string): ReadonlyArray<Subject> | null => {
  const [first, second] = subjects
  if (first === undefined || second === undefined || subjects.length > 2) return null
  const [owner, thing] = said === "give" ? [0, second] : [1, first]
  const holder = subjects[owner]
  if (holder === undefined || indexOf(draft, holder) === null) return null
  const kind = wearables.has(thing.icon ?? "")
    ? "worn-by"
    : handhelds.has(thing.icon ?? "") || said === "give"
      ? "held-by"
      : "beside"
  const tied: Subject = { ...thing, relation: { kind, to: owner, word: kind === "worn-by" ? "wearing" : "with" } }
  return owner === 0 ? [{ ...holder, relation: null }, tied] : [tied, { ...holder, relation: null }]
}

/** New things come in; those that they are said to be on, at or under are the ones in the picture. */
const joinIn = (draft: Draft, subjects: ReadonlyArray<Subject>): void => {
  const targets = new Set(subjects.flatMap(({ relation }) => relation?.to ?? []))
  const known = subjects.map((subject, index) => {
    const there = indexOf(draft, subject)
    const meant = targets.has(index) && subjects.length > 1
    return meant ? there : null
  })
  const into: Array<number | null> = []
  subjects.forEach((subject, index) => {
    const there = known[index] ?? null
    if (there !== null) {
      into.push(there)
      return
    }
    const same = indexOf(draft, subject)
    const twin = same === null ? null : draft.subjects[same]
    const plainOne =
      subject.color === null && subject.material === null && subject.relation === null && subject.size.word === null
    if (same !== null && twin?.icon === subject.icon && plainOne && twin.relation === null) {
      setCount(draft, same, twin.count + subject.count)
      into.push(same)
    } else into.push(addSubject(draft, { ...subject, relation: null }))
  })
  subjects.forEach((subject, index) => {
    const self = into[index]
    const target = subject.relation === null ? null : into[subject.relation.to]
    const own = self === undefined || self === null ? null : draft.subjects[self]
    if (own === null || own === undefined || self === null || self === undefined) return
    if (target === null || target === undefined || target === self || subject.relation === null) return
    draft.subjects[self] = { ...own, relation: tied({ ...subject.relation, to: target }, subject) }
  })
}

/** A hat on a cat is worn. */
const tied = (relation: Relation, { icon }: Subject): Relation =>
  relation.kind === "on" && wearables.has(icon ?? "") ? { ...relation, kind: "worn-by" } : relation

const replace = (draft: Draft, from: ReadonlyArray<Token>, to: ReadonlyArray<Token>): boolean => {
  const [old, ...alsoOld] = wishOf(from, false).reading.subjects
  const wish = wishOf(to, false)
  const [by] = wish.reading.subjects
  if (by === undefined || wish.reading.style !== null) return false
  const ofIt = wordsOf(from).some((text) => text === "it" || text === "them")
  const index = old === undefined ? (ofIt ? heroIn(draft) : null) : indexOf(draft, old)
  if (index === null) {
    if (old !== undefined) draft.missed.push(`${old.word} (not in the picture)`)
    return old !== undefined
  }
  for (const other of alsoOld) {
    const at = indexOf(draft, other)
    if (at !== null && at !== index) removeSubject(draft, at)
  }
  replaceSubject(draft, index, wish.several || wish.count !== null ? by : { ...by, count: 1 })
  changePicture(draft, { ...wish.reading, subjects: [] })
  draft.missed.push(...wish.reading.unknown)
  return true
}

/** "Two cats" are as many as there shall be; "a dog" is a new one; "bigger" and "at night" speak of what is there. */
const applyBare = (draft: Draft, tokens: ReadonlyArray<Token>, before: Verb | null): void => {
  const wish = wishOf(without(tokens, additions), false)
  const more = wordsOf(tokens).some((text) => additions.has(text))
  const { subjects } = wish.reading
  const [subject] = subjects
  const described = before === "make" && wish.count === null && subjects.every((one) => indexOf(draft, one) !== null)
  if (subject === undefined || described || isDescription(draft, wish)) return change(draft, tokens)
  const index = indexOf(draft, subject)
  if (index !== null && subjects.length === 1 && !more && wish.count !== null) {
    setCount(draft, index, subject.count)
    changePicture(draft, wish.reading)
    draft.missed.push(...wish.reading.unknown)
  } else add(draft, tokens, "")
}

/** "A red camera" in a picture of a camera. */
const isDescription = (draft: Draft, { factor, reading }: Wish): boolean =>
  reading.subjects.every(
    (subject) =>
      indexOf(draft, subject) !== null &&
      (factor !== 1 || subject.color !== null || subject.material !== null || subject.size.word !== null)
  )

const change = (draft: Draft, tokens: ReadonlyArray<Token>): void => {
  const wish = wishOf(tokens, true)
  const targets = wish.reading.subjects.map((subject) => indexOf(draft, subject))
  const news = wish.reading.subjects.filter((_, index) => targets[index] === null)
  const tiedTo = wish.reading.subjects.some(({ relation }) => relation !== null)
  if (news.length > 0 && tiedTo && news.length < targets.length) joinWith(draft, wish)
  else if (news.length > 0 && wish.ofIt && targets.length === 1) {
    const hero = heroIn(draft)
    const [by] = news
    if (hero !== null && by !== undefined) replaceSubject(draft, hero, by)
  } else if (news.length > 0) draft.missed.push(...news.map((subject) => `${subject.word} (not in the picture)`))
  changeLooks(draft, wish, targets)
  changePicture(draft, { ...wish.reading, ...(wish.ofBackdrop ? {} : { color: null, wall: null }) })
  draft.missed.push(...wish.reading.unknown)
}

/** "Make the cat hold a balloon": whoever is there is meant, and the rest is new. */
const joinWith = (draft: Draft, { reading }: Wish): void => {
  const into = reading.subjects.map(
    (subject) => indexOf(draft, subject) ?? addSubject(draft, { ...subject, relation: null })
  )
  reading.subjects.forEach((subject, index) => {
    const self = into[index] ?? null
    const target = subject.relation === null ? null : (into[subject.relation.to] ?? null)
    const own = self === null ? null : (draft.subjects[self] ?? null)
    if (self === null || own === null || target === null || subject.relation === null || target === self) return
    draft.subjects[self] = { ...own, relation: tied({ ...subject.relation, to: target }, subject) }
  })
}
