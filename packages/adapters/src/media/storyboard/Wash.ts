import type { Rgb } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { blur, resize } from "./Raster.ts"
import type { Scenery } from "./Scenery.ts"

/** Fills the canvas with a colour for each pixel of a field of noise, computed at a quarter of the size. */
export const wash = (
  s: Scenery,
  label: string,
  cell: number,
  color: (value: number, x: number, y: number) => Rgb
): void => {
  const { height, rgb, width } = s.canvas
  const w = Math.ceil(width / 4)
  const h = Math.ceil(height / 4)
  const field = noiseField(w, h, {
    seed: s.scene.seed,
    label,
    cellWidth: (cell * s.stage.unit) / 4,
    cellHeight: (cell * s.stage.unit) / 4,
    octaves: 5,
    gain: 0.55
  })
  const small = new Float32Array(w * h * 3)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [red, green, blue] = color(field.values[y * w + x] ?? 0, x / w, y / h)
      const at = (y * w + x) * 3
      small[at] = red
      small[at + 1] = green
      small[at + 2] = blue
    }
  }
  blur(small, w, h, 3, 1.4)
  rgb.set(resize(small, w, h, 3, width, height))
}
