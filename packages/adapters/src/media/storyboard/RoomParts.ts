import { fromHex, toHex } from "./Color.ts"
import { loadIcons } from "./Icons.ts"
import { tone } from "./Light.ts"
import type { Random } from "./Random.ts"
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

/** A window with what can be seen through it: sky, hills or a town, the sun or the moon, rain or snow. */
export const windowView = (
  s: Scenery,
  area: Area,
  options: {
    readonly panes: readonly [number, number]
    readonly frame: string
    readonly town: boolean
    readonly curtain?: string
  }
): string => {
  const { height, width, x, y } = area
  const { outside: light, stage } = s
  const [top, , low] = light.sky
  const bar = stage.unit * 0.012
  const sky = fade(toHex(top), toHex(low))
  const random = s.random(`window ${Math.round(x)}`)
  let view = sky.defs + rect(x, y, width, height, sky.fill)
  if (light.sunHeight > 0.05 || light.moon) {
    view += ellipse(
      x + width * 0.7,
      y + height * (0.62 - light.sunHeight * 0.4),
      width * 0.07,
      width * 0.07,
      toHex(light.glow),
      'opacity="0.9"'
    )
    view += ellipse(
      x + width * 0.7,
      y + height * (0.62 - light.sunHeight * 0.4),
      width * 0.16,
      width * 0.16,
      toHex(light.glow),
      'opacity="0.22"'
    )
  }
  if (light.clouds > 0.3) {
    for (const [cx, cy, size] of [
      [0.25, 0.24, 0.13],
      [0.6, 0.34, 0.1]
    ] as const) {
      for (let puff = -1; puff <= 1; puff++)
        view += ellipse(
          x + width * (cx + puff * size * 0.7),
          y + height * (cy - (puff === 0 ? 0.03 : 0)),
          width * size * 0.6,
          width * size * 0.36,
          toHex(light.cloudLit),
          'opacity="0.85"'
        )
    }
  }
  for (let star = 0; light.stars > 0.5 && star < 16; star++)
    view += ellipse(
      x + random() * width,
      y + random() * height * 0.6,
      bar * 0.14,
      bar * 0.14,
      "#ffffff",
      'opacity="0.8"'
    )
  view += options.town ? townView(s, area, random) : hillView(s, area)
  view += weatherView(s, area, random)
  const frame = s.tone(options.frame, 0)
  const shade = s.tone("#5a4a40", 0)
  let bars = ""
  for (let column = 1; column < options.panes[0]; column++)
    bars += rect(x + (width * column) / options.panes[0] - bar / 2, y, bar, height, frame)
  for (let row = 1; row < options.panes[1]; row++)
    bars += rect(x, y + (height * row) / options.panes[1] - bar / 2, width, bar, frame)
  const glare = path(
    `M${n(x + width * 0.08)} ${n(y + height)}L${n(x + width * 0.42)} ${n(y)}H${n(x + width * 0.6)}L${n(x + width * 0.26)} ${n(y + height)}Z`,
    "#ffffff",
    'opacity="0.12"'
  )
  const border = bar * 1.8
  return (
    rect(x - border * 1.1, y - border * 0.9, width + border * 2.2, height + border * 2.2, shade, 'opacity="0.25"') +
    rect(x - border, y - border, width + border * 2, height + border * 2, frame) +
    `<svg x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" viewBox="${n(x)} ${n(y)} ${n(width)} ${n(height)}">${view}</svg>` +
    glare +
    bars +
    rect(x, y, width, bar * 0.7, shade, 'opacity="0.3"') +
    rect(x - border * 1.7, y + height + border * 0.7, width + border * 3.4, border * 0.9, frame) +
    rect(x - border * 1.7, y + height + border * 1.6, width + border * 3.4, border * 0.35, shade, 'opacity="0.35"') +
    (options.curtain === undefined ? "" : curtains(s, area, options.curtain))
  )
}

const hillView = (s: Scenery, { height, width, x, y }: Area): string =>
  path(
    `M${n(x)} ${n(y + height * 0.78)}q${n(width * 0.25)} ${n(-height * 0.2)} ${n(width * 0.55)} ${n(-height * 0.04)}t${n(width * 0.45)} ${n(-height * 0.05)}V${n(y + height)}H${n(x)}Z`,
    outdoors(s, "#6f9f72", 0.6)
  ) +
  path(
    `M${n(x)} ${n(y + height * 0.88)}q${n(width * 0.4)} ${n(-height * 0.12)} ${n(width)} ${n(-height * 0.02)}V${n(y + height)}H${n(x)}Z`,
    outdoors(s, "#6aa84f", 0.35)
  )

