import type { Backdrop } from "./Backdrop.ts"
import { cave, sky, space, stage, studio, underwater } from "./Elsewhere.ts"
import * as Open from "./OpenPlaces.ts"
import { rooms } from "./Rooms.ts"
import type { Place } from "./Scene.ts"
import type { StageKind } from "./Stage.ts"

/** Where a place is, and who paints it. */
export interface PlaceEntry {
  /** What things have under them there when the prompt names no furniture. */
  readonly kind: StageKind
  /** Lit through windows instead of by the sky. */
  readonly indoors: boolean
  readonly paint: Backdrop
}

const outside = (paint: Backdrop): PlaceEntry => ({ kind: "ground", indoors: false, paint })
const inside = (paint: Backdrop): PlaceEntry => ({ kind: "floor", indoors: true, paint })

export const placeEntries: Readonly<Record<Place, PlaceEntry>> = {
  bathroom: inside(rooms.bathroom),
  beach: outside(Open.beach),
  bedroom: inside(rooms.bedroom),
  cafe: inside(rooms.cafe),
  cave: outside(cave),
  city: outside(Open.city),
  classroom: inside(rooms.classroom),
  desert: outside(Open.desert),
  farm: outside(Open.farm),
  forest: outside(Open.forest),
  gallery: inside(rooms.gallery),
  garage: inside(rooms.garage),
  garden: outside(Open.garden),
  jungle: outside(Open.jungle),
  kitchen: inside(rooms.kitchen),
  laboratory: inside(rooms.laboratory),
  lake: outside(Open.lake),
  library: inside(rooms.library),
  "living-room": inside(rooms["living-room"]),
  mars: outside(Open.mars),
  meadow: outside(Open.meadow),
  moon: outside(Open.moon),
  mountains: outside(Open.mountainsPlace),
  office: inside(rooms.office),
  park: outside(Open.park),
  room: inside(rooms.room),
  sea: outside(Open.sea),
  sky: { kind: "free", indoors: false, paint: sky },
  "snow-field": outside(Open.snowField),
  space: { kind: "free", indoors: false, paint: space },
  stage: { kind: "floor", indoors: true, paint: stage },
  street: outside(Open.street),
  studio: { kind: "floor", indoors: true, paint: studio },
  underwater: { kind: "free", indoors: false, paint: underwater },
  volcano: outside(Open.volcano),
  workshop: inside(rooms.workshop)
}
