import { clamp, type Rgb, toOklab } from "./Color.ts"
import type { Plate } from "./StyleTools.ts"

/** Median cut: the box of colours that varies most is halved until there are enough. Darkest first. */
export const palette = (plate: Plate, amount: number): ReadonlyArray<Rgb> => {
  const { canvas, things } = plate
  const { rgb } = canvas
  const samples: Array<Rgb> = []
  const pixels = rgb.length / 3
  const step = Math.max(1, Math.floor(pixels / 5000))
  for (let index = 0; index < pixels; index += step) {
    const color: Rgb = [clamp(rgb[index * 3] ?? 0), clamp(rgb[index * 3 + 1] ?? 0), clamp(rgb[index * 3 + 2] ?? 0)]
    samples.push(color)
    // The things deserve more of the palette than their share of the picture.
    if ((things.values[index] ?? 0) > 0.5) samples.push(color, color)
  }
  let boxes: Array<Array<Rgb>> = [samples]
  while (boxes.length < amount) {
    let widest = 0
    let axis: 0 | 1 | 2 = 0
    let worst = -1
    boxes.forEach((box, index) => {
      for (const channel of [0, 1, 2] as const) {
        let low = 1
        let high = 0
        for (const color of box) {
          low = Math.min(low, color[channel])
          high = Math.max(high, color[channel])
        }
        const range = (high - low) * Math.sqrt(box.length)
        if (range > worst) {
          worst = range
          widest = index
          axis = channel
        }
      }
    })
    const box = boxes[widest]
    if (box === undefined || box.length < 2) break
    const chosen = axis
    const sorted = box.toSorted((a, b) => a[chosen] - b[chosen])
    const middle = Math.floor(sorted.length / 2)
    boxes = [...boxes.slice(0, widest), sorted.slice(0, middle), sorted.slice(middle), ...boxes.slice(widest + 1)]
  }
  return boxes.map(meanOf).sort((a, b) => toOklab(a)[0] - toOklab(b)[0])
}

const meanOf = (box: ReadonlyArray<Rgb>): Rgb => {
  let [red, green, blue] = [0, 0, 0]
  for (const color of box) {
    red += color[0]
    green += color[1]
    blue += color[2]
  }
  const share = 1 / Math.max(1, box.length)
  return [red * share, green * share, blue * share]
}

export const nearest = (colors: ReadonlyArray<Rgb>, red: number, green: number, blue: number): Rgb => {
  let best: Rgb = [red, green, blue]
  let least = Number.POSITIVE_INFINITY
  for (const color of colors) {
    const distance = (color[0] - red) ** 2 * 0.9 + (color[1] - green) ** 2 * 1.4 + (color[2] - blue) ** 2 * 0.7
    if (distance < least) {
      least = distance
      best = color
    }
  }
  return best
}
