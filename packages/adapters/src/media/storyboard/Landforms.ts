import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { fade, heightAt, n, path, type Point, polygon, skyline } from "./Vector.ts"

/** Hills, mountains, dunes and mesas as SVG, each from the row `base` upwards. */

export interface Ridge {
  readonly base: number
  readonly height: number
  readonly distance: number
}

/** A soft chain of hills; it darkens towards its foot, where the haze of the next layer will lie. */
export const hills = (
  s: Scenery,
  random: Random,
  ridge: Ridge,
  color: string,
  foot = color
): { readonly svg: string; readonly line: ReadonlyArray<Point> } => {
  const { width } = s.stage
  const line = skyline(random, -width * 0.02, width * 1.02, ridge.base, ridge.height, 40)
  const gradient = fade(
    s.tone(color, ridge.distance),
    s.tone(foot, Math.min(1, ridge.distance + 0.07)),
    "down",
    ridge.distance < 0.5 ? 0 : 1
  )
  const body = polygon([
    ...line,
    { x: width * 1.02, y: ridge.base + s.stage.unit * 0.06 },
    { x: -width * 0.02, y: ridge.base + s.stage.unit * 0.06 }
  ])
  return { svg: gradient.defs + path(body, gradient.fill), line }
}

/**
 * Peaks with a bright and a shaded flank, parted by a crooked ridge, and snow that follows both. They overlap, the
 * lower ones in front.
 */
export const mountains = (s: Scenery, random: Random, ridge: Ridge, rock: string, snow: number): string => {
  const { unit, width } = s.stage
  const amount = Math.max(3, Math.round((width / unit) * 3.2))
  const peaks = Array.from({ length: amount }, (_, index) => ({
    x: width * ((index + 0.5) / amount + random.between(-0.07, 0.07)),
    height: ridge.height * random.between(0.5, 1)
  })).sort((a, b) => b.height - a.height)
  return peaks
    .map((peak) => mountain(s, random, ridge, { x: peak.x, y: ridge.base - peak.height }, peak.height, rock, snow))
    .join("")
}

const mountain = (
  s: Scenery,
  random: Random,
  ridge: Ridge,
  top: Point,
  height: number,
  rock: string,
  snow: number
): string => {
  const side = s.stage.side
  const base = ridge.base + s.stage.unit * 0.04
  const reach = height * random.between(0.85, 1.2)
  const flank = (direction: 1 | -1): Array<Point> => {
    const points: Array<Point> = []
    for (let step = 1; step <= 6; step++) {
      const t = step / 6
      const jag = random.between(-0.05, 0.05) * height * (1 - t * 0.5)
      points.push({
        x: top.x + direction * reach * (t * 0.62 + t * t * 0.38) + jag,
        y: top.y + (base - top.y) * t + jag * 0.5
      })
    }
    return points
  }
  const left = flank(-1)
  const right = flank(1)
  const spine: Array<Point> = [top]
  for (let step = 1; step <= 6; step++) {
    const t = step / 6
    spine.push({
      x: top.x + ((step % 2) * 2 - 1) * height * 0.05 * t - side * reach * 0.16 * t,
      y: top.y + (base - top.y) * t
    })
  }
  const distance = ridge.distance
  const bright = fade(s.tone(rock, distance), s.tone(rock, Math.min(1, distance + 0.28)))
  const dim = fade(s.tone(darker(rock), distance), s.tone(darker(rock), Math.min(1, distance + 0.3)))
  const litFlank = side > 0 ? right : left
  const dimFlank = side > 0 ? left : right
  let svg =
    bright.defs +
    dim.defs +
    path(polygon([top, ...dimFlank, ...spine.toReversed()]), dim.fill) +
    path(polygon([top, ...litFlank, ...spine.toReversed()]), bright.fill)
  // Ribs: long thin wedges of the other tone, which make a flank rough.
  for (let rib = 0; rib < 5; rib++) {
    const onLit = rib % 2 === 0
    const flankPoints = onLit ? litFlank : dimFlank
    const from = flankPoints[rib % 4] ?? top
    const start = { x: top.x + (from.x - top.x) * random.between(0.25, 0.75), y: from.y }
    const long = (base - start.y) * random.between(0.4, 0.8)
    const wide = height * random.between(0.03, 0.07)
    const d = `M${n(start.x)} ${n(start.y)}l${n(wide)} ${n(long)}l${n(-wide * 2.2)} ${n(-long * 0.3)}Z`
    svg += path(d, onLit ? dim.fill : bright.fill, 'opacity="0.45"')
  }
  if (snow > 0) svg += snowcap(s, random, top, left, right, spine, height, distance, snow)
  return svg
}

const snowcap = (
  s: Scenery,
  random: Random,
  top: Point,
  left: ReadonlyArray<Point>,
  right: ReadonlyArray<Point>,
  spine: ReadonlyArray<Point>,
  height: number,
  distance: number,
  snow: number
): string => {
  const down = height * snow
  const limit = top.y + down
  const at = (line: ReadonlyArray<Point>, y: number): number => {
    const turned = [top, ...line].map((point) => ({ x: point.y, y: point.x }))
    return heightAt(turned, y)
  }
  const half = (line: ReadonlyArray<Point>, tint: string): string => {
    const outer = line.filter((point) => point.y < limit)
    const inner = spine.filter((point) => point.y < limit)
    const edgeX = at(line, limit)
    const middleX = at(spine.slice(1), limit)
    const teeth: Array<Point> = []
    for (let tooth = 0; tooth <= 6; tooth++) {
      const t = tooth / 6
      teeth.push({
        x: edgeX + (middleX - edgeX) * t,
        y: limit + (tooth % 2 === 0 ? -0.16 : random.between(0.08, 0.3)) * down
      })
    }
    return path(polygon([top, ...outer, ...teeth, ...inner.toReversed()]), tint)
  }
  const lit = s.tone("#ffffff", distance * 0.75)
  const dim = s.tone("#b8cbe2", distance * 0.85)
  return half(left, s.stage.side > 0 ? dim : lit) + half(right, s.stage.side > 0 ? lit : dim)
}

