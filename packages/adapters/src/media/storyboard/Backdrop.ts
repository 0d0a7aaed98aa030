import type { Scenery } from "./Scenery.ts"
import type { WaterRows } from "./Water.ts"

/** What a backdrop tells about the ground that it has painted. */
export interface Ground {
  /** How it mirrors what stands on it; see `Mirror` in `Shadow.ts`. */
  readonly mirror: { readonly gloss: number; readonly roughness: number; readonly ripple: number }
  readonly water: WaterRows | null
  /** Paints what is nearer than the things. */
  readonly foreground?: () => void
}

/** Ground that mirrors nothing. */
export const dull: Ground["mirror"] = { gloss: 0, roughness: 1, ripple: 0 }

/** Who will be there, since a sea with somebody on its shore is composed differently from the open sea. */
export interface Company {
  readonly standing: boolean
}

/** Paints everything behind the things. */
export type Backdrop = (s: Scenery, company: Company) => Ground
