/**
 * What a prompt was understood to ask for. A scene is plain JSON and holds everything the painter needs: the same
 * scene always gives the same bytes, so a picture can be edited by changing its scene and painting again.
 */
export interface Scene {
  readonly version: 1
  readonly width: number
  readonly height: number
  /** Made of the request's seed and of what the picture is mainly about; all chance in the picture comes from it. */
  readonly seed: number
  readonly style: Named<Style>
  readonly backdrop: Backdrop
  /** Nothing of the prompt can be drawn: an abstract card is painted instead of a scene. */
  readonly card: boolean
  /** What the things stand on: a table top is painted instead of open ground. */
  readonly surface: Surface | null
  /** In the order in which the prompt names them; the first is the hero. */
  readonly subjects: ReadonlyArray<Subject>
  /** Words that the prompt forbids ("no people"), in canonical form. The painter leaves such dressing out. */
  readonly excluded: ReadonlyArray<string>
  /** Content words that could not be drawn, in the order of the prompt. */
  readonly unknown: ReadonlyArray<string>
  /** Where an edit found things and leaves them; without it the painter arranges the whole picture. */
  readonly staging?: Staging
  /** The things alone, on nothing. */
  readonly cutout?: true
}

/** What an edited picture keeps of the one before, as long as it has the same kind of ground. */
export interface Staging {
  readonly ground: "top" | "floor" | "ground" | "free"
  readonly water: boolean
  /** The land itself is the subject. */
  readonly empty: boolean
  /** Somebody stands on land. */
  readonly standing: boolean
  /** Drawings whose like the backdrop does not show a second time. */
  readonly drawings: ReadonlyArray<string>
  /** In drawing order. A thing without a spot gets one where there is room. */
  readonly spots: ReadonlyArray<Spot>
}

/** Where one drawing stands, in pixels; see `Placement`. */
export interface Spot {
  /** Index in `Scene.subjects`. */
  readonly subject: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly mirrored: boolean
  readonly footing: Footing
  readonly groundY: number
}

/** `held`: rests on or in another thing, and throws no shadow of its own on the ground. */
export type Footing = "ground" | "air" | "water" | "held"

/** A choice, and the word of the prompt that made it; `word` is null when the choice is ours. */
export interface Named<A> {
  readonly name: A
  readonly word: string | null
}

export interface Backdrop {
  readonly place: Named<Place>
  readonly time: Named<TimeOfDay>
  readonly weather: Named<Weather>
  readonly season: Named<Season> | null
  /** Further words of the prompt that this place shows as well, such as the sea beside a beach. */
  readonly shown: ReadonlyArray<string>
  /** What the ground or the floor is made of, when the prompt says. */
  readonly material: Named<Material> | null
  readonly wall: Named<Material> | null
  /** A colour that no thing claims; it tints the backdrop. */
  readonly color: Named<Color> | null
}

export interface Surface {
  readonly kind: SurfaceKind
  /** Null when small things stand on the furniture of a room without the prompt saying so. */
  readonly word: string | null
  readonly material: Named<Material> | null
  readonly color: Named<Color> | null
}

export interface Subject {
  /** The prompt's own noun, singular. */
  readonly word: string
  /** The name of a drawing in the icon library; null when the drawing of another subject shows this one as well. */
  readonly icon: string | null
  /** How many are drawn, 1 to `maximumCount`. */
  readonly count: number
  readonly color: Named<Color> | null
  readonly material: Named<Material> | null
  readonly size: Named<Size>
  readonly relation: Relation | null
  /** What it is doing, where that changes how it is placed. */
  readonly pose: Named<Pose> | null
  /** Lettering that it carries: a sign that says "OPEN". */
  readonly text: string | null
}

export interface Relation {
  readonly kind: RelationKind
  /** Index of another subject in `Scene.subjects`. */
  readonly to: number
  readonly word: string
}

/** More of one thing are never drawn, whatever the prompt asks; the difference is reported. */
export const maximumCount = 12

/** Different things in one picture. What a prompt names beyond is reported as not drawn. */
export const maximumSubjects = 16

/** The allowed values of the `style` parameter. */
export const styles = [
  "illustration",
  "blueprint",
  "charcoal",
  "comic",
  "flat",
  "neon",
  "noir",
  "oil",
  "pastel",
  "pixel-art",
  "poster",
  "sketch",
  "vintage",
  "watercolor"
] as const
export type Style = (typeof styles)[number]

export const places = [
  "bathroom",
  "beach",
  "bedroom",
  "cafe",
  "cave",
  "city",
  "classroom",
  "desert",
  "farm",
  "forest",
  "gallery",
  "garage",
  "garden",
  "jungle",
  "kitchen",
  "laboratory",
  "lake",
  "library",
  "living-room",
  "mars",
  "meadow",
  "moon",
  "mountains",
  "office",
  "park",
  "room",
  "sea",
  "sky",
  "snow-field",
  "space",
  "stage",
  "street",
  "studio",
  "underwater",
  "volcano",
  "workshop"
] as const
export type Place = (typeof places)[number]

export const timesOfDay = [
  "dawn",
  "sunrise",
  "morning",
  "day",
  "afternoon",
  "golden-hour",
  "sunset",
  "dusk",
  "blue-hour",
  "night",
  "midnight"
] as const
export type TimeOfDay = (typeof timesOfDay)[number]

export const weathers = ["fair", "clear", "cloudy", "rain", "snow", "fog", "storm", "wind"] as const
export type Weather = (typeof weathers)[number]

export const seasons = ["spring", "summer", "autumn", "winter"] as const
export type Season = (typeof seasons)[number]

export const materials = [
  "bamboo",
  "brass",
  "brick",
  "bronze",
  "concrete",
  "copper",
  "cork",
  "fabric",
  "glass",
  "gold",
  "granite",
  "ice",
  "iron",
  "leather",
  "marble",
  "oak",
  "paper",
  "pine",
  "plastic",
  "rubber",
  "sand",
  "silver",
  "slate",
  "steel",
  "stone",
  "tile",
  "velvet",
  "walnut",
  "wood"
] as const
export type Material = (typeof materials)[number]

export const surfaceKinds = ["counter", "desk", "floor", "ground", "pedestal", "shelf", "table", "workbench"] as const
export type SurfaceKind = (typeof surfaceKinds)[number]

/** A colour by its hexadecimal value: the words for it are in the lexicon. */
export type Color = `#${string}`

export const sizes = ["tiny", "small", "normal", "big", "huge"] as const
export type Size = (typeof sizes)[number]

export const poses = ["flying", "floating", "jumping", "upside-down"] as const
export type Pose = (typeof poses)[number]

/** Read "the first thing is ... the second". */
export const relationKinds = [
  "on",
  "under",
  "above",
  "in",
  "in-front-of",
  "behind",
  "beside",
  "riding",
  "held-by",
  "worn-by"
] as const
export type RelationKind = (typeof relationKinds)[number]
