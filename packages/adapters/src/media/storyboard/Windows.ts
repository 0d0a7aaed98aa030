import { fromHex, toHex } from "./Color.ts"
import { tone } from "./Light.ts"
import type { Random } from "./Random.ts"
import type { Area } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, fade, halo, n, path, rect } from "./Vector.ts"

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
  const { stage } = s
  const bar = stage.unit * 0.012
  const random = s.random(`window ${Math.round(x)}`)
  let view = skyView(s, area, random)
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
  return `${
    rect(x - border * 1.1, y - border * 0.9, width + border * 2.2, height + border * 2.2, shade, 'opacity="0.25"') +
    rect(x - border, y - border, width + border * 2, height + border * 2, frame)
  }<svg x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" viewBox="${n(x)} ${n(y)} ${n(width)} ${n(height)}">${view}</svg>${
    glare
  }${bars}${rect(x, y, width, bar * 0.7, shade, 'opacity="0.3"')}${rect(
    x - border * 1.7,
    y + height + border * 0.7,
    width + border * 3.4,
    border * 0.9,
    frame
  )}${rect(
    x - border * 1.7,
    y + height + border * 1.6,
    width + border * 3.4,
    border * 0.35,
    shade,
    'opacity="0.35"'
  )}${options.curtain === undefined ? "" : curtains(s, area, options.curtain)}`
}

/** The sky of the hour with its sun or moon, two clouds, and stars. */
const skyView = (s: Scenery, { height, width, x, y }: Area, random: Random): string => {
  const { outside: light, stage } = s
  const [top, , low] = light.sky
  const sky = fade(toHex(top), toHex(low))
  let view = sky.defs + rect(x, y, width, height, sky.fill)
  const left = random.chance(0.5)
  if (light.sunHeight > 0.05 || light.moon) {
    const across = random.between(0.72, 0.84)
    const at = { x: x + width * (left ? 1 - across : across), y: y + height * (0.56 - light.sunHeight * 0.42) }
    view += halo(at.x, at.y, width * 0.3, toHex(light.glow), 0.6)
    view += ellipse(at.x, at.y, width * 0.07, width * 0.07, toHex(light.glow), 'opacity="0.9"')
  }
  const clouds = light.clouds > 0.3 ? [random.between(0.1, 0.24), random.between(0.34, 0.5)] : []
  clouds.forEach((cy, index) => {
    const cx = random.between(0.16, 0.5)
    const wide = width * random.between(0.24, 0.34) * (index === 0 ? 1 : 0.7)
    view += cloud(
      x + width * (left ? 1 - cx : cx),
      y + height * cy,
      wide,
      toHex(light.cloudLit),
      toHex(light.cloudShade)
    )
  })
  const dot = stage.unit * 0.0017
  for (let star = 0; light.stars > 0.5 && star < 16; star++) {
    view += ellipse(x + random() * width, y + random() * height * 0.6, dot, dot, "#ffffff", 'opacity="0.8"')
  }
  return view
}

/** Three puffs on a flat base. */
const cloud = (x: number, y: number, wide: number, lit: string, shade: string): string => {
  const shape = (down: number): string =>
    `M${n(x - wide * 0.5)} ${n(y + down)}a${n(wide * 0.13)} ${n(wide * 0.13)} 0 0 1 ${n(wide * 0.17)} ${n(-wide * 0.15)}` +
    `a${n(wide * 0.2)} ${n(wide * 0.2)} 0 0 1 ${n(wide * 0.36)} ${n(-wide * 0.06)}` +
    `a${n(wide * 0.16)} ${n(wide * 0.16)} 0 0 1 ${n(wide * 0.28)} ${n(wide * 0.08)}` +
    `a${n(wide * 0.1)} ${n(wide * 0.1)} 0 0 1 ${n(wide * 0.19)} ${n(wide * 0.13)}Z`
  return path(shape(wide * 0.03), shade, 'opacity="0.7"') + path(shape(0), lit, 'opacity="0.95"')
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

const curtains = (s: Scenery, area: Area, color: string): string => {
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
