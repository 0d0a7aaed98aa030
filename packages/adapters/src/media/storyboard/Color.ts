/** Red, green and blue as the screen takes them (sRGB), each 0..1. */
export type Rgb = readonly [red: number, green: number, blue: number]

export const fromHex = (hex: string): Rgb => {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

export const toHex = (color: Rgb): string =>
  `#${color
    .map((channel) =>
      Math.round(clamp(channel) * 255)
        .toString(16)
        .padStart(2, "0")
    )
    .join("")}`

export const clamp = (value: number, low = 0, high = 1): number => (value < low ? low : value > high ? high : value)

export const lerp = (from: number, to: number, amount: number): number => from + (to - from) * amount

/** 0 below `low`, 1 above `high`, a smooth step between. */
export const smoothstep = (low: number, high: number, value: number): number => {
  const t = clamp((value - low) / (high - low))
  return t * t * (3 - 2 * t)
}

export const mix = (from: Rgb, to: Rgb, amount: number): Rgb => [
  lerp(from[0], to[0], amount),
  lerp(from[1], to[1], amount),
  lerp(from[2], to[2], amount)
]

export const scale = (color: Rgb, by: number): Rgb => [color[0] * by, color[1] * by, color[2] * by]

export const multiply = (color: Rgb, by: Rgb): Rgb => [color[0] * by[0], color[1] * by[1], color[2] * by[2]]

export const luminance = (color: Rgb): number => 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]

/** Towards grey for `amount` below 1, away from it above. */
export const saturate = (color: Rgb, amount: number): Rgb => {
  const grey = luminance(color)
  return mix([grey, grey, grey], color, amount)
}

/** Perceptual lightness (0..1), and the two opponent axes green-red and blue-yellow. */
export type Oklab = readonly [lightness: number, greenRed: number, blueYellow: number]

/** Björn Ottosson's Oklab, https://bottosson.github.io/posts/oklab/ */
export const toOklab = (color: Rgb): Oklab => {
  const red = toLinear(color[0])
  const green = toLinear(color[1])
  const blue = toLinear(color[2])
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  ]
}

export const fromOklab = (color: Oklab): Rgb => {
  const l = (color[0] + 0.3963377774 * color[1] + 0.2158037573 * color[2]) ** 3
  const m = (color[0] - 0.1055613458 * color[1] - 0.0638541728 * color[2]) ** 3
  const s = (color[0] - 0.0894841775 * color[1] - 1.291485548 * color[2]) ** 3
  return [
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  ]
}

const toLinear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4

const fromLinear = (channel: number): number =>
  clamp(channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055)
