import type { Random } from "./Random.ts"

/** One decimal is a tenth of a pixel, and halves the text that the rasteriser has to read. */
export const n = (value: number): string => String(Math.round(value * 10) / 10)

export interface Point {
  readonly x: number
  readonly y: number
}

export const polygon = (points: ReadonlyArray<Point>): string =>
  `${points.map((point, index) => `${index === 0 ? "M" : "L"}${n(point.x)} ${n(point.y)}`).join("")}Z`

/** A closed outline that passes near the points in soft curves. */
export const softPolygon = (points: ReadonlyArray<Point>): string => {
  const count = points.length
  const middle = (index: number): Point => {
    const a = points[index % count] ?? { x: 0, y: 0 }
    const b = points[(index + 1) % count] ?? { x: 0, y: 0 }
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  }
  const start = middle(0)
  let path = `M${n(start.x)} ${n(start.y)}`
  for (let index = 1; index <= count; index++) {
    const control = points[index % count] ?? start
    const end = middle(index)
    path += `Q${n(control.x)} ${n(control.y)} ${n(end.x)} ${n(end.y)}`
  }
  return `${path}Z`
}

/** Points from `(fromX, y)` to `(toX, y)` whose heights wander: a skyline. `rough` is the height of the wandering. */
export const skyline = (
  random: Random,
  fromX: number,
  toX: number,
  y: number,
  rough: number,
  steps: number
): Array<Point> => {
  // Three waves of different length that never line up look less made than midpoint displacement.
  const phases = [random() * 6.28, random() * 6.28, random() * 6.28]
  const lengths = [random.between(1.1, 1.9), random.between(2.6, 4.2), random.between(6, 9)]
  return Array.from({ length: steps + 1 }, (_, index) => {
    const t = index / steps
    const wave =
      Math.sin(t * (lengths[0] ?? 1) * 6.28 + (phases[0] ?? 0)) * 0.55 +
      Math.sin(t * (lengths[1] ?? 1) * 6.28 + (phases[1] ?? 0)) * 0.3 +
      Math.sin(t * (lengths[2] ?? 1) * 6.28 + (phases[2] ?? 0)) * 0.15
    return { x: fromX + (toX - fromX) * t, y: y - (wave * 0.5 + 0.5) * rough }
  })
}

/** The height of a skyline at `x`. */
export const heightAt = (line: ReadonlyArray<Point>, x: number): number => {
  for (let index = 1; index < line.length; index++) {
    const left = line[index - 1]
    const right = line[index]
    if (left === undefined || right === undefined || x > right.x) continue
    const t = (x - left.x) / Math.max(1e-6, right.x - left.x)
    return left.y + (right.y - left.y) * Math.min(1, Math.max(0, t))
  }
  return line.at(-1)?.y ?? 0
}

export const rect = (x: number, y: number, width: number, height: number, fill: string, more = ""): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, width))}" height="${n(Math.max(0, height))}" fill="${fill}" ${more}/>`

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, more = ""): string =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`

export const path = (d: string, fill: string, more = ""): string =>
  d === "" ? "" : `<path d="${d}" fill="${fill}" ${more}/>`

export const line = (
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  width: number,
  more = ""
): string =>
  `<path d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}" stroke="${stroke}" stroke-width="${n(width)}" fill="none" ${more}/>`

let gradients = 0

/** A gradient over what it fills, ending with an opacity: the definition, and the `fill` that uses it. */
export const fade = (
  top: string,
  bottom: string,
  direction: "down" | "right" = "down",
  opacity = 1
): { readonly defs: string; readonly fill: string } => {
  // Unique within a picture is enough; the number never shows in it.
  const id = `fade${(gradients = (gradients + 1) % 100000)}`
  const end = direction === "down" ? 'x2="0" y2="1"' : 'x2="1" y2="0"'
  return {
    defs: `<defs><linearGradient id="${id}" x1="0" y1="0" ${end}><stop offset="${opacity < 1 ? 0.45 : 0}" stop-color="${top}"/><stop offset="1" stop-color="${bottom}" stop-opacity="${opacity}"/></linearGradient></defs>`,
    fill: `url(#${id})`
  }
}

/** Light that fades from the middle outwards, to nothing. */
export const halo = (x: number, y: number, radius: number, color: string, opacity: number): string => {
  const id = `halo${(gradients = (gradients + 1) % 100000)}`
  return (
    `<defs><radialGradient id="${id}"><stop stop-color="${color}" stop-opacity="${Math.round(opacity * 100) / 100}"/>` +
    `<stop offset="0.35" stop-color="${color}" stop-opacity="${Math.round(opacity * 38) / 100}"/><stop offset="1" stop-color="${color}" stop-opacity="0"/></radialGradient></defs>` +
    `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="url(#${id})"/>`
  )
}
