import type { Area } from "./RoomParts.ts"
import type { Scenery } from "./Scenery.ts"
import { windowView } from "./Windows.ts"

/** An area of the wall; `x` is counted from the side where the light is. */
export const part = (s: Scenery, wall: Area, x: number, y: number, width: number, height: number): Area => {
  const w = width * s.stage.unit
  const free = wall.width - w
  // On a wide wall things keep to the sides instead of being drawn apart.
  const left = s.stage.side > 0 ? free * (1 - x) : free * x
  return { x: left, y: y * wall.height, width: w, height: height * wall.height }
}

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
): string =>
  s.wants("window")
    ? windowView(s, part(s, wall, options.x ?? 0.08, 0.12, options.wide ?? 0.34, 0.55), {
        panes: options.panes ?? [2, 2],
        frame: options.frame ?? "#f4efe6",
        town: options.town ?? false,
        ...(options.curtain === undefined ? {} : { curtain: options.curtain })
      })
    : ""