/** Long waves of sand, each with a sunny and a shaded slope that meet in an S-shaped crest. */
export const dunes = (s: Scenery, random: Random, ridge: Ridge, sand: string): string => {
  const { side, unit, width } = s.stage
  const line = skyline(random, -width * 0.02, width * 1.02, ridge.base, ridge.height, 30)
  const bottom = ridge.base + unit * 0.08
  const lit = fade(s.tone(sand, ridge.distance), s.tone(sand, Math.min(1, ridge.distance + 0.1)))
  const shaded = fade(s.tone(darker(sand), ridge.distance), s.tone(sand, ridge.distance))
  let svg =
    lit.defs +
    shaded.defs +
    path(polygon([...line, { x: width * 1.02, y: bottom }, { x: -width * 0.02, y: bottom }]), lit.fill)
  // The lee of each crest: from a high point of the line, a bent wedge away from the light.
  for (let index = 2; index < line.length - 2; index++) {
    const here = line[index]
    const before = line[index - 1]
    const after = line[index + 1]
    if (here === undefined || before === undefined || after === undefined) continue
    if (here.y > before.y || here.y > after.y) continue
    const reach = ridge.height * random.between(1.6, 2.6)
    const far = here.x - side * reach
    const foot = Math.min(bottom, here.y + ridge.height * 1.1)
    const d =
      `M${n(here.x)} ${n(here.y)}Q${n(here.x - side * reach * 0.1)} ${n(here.y + ridge.height * 0.5)} ${n(here.x + side * reach * 0.25)} ${n(foot)}` +
      `L${n(far)} ${n(foot)}Q${n(here.x - side * reach * 0.5)} ${n(heightAt(line, here.x - side * reach * 0.5))} ${n(here.x)} ${n(here.y)}Z`
    svg += path(d, shaded.fill, 'opacity="0.75"')
  }
  return svg
}

/** Table mountains with straight walls and strata. */
export const mesas = (s: Scenery, random: Random, ridge: Ridge, rock: string): string => {
  const { side, unit, width } = s.stage
  const amount = Math.max(2, Math.round((width / unit) * 2.4))
  let svg = ""
  for (let index = 0; index < amount; index++) {
    const cx = width * ((index + 0.5) / amount + random.between(-0.1, 0.1))
    const height = ridge.height * random.between(0.4, 1)
    const half = unit * random.between(0.07, 0.16)
    const top = ridge.base - height
    const body: Array<Point> = [
      { x: cx - half * 1.5, y: ridge.base + unit * 0.02 },
      { x: cx - half * 1.12, y: ridge.base - height * 0.42 },
      { x: cx - half * 0.96, y: ridge.base - height * 0.46 },
      { x: cx - half * 0.9, y: top + height * 0.04 },
      { x: cx - half * 0.5, y: top },
      { x: cx + half * 0.55, y: top + height * 0.02 },
      { x: cx + half * 0.92, y: top + height * 0.06 },
      { x: cx + half, y: ridge.base - height * 0.44 },
      { x: cx + half * 1.15, y: ridge.base - height * 0.4 },
      { x: cx + half * 1.6, y: ridge.base + unit * 0.02 }
    ]
    const gradient = fade(s.tone(rock, ridge.distance), s.tone(rock, Math.min(1, ridge.distance + 0.25)))
    svg += gradient.defs + path(polygon(body), gradient.fill)
    const wedge: Array<Point> = [
      { x: cx - side * half * 0.1, y: top + height * 0.02 },
      { x: cx - side * half * 0.92, y: top + height * 0.06 },
      { x: cx - side * half * 1.5, y: ridge.base + unit * 0.02 },
      { x: cx - side * half * 0.35, y: ridge.base + unit * 0.02 }
    ]
    svg += path(polygon(wedge), s.tone(darker(rock), ridge.distance), 'opacity="0.5"')
    for (let layer = 1; layer < 4; layer++) {
      const y = top + height * layer * 0.14
      svg += `<path d="M${n(cx - half * 0.9)} ${n(y)}q${n(half)} ${n(height * 0.03)} ${n(half * 1.8)} 0" stroke="${s.tone(darker(rock), ridge.distance)}" stroke-width="${n(unit * 0.004)}" fill="none" opacity="0.45"/>`
    }
  }
  return svg
}

const darker = (hex: string): string => {
  const value = Number.parseInt(hex.slice(1), 16)
  const part = (shift: number, by: number): string =>
    Math.round(((value >> shift) & 255) * by)
      .toString(16)
      .padStart(2, "0")
  // Shade is not only darker but bluer.
  return `#${part(16, 0.62)}${part(8, 0.68)}${part(0, 0.78)}`
}
