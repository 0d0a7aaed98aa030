import { loadIcons } from "./Icons.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, fade, halo, line, n, path, rect } from "./Vector.ts"

/** What hangs on and stands before the walls of rooms, as SVG. Boxes are in pixels. */

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** An icon as part of a backdrop, lit like it by a multiplied tint being left to the wall's own light. */
export const prop = (s: Scenery, icon: string, area: Area, turn = 0): string => {
  const drawing = loadIcons().drawings[icon]
  if (drawing === undefined || !s.wants(icon)) return ""
  // Gradients are found by id, and an id must not be taken twice in one picture.
  const mark = `${icon}-${n(area.x)}-${n(area.y)}-`.replaceAll(".", "_")
  const body = drawing.body
    .replaceAll(/\bid="([^"]+)"/g, `id="${mark}$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${mark}$1)`)
    .replaceAll(/href="#([^"]+)"/g, `href="#${mark}$1"`)
  const turned =
    turn === 0 ? "" : ` transform="rotate(${turn} ${n(area.x + area.width / 2)} ${n(area.y + area.height / 2)})"`
  const scale = Math.min(area.width / drawing.width, area.height / drawing.height)
  const left = area.x + (area.width - drawing.width * scale) / 2
  const top = area.y + area.height - drawing.height * scale
  return `<g${turned}><g transform="translate(${n(left)} ${n(top)}) scale(${Math.round(scale * 1000) / 1000})">${body}</g></g>`
}

/** A plank on two brackets, with things on it. */
export const shelf = (s: Scenery, area: Area, icons: ReadonlyArray<string>, wood = "#8a6240"): string => {
  const { height, width, x, y } = area
  const { unit } = s.stage
  const thick = unit * 0.014
  const plankY = y + height
  const slot = width / Math.max(1, icons.length)
  const things = icons
    .map((icon, index) => prop(s, icon, { x: x + slot * (index + 0.14), y, width: slot * 0.72, height }))
    .join("")
  return (
    rect(x - unit * 0.004, plankY + thick, width + unit * 0.008, thick * 1.6, s.tone("#241c18"), 'opacity="0.22"') +
    things +
    rect(x - unit * 0.012, plankY, width + unit * 0.024, thick, s.tone(wood)) +
    rect(x - unit * 0.012, plankY, width + unit * 0.024, thick * 0.3, s.tone("#d8b48a"), 'opacity="0.6"') +
    rect(x + width * 0.1, plankY + thick, unit * 0.008, unit * 0.03, s.tone("#4a3626")) +
    rect(x + width * 0.9 - unit * 0.008, plankY + thick, unit * 0.008, unit * 0.03, s.tone("#4a3626"))
  )
}

export const picture = (s: Scenery, area: Area, kind: number): string => {
  const { height, width, x, y } = area
  const edge = Math.min(width, height) * 0.08
  const frame = s.tone(["#3a2a20", "#c9a24a", "#f2ece2"][kind % 3] ?? "#3a2a20")
  const inner = { x: x + edge * 2, y: y + edge * 2, width: width - edge * 4, height: height - edge * 4 }
  const palettes = [
    ["#f2c57c", "#d9604a", "#2f5d7c"],
    ["#9ccfd8", "#3f7f8c", "#f0e2b6"],
    ["#e9dbe8", "#8a5a9e", "#f2a65a"]
  ] as const
  const [ground, first, second] = palettes[kind % 3] ?? palettes[0]
  return `${
    rect(x + edge * 0.4, y + edge * 0.6, width, height, "#000000", 'opacity="0.2"') +
    rect(x, y, width, height, frame) +
    rect(x + edge, y + edge, width - edge * 2, height - edge * 2, s.tone("#f7f3ea")) +
    rect(inner.x, inner.y, inner.width, inner.height, s.tone(ground))
  }<svg x="${n(inner.x)}" y="${n(inner.y)}" width="${n(inner.width)}" height="${n(inner.height)}" viewBox="0 0 100 100" preserveAspectRatio="none">${ellipse(
    68,
    30,
    17,
    17,
    s.tone(second)
  )}${path("M0 78Q30 40 56 66T100 56V100H0Z", s.tone(first))}${path(
    "M0 90Q40 66 100 84V100H0Z",
    s.tone(second),
    'opacity="0.8"'
  )}</svg>`
}

/** Doors with a panel each, in a row; `top` is the row of the worktop above them. */
export const cabinets = (s: Scenery, area: Area, doors: number, color: string, knob = "#c9a24a"): string => {
  const { height, width, x, y } = area
  const { unit } = s.stage
  const w = width / doors
  const body = s.tone(color)
  const shade = s.tone("#2a221e")
  let svg = rect(x, y, width, height, body)
  for (let door = 0; door < doors; door++) {
    const dx = x + door * w
    svg +=
      rect(dx + unit * 0.004, y + unit * 0.004, w - unit * 0.008, height - unit * 0.008, body) +
      rect(dx, y, unit * 0.004, height, shade, 'opacity="0.4"')
    svg +=
      rect(dx + w * 0.14, y + height * 0.12, w * 0.72, height * 0.76, shade, 'opacity="0.1"') +
      rect(dx + w * 0.16, y + height * 0.135, w * 0.7, height * 0.75, "#ffffff", 'opacity="0.07"')
    svg += ellipse(dx + w * (door % 2 === 0 ? 0.9 : 0.1), y + height * 0.5, unit * 0.008, unit * 0.008, s.tone(knob))
  }
  return svg + rect(x, y + height, width, unit * 0.008, shade, 'opacity="0.25"')
}

/** A lamp on a cord from the ceiling, with its cone of light when it is on. */
export const pendant = (s: Scenery, x: number, length: number, size: number, color: string): string => {
  const { lamps } = s.light
  const shadeColor = s.tone(color)
  const on = Math.max(0.35, lamps)
  return (
    halo(x, length + size * 0.6, size * 2.6, "#ffdf9a", on * 0.5) +
    line(x, 0, x, length, s.tone("#2a2624"), s.stage.unit * 0.004) +
    path(
      `M${n(x - size * 0.5)} ${n(length + size * 0.46)}L${n(x - size * 1.9)} ${n(length + size * 4.2)}H${n(x + size * 1.9)}L${n(x + size * 0.5)} ${n(length + size * 0.46)}Z`,
      "#ffe9b0",
      `opacity="${Math.round(on * 16) / 100}"`
    ) +
    ellipse(x, length + size * 0.46, size * 0.3, size * 0.16, "#fff6d8") +
    path(
      `M${n(x - size * 0.1)} ${n(length)}h${n(size * 0.2)}q${n(size * 0.3)} ${n(size * 0.12)} ${n(size * 0.44)} ${n(size * 0.46)}h${n(-size * 1.08)}q${n(size * 0.14)} ${n(-size * 0.34)} ${n(size * 0.44)} ${n(-size * 0.46)}Z`,
      shadeColor
    ) +
    path(
      `M${n(x - size * 0.1)} ${n(length)}h${n(size * 0.06)}q${n(-size * 0.22)} ${n(size * 0.12)} ${n(-size * 0.32)} ${n(size * 0.46)}h${n(-size * 0.18)}q${n(size * 0.14)} ${n(-size * 0.34)} ${n(size * 0.44)} ${n(-size * 0.46)}Z`,
      "#ffffff",
      'opacity="0.25"'
    )
  )
}

export const chalkboard = (s: Scenery, area: Area): string => {
  const { height, width, x, y } = area
  const { unit } = s.stage
  const edge = unit * 0.014
  const chalk = "#eef3ea"
  const stroke = (d: string): string =>
    path(d, "none", `stroke="${chalk}" stroke-width="${n(unit * 0.004)}" stroke-linecap="round" opacity="0.75"`)
  return (
    rect(x - edge, y - edge, width + edge * 2, height + edge * 2, s.tone("#9a6a3c")) +
    rect(x, y, width, height, s.tone("#2f5d4c")) +
    ellipse(x + width * 0.4, y + height * 0.5, width * 0.34, height * 0.3, "#ffffff", 'opacity="0.05"') +
    stroke(
      `M${n(x + width * 0.08)} ${n(y + height * 0.3)}h${n(width * 0.22)}m${n(-width * 0.22)} ${n(height * 0.16)}h${n(width * 0.3)}m${n(-width * 0.3)} ${n(height * 0.16)}h${n(width * 0.18)}`
    ) +
    stroke(
      `M${n(x + width * 0.6)} ${n(y + height * 0.76)}l${n(width * 0.13)} ${n(-height * 0.5)}l${n(width * 0.13)} ${n(height * 0.5)}Zm${n(width * 0.13)} ${n(-height * 0.5)}v${n(height * 0.5)}`
    ) +
    rect(x + width * 0.3, y + height + edge, width * 0.3, edge * 0.7, s.tone("#b98a54")) +
    rect(x + width * 0.36, y + height + edge * 0.5, width * 0.03, edge * 0.5, "#ffffff")
  )
}

/** A board full of holes, on which tools hang. */
export const pegboard = (s: Scenery, area: Area, icons: ReadonlyArray<string>): string => {
  const { height, width, x, y } = area
  const { unit } = s.stage
  const step = unit * 0.028
  let holes = ""
  for (let py = y + step * 0.7; py < y + height - step * 0.3; py += step) {
    for (let px = x + step * 0.7; px < x + width - step * 0.3; px += step)
      holes += `M${n(px)} ${n(py)}h${n(step * 0.16)}v${n(step * 0.16)}h${n(-step * 0.16)}Z`
  }
  const board = fade(s.tone("#d9a565"), s.tone("#b98246"))
  const edge = unit * 0.012
  const columns = Math.max(2, Math.round(icons.length / 2))
  const cell = { width: width / columns, height: height / 2 }
  let tools = ""
  icons.forEach((icon, index) => {
    const column = index % columns
    const row = Math.floor(index / columns)
    if (row > 1) return
    const size = Math.min(cell.width, cell.height) * 0.72
    const cx = x + cell.width * (column + 0.5) - size / 2
    const cy = y + cell.height * (row + 0.52) - size / 2
    tools += `<g opacity="0.3" transform="translate(${n(unit * 0.008)} ${n(unit * 0.012)})">${silhouette(prop(s, icon, { x: cx, y: cy, width: size, height: size }))}</g>`
    tools += prop(s, icon, { x: cx + 0.01, y: cy + 0.01, width: size, height: size })
    tools += rect(cx + size * 0.5 - unit * 0.002, cy - unit * 0.012, unit * 0.004, unit * 0.02, s.tone("#5a5f64"))
  })
  return (
    rect(x - edge, y - edge * 0.4, width + edge * 2.6, height + edge * 2.4, "#000000", 'opacity="0.28"') +
    rect(x - edge, y - edge, width + edge * 2, height + edge * 2, s.tone("#7a4f2a")) +
    board.defs +
    rect(x, y, width, height, board.fill) +
    path(holes, s.tone("#5f3d1e"), 'opacity="0.75"') +
    tools
  )
}

/** The same drawing in black, for a shadow. */
const silhouette = (svg: string): string => svg.replaceAll(/(fill|stroke|stop-color)="(?!none)[^"]*"/g, '$1="#000000"')
