import { bookRow, bookWall } from "./Bookshelves.ts"
import type { Room } from "./Interior.ts"
import type { Random } from "./Random.ts"
import { type Area, cabinets, chalkboard, pegboard, pendant, picture, prop, shelf } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { n, path, rect } from "./Vector.ts"
import { onFloor, part, window } from "./WallParts.ts"
import { windowView } from "./Windows.ts"

/** Rooms to work, learn and meet in. */

export const workshopRoom: Room = {
  walls: ["#5f6a70", "#6e6257", "#56646a"],
  floor: "concrete",
  trim: null,
  sunlit: false,
  dress: (s, wall) => {
    const { unit } = s.stage
    const tools = [
      "wrench",
      "hammer",
      "carpentry-saw",
      "screwdriver",
      "axe",
      "triangular-ruler",
      "clamp",
      "paintbrush",
      "scissors",
      "gear"
    ]
    const board = part(s, wall, 0.82, 0.13, 0.62, 0.58)
    const pane = part(s, wall, 0.02, 0.1, 0.26, 0.5)
    return (
      (s.wants("window") ? windowView(s, pane, { panes: [2, 3], frame: "#3f474c", town: false }) : "") +
      pegboard(s, board, shuffled(tools, s.random("tools"))) +
      shelf(s, part(s, wall, 0.03, 0.7, 0.24, 0.17), ["jar", "oil-drum", "toolbox"]) +
      pendant(
        s,
        wall.width * 0.5,
        wall.height * 0.06,
        unit * 0.1,
        s.random("lamp").pick(["#c9543a", "#3f7f78", "#d9a23a"])
      )
    )
  }
}

/** The same things in another order. */
const shuffled = (icons: ReadonlyArray<string>, random: Random): ReadonlyArray<string> =>
  icons
    .map((icon) => ({ icon, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ icon }) => icon)

export const officeRoom: Room = {
  walls: ["#d7dde0", "#e0dad0", "#cfd9d2"],
  floor: "carpet",
  trim: "#f5f5f2",
  sunlit: true,
  dress: (s, wall) =>
    window(s, wall, { wide: 0.52, town: true, panes: [3, 1], frame: "#5d666c", x: 0.04 }) +
    shelf(s, part(s, wall, 0.97, 0.16, 0.32, 0.17), ["trophy", "globe", "framed-picture"], "#6b7680") +
    binders(s, part(s, wall, 0.97, 0.42, 0.32, 0.17)) +
    (s.stage.kind === "floor" ? "" : prop(s, "potted-plant", part(s, wall, 0.98, 0.7, 0.16, 0.3))),
  furnish: (s, wall) => onFloor(s, wall, "potted-plant", 0.9, 0.18, 0.26)
}

const binders = (s: Scenery, area: Area): string => {
  const { unit } = s.stage
  return (
    bookRow(s, s.random("binders"), area) +
    rect(area.x - unit * 0.01, area.y + area.height, area.width + unit * 0.02, unit * 0.014, s.tone("#6b7680"))
  )
}

export const libraryRoom: Room = {
  walls: ["#6b4a34"],
  floor: "walnut",
  trim: null,
  sunlit: false,
  dress: (s, wall) => {
    const { unit } = s.stage
    const arch = part(s, wall, 0.34, 0.08, 0.26, 0.62)
    return (
      bookWall(s, {
        x: -unit * 0.02,
        y: -unit * 0.03,
        width: wall.width + unit * 0.04,
        height: wall.height + unit * 0.03
      }) +
      (s.wants("window")
        ? rect(
            arch.x - unit * 0.05,
            arch.y - unit * 0.05,
            arch.width + unit * 0.1,
            arch.height + unit * 0.1,
            s.tone("#4a2f1e")
          ) + windowView(s, arch, { panes: [2, 3], frame: "#8a6240", town: false })
        : "") +
      pendant(s, wall.width * (0.5 - s.stage.side * 0.2), wall.height * 0.02, unit * 0.08, "#2f5a46")
    )
  },
  furnish: (s, wall) => onFloor(s, wall, "ladder", 0.9, 0.2, 0.5)
}

export const galleryRoom: Room = {
  walls: ["#f0eeea", "#e6e9ea"],
  floor: "concrete",
  trim: "#e2dfd8",
  sunlit: false,
  dress: (s, wall) => {
    const { unit } = s.stage
    let svg = ""
    for (const [x, y, w, h, kind] of [
      [0.03, 0.2, 0.24, 0.4, 0],
      [0.5, 0.15, 0.3, 0.36, 1],
      [0.98, 0.22, 0.22, 0.42, 2]
    ] as const) {
      const area = part(s, wall, x, y, w, h)
      svg += path(
        `M${n(area.x + area.width / 2)} ${n(-unit * 0.02)}L${n(area.x - unit * 0.06)} ${n(area.y + area.height * 1.2)}H${n(area.x + area.width + unit * 0.06)}Z`,
        "#fff6dc",
        'opacity="0.35"'
      )
      if (s.wants("picture")) svg += picture(s, area, kind)
      svg += rect(area.x + area.width / 2 - unit * 0.012, 0, unit * 0.024, unit * 0.02, s.tone("#3a3d40"))
    }
    return svg
  }
}

