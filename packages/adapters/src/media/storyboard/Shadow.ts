import { clamp, lerp } from "./Color.ts"
import type { Light } from "./Light.ts"
import type { Placement } from "./Placement.ts"
import { blur, blurAlong, type Canvas, type Sprite } from "./Raster.ts"
import type { Stage } from "./Stage.ts"

/** Shadows and mirror images that things leave on what they stand on. */

/**
 * The dark line of contact and the shadow thrown along the ground. Both are computed at a quarter of the size: nothing
 * in a shadow is sharper than that.
 */
export const castShadow = (canvas: Canvas, sprite: Sprite, at: Placement, stage: Stage, light: Light): void => {
  const step = Math.max(2, Math.round(stage.unit / 256))
  const towards = lerp(-0.24, 0.62, light.backlit)
  const away = -stage.side * lerp(0.85, 0.5, light.backlit)
  const length = light.shadowLength
  const reachX = Math.abs(away) * length * at.height
  const reachY = Math.abs(towards) * length * at.height
  const soft = lerp(0.05, 0.018, light.shadowSharpness) * at.height
  const margin = soft * 3 + step * 2
  const left = Math.floor(at.x - at.width / 2 - reachX - margin)
  const top = Math.floor(at.y - Math.max(towards < 0 ? reachY : 0, at.height * 0.1) - margin)
  const width = Math.ceil((at.width + 2 * reachX + 2 * margin) / step)
  const height = Math.ceil((reachY + at.height * 0.16 + 2 * margin) / step)
  if (width < 2 || height < 2 || width * height > 4_000_000) return
  const cast = new Float32Array(width * height)
  const contact = new Float32Array(width * height)
  const alphaAt = (x: number, y: number): number => {
    const column = Math.floor(x - (at.x - at.width / 2))
    const row = Math.floor(y)
    if (column < 0 || row < 0 || column >= sprite.width || row >= sprite.height) return 0
    return sprite.rgba[(row * sprite.width + column) * 4 + 3] ?? 0
  }
  for (let row = 0; row < height; row++) {
    const y = top + (row + 0.5) * step
    const rise = (y - at.y) / (towards * length)
    for (let column = 0; column < width; column++) {
      const x = left + (column + 0.5) * step
      if (rise >= 0 && rise < at.height) {
        // Weaker with height: light creeps around tall things.
        cast[row * width + column] =
          alphaAt(x - away * length * rise, at.height - rise) * (1 - 0.55 * (rise / at.height))
      }
      // The lowest tenth of the thing, pressed flat where it stands.
      const pressed = (y - at.y) / (at.height * 0.035)
      if (pressed > -1 && pressed < 1) {
        contact[row * width + column] =
          alphaAt(x, at.height * (1 - 0.05 * (1 - Math.abs(pressed)) - 0.004)) * (1 - pressed * pressed)
      }
    }
  }
  blur(cast, width, height, 1, soft / step)
  blur(contact, width, height, 1, Math.max(1, (at.height * 0.016) / step))
  const strength = light.shadow * 0.72
  for (let index = 0; index < cast.length; index++) {
    cast[index] = 1 - (1 - (cast[index] ?? 0) * strength) * (1 - Math.min(0.62, (contact[index] ?? 0) * 0.75))
  }
  darken(canvas, cast, { left, top, width, height, step }, stage)
}

/** A soft spot on the ground below something that hovers. */
export const hoverShadow = (canvas: Canvas, at: Placement, stage: Stage, light: Light): void => {
  const above = (at.groundY - at.y) / stage.height
  if (above < 0 || above > 0.5 || stage.kind === "free") return
  const step = Math.max(2, Math.round(stage.unit / 256))
  const rx = at.width * lerp(0.42, 0.3, above * 2)
  const ry = rx * 0.16
  const left = Math.floor(at.x - rx * 1.4)
  const top = Math.floor(at.groundY - ry * 1.4)
  const width = Math.ceil((rx * 2.8) / step)
  const height = Math.ceil((ry * 2.8) / step)
  if (width < 2 || height < 2) return
  const spot = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = (left + column * step - at.x) / rx
      const dy = (top + row * step - at.groundY) / ry
      const inside = clamp(1 - dx * dx - dy * dy)
      spot[row * width + column] = inside * lerp(0.4, 0.1, above * 2) * (0.4 + light.shadow)
    }
  }
  darken(canvas, spot, { left, top, width, height, step }, stage)
}

