import { type Box, type Drawing, type IconLibrary, inkBox } from "./Icons.ts"
import { lettering } from "./Lettering.ts"
import { lookUp } from "./Lookup.ts"
import type { RelationKind, Subject } from "./Scene.ts"
import { type Traits, traitsOf } from "./Traits.ts"

/** A subject with all that is needed to measure and draw it. */
export interface Actor {
  readonly subject: Subject
  readonly index: number
  readonly drawing: Drawing
  /** The part of the drawing that has ink. */
  readonly box: Box
  readonly traits: Traits
  /** Width divided by height of the ink. */
  readonly aspect: number
  /** A long thing that nobody holds lies on its side. */
  readonly lies: boolean
}

/** Subjects whose drawing the library does not hold are left out: the scene may come from another version. */
export const castOf = (subjects: ReadonlyArray<Subject>, library: IconLibrary): ReadonlyArray<Actor> =>
  subjects.flatMap((subject, index) => {
    const { icon } = subject
    const plain = icon === null ? undefined : lookUp(library.drawings, icon)
    if (icon === null || plain === undefined) return []
    const traits = traitsOf(icon, lookUp(library.kinds, icon))
    const lies = traits.lie !== null && !inHand.has(subject.relation?.kind ?? "beside") && subject.pose === null
    const turn = (lies ? traits.lie : traits.turn) + (subject.pose?.name === "upside-down" ? 180 : 0)
    const drawing = turned(lettered(plain, icon, subject.text), turn)
    const box = inkBox(`${icon} ${turn}`, drawing)
    return [{ subject, index, drawing, box, traits, aspect: box.width / box.height, lies }]
  })

/** Relations that keep a thing upright: somebody has it, or it stands in a vessel. */
const inHand: ReadonlySet<RelationKind> = new Set<RelationKind>(["held-by", "worn-by", "in", "riding"])

/** The drawing turned about its middle, in a view box that holds it whole. */
const turned = (drawing: Drawing, degrees: number): Drawing => {
  if (degrees === 0) return drawing
  const side = Math.ceil(Math.hypot(drawing.width, drawing.height))
  const [left, top] = [(side - drawing.width) / 2, (side - drawing.height) / 2]
  return {
    body: `<g transform="rotate(${degrees} ${side / 2} ${side / 2}) translate(${left} ${top})">${drawing.body}</g>`,
    width: side,
    height: side
  }
}

/** Where lettering goes, as fractions of the drawing; elsewhere a band across the middle. */
const textAreas: Readonly<Record<string, readonly [x: number, y: number, width: number, height: number]>> = {
  "closed-book": [0.3, 0.22, 0.5, 0.3],
  mug: [0.12, 0.32, 0.5, 0.44],
  placard: [0.22, 0.13, 0.56, 0.36],
  "t-shirt": [0.32, 0.36, 0.36, 0.3]
}

/** Writes the text of a subject on its drawing; what our alphabet lacks stays away. */
const lettered = (drawing: Drawing, icon: string, text: string | null): Drawing => {
  if (text === null) return drawing
  const [x, y, width, height] = textAreas[icon] ?? [0.2, 0.36, 0.6, 0.28]
  const area = {
    x: x * drawing.width,
    y: y * drawing.height,
    width: width * drawing.width,
    height: height * drawing.height
  }
  const letters = lettering(text, area, "#263238")
  return letters === null ? drawing : { ...drawing, body: drawing.body + letters }
}
