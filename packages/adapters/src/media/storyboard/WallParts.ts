import { type Area, prop } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse } from "./Vector.ts"
import { windowView } from "./Windows.ts"

/** An area of the wall; `x` is counted from the side where the light is. */
export const part = (s: Scenery, wall: Area, x: number, y: number, width: number, height: number): Area => {
  const w = width * s.stage.unit
  const free = wall.width - w
  // On a wide wall things keep to the sides instead of being drawn apart.
  const left = s.stage.side > 0 ? free * (1 - x) : free * x
  return { x: left, y: y * wall.height, width: w, height: height * wall.height }
}

/** A thing on the floor near the wall, with its shadow. `x` as above, sizes in shorter sides of the picture. */
export const onFloor = (s: Scenery, wall: Area, icon: string, x: number, width: number, height: number): string => {
  if (!s.wants(icon)) return ""
  const { unit } = s.stage
  const { x: left } = part(s, wall, x, 0, width, 0)
  const foot = wall.height + unit * 0.045
  const wide = width * unit
  return (
    ellipse(left + wide / 2, foot - unit * 0.006, wide * 0.42, unit * 0.016, "#000000", 'opacity="0.3"') +
    prop(s, icon, { x: left, y: foot - height * unit, width: wide, height: height * unit })
  )
}

/** Windows differ from room to room: the seed chooses what the caller leaves open. */
export const window = (
  s: Scenery,
  wall: Area,
  options: {
    readonly x?: number
    readonly wide?: number
    readonly town?: boolean
    readonly frame?: string
    readonly panes?: readonly [number, number]
    readonly curtain?: string
  }
): string => {
  if (!s.wants("window")) return ""
  const random = s.random("window")
  const panes = random.pick<readonly [number, number]>([
    [2, 2],
    [2, 3],
    [3, 2],
    [1, 2],
    [2, 1]
  ])
  const frame = random.pick(["#f4efe6", "#f4efe6", "#8a6240", "#4f5a60", "#dfe5e3"])
  const town = random.chance(0.3)
  const wide = (options.wide ?? 0.34) * random.between(0.92, 1.1)
  const tall = random.between(0.5, 0.58)
  return windowView(s, part(s, wall, options.x ?? random.between(0.05, 0.12), 0.12, wide, tall), {
    panes: options.panes ?? panes,
    frame: options.frame ?? frame,
    town: options.town ?? town,
    ...(options.curtain === undefined ? {} : { curtain: options.curtain })
  })
}
