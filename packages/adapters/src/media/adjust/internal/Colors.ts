import type { Adjustment } from "@image-skill/core/media/Renderer"
import { clamp, fromHex, fromOklab, luminance, type Rgb, smoothstep, toOklab } from "../../storyboard/Color.ts"

/** Changes one pixel in place; red, green and blue are 0..1 and may leave that range. */
export type Kernel = (pixel: Float32Array) => void

/** What is done to colours, in its order. Every kernel treats each pixel by itself. */
export const colorKernel = (adjustment: Adjustment): ReadonlyArray<readonly [name: string, kernel: Kernel]> => {
  const { brightness, contrast, greyscale, hue, recolor, saturation, tint } = adjustment
  const kernels: Array<readonly [string, Kernel]> = []
  if (recolor !== null) kernels.push(["recolor", recolored(recolor)])
  if (brightness !== null) kernels.push(["brightness", (pixel) => each(pixel, (value) => value * brightness)])
  if (saturation !== null) {
    kernels.push([
      "saturation",
      (pixel) => {
        const grey = luminance(rgbOf(pixel))
        each(pixel, (value) => grey + (value - grey) * saturation)
      }
    ])
  }
  if (hue !== null) kernels.push(["hue", turned(hue)])
  if (contrast !== null) kernels.push(["contrast", (pixel) => each(pixel, (value) => 0.5 + (value - 0.5) * contrast)])
  if (greyscale) {
    kernels.push([
      "greyscale",
      (pixel) => {
        pixel.fill(luminance(rgbOf(pixel)))
      }
    ])
  }
  if (tint !== null) kernels.push(["tint", tinted(tint)])
  return kernels
}

const each = (pixel: Float32Array, change: (value: number) => number): void => {
  for (let channel = 0; channel < 3; channel++) pixel[channel] = clamp(change(pixel[channel] ?? 0))
}

const rgbOf = (pixel: Float32Array): Rgb => [pixel[0] ?? 0, pixel[1] ?? 0, pixel[2] ?? 0]

/** The lightness of a colour differs over one thing in light and shade, so that it counts for less than its hue. */
const recolored = ({ from, to, tolerance }: NonNullable<Adjustment["recolor"]>): Kernel => {
  const [lightness, a, b] = toOklab(fromHex(from.slice(0, 7)))
  const target = toOklab(fromHex(to.slice(0, 7)))
  const reach = tolerance / 200
  return (pixel) => {
    const lab = toOklab(rgbOf(pixel))
    const distance = Math.hypot((lab[0] - lightness) * 0.5, lab[1] - a, lab[2] - b)
    const share = reach === 0 ? (distance < 0.002 ? 1 : 0) : 1 - smoothstep(reach * 0.7, reach, distance)
    if (share === 0) return
    pixel.set(
      fromOklab([
        clamp(lab[0] + (target[0] - lightness) * share),
        lab[1] + (target[1] - a) * share,
        lab[2] + (target[2] - b) * share
      ])
    )
  }
}

const turned = (degrees: number): Kernel => {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return (pixel) => {
    const [lightness, a, b] = toOklab(rgbOf(pixel))
    pixel.set(fromOklab([lightness, a * cosine - b * sine, a * sine + b * cosine]))
  }
}

/** Black and white stay what they are. */
const tinted = (color: string): Kernel => {
  const [, a, b] = toOklab(fromHex(color.slice(0, 7)))
  return (pixel) => {
    const [lightness] = toOklab(rgbOf(pixel))
    const amount = 1 - (2 * lightness - 1) ** 2
    pixel.set(fromOklab([lightness, a * amount, b * amount]))
  }
}
