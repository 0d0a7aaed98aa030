import type { Random } from "./Random.ts"
import type { Area } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { rect } from "./Vector.ts"

/** Spines of books, upright with a few that lean. */
export const bookRow = (s: Scenery, random: Random, area: Area): string => {
  const { height, width, x, y } = area
  const colors = [
    "#8c3b34",
    "#2f5d7c",
    "#c79a3e",
    "#4f7a4a",
    "#6b4a7c",
    "#b5653a",
    "#36474f",
    "#a8a08c",
    "#7a2f45",
    "#2f6f6a"
  ] as const
  let svg = ""
  let at = x
  while (at < x + width - height * 0.08) {
    const w = Math.min(height * random.between(0.09, 0.2), x + width - at)
    const h = height * random.between(0.66, 0.94)
    const color = s.tone(random.pick(colors), 0.08)
    svg += rect(at, y + height - h, w * 0.94, h, color)
    svg += rect(at + w * 0.7, y + height - h, w * 0.24, h, "#000000", 'opacity="0.16"')
    if (random.chance(0.6))
      svg +=
        rect(at + w * 0.12, y + height - h * 0.86, w * 0.68, h * 0.05, s.tone("#e8d6a0"), 'opacity="0.8"') +
        rect(at + w * 0.12, y + height - h * 0.22, w * 0.68, h * 0.03, s.tone("#e8d6a0"), 'opacity="0.8"')
    at += w
    if (random.chance(0.08)) at += height * 0.3
  }
  return svg
}

/** Shelves from wall to wall, full of books. */
export const bookWall = (s: Scenery, area: Area): string => {
  const { height, width, x, y } = area
  const { unit } = s.stage
  const random = s.random("books")
  const rows = Math.max(2, Math.round(height / (unit * 0.16)))
  const bays = Math.max(1, Math.round(width / (unit * 0.5)))
  const wood = s.tone("#6a4429", 0.04)
  const dark = s.tone("#2d1c12", 0.04)
  const edge = unit * 0.014
  let svg = rect(x, y, width, height, dark)
  for (let row = 0; row < rows; row++) {
    for (let bay = 0; bay < bays; bay++) {
      const area2 = {
        x: x + (width * bay) / bays + edge,
        y: y + (height * row) / rows + edge * 1.6,
        width: width / bays - edge * 2,
        height: height / rows - edge * 1.8
      }
      svg += bookRow(s, random, area2)
    }
  }
  for (let row = 0; row <= rows; row++)
    svg +=
      rect(x, y + (height * row) / rows - edge / 2, width, edge, wood) +
      rect(x, y + (height * row) / rows + edge / 2, width, edge * 0.8, "#000000", 'opacity="0.3"')
  for (let bay = 0; bay <= bays; bay++) svg += rect(x + (width * bay) / bays - edge, y, edge * 2, height, wood)
  return svg
}
