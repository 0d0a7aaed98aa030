import type { Room } from "./Interior.ts"
import { type Area, cabinets, pendant, picture, prop, shelf } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, halo, rect } from "./Vector.ts"
import { part, window } from "./WallParts.ts"

/** Rooms to live in. */

export const kitchenRoom: Room = {
  walls: ["tile"],
  floor: "tile",
  trim: null,
  sunlit: true,
  dress: (s, wall) => {
    const { kind, unit } = s.stage
    const low = kind === "floor" ? cabinetRun(s, wall) : ""
    return (
      window(s, wall, { curtain: "#e9b44c" }) +
      shelf(s, part(s, wall, 0.96, 0.2, 0.4, 0.16), ["teapot", "jar", "mug", "bowl"]) +
      shelf(s, part(s, wall, 0.96, 0.47, 0.4, 0.14), ["potted-plant", "honey-pot", "salt", "jar"]) +
      utensils(s, part(s, wall, 0.54, 0.22, 0.2, 0.2)) +
      low +
      pendant(s, wall.width * 0.5, wall.height * 0.02, unit * 0.07, "#2f6f6a")
    )
  }
}

/** Base units along the wall: a sink below the window, an oven among the cupboards. */
const cabinetRun = (s: Scenery, wall: Area): string => {
  const { unit, width } = s.stage
  const top = wall.height - unit * 0.27
  return (
    cabinets(s, { x: 0, y: top, width, height: unit * 0.27 }, Math.max(4, Math.round((width / unit) * 5)), "#7f9f97") +
    rect(0, top - unit * 0.016, width, unit * 0.022, s.tone("#e8e2d6")) +
    rect(0, top + unit * 0.006, width, unit * 0.008, "#000000", 'opacity="0.2"') +
    prop(s, "oven", {
      x: width * 0.5 - unit * 0.11 + s.stage.side * unit * -0.2,
      y: top - unit * 0.006,
      width: unit * 0.2,
      height: unit * 0.275
    })
  )
}

const utensils = (s: Scenery, area: Area): string => {
  const bar = s.tone("#8f979c")
  const hook = (icon: string, at: number): string =>
    prop(s, icon, { x: area.x + area.width * at, y: area.y, width: area.width * 0.26, height: area.height })
  return (
    rect(area.x, area.y, area.width, s.stage.unit * 0.007, bar) +
    hook("spoon", 0.04) +
    hook("fork", 0.38) +
    hook("spoon", 0.7)
  )
}

export const bedroomRoom: Room = {
  walls: ["#b9c6d6", "#d6c6c0", "#c3cfbf"],
  floor: "oak",
  trim: "#f2efe8",
  sunlit: true,
  dress: (s, wall) =>
    window(s, wall, { curtain: "#e8d3c2", wide: 0.3 }) +
    (s.wants("picture") ? picture(s, part(s, wall, 0.74, 0.14, 0.2, 0.26), s.random("picture").whole(0, 2)) : "") +
    (s.stage.kind === "floor"
      ? prop(s, "bed", part(s, wall, 0.98, 0.56, 0.52, 0.46)) +
        prop(s, "desk-lamp", part(s, wall, 0.3, 0.58, 0.14, 0.26))
      : prop(s, "desk-lamp", part(s, wall, 0.94, 0.52, 0.2, 0.4))) +
    garland(s, wall)
}

/** A string of small lights. */
const garland = (s: Scenery, wall: Area): string => {
  const { unit } = s.stage
  let bulbs = ""
  const amount = Math.round((wall.width / unit) * 11)
  for (let index = 0; index <= amount; index++) {
    const t = index / amount
    const y = wall.height * 0.05 + Math.sin(t * Math.PI * 3) ** 2 * unit * 0.035
    bulbs +=
      ellipse(wall.width * t, y, unit * 0.007, unit * 0.009, s.lamp("#fff3d0", "#ffe08a")) +
      (s.light.lamps > 0.4 ? halo(wall.width * t, y, unit * 0.035, "#ffdf90", 0.7) : "")
  }
  return bulbs
}

export const livingRoom: Room = {
  walls: ["#d9cdb8", "#b9cdd0", "#d3c3c9"],
  floor: "oak",
  trim: "#f6f2ea",
  sunlit: true,
  dress: (s, wall) =>
    window(s, wall, { curtain: "#8fa68e", wide: 0.32 }) +
    (s.wants("picture")
      ? picture(s, part(s, wall, 0.66, 0.14, 0.17, 0.24), 0) + picture(s, part(s, wall, 0.92, 0.18, 0.13, 0.18), 1)
      : "") +
    (s.stage.kind === "floor"
      ? prop(s, "floor-lamp", part(s, wall, 0.98, 0.34, 0.16, 0.68)) +
        prop(s, "potted-plant", part(s, wall, 0.02, 0.64, 0.2, 0.38)) +
        lampGlow(s, part(s, wall, 0.98, 0.34, 0.16, 0.2))
      : prop(s, "potted-plant", part(s, wall, 0.96, 0.6, 0.2, 0.42)))
}

const lampGlow = (s: Scenery, area: Area): string =>
  s.light.lamps > 0.3
    ? halo(area.x + area.width / 2, area.y + area.height * 0.5, s.stage.unit * 0.32, "#ffe0a0", s.light.lamps * 0.7)
    : ""

export const plainRoom: Room = {
  walls: ["#cfd8cf", "#d9d2c4", "#c6d0da"],
  floor: "oak",
  trim: "#f4f2ec",
  sunlit: true,
  dress: (s, wall) =>
    window(s, wall, { wide: 0.32 }) +
    (s.wants("picture") ? picture(s, part(s, wall, 0.86, 0.16, 0.2, 0.28), s.random("picture").whole(0, 2)) : "") +
    prop(
      s,
      "potted-plant",
      s.stage.kind === "floor" ? part(s, wall, 0.98, 0.64, 0.2, 0.38) : part(s, wall, 0.98, 0.66, 0.18, 0.36)
    )
}

export const bathroomRoom: Room = {
  walls: ["tile"],
  floor: "slate",
  trim: null,
  sunlit: false,
  dress: (s, wall) =>
    window(s, wall, { wide: 0.22, x: 0.04 }) +
    prop(s, "mirror", part(s, wall, 0.62, 0.1, 0.22, 0.46)) +
    (s.stage.kind === "floor"
      ? prop(s, "bathtub", part(s, wall, 0.96, 0.5, 0.4, 0.54)) + prop(s, "sink", part(s, wall, 0.36, 0.58, 0.2, 0.44))
      : shelf(s, part(s, wall, 0.97, 0.4, 0.24, 0.16), ["lotion-bottle", "soap", "toothbrush"], "#dfe6e8")) +
    rect(0, wall.height * 0.66, wall.width, s.stage.unit * 0.012, s.tone("#5f9aa8"))
}
