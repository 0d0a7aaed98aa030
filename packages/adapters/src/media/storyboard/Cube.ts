import type { Rgb } from "./Color.ts"
import type { Sprite } from "./Raster.ts"

/**
 * A colour transform as a table of 17 x 17 x 17 colours, read with trilinear weights. Perceptual colour spaces cost a
 * cube root per channel; this way they are paid 4913 times, however many pixels there are.
 */
export type Cube = Float32Array

const side = 17
const last = side - 1

export const makeCube = (transform: (color: Rgb) => Rgb): Cube => {
  const cube = new Float32Array(side * side * side * 3)
  let at = 0
  for (let red = 0; red < side; red++) {
    for (let green = 0; green < side; green++) {
      for (let blue = 0; blue < side; blue++) {
        const [r, g, b] = transform([red / last, green / last, blue / last])
        cube[at++] = r
        cube[at++] = g
        cube[at++] = b
      }
    }
  }
  return cube
}

/** Applies the transform to the colours of a cut-out, in place. */
export const applyCube = (sprite: Sprite, cube: Cube): void => {
  const { rgba } = sprite
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] ?? 0
    if (alpha <= 0.002) continue
    const scale = last / alpha
    const red = Math.min(last, (rgba[at] ?? 0) * scale)
    const green = Math.min(last, (rgba[at + 1] ?? 0) * scale)
    const blue = Math.min(last, (rgba[at + 2] ?? 0) * scale)
    const r = Math.min(last - 1, Math.floor(red))
    const g = Math.min(last - 1, Math.floor(green))
    const b = Math.min(last - 1, Math.floor(blue))
    const fr = red - r
    const fg = green - g
    const fb = blue - b
    const base = ((r * side + g) * side + b) * 3
    for (let channel = 0; channel < 3; channel++) {
      const c000 = cube[base + channel] ?? 0
      const c001 = cube[base + 3 + channel] ?? 0
      const c010 = cube[base + side * 3 + channel] ?? 0
      const c011 = cube[base + side * 3 + 3 + channel] ?? 0
      const c100 = cube[base + side * side * 3 + channel] ?? 0
      const c101 = cube[base + side * side * 3 + 3 + channel] ?? 0
      const c110 = cube[base + (side + 1) * side * 3 + channel] ?? 0
      const c111 = cube[base + (side + 1) * side * 3 + 3 + channel] ?? 0
      const low = (c000 + (c001 - c000) * fb) * (1 - fg) + (c010 + (c011 - c010) * fb) * fg
      const high = (c100 + (c101 - c100) * fb) * (1 - fg) + (c110 + (c111 - c110) * fb) * fg
      rgba[at + channel] = (low + (high - low) * fr) * alpha
    }
  }
}
