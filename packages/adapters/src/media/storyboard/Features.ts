import { lerp } from "./Color.ts"
import type { Element } from "./OpenAir.ts"
import { broadTree, bush, fir, isSnowy, leafColor } from "./Plants.ts"
import { ellipse, n, path, rect } from "./Vector.ts"

/** What makes a landscape its own: cacti, a farmstead, flower beds, a volcano's cone. Each is an element of a place. */

export function cacti(): Element {
  return (s, random) => {
    const { horizon, unit, width } = s.stage
    if (!s.wants("cactus")) return ""
    let svg = ""
    for (let index = 0; index < Math.round((4 * width) / unit); index++) {
      const x = width * random.between(0.02, 0.98)
      if (Math.abs(x / width - 0.5) < 0.2) continue
      const h = unit * random.between(0.1, 0.2)
      const y = horizon + unit * random.between(0.02, 0.1)
      const w = h * 0.15
      const green = s.tone("#5f8f4a", 0.22)
      const arm = (side: number, at: number, up: number): string =>
        `<path d="M${n(x)} ${n(y - h * at)}h${n(side * h * 0.26)}v${n(-h * up)}" fill="none" stroke="${green}" stroke-width="${n(w * 0.75)}" stroke-linecap="round" stroke-linejoin="round"/>`
      svg += `<path d="M${n(x)} ${n(y)}V${n(y - h)}" stroke="${green}" stroke-width="${n(w)}" stroke-linecap="round"/>${arm(
        -1,
        0.4,
        0.26
      )}${arm(1, 0.52, 0.22)}`
      svg += `<path d="M${n(x - s.stage.side * w * 0.25)} ${n(y)}V${n(y - h)}" stroke="${s.tone("#3d6a38", 0.22)}" stroke-width="${n(w * 0.3)}" stroke-linecap="round"/>`
      svg += ellipse(x - s.stage.side * h * 0.25, y, h * 0.32, h * 0.04, s.tone("#8a6a3c", 0.1), 'opacity="0.4"')
    }
    return svg
  }
}

export function farmstead(): Element {
  return (s, random) => {
    if (!s.wants("building")) return ""
    const { horizon, side, unit, width } = s.stage
    const x = width * (0.5 - side * 0.33)
    const y = horizon + unit * 0.03
    const w = unit * 0.24
    const red = s.tone("#a8382c", 0.3)
    const dark = s.tone("#7a2620", 0.3)
    const roof = s.tone("#5b5450", 0.3)
    return (
      path(
        `M${n(x - w / 2)} ${n(y)}v${n(-w * 0.5)}l${n(w * 0.16)} ${n(-w * 0.26)}l${n(w * 0.34)} ${n(-w * 0.14)}l${n(w * 0.34)} ${n(w * 0.14)}l${n(w * 0.16)} ${n(w * 0.26)}v${n(w * 0.5)}Z`,
        red
      ) +
      path(
        `M${n(x - side * w * 0.28)} ${n(y)}v${n(-w * 0.76)}l${n(-side * w * 0.22)} ${n(w * 0.26)}v${n(w * 0.5)}Z`,
        dark
      ) +
      path(
        `M${n(x - w * 0.56)} ${n(y - w * 0.48)}l${n(w * 0.2)} ${n(-w * 0.3)}l${n(w * 0.36)} ${n(-w * 0.16)}l${n(w * 0.36)} ${n(w * 0.16)}l${n(w * 0.2)} ${n(w * 0.3)}l${n(-w * 0.06)} ${n(w * 0.03)}l${n(-w * 0.18)} ${n(-w * 0.26)}l${n(-w * 0.32)} ${n(-w * 0.13)}l${n(-w * 0.32)} ${n(w * 0.13)}l${n(-w * 0.18)} ${n(w * 0.26)}Z`,
        roof
      ) +
      rect(x - w * 0.16, y - w * 0.38, w * 0.32, w * 0.38, s.tone("#f2ece2", 0.3)) +
      rect(x - w * 0.13, y - w * 0.35, w * 0.26, w * 0.35, dark) +
      rect(x - w * 0.08, y - w * 0.66, w * 0.16, w * 0.12, s.lamp("#f2ece2", "#ffe1a0", 0.3)) +
      broadTree(s, random, { x: x + side * w * 1.1, y: y + unit * 0.01 }, unit * 0.22, 0.3, leafColor(s, random))
    )
  }
}