const outdoors = (s: Scenery, hex: string, distance: number): string => toHex(tone(s.outside, fromHex(hex), distance))

const townView = (s: Scenery, { height, width, x, y }: Area, random: Random): string => {
  let svg = ""
  for (let layer = 0; layer < 2; layer++) {
    let at = x
    while (at < x + width) {
      const w = width * random.between(0.06, 0.12)
      const h = height * random.between(0.2, 0.62) * (layer === 0 ? 1 : 0.7)
      svg += rect(at, y + height - h, w, h, outdoors(s, layer === 0 ? "#8fa0b0" : "#5f7284", layer === 0 ? 0.75 : 0.4))
      for (let pane = 0; pane < 7; pane++) {
        svg += rect(
          at + w * random.between(0.12, 0.75),
          y + height - h * random.between(0.1, 0.92),
          w * 0.12,
          h * 0.035,
          s.lamp("#b8c8d4", "#ffd98a", layer === 0 ? 0.6 : 0.3)
        )
      }
      at += w * 1.05
    }
  }
  return svg
}

const weatherView = (s: Scenery, { height, width, x, y }: Area, random: Random): string => {
  const weather = s.scene.backdrop.weather.name
  let svg = ""
  if (weather === "rain" || weather === "storm") {
    let drops = ""
    for (let drop = 0; drop < 70; drop++)
      drops += `M${n(x + random() * width)} ${n(y + random() * height)}l${n(-width * 0.012)} ${n(height * random.between(0.05, 0.12))}`
    svg += path(drops, "none", `stroke="#e6f0f6" stroke-width="${n(s.stage.unit * 0.0022)}" opacity="0.6"`)
  }
  if (weather === "snow")
    for (let flake = 0; flake < 46; flake++)
      svg += ellipse(
        x + random() * width,
        y + random() * height,
        s.stage.unit * 0.003,
        s.stage.unit * 0.003,
        "#ffffff",
        'opacity="0.9"'
      )
  if (weather === "fog") svg += rect(x, y + height * 0.3, width, height * 0.7, toHex(s.outside.haze), 'opacity="0.7"')
  return svg
}

export const curtains = (s: Scenery, area: Area, color: string): string => {
  const { unit } = s.stage
  const cloth = s.tone(color)
  const fold = s.tone("#3a2f38")
  const rodY = area.y - unit * 0.05
  const drop = area.height + unit * 0.12
  const one = (x: number, w: number): string => {
    let folds = ""
    for (let index = 1; index < 5; index++)
      folds += path(
        `M${n(x + (w * index) / 5)} ${n(rodY)}q${n(w * 0.05)} ${n(drop * 0.5)} 0 ${n(drop)}h${n(w * 0.07)}q${n(w * 0.04)} ${n(-drop * 0.5)} ${n(-w * 0.03)} ${n(-drop)}Z`,
        fold,
        'opacity="0.2"'
      )
    return (
      path(
        `M${n(x)} ${n(rodY)}h${n(w)}q${n(w * 0.08)} ${n(drop * 0.6)} ${n(-w * 0.03)} ${n(drop)}q${n(-w * 0.45)} ${n(unit * 0.012)} ${n(-w * 0.94)} 0q${n(-w * 0.09)} ${n(-drop * 0.5)} ${n(-w * 0.03)} ${n(-drop)}Z`,
        cloth
      ) + folds
    )
  }
  const w = area.width * 0.24
  return (
    rect(area.x - w * 0.9, rodY - unit * 0.008, area.width + w * 1.8, unit * 0.01, s.tone("#6b5a4a")) +
    one(area.x - w * 0.72, w) +
    one(area.x + area.width - w * 0.28, w)
  )
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
  return (
    rect(x + edge * 0.4, y + edge * 0.6, width, height, "#000000", 'opacity="0.2"') +
    rect(x, y, width, height, frame) +
    rect(x + edge, y + edge, width - edge * 2, height - edge * 2, s.tone("#f7f3ea")) +
    rect(inner.x, inner.y, inner.width, inner.height, s.tone(ground)) +
    `<svg x="${n(inner.x)}" y="${n(inner.y)}" width="${n(inner.width)}" height="${n(inner.height)}" viewBox="0 0 100 100" preserveAspectRatio="none">` +
    ellipse(68, 30, 17, 17, s.tone(second)) +
    path("M0 78Q30 40 56 66T100 56V100H0Z", s.tone(first)) +
    path("M0 90Q40 66 100 84V100H0Z", s.tone(second), 'opacity="0.8"') +
    `</svg>`
  )
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