/** Multiplies the ground by an upsampled mask; shadows are not black but take the colour of the sky's light. */
const darken = (
  canvas: Canvas,
  mask: Float32Array,
  area: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
    readonly step: number
  },
  stage: Stage
): void => {
  const { rgb, width } = canvas
  const { step } = area
  const ground = Math.max(0, Math.floor(stage.kind === "ground" || stage.kind === "floor" ? stage.horizon : 0))
  const limit = stage.kind === "top" ? stage.edge : canvas.height
  for (let y = Math.max(ground, area.top); y < Math.min(limit, area.top + (area.height - 1) * step); y++) {
    const fy = (y - area.top) / step
    const row = Math.floor(fy)
    const down = fy - row
    for (let x = Math.max(0, area.left); x < Math.min(width, area.left + (area.width - 1) * step); x++) {
      const fx = (x - area.left) / step
      const column = Math.floor(fx)
      const across = fx - column
      const at = row * area.width + column
      const upper = (mask[at] ?? 0) * (1 - across) + (mask[at + 1] ?? 0) * across
      const lower = (mask[at + area.width] ?? 0) * (1 - across) + (mask[at + area.width + 1] ?? 0) * across
      const dark = upper * (1 - down) + lower * down
      if (dark < 0.004) continue
      const target = (y * width + x) * 3
      rgb[target] = (rgb[target] ?? 0) * (1 - dark)
      rgb[target + 1] = (rgb[target + 1] ?? 0) * (1 - dark * 0.94)
      rgb[target + 2] = (rgb[target + 2] ?? 0) * (1 - dark * 0.84)
    }
  }
}

export interface Mirror {
  /** 0..1: how much of the thing is seen again. */
  readonly gloss: number
  /** 0..1: how blurred it is. */
  readonly roughness: number
  /** 0 for a solid top; more lets the image sway like on water. */
  readonly ripple: number
  /** The last row that mirrors. */
  readonly bottom: number
}

/** The thing upside down below its foot, fading with its height. */
export const mirrorImage = (canvas: Canvas, sprite: Sprite, at: Placement, mirror: Mirror): void => {
  if (mirror.gloss < 0.03) return
  const { rgb, width } = canvas
  const copy = sprite.rgba.slice()
  blurAlong("columns", copy, sprite.width, sprite.height, 4, sprite.height * mirror.roughness * 0.09)
  blurAlong("rows", copy, sprite.width, sprite.height, 4, sprite.width * mirror.roughness * 0.03)
  const left = Math.round(at.x - at.width / 2)
  const foot = Math.round(at.y)
  const squash = 0.82
  const rows = Math.min(Math.floor(sprite.height * squash), Math.floor(mirror.bottom) - foot, canvas.height - foot)
  for (let row = 0; row < rows; row++) {
    const source = sprite.height - 1 - Math.floor(row / squash)
    const y = foot + row
    if (y < 0) continue
    const near = row / (sprite.height * squash)
    const strength = mirror.gloss * (1 - near) ** (1.2 + mirror.roughness * 1.6)
    const sway =
      mirror.ripple === 0
        ? 0
        : Math.round(mirror.ripple * (Math.sin(row * 0.55) + Math.sin(row * 0.23 + 1.3)) * Math.min(1, near * 6 + 0.15))
    for (let column = 0; column < sprite.width; column++) {
      const x = left + column + sway
      if (x < 0 || x >= width) continue
      const pixel = (source * sprite.width + column) * 4
      const alpha = (copy[pixel + 3] ?? 0) * strength
      if (alpha < 0.003) continue
      const target = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++) {
        rgb[target + channel] = (rgb[target + channel] ?? 0) * (1 - alpha) + (copy[pixel + channel] ?? 0) * strength
      }
    }
  }
}
