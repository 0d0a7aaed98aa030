import { clamp, fromHex, mix, type Rgb, scale, smoothstep } from "./Color.ts"
import type { Material } from "./Scene.ts"
import { cellValue, type Grain, put, type Texture, visible } from "./Texture.ts"

/** Worked materials: metals, woods, fabrics and the like. Stone and earth are in `TexturesGround.ts`. */
export type MadeMaterial = Exclude<
  Material,
  "brick" | "concrete" | "granite" | "ice" | "marble" | "sand" | "slate" | "stone" | "tile"
>

type Maker = (grain: Grain) => Texture

/** Brushed along u: long fine streaks, and a slow change of tone. */
const metal =
  (hex: string, brushed: number, gloss: number): Maker =>
  (grain) => {
    const color = fromHex(hex)
    const dark = scale(color, 0.78)
    const light = mix(color, [1, 1, 1], 0.3)
    return {
      color,
      gloss,
      roughness: 0.25 + brushed * 0.35,
      metal: true,
      row: (out, count, u0, du, v, dv) => {
        const coarse = grain.row(0, count, u0, du, v, 1.1, 90)
        const middle = grain.row(1, count, u0, du, v, 2.6, 260)
        const fine = grain.row(2, count, u0, du, v, 5, 640)
        const slow = grain.row(3, count, u0, du, v, 0.8, 1.4)
        const a = brushed * 0.55 * visible(90, dv)
        const b = brushed * 0.5 * visible(260, dv)
        const c = brushed * 0.45 * visible(640, dv)
        for (let x = 0; x < count; x++) {
          const streak = ((coarse[x] ?? 0) - 0.5) * a + ((middle[x] ?? 0) - 0.5) * b + ((fine[x] ?? 0) - 0.5) * c
          put(out, x, dark, light, clamp(0.5 + streak * 1.15 + ((slow[x] ?? 0) - 0.5) * 0.5), 1)
        }
      }
    }
  }

/** Boards along u, each with its own tint; rings show as long stretched bands of grain. */
const wood =
  (pale: string, deep: string, board: number, gloss = 0.16): Maker =>
  (grain) => {
    const light = fromHex(pale)
    const dark = fromHex(deep)
    return {
      color: mix(light, dark, 0.45),
      gloss,
      roughness: 0.55,
      metal: false,
      row: (out, count, u0, du, v, dv) => {
        const index = Math.floor(v / board)
        const within = v / board - index
        const shift = cellValue(index, 7) * 40
        const tint = cellValue(index, 3)
        const knots = grain.row(0, count, u0 + shift, du, v + shift, 0.9, 6)
        const rings = grain.row(1, count, u0 + shift, du, v + shift, 1.6, 46)
        const pores = grain.row(2, count, u0 + shift, du, v, 7, 300)
        const ringShare = visible(46, dv)
        const poreShare = visible(300, dv) * 0.4
        const seam = board < 50 ? 1 - 0.55 * smoothstep(0.03 + dv / board, 0, Math.min(within, 1 - within)) : 1
        for (let x = 0; x < count; x++) {
          const band = Math.sin((within * 9 + (knots[x] ?? 0) * 11) * 2.2) * 0.5 + 0.5
          const amount =
            0.14 +
            tint * 0.3 +
            band * 0.26 * (0.4 + 0.6 * ringShare) +
            ((rings[x] ?? 0) - 0.5) * 0.55 * ringShare +
            ((pores[x] ?? 0) - 0.5) * poreShare
          put(out, x, light, dark, clamp(amount), seam)
        }
      }
    }
  }

/** Threads over and under, too fine to see from afar. */
const woven =
  (hex: string, threads: number, depth: number): Maker =>
  (grain) => {
    const color = fromHex(hex)
    const dark = scale(color, 0.62)
    return {
      color,
      gloss: 0,
      roughness: 1,
      metal: false,
      row: (out, count, u0, du, v, dv) => {
        const folds = grain.row(0, count, u0, du, v, 2.2, 1.4)
        const lint = grain.row(1, count, u0, du, v, 60, 60)
        const share = visible(threads, dv)
        const weft = Math.sin(v * threads * Math.PI)
        for (let x = 0; x < count; x++) {
          const warp = Math.sin((u0 + x * du) * threads * Math.PI)
          const thread = weft * warp * 0.5 * share
          const level = 0.72 + ((folds[x] ?? 0) - 0.5) * depth + thread * 0.22 + ((lint[x] ?? 0) - 0.5) * 0.16
          put(out, x, dark, color, clamp(level), 1)
        }
      }
    }
  }

