import { indoorsAs } from "./Interior.ts"
import { bathroomRoom, bedroomRoom, kitchenRoom, livingRoom, plainRoom } from "./RoomsAtHome.ts"
import {
  cafeRoom,
  classroomRoom,
  galleryRoom,
  garageRoom,
  laboratoryRoom,
  libraryRoom,
  officeRoom,
  workshopRoom
} from "./RoomsAtWork.ts"

/** The rooms. Places on the wall are fractions of it, mirrored so that the window is where the light comes from. */

export const rooms = {
  bathroom: indoorsAs(bathroomRoom),
  bedroom: indoorsAs(bedroomRoom),
  cafe: indoorsAs(cafeRoom),
  classroom: indoorsAs(classroomRoom),
  gallery: indoorsAs(galleryRoom),
  garage: indoorsAs(garageRoom),
  kitchen: indoorsAs(kitchenRoom),
  laboratory: indoorsAs(laboratoryRoom),
  library: indoorsAs(libraryRoom),
  "living-room": indoorsAs(livingRoom),
  office: indoorsAs(officeRoom),
  room: indoorsAs(plainRoom),
  workshop: indoorsAs(workshopRoom)
} as const