export const laboratoryRoom: Room = {
  walls: ["#dfeaec", "#e6eae0"],
  floor: "tile",
  trim: "#b8c8cc",
  sunlit: false,
  dress: (s, wall) =>
    shelf(s, part(s, wall, 0.04, 0.14, 0.36, 0.18), ["alembic", "test-tube", "petri-dish", "alembic"], "#9fb2b8") +
    shelf(s, part(s, wall, 0.04, 0.42, 0.36, 0.16), ["microscope", "test-tube", "jar", "alembic"], "#9fb2b8") +
    prop(s, "dna", part(s, wall, 0.62, 0.16, 0.14, 0.34)) +
    screen(s, part(s, wall, 0.97, 0.16, 0.34, 0.36)) +
    (s.stage.kind === "floor"
      ? cabinets(
          s,
          { x: 0, y: wall.height - s.stage.unit * 0.2, width: wall.width, height: s.stage.unit * 0.2 },
          6,
          "#c7d6da",
          "#7f9298"
        )
      : "")
}

/** A monitor with a curve on it. */
const screen = (s: Scenery, area: Area): string => {
  const { height, width, x, y } = area
  let curve = `M${n(x + width * 0.06)} ${n(y + height * 0.6)}`
  for (let step = 1; step <= 12; step++)
    curve += `L${n(x + width * (0.06 + step * 0.073))} ${n(y + height * (step % 4 === 2 ? 0.22 : step % 4 === 3 ? 0.82 : 0.58))}`
  return (
    rect(x, y, width, height, s.tone("#3a454a")) +
    rect(x + width * 0.03, y + height * 0.05, width * 0.94, height * 0.9, "#0f2a30") +
    path(curve, "none", `stroke="#5fe0b0" stroke-width="${n(s.stage.unit * 0.005)}" stroke-linejoin="round"`)
  )
}

export const classroomRoom: Room = {
  walls: ["#e6d9bd", "#d5dfd6", "#e0d0c4"],
  floor: "oak",
  trim: "#a98d63",
  sunlit: false,
  dress: (s, wall) =>
    chalkboard(s, part(s, wall, 0.6, 0.16, 0.62, 0.5)) +
    window(s, wall, { x: 0.01, wide: 0.2 }) +
    prop(s, "world-map", part(s, wall, 0.99, 0.16, 0.18, 0.3)) +
    shelf(s, part(s, wall, 0.98, 0.6, 0.14, 0.2), ["globe"])
}

export const cafeRoom: Room = {
  walls: ["brick"],
  floor: "walnut",
  trim: null,
  sunlit: true,
  dress: (s, wall) => {
    const { unit } = s.stage
    return (
      window(s, wall, { wide: 0.3, town: true, frame: "#3b2f28" }) +
      chalkboard(s, part(s, wall, 0.54, 0.16, 0.22, 0.36)) +
      shelf(s, part(s, wall, 0.99, 0.2, 0.31, 0.16), ["bottle", "wine-glass", "jar", "mug"], "#5a3d28") +
      shelf(s, part(s, wall, 0.99, 0.48, 0.31, 0.14), ["mug", "teapot", "cupcake", "bread"], "#5a3d28") +
      [0.25, 0.5, 0.75].map((x) => pendant(s, wall.width * x, wall.height * 0.07, unit * 0.06, "#2d2a28")).join("")
    )
  }
}

export const garageRoom: Room = {
  walls: ["concrete"],
  floor: "concrete",
  trim: null,
  sunlit: false,
  dress: (s, wall) => {
    const { unit } = s.stage
    const door = part(s, wall, 0.5, 0.12, 0.74, 0.9)
    let slats = ""
    for (let row = 0; row < 9; row++)
      slats += rect(
        door.x,
        door.y + (door.height * row) / 9,
        door.width,
        door.height / 9 - unit * 0.006,
        s.tone(row % 2 === 0 ? "#aeb8bd" : "#a2adb3")
      )
    return (
      rect(
        door.x - unit * 0.02,
        door.y - unit * 0.02,
        door.width + unit * 0.04,
        door.height + unit * 0.02,
        s.tone("#5d666b")
      ) +
      slats +
      shelf(s, part(s, wall, 0.0, 0.3, 0.2, 0.18), ["toolbox", "oil-drum"], "#6b7076") +
      rect(wall.width * 0.3, wall.height * 0.03, wall.width * 0.4, unit * 0.014, "#f4fbff")
    )
  },
  furnish: (s, wall) => onFloor(s, wall, "wheel", 0.99, 0.17, 0.17)
}
