import { lerp } from "./Color.ts"
import type { Light } from "./Light.ts"
import { makeRandom } from "./Random.ts"

/** The space of a picture, in pixels: where the eye is level, where things stand, where the light comes from. */
export interface Stage {
  readonly width: number
  readonly height: number
  /** Sizes of detail follow the shorter side, or a long picture would have coarse grass. */
  readonly unit: number
  readonly kind: StageKind
  /** The row at eye level, where level ground would end. */
  readonly horizon: number
  /** The rows between which things stand: the nearest and the farthest. */
  readonly front: number
  readonly back: number
  /** The front edge of a table top; the bottom of the picture where there is none. */
  readonly edge: number
  /** 1 when the light comes from the right, -1 from the left. */
  readonly side: 1 | -1
  readonly sun: { readonly x: number; readonly y: number }
}

/** `top`: a table top before a wall. `floor`: a room. `ground`: the open. `free`: nothing to stand on. */
export type StageKind = "top" | "floor" | "ground" | "free"

/** `empty`: nobody will stand there, so the land itself is the subject and takes more of the picture. */
export const makeStage = (
  width: number,
  height: number,
  kind: StageKind,
  light: Light,
  seed: number,
  empty = false
): Stage => {
  const random = makeRandom(seed, "stage")
  const side = random.chance(0.5) ? 1 : -1
  const tall = height / width
  const lines = linesOf(kind, tall)
  const horizon = height * (empty && kind === "ground" ? lines.horizon + 0.1 : lines.horizon)
  const sunX = width * (0.5 + side * lerp(0.32, 0.2, light.backlit))
  const sunY =
    horizon * (1 - lerp(0.06, 0.92, Math.max(0, light.sunHeight))) + height * (light.sunHeight < 0 ? 0.06 : 0)
  return {
    width,
    height,
    unit: Math.min(width, height),
    kind,
    horizon,
    front: height * lines.front,
    back: height * lines.back,
    edge: height * lines.edge,
    side,
    sun: { x: sunX, y: sunY }
  }
}

/** Fractions of the height. A tall picture has more to spare above and below its things, a wide one less. */
const linesOf = (kind: StageKind, tall: number): { horizon: number; back: number; front: number; edge: number } => {
  const t = Math.min(1, Math.max(0, (tall - 0.56) / 1.2))
  switch (kind) {
    case "top":
      // The eye is well above the table: its far edge is `back` and the horizon of its perspective lies higher.
      return { horizon: 0.3, back: lerp(0.61, 0.58, t), front: lerp(0.82, 0.765, t), edge: lerp(0.94, 0.86, t) }
    case "floor":
      return { horizon: 0.42, back: lerp(0.74, 0.72, t), front: lerp(0.9, 0.86, t), edge: 1 }
    case "ground":
      return { horizon: lerp(0.54, 0.52, t), back: lerp(0.68, 0.64, t), front: lerp(0.9, 0.86, t), edge: 1 }
    case "free":
      return { horizon: 1, back: 0.5, front: 0.5, edge: 1 }
  }
}
