import { clamp, fromHex, mix, type Rgb, smoothstep } from "./Color.ts"
import type { Material } from "./Scene.ts"
import { cellValue, type Grain, put, type Texture, visible } from "./Texture.ts"
import type { MadeMaterial } from "./TexturesMade.ts"

/** Stone and earth: materials of the vocabulary, and grounds that only places use. */
export type GroundTexture =
  | Exclude<Material, MadeMaterial>
  | "asphalt"
  | "autumn-grass"
  | "carpet"
  | "crops"
  | "grass"
  | "leaves"
  | "paving"
  | "regolith"
  | "rock"
  | "rust"
  | "seabed"
  | "snow"
  | "soil"

type Maker = (grain: Grain) => Texture

const matte = (color: Rgb, row: Texture["row"], gloss = 0, roughness = 1): Texture => ({
  color,
  gloss,
  roughness,
  metal: false,
  row
})

/** Fractal blotches between two colours: earth, snow, concrete. */
const blotched =
  (pale: string, deep: string, cells: number, contrast: number, gloss = 0): Maker =>
  (grain) => {
    const light = fromHex(pale)
    const dark = fromHex(deep)
    const row: Texture["row"] = (out, count, u0, du, v, dv) => {
      const broad = grain.row(0, count, u0, du, v, cells * 0.12, cells * 0.16)
      const middle = grain.row(1, count, u0, du, v, cells * 0.6, cells * 0.8)
      const fine = grain.row(2, count, u0, du, v, cells * 3, cells * 3)
      const dust = grain.row(3, count, u0, du, v, cells * 9, cells * 9)
      const a = visible(cells * 0.6, dv)
      const b = visible(cells * 3, dv)
      const c = visible(cells * 9, dv)
      for (let x = 0; x < count; x++) {
        const amount =
          0.5 +
          ((broad[x] ?? 0) - 0.5) * 0.8 +
          ((middle[x] ?? 0) - 0.5) * 0.6 * a +
          ((fine[x] ?? 0) - 0.5) * 0.5 * b +
          ((dust[x] ?? 0) - 0.5) * 0.5 * c
        put(out, x, light, dark, clamp(0.5 + (amount - 0.5) * contrast), 1)
      }
    }
    return matte(mix(light, dark, 0.5), row, gloss, 0.6)
  }

/** Veins are where noise crosses its mean; a second noise bends them. */
const marble: Maker = (grain) => {
  const ground = fromHex("#f1efec")
  const cloud = fromHex("#d9d8d8")
  const vein = fromHex("#7e8088")
  const row: Texture["row"] = (out, count, u0, du, v) => {
    const bend = grain.row(0, count, u0, du, v, 1.3, 1.7)
    const fineBend = grain.row(1, count, u0, du, v, 5, 6)
    const broad = grain.row(2, count, u0 + v * 0.6, du, v - u0 * 0.25, 1.6, 2.4)
    const thin = grain.row(3, count, u0 - v, du, v + u0 * 0.2, 4.1, 5.3)
    for (let x = 0; x < count; x++) {
      const warp = ((bend[x] ?? 0) - 0.5) * 0.55 + ((fineBend[x] ?? 0) - 0.5) * 0.12
      const wide = 1 - Math.abs((broad[x] ?? 0) - 0.5 + warp) * 5.5
      const narrow = 1 - Math.abs((thin[x] ?? 0) - 0.5 + warp * 0.7) * 14
      const line = Math.max(wide > 0 ? wide * wide * wide * 0.85 : 0, narrow > 0 ? narrow * narrow * 0.4 : 0)
      put(out, x, mixInto(ground, cloud, clamp((bend[x] ?? 0) * 1.3 - 0.2)), vein, line, 1)
    }
  }
  return matte(fromHex("#e6e5e3"), row, 0.34, 0.16)
}

const scratch: [number, number, number] = [0, 0, 0]
/** A mix that is read at once and needs no memory of its own. */
const mixInto = (from: Rgb, to: Rgb, amount: number): Rgb => {
  scratch[0] = from[0] + (to[0] - from[0]) * amount
  scratch[1] = from[1] + (to[1] - from[1]) * amount
  scratch[2] = from[2] + (to[2] - from[2]) * amount
  return scratch
}

/** Crystals of three colours, polished. */
const granite: Maker = (grain) => {
  const base = fromHex("#8d8a88")
  const dark = fromHex("#2b2b2e")
  const pale = fromHex("#d9d3cb")
  const row: Texture["row"] = (out, count, u0, du, v, dv) => {
    const big = grain.row(0, count, u0, du, v, 58, 64)
    const small = grain.row(1, count, u0, du, v, 140, 150)
    const tiny = grain.row(2, count, u0, du, v, 280, 300)
    const share = visible(60, dv)
    for (let x = 0; x < count; x++) {
      const crystal = (big[x] ?? 0) * 0.5 + (small[x] ?? 0) * 0.5
      const black = smoothstep(0.54, 0.62, crystal) * share
      const white = smoothstep(0.6, 0.72, (tiny[x] ?? 0) * 0.5 + (1 - (big[x] ?? 0)) * 0.5) * share
      const colour = mixInto(base, pale, white * 0.9)
      put(out, x, colour, dark, black * 0.85, 0.96 + ((tiny[x] ?? 0) - 0.5) * 0.2)
    }
  }
  return matte(base, row, 0.28, 0.2)
}

