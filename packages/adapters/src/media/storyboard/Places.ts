import type { Backdrop } from "./Backdrop.ts"
import { cave, stage, studio } from "./Halls.ts"
import { moon } from "./Moonscape.ts"
import * as Open from "./OpenPlaces.ts"
import { rooms } from "./Rooms.ts"
import type { Place } from "./Scene.ts"
import { beach, lake, sea } from "./Shores.ts"
import { sky, space } from "./Space.ts"
import type { StageKind } from "./Stage.ts"
import { underwater } from "./Underwater.ts"
import { forest, jungle } from "./Woods.ts"

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
  beach: outside(beach),
  bedroom: inside(rooms.bedroom),
  cafe: inside(rooms.cafe),
  cave: outside(cave),
  city: outside(Open.city),
  classroom: inside(rooms.classroom),
  desert: outside(Open.desert),
  farm: outside(Open.farm),
  forest: outside(forest),
  gallery: inside(rooms.gallery),
  garage: inside(rooms.garage),
  garden: outside(Open.garden),
  jungle: outside(jungle),
  kitchen: inside(rooms.kitchen),
  laboratory: inside(rooms.laboratory),
  lake: outside(lake),
  library: inside(rooms.library),
  "living-room": inside(rooms["living-room"]),
  mars: outside(Open.mars),
  meadow: outside(Open.meadow),
  moon: outside(moon),
  mountains: outside(Open.mountainsPlace),
  office: inside(rooms.office),
  park: outside(Open.park),
  room: inside(rooms.room),
  sea: outside(sea),
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