export function parkPath(): Element {
  return (s) => {
    if (isSnowy(s) || !s.wants("path")) return ""
    const { height, horizon, side, unit, width } = s.stage
    const sand = s.tone("#d9c7a0", 0.1)
    const far = width * (0.5 + side * 0.16)
    return path(
      `M${n(far)} ${n(horizon + unit * 0.03)}C${n(far - side * unit * 0.3)} ${n(horizon + unit * 0.12)} ${n(width * 0.5 + side * unit * 0.3)} ${n(lerp(horizon, height, 0.6))} ${n(width * 0.5 - unit * 0.36)} ${n(height + 4)}` +
        `H${n(width * 0.5 + unit * 0.32)}C${n(width * 0.5 + side * unit * 0.52)} ${n(lerp(horizon, height, 0.58))} ${n(far - side * unit * 0.14)} ${n(horizon + unit * 0.12)} ${n(far + unit * 0.035)} ${n(horizon + unit * 0.03)}Z`,
      sand,
      'opacity="0.85"'
    )
  }
}

export function flowerBeds(): Element {
  return (s, random) => {
    const { horizon, unit, width } = s.stage
    if (!s.wants("flower")) return ""
    let svg = ""
    const y = horizon + unit * 0.13
    for (let x = -unit * 0.03; x < width + unit * 0.03; x += unit * 0.055) {
      const height = unit * random.between(0.035, 0.07)
      svg += bush(s, random, { x, y }, height, 0.08, isSnowy(s) ? "#e9f1f7" : "#4f9446")
      if (isSnowy(s)) continue
      const color = s.tone(random.pick(["#e8506a", "#f6c244", "#f48fb1", "#9c6ade", "#ffffff", "#ff8a50"]), 0.05)
      for (let bloom = 0; bloom < 5; bloom++) {
        svg += ellipse(
          x + random.between(-0.6, 0.6) * height,
          y - height * random.between(0.35, 1.05),
          unit * 0.0085,
          unit * 0.0078,
          color
        )
      }
    }
    return svg
  }
}

export function snowyFirs(): Element {
  return (s, random) => {
    if (!s.wants("tree")) return ""
    const { horizon, unit, width } = s.stage
    const amount = Math.round((16 * width) / unit)
    const spots = Array.from({ length: amount }, () => random()).sort((a, b) => a - b)
    return spots
      .map((near) => {
        const edge = random.chance(0.5) ? random.between(-0.03, 0.3) : random.between(0.7, 1.03)
        const distance = lerp(0.6, 0.1, near)
        return fir(
          s,
          random,
          { x: width * edge, y: horizon + unit * lerp(0.01, 0.16, near) },
          unit * lerp(0.08, 0.34, near * near),
          distance,
          0.95
        )
      })
      .join("")
  }
}

export function stones(color: string, amount: number): Element {
  return (s, random) => {
    const { height, horizon, side, unit, width } = s.stage
    let svg = ""
    for (let index = 0; index < Math.round((amount * width) / unit); index++) {
      const near = random()
      const y = lerp(horizon + unit * 0.03, height, near * near)
      const size = unit * lerp(0.006, 0.034, near) * random.between(0.5, 1.3)
      const x = random() * width
      const distance = 0.4 * (1 - near)
      svg += ellipse(
        x - side * size * 0.5,
        y + size * 0.12,
        size * 1.5,
        size * 0.3,
        s.tone("#1a1210", distance),
        'opacity="0.35"'
      )
      svg += path(
        `M${n(x - size)} ${n(y)}l${n(size * 0.3)} ${n(-size * 0.7)}l${n(size * 0.6)} ${n(-size * 0.3)}l${n(size * 0.7)} ${n(size * 0.4)}l${n(size * 0.4)} ${n(size * 0.6)}q${n(-size)} ${n(size * 0.3)} ${n(-size * 2)} 0Z`,
        s.tone(color, distance)
      )
      svg += path(
        `M${n(x - size * 0.7)} ${n(y - size * 0.7)}l${n(size * 0.6)} ${n(-size * 0.3)}l${n(size * 0.7)} ${n(size * 0.4)}l${n(-size * 0.6)} ${n(size * 0.24)}Z`,
        s.tone("#ffffff", distance),
        'opacity="0.16"'
      )
    }
    return svg
  }
}

export function railing(): Element {
  return (s) => {
    const { horizon, unit, width } = s.stage
    const y = horizon + unit * 0.06
    const stone = s.tone("#a9a49a", 0.2)
    const dark = s.tone("#6f6b66", 0.2)
    let posts = ""
    for (let x = unit * 0.02; x < width; x += unit * 0.05)
      posts += `M${n(x)} ${n(y)}v${n(-unit * 0.05)}h${n(unit * 0.018)}v${n(unit * 0.05)}Z`
    return (
      rect(0, y - unit * 0.06, width, unit * 0.016, stone) +
      path(posts, dark) +
      rect(0, y - unit * 0.008, width, unit * 0.022, stone) +
      rect(0, y + unit * 0.012, width, unit * 0.006, dark)
    )
  }
}