/** Rows of blocks with mortar between. `stagger` moves every second row. */
const blocks =
  (options: {
    readonly width: number
    readonly height: number
    readonly stagger: number
    readonly joint: number
    readonly mortar: string
    readonly pale: string
    readonly deep: string
    readonly rough: number
    readonly gloss: number
  }): Maker =>
  (grain) => {
    const { gloss, height, joint, rough, stagger, width } = options
    const mortar = fromHex(options.mortar)
    const light = fromHex(options.pale)
    const dark = fromHex(options.deep)
    const row: Texture["row"] = (out, count, u0, du, v, dv) => {
      const line = Math.floor(v / height)
      const down = v / height - line
      const shift = (line & 1) * stagger
      const wear = grain.row(0, count, u0, du, v, 9, 12)
      const grit = grain.row(1, count, u0, du, v, 46, 46)
      const share = visible(46, dv)
      const flatEdge = Math.min(down, 1 - down) * height
      for (let x = 0; x < count; x++) {
        const at = (u0 + x * du) / width + shift
        const column = Math.floor(at)
        const across = at - column
        const edge = Math.min(flatEdge, Math.min(across, 1 - across) * width) + ((wear[x] ?? 0) - 0.5) * joint * rough
        const inside = smoothstep(joint * 0.5, joint * 0.5 + Math.max(joint * 0.5, dv), edge)
        const tint = cellValue(column, line) * 0.75 + ((wear[x] ?? 0) - 0.5) * 0.4 * rough
        const shade = 1 + ((grit[x] ?? 0) - 0.5) * 0.22 * rough * share - (1 - smoothstep(0, joint * 3, edge)) * 0.08
        put(out, x, mortar, mixInto(light, dark, clamp(tint)), inside, shade)
      }
    }
    return matte(mix(light, dark, 0.5), row, gloss, gloss > 0.2 ? 0.15 : 0.6)
  }

/** Wind ripples and grains. */
const sand =
  (pale: string, deep: string, ripple: number): Maker =>
  (grain) => {
    const light = fromHex(pale)
    const dark = fromHex(deep)
    const row: Texture["row"] = (out, count, u0, du, v, dv) => {
      const bend = grain.row(0, count, u0, du, v, 0.9, 1.2)
      const dunes = grain.row(1, count, u0, du, v, 0.35, 0.7)
      const grit = grain.row(2, count, u0, du, v, 120, 120)
      const share = visible(ripple, dv)
      const fine = visible(120, dv) * 0.3
      for (let x = 0; x < count; x++) {
        const wave = Math.sin((v + (bend[x] ?? 0) * 0.5) * ripple * 6.283) * 0.5 + 0.5
        const amount = 0.18 + (dunes[x] ?? 0) * 0.4 + (wave - 0.5) * 0.34 * share + ((grit[x] ?? 0) - 0.5) * fine
        put(out, x, light, dark, clamp(amount), 1)
      }
    }
    return matte(mix(light, dark, 0.4), row)
  }

/** Pale sheets with cracks that run like veins, and bubbles of white. */
const ice: Maker = (grain) => {
  const clear = fromHex("#9fd0e8")
  const white = fromHex("#eef9ff")
  const row: Texture["row"] = (out, count, u0, du, v) => {
    const bend = grain.row(0, count, u0, du, v, 2, 2.4)
    const crack = grain.row(1, count, u0 + v * 0.5, du, v - u0 * 0.3, 2.2, 3)
    const hair = grain.row(2, count, u0 - v * 0.8, du, v, 5.5, 6.5)
    const frost = grain.row(3, count, u0, du, v, 14, 14)
    for (let x = 0; x < count; x++) {
      const warp = ((bend[x] ?? 0) - 0.5) * 0.3
      const wide = 1 - Math.abs((crack[x] ?? 0) - 0.5 + warp) * 26
      const thin = 1 - Math.abs((hair[x] ?? 0) - 0.5 + warp) * 30
      const line = Math.max(wide, thin * 0.6, 0)
      const cloud = clamp((bend[x] ?? 0) * 0.7 - 0.1 + ((frost[x] ?? 0) - 0.5) * 0.25)
      put(out, x, clear, white, clamp(cloud + line * 0.8), 1)
    }
  }
  return matte(fromHex("#b9dff0"), row, 0.45, 0.12)
}

