import type { Finish } from "./Finish.ts"
import type { Style } from "./Scene.ts"
import { blueprint, charcoal, comic, sketch } from "./StylesDraw.ts"
import { neon, noir, vintage } from "./StylesFilm.ts"
import { oil, pastel, watercolor } from "./StylesPaint.ts"
import { flat, pixelArt, poster } from "./StylesPrint.ts"
import type { StylePass } from "./StyleTools.ts"

/** How a style treats a picture: how round things are, what the lens adds, and what is done to the whole at the end. */
export interface StyleSheet {
  /** 1 models things by light and shadow, 0 leaves them as flat as they are drawn. */
  readonly volume: number
  readonly finish: Finish
  readonly pass: StylePass | null
}

const plain: Finish = { bloom: 0.25, vignette: 0.15, grain: 0 }
const bare: Finish = { bloom: 0, vignette: 0, grain: 0 }

export const styleSheets: Readonly<Record<Style, StyleSheet>> = {
  illustration: { volume: 1, finish: { bloom: 0.55, vignette: 0.5, grain: 0.18 }, pass: null },
  blueprint: { volume: 0.2, finish: bare, pass: blueprint },
  charcoal: { volume: 1.1, finish: bare, pass: charcoal },
  comic: { volume: 0.8, finish: bare, pass: comic },
  flat: { volume: 0.15, finish: bare, pass: flat },
  neon: { volume: 0.8, finish: bare, pass: neon },
  noir: { volume: 1.3, finish: { bloom: 0.5, vignette: 0.7, grain: 0 }, pass: noir },
  oil: { volume: 1, finish: plain, pass: oil },
  pastel: { volume: 0.8, finish: plain, pass: pastel },
  "pixel-art": { volume: 0.9, finish: plain, pass: pixelArt },
  poster: { volume: 0.5, finish: bare, pass: poster },
  sketch: { volume: 1, finish: bare, pass: sketch },
  vintage: { volume: 1, finish: { bloom: 0.4, vignette: 0.5, grain: 0 }, pass: vintage },
  watercolor: { volume: 0.7, finish: plain, pass: watercolor }
}
