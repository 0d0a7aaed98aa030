/** A small picture, at most 64 by 64 pixels of red, green, blue and alpha, row after row, 0 to 255 each. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array | Uint8ClampedArray
}

export interface PixelFacts {
  /** Whether any sample lets something through. */
  readonly transparent: boolean
  /** Up to five, the most frequent first, `#rrggbb`; of visible samples only. */
  readonly dominantColors: ReadonlyArray<string>
  /** No sample's colour differs visibly from the first one's. */
  readonly blank: boolean
  /** 64 bits, 16 hex digits. */
  readonly lookHash: string
}

/** One pass over the samples, without allocation: it also runs where a picture was just drawn. */
export const pixelFacts = (raster: Raster): PixelFacts => {
  const tally = count(raster)
  return {
    transparent: tally.leastAlpha < 255,
    dominantColors: dominantColors(tally.colors, tally.opaque),
    blank: tally.isBlank,
    lookHash: lookHash(tally.cells)
  }
}

/** In how many of their 64 bits two hashes differ. */
export const differingBits = (one: string, other: string): number => {
  let bits = 0
  for (let index = 0; index < 16; index += 1) {
    const left = Number.parseInt(one[index] ?? "0", 16)
    const right = Number.parseInt(other[index] ?? "0", 16)
    bits += bitsOf[left ^ right] ?? 0
  }
  return bits
}

const bitsOf = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4]

/**
 * At most this many of the 64 bits differ between a picture and its own copy that was compressed, resized or reduced to
 * a palette: at most 1 was measured. Pictures of a changed scene differed in 3 or more, recoloured ones in 7 or more,
 * others in 12 or more. An edit of a few percent of the area may stay below it.
 */
const mostBits = 2

/** Whether two look hashes are of pictures that nobody would tell apart at a glance. */
export const looksAlike = (one: string, other: string): boolean => differingBits(one, other) <= mostBits

/** What nobody sees: a rounding of an encoder. */
const visibleStep = 8

/** Colours are gathered in this many steps a channel. */
const colorSteps = 8
const mostColors = 5
/** A colour of less than a fiftieth of the picture does not dominate. */
const leastShare = 0.02

/** The grids of the hash, in cells, and how much must differ for a bit to be set, so that flat areas do not flicker. */
const lightColumns = 9
const lightRows = 5
const tintColumns = 4
const tintRows = 3
const lightStep = 3
const tintStep = 6

/** What shows through is taken for middle grey, which hides neither a dark nor a bright shape. */
const behind = 128

interface Cells {
  /** The sum and the number of samples of each cell, one after the other. */
  readonly light: Float64Array
  /** Likewise: how much more red, how much more blue than light there is, and the number. */
  readonly tint: Float64Array
}

interface Tally {
  readonly leastAlpha: number
  readonly isBlank: boolean
  readonly opaque: number
  /** Sums of red, green and blue and the number of samples, for each colour that is told apart. */
  readonly colors: Float64Array
  readonly cells: Cells
}

