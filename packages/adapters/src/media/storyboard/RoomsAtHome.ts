import type { Room } from "./Interior.ts"
import { type Area, cabinets, pendant, picture, prop, shelf } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, halo, rect } from "./Vector.ts"
import { onFloor, part, window } from "./WallParts.ts"

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
      window(s, wall, { curtain: s.random("curtain").pick(["#e9b44c", "#c8553d", "#7fa05a", "#e8dcc8"]) }) +
      shelf(s, part(s, wall, 0.96, 0.2, 0.4, 0.16), ["teapot", "jar", "mug", "bowl"]) +
      (kind === "floor"
        ? ""
        : shelf(s, part(s, wall, 0.96, 0.47, 0.4, 0.14), ["potted-plant", "honey-pot", "salt", "jar"])) +
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
    window(s, wall, { curtain: s.random("curtain").pick(["#e8d3c2", "#a9bcd0", "#c7b3d1", "#d9a79a"]), wide: 0.3 }) +
    (s.wants("picture") ? picture(s, part(s, wall, 0.74, 0.14, 0.2, 0.26), s.random("picture").whole(0, 2)) : "") +
    (s.stage.kind === "floor" ? "" : prop(s, "desk-lamp", part(s, wall, 0.94, 0.52, 0.2, 0.4))) +
    garland(s, wall),
  furnish: (s, wall) => nightstand(s, wall) + onFloor(s, wall, "bed", 0.98, 0.5, 0.3)
}

/** A small chest of two drawers with a lamp on it. */
const nightstand = (s: Scenery, wall: Area): string => {
  const { unit } = s.stage
  const { width, x } = part(s, wall, 0.2, 0, 0.15, 0)
  const foot = wall.height + unit * 0.045
  const top = foot - unit * 0.15
  const drawer = (at: number): string =>
    rect(x + width * 0.08, top + unit * at, width * 0.84, unit * 0.052, s.tone("#8f6a48")) +
    ellipse(x + width / 2, top + unit * (at + 0.026), unit * 0.006, unit * 0.006, s.tone("#e3c48a"))
  const lamp = { x: x + width * 0.12, y: top - unit * 0.17, width: width * 0.76, height: unit * 0.175 }
  return (
    ellipse(x + width / 2, foot, width * 0.56, unit * 0.014, "#000000", 'opacity="0.28"') +
    rect(x, top, width, unit * 0.145, s.tone("#7a5638")) +
    drawer(0.018) +
    drawer(0.08) +
    rect(x - unit * 0.006, top - unit * 0.012, width + unit * 0.012, unit * 0.014, s.tone("#9a7350")) +
    (s.wants("desk-lamp") && s.light.lamps > 0.3
      ? halo(x + width * 0.5, top - unit * 0.1, unit * 0.24, "#ffe0a0", s.light.lamps * 0.6)
      : "") +
    prop(s, "desk-lamp", lamp)
  )
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
    window(s, wall, { curtain: s.random("curtain").pick(["#8fa68e", "#b5705c", "#7f93ad", "#d8c39a"]), wide: 0.32 }) +
    decoration(s, wall) +
    (s.stage.kind === "floor" ? "" : prop(s, "potted-plant", part(s, wall, 0.96, 0.6, 0.2, 0.42))),
  furnish: (s, wall) =>
    onFloor(s, wall, "floor-lamp", 0.98, 0.15, 0.46) +
    onFloor(s, wall, "potted-plant", 0.02, 0.17, 0.24) +
    (s.wants("floor-lamp") ? lampGlow(s, part(s, wall, 0.98, 0.4, 0.16, 0.2)) : "")
}

/** One large picture, two small ones, or a shelf with a few things. */
const decoration = (s: Scenery, wall: Area): string => {
  const random = s.random("decoration")
  const kind = random.whole(0, 2)
  const choice = random.whole(0, 3)
  const things =
    [
      ["books", "globe", "trophy"],
      ["mantelpiece-clock", "books", "vase"],
      ["radio", "potted-plant", "books"]
    ][kind] ?? []
  if (choice === 3) return shelf(s, part(s, wall, 0.86, 0.24, 0.34, 0.16), things)
  if (!s.wants("picture")) return ""
  if (choice === 0) return picture(s, part(s, wall, 0.84, 0.14, 0.2, 0.28), kind)
  if (choice === 1)
    return (
      picture(s, part(s, wall, 0.66, 0.14, 0.17, 0.24), kind) +
      picture(s, part(s, wall, 0.92, 0.18, 0.13, 0.18), kind + 1)
    )
  return picture(s, part(s, wall, 0.82, 0.18, 0.3, 0.22), kind)
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
    window(s, wall, s.random("room").chance(0.4) ? { wide: 0.32, curtain: "#cfc4ae" } : { wide: 0.32 }) +
    decoration(s, wall) +
    (s.stage.kind === "floor" || s.random("plant").chance(0.4)
      ? ""
      : prop(s, "potted-plant", part(s, wall, 0.98, 0.66, 0.18, 0.36))),
  furnish: (s, wall) =>
    onFloor(s, wall, s.random("plant").pick(["potted-plant", "stool", "floor-lamp"]), 0.97, 0.18, 0.26)
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
      ? ""
      : shelf(s, part(s, wall, 0.97, 0.4, 0.24, 0.16), ["lotion-bottle", "soap", "toothbrush"], "#dfe6e8")) +
    rect(0, wall.height * 0.7, wall.width, s.stage.unit * 0.012, s.tone("#5f9aa8")),
  furnish: (s, wall) => onFloor(s, wall, "sink", 0.34, 0.2, 0.26) + onFloor(s, wall, "bathtub", 0.97, 0.4, 0.3)
}