/** Blades too many to draw: bright and dark flecks, longer down the picture than across. */
const grass =
  (pale: string, deep: string, dry: string): Maker =>
  (grain) => {
    const light = fromHex(pale)
    const dark = fromHex(deep)
    const straw = fromHex(dry)
    const row: Texture["row"] = (out, count, u0, du, v, dv) => {
      const field = grain.row(0, count, u0, du, v, 0.3, 0.35)
      const patch = grain.row(1, count, u0, du, v, 1.8, 1.5)
      const tuft = grain.row(2, count, u0, du, v, 16, 5)
      const blade = grain.row(3, count, u0, du, v, 60, 12)
      const a = visible(5, dv)
      const b = visible(12, dv)
      for (let x = 0; x < count; x++) {
        const amount =
          0.45 + ((patch[x] ?? 0) - 0.5) * 0.5 + ((tuft[x] ?? 0) - 0.5) * 0.7 * a + ((blade[x] ?? 0) - 0.5) * 0.8 * b
        put(out, x, mixInto(light, straw, clamp((field[x] ?? 0) * 1.6 - 0.7)), dark, clamp(amount), 1)
      }
    }
    return matte(mix(light, dark, 0.45), row)
  }

/** Furrows that run away from us. */
const crops: Maker = (grain) => {
  const leaf = fromHex("#7fae3c")
  const soil = fromHex("#6d4a2c")
  const row: Texture["row"] = (out, count, u0, du, v, dv) => {
    const wobble = grain.row(0, count, u0, du, v, 3, 8)
    const share = clamp(1.4 - du * 5)
    for (let x = 0; x < count; x++) {
      const wave = Math.sin((u0 + x * du) * 11) * 0.5 + 0.5
      const amount = 0.35 + (wave - 0.45) * 0.9 * share + ((wobble[x] ?? 0) - 0.5) * 0.5 * visible(8, dv)
      put(out, x, leaf, soil, clamp(amount), 1)
    }
  }
  return matte(mix(leaf, soil, 0.4), row)
}

export const groundTextures: Readonly<Record<GroundTexture, Maker>> = {
  asphalt: blotched("#6b6d72", "#4a4c50", 14, 0.8),
  "autumn-grass": grass("#b9a650", "#7a6a34", "#c98f42"),
  brick: blocks({
    width: 0.24,
    height: 0.085,
    stagger: 0.5,
    joint: 0.012,
    mortar: "#cbc1b4",
    pale: "#b4573c",
    deep: "#7d3425",
    rough: 1,
    gloss: 0
  }),
  carpet: blotched("#8d7f9c", "#6a5c7c", 40, 0.7),
  concrete: blotched("#bfbfbb", "#8f908e", 7, 0.85, 0.04),
  crops,
  granite,
  grass: grass("#8cc152", "#4a8a32", "#c2c463"),
  ice,
  leaves: grass("#8a6a3c", "#4a3a22", "#b0803c"),
  marble,
  paving: blocks({
    width: 0.62,
    height: 0.4,
    stagger: 0.5,
    joint: 0.014,
    mortar: "#8a8780",
    pale: "#c9c4ba",
    deep: "#a8a399",
    rough: 0.5,
    gloss: 0.03
  }),
  regolith: blotched("#b9b9bb", "#85858a", 5, 1),
  rock: blotched("#8f8a84", "#55524e", 5, 1.3),
  rust: blotched("#cf7a4c", "#94492a", 5, 1.1),
  sand: sand("#f2d9a4", "#d0a468", 6),
  seabed: sand("#d9cfa4", "#a89c74", 4),
  slate: blocks({
    width: 0.5,
    height: 0.5,
    stagger: 0,
    joint: 0.01,
    mortar: "#2e3236",
    pale: "#596068",
    deep: "#3d434a",
    rough: 0.7,
    gloss: 0.12
  }),
  snow: blotched("#ffffff", "#d9e6f4", 2.2, 0.9),
  soil: blotched("#8a6646", "#5a3f2a", 9, 1.2),
  stone: blocks({
    width: 0.36,
    height: 0.24,
    stagger: 0.37,
    joint: 0.03,
    mortar: "#5e5a55",
    pale: "#b3aca2",
    deep: "#7d776f",
    rough: 1.6,
    gloss: 0.03
  }),
  tile: blocks({
    width: 0.2,
    height: 0.2,
    stagger: 0,
    joint: 0.007,
    mortar: "#dfe4e4",
    pale: "#f3f6f6",
    deep: "#e2ebeb",
    rough: 0.15,
    gloss: 0.3
  })
}

/** For what is a colour of paint more than a material. */
export const tinted = (texture: Texture, color: Rgb): Texture => ({
  ...texture,
  color,
  row: (out, count, u0, du, v, dv) => {
    texture.row(out, count, u0, du, v, dv)
    const level = 1 / Math.max(0.05, 0.299 * texture.color[0] + 0.587 * texture.color[1] + 0.114 * texture.color[2])
    for (let x = 0; x < count * 3; x += 3) {
      const shade = (0.299 * (out[x] ?? 0) + 0.587 * (out[x + 1] ?? 0) + 0.114 * (out[x + 2] ?? 0)) * level
      out[x] = color[0] * shade
      out[x + 1] = color[1] * shade
      out[x + 2] = color[2] * shade
    }
  }
})