const count = ({ height, rgba, width }: Raster): Tally => {
  const colors = new Float64Array(colorSteps ** 3 * 4)
  const light = new Float64Array(lightColumns * lightRows * 2)
  const tint = new Float64Array(tintColumns * tintRows * 3)
  const [red0, green0, blue0, alpha0] = [rgba[0] ?? 0, rgba[1] ?? 0, rgba[2] ?? 0, rgba[3] ?? 0]
  let leastAlpha = 255
  let isBlank = true
  let opaque = 0
  // A picture smaller than the grid lends a sample to several cells.
  const across = Math.max(width, lightColumns)
  const down = Math.max(height, lightRows)
  for (let y = 0; y < down; y += 1) {
    const row = Math.floor((y * height) / down) * width
    const lightRow = Math.floor((y * lightRows) / down) * lightColumns
    const tintRow = Math.floor((y * tintRows) / down) * tintColumns
    for (let x = 0; x < across; x += 1) {
      const at = 4 * (row + (across === width ? x : Math.floor((x * width) / across)))
      const red = rgba[at] ?? 0
      const green = rgba[at + 1] ?? 0
      const blue = rgba[at + 2] ?? 0
      const alpha = rgba[at + 3] ?? 255
      if (alpha < leastAlpha) leastAlpha = alpha
      if (isBlank) {
        isBlank =
          Math.abs(alpha - alpha0) <= visibleStep &&
          // Of what is wholly transparent no colour is seen.
          (alpha0 <= visibleStep ||
            (Math.abs(red - red0) <= visibleStep &&
              Math.abs(green - green0) <= visibleStep &&
              Math.abs(blue - blue0) <= visibleStep))
      }
      if (alpha >= 128) {
        opaque += 1
        const cell = 4 * (((red >> 5) * colorSteps + (green >> 5)) * colorSteps + (blue >> 5))
        colors[cell] = (colors[cell] ?? 0) + red
        colors[cell + 1] = (colors[cell + 1] ?? 0) + green
        colors[cell + 2] = (colors[cell + 2] ?? 0) + blue
        colors[cell + 3] = (colors[cell + 3] ?? 0) + 1
      }
      const cover = alpha / 255
      // ITU-R BT.601.
      const luma = 0.299 * red + 0.587 * green + 0.114 * blue
      const lightCell = 2 * (lightRow + Math.floor((x * lightColumns) / across))
      light[lightCell] = (light[lightCell] ?? 0) + luma * cover + (1 - cover) * behind
      light[lightCell + 1] = (light[lightCell + 1] ?? 0) + 1
      const tintCell = 3 * (tintRow + Math.floor((x * tintColumns) / across))
      tint[tintCell] = (tint[tintCell] ?? 0) + (red - luma) * cover
      tint[tintCell + 1] = (tint[tintCell + 1] ?? 0) + (blue - luma) * cover
      tint[tintCell + 2] = (tint[tintCell + 2] ?? 0) + 1
    }
  }
  return { leastAlpha, isBlank, opaque, colors, cells: { light, tint } }
}

const dominantColors = (sums: Float64Array, opaque: number): ReadonlyArray<string> => {
  const colors: Array<{ readonly count: number; readonly hex: string }> = []
  for (let cell = 0; cell < sums.length; cell += 4) {
    const samples = sums[cell + 3] ?? 0
    if (samples === 0 || samples < opaque * leastShare) continue
    const channels = [0, 1, 2].map((channel) => Math.round((sums[cell + channel] ?? 0) / samples))
    colors.push({ count: samples, hex: `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}` })
  }
  return colors
    .toSorted((one, other) => other.count - one.count)
    .slice(0, mostColors)
    .map(({ hex }) => hex)
}

/**
 * 40 bits tell where light rises from left to right, 12 where it is reddish, 12 where it is bluish: colour takes part,
 * since a mug that turned red is another picture.
 */
const lookHash = ({ light, tint }: Cells): string => {
  let bits = ""
  for (let row = 0; row < lightRows; row += 1) {
    for (let column = 1; column < lightColumns; column += 1) {
      const at = 2 * (row * lightColumns + column)
      bits += mean(light, at, 1) - mean(light, at - 2, 1) > lightStep ? "1" : "0"
    }
  }
  for (let at = 0; at < tint.length; at += 3) bits += mean(tint, at, 2) > tintStep ? "1" : "0"
  for (let at = 0; at < tint.length; at += 3) bits += mean(tint, at + 1, 1) > tintStep ? "1" : "0"
  let hex = ""
  for (let at = 0; at < bits.length; at += 4) hex += Number.parseInt(bits.slice(at, at + 4), 2).toString(16)
  return hex
}

/** The number of samples stands so many places behind their sum. */
const mean = (sums: Float64Array, at: number, distance: number): number => (sums[at] ?? 0) / (sums[at + distance] ?? 1)
