import type { Adjustment, PictureArea } from "@image-skill/core/media/Renderer"

/** Red, green, blue and alpha of each pixel by rows, 0 to 255, alpha not multiplied in. */
export interface Raster {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** No picture, because it would not be what was asked for; the message is for the caller. */
export class AdjustmentRefused extends Error {
  override readonly name = "AdjustmentRefused"
}

/** Pixels of an input or an output: a quarter of a gigabyte in memory at most. */
export const largestPicture = 36_000_000

interface Size {
  readonly width: number
  readonly height: number
}

/** In whole pixels. By proportion it is the largest such part, in the middle. */
export const cropOf = ({ height, width }: Size, crop: NonNullable<Adjustment["crop"]>): PictureArea => {
  if ("aspectRatio" in crop) {
    const wide = Math.min(width, Math.max(1, Math.round(height * crop.aspectRatio)))
    const tall = Math.min(height, Math.max(1, Math.round(width / crop.aspectRatio)))
    return {
      left: Math.floor((width - wide) / 2),
      top: Math.floor((height - tall) / 2),
      width: wide,
      height: tall
    }
  }
  if (crop.left + crop.width > width || crop.top + crop.height > height) {
    throw new AdjustmentRefused(
      `The crop reaches to ${crop.left + crop.width}x${crop.top + crop.height}, beyond the picture of ${width}x${height}.`
    )
  }
  return crop
}

/** Both edges, the missing one in proportion. */
export const resizeOf = ({ height, width }: Size, wanted: NonNullable<Adjustment["resize"]>): Size => {
  const size = {
    width: wanted.width ?? Math.max(1, Math.round((width * (wanted.height ?? height)) / height)),
    height: wanted.height ?? Math.max(1, Math.round((height * (wanted.width ?? width)) / width))
  }
  if (size.width * size.height > largestPicture) {
    throw new AdjustmentRefused(`${size.width}x${size.height} is more than ${largestPicture / 1e6} megapixels.`)
  }
  return size
}