/** Grainy and dull: cork, leather, rubber, paper. `cells` is the size of the grain a metre. */
const grained =
  (pale: string, deep: string, cells: number, contrast: number, gloss: number): Maker =>
  (grain) => {
    const light = fromHex(pale)
    const dark = fromHex(deep)
    return {
      color: mix(light, dark, 0.35),
      gloss,
      roughness: 0.7,
      metal: false,
      row: (out, count, u0, du, v, dv) => {
        const blotch = grain.row(0, count, u0, du, v, 3, 3)
        const pebble = grain.row(1, count, u0, du, v, cells, cells)
        const speck = grain.row(2, count, u0, du, v, cells * 2.3, cells * 2.3)
        const share = visible(cells, dv)
        for (let x = 0; x < count; x++) {
          const crease = Math.abs((pebble[x] ?? 0) - 0.5) * 2
          const amount =
            0.35 +
            ((blotch[x] ?? 0) - 0.5) * 0.4 +
            (0.5 - crease) * contrast * share +
            ((speck[x] ?? 0) - 0.5) * contrast * share
          put(out, x, light, dark, clamp(amount), 1)
        }
      }
    }
  }

const plain =
  (hex: string, gloss: number, roughness: number): Maker =>
  (grain) => {
    const color = fromHex(hex)
    const light: Rgb = mix(color, [1, 1, 1], 0.25)
    return {
      color,
      gloss,
      roughness,
      metal: false,
      row: (out, count, u0, du, v) => {
        const slow = grain.row(0, count, u0, du, v, 0.9, 1.3)
        for (let x = 0; x < count; x++) put(out, x, color, light, (slow[x] ?? 0) * 0.7, 1)
      }
    }
  }

/** Round culms beside each other, with a ring at every node. */
const bamboo: Maker = (grain) => {
  const light = fromHex("#dcc98a")
  const dark = fromHex("#8f7a3c")
  const culm = 0.09
  return {
    color: fromHex("#c4ae6c"),
    gloss: 0.2,
    roughness: 0.5,
    metal: false,
    row: (out, count, u0, du, v, dv) => {
      const index = Math.floor(v / culm)
      const within = v / culm - index
      const round = Math.abs(within - 0.4) * 1.5
      const fibre = grain.row(0, count, u0, du, v, 3, 200)
      const shift = cellValue(index, 1)
      const share = visible(200, dv) * 0.3
      for (let x = 0; x < count; x++) {
        const along = (u0 + x * du) * 2.4 + shift
        const node = Math.abs(along - Math.floor(along) - 0.5)
        const ring = node < 0.02 ? 0.5 : 0
        put(out, x, light, dark, clamp(round + ring + ((fibre[x] ?? 0) - 0.5) * share), 1)
      }
    }
  }
}

export const madeTextures: Readonly<Record<MadeMaterial, Maker>> = {
  bamboo,
  brass: metal("#c9a44c", 0.32, 0.5),
  bronze: metal("#94683c", 0.3, 0.42),
  copper: metal("#c8764c", 0.35, 0.5),
  cork: grained("#d3a46f", "#7f5330", 55, 0.75, 0),
  fabric: woven("#b9a78f", 70, 0.5),
  glass: plain("#a9cfd0", 0.85, 0.08),
  gold: metal("#e3b43e", 0.14, 0.6),
  iron: metal("#4c5056", 0.5, 0.22),
  leather: grained("#8a5330", "#4a2812", 110, 0.5, 0.2),
  oak: wood("#d8a86a", "#8a5a2c", 0.17),
  paper: grained("#f2ead9", "#cfc4ac", 26, 0.28, 0),
  pine: wood("#efcd92", "#c08c4a", 0.2),
  plastic: plain("#d7dce0", 0.4, 0.2),
  rubber: grained("#3c3e42", "#1b1c1e", 40, 0.4, 0.05),
  silver: metal("#c3c8cd", 0.2, 0.6),
  steel: metal("#a4abb1", 0.85, 0.42),
  velvet: woven("#7a1f3a", 160, 0.85),
  walnut: wood("#8a5a38", "#3a2113", 0.2, 0.22),
  wood: wood("#c48a52", "#7c4a24", 0.18)
}
