import { fromHex, mix, multiply, type Rgb, scale } from "./Color.ts"
import { indoors, type Light } from "./Light.ts"
import { placeEntries } from "./Places.ts"
import type { Scene } from "./Scene.ts"

/** What a place makes of the light of the hour: rooms soften it, other worlds have skies of their own. */
export const placeLight = (scene: Scene, outside: Light): { readonly light: Light; readonly outside: Light } => {
  const place = scene.backdrop.place.name
  const without = (word: string): boolean => scene.excluded.includes(word) || scene.excluded.includes(`${word}s`)
  let sky: Light = worldLight(place, outside)
  if (without("cloud")) sky = { ...sky, clouds: 0 }
  if (without("star")) sky = { ...sky, stars: 0 }
  if (without("moon")) sky = { ...sky, moon: false, sunHeight: -1 }
  if (without("sun")) sky = { ...sky, sunHeight: sky.moon ? sky.sunHeight : -1 }
  // A sun or a moon that is drawn as a thing takes the place of the one in the sky.
  if (scene.subjects.some(({ icon }) => heavenly.test(icon ?? ""))) sky = { ...sky, moon: false, sunHeight: -1 }
  if (without("shadow")) sky = { ...sky, shadow: 0 }
  const tint = scene.backdrop.color
  if (tint !== null && !placeEntries[place].indoors)
    sky = tinted(sky, fromHex(tint.name), scene.backdrop.place.word === null)
  if (place === "stage")
    return { light: { ...indoors(sky), key: [1.1, 1.04, 0.95], ambient: [0.44, 0.4, 0.44], shadow: 0.6 }, outside: sky }
  return { light: placeEntries[place].indoors ? indoors(sky) : sky, outside: sky }
}

const heavenly = /(?:^|-)moon(?:-face)?$|^sun(?:-with-face)?$/

const worldLight = (place: Scene["backdrop"]["place"]["name"], light: Light): Light => {
  switch (place) {
    case "moon":
      return {
        ...airless(light),
        key: mix(light.key, [1.12, 1.12, 1.1], 0.6),
        ambient: mix(light.ambient, [0.46, 0.47, 0.54], 0.6),
        haze: [0.2, 0.2, 0.22],
        hazeStrength: 0.35
      }
    case "space":
      return {
        ...airless(light),
        key: mix(light.key, [1.08, 1.06, 1.04], 0.6),
        ambient: mix(light.ambient, [0.5, 0.52, 0.7], 0.5),
        haze: [0.05, 0.06, 0.12]
      }
    case "mars":
      return {
        ...stained(light, "#c9794a", 0.62),
        clouds: 0,
        haze: mix(light.haze, multiply(fromHex("#e0a070"), light.ambient), 0.75),
        hazeStrength: 0.9
      }
    case "volcano":
      return {
        ...stained(light, "#6a4038", 0.6),
        clouds: 0.8,
        lamps: Math.max(0.5, light.lamps),
        haze: mix(light.haze, fromHex("#7a4a3c"), 0.6),
        ambient: multiply(light.ambient, [1, 0.84, 0.78])
      }
    case "underwater":
      return {
        ...light,
        key: multiply(mix(light.key, [1, 1, 1], 0.3), [0.86, 1.04, 1.05]),
        ambient: multiply(light.ambient, [0.62, 0.92, 1.02]),
        haze: fromHex("#1f7f9c"),
        shadow: light.shadow * 0.5,
        backlit: 0
      }
    case "cave":
      return {
        ...light,
        key: multiply(light.key, [0.96, 0.93, 0.9]),
        ambient: multiply(light.ambient, [0.56, 0.55, 0.62]),
        shadow: 0.7,
        backlit: Math.max(0.45, light.backlit),
        shadowLength: 1.1
      }
    case "forest":
    case "jungle":
      return {
        ...light,
        key: multiply(light.key, [0.95, 0.99, 0.9]),
        ambient: multiply(light.ambient, [0.9, 0.96, 0.88]),
        shadowLength: light.shadowLength * 0.8
      }
    default:
      return light
  }
}

const airless = (light: Light): Light => ({
  ...light,
  sky: [
    [0.004, 0.005, 0.014],
    [0.012, 0.014, 0.03],
    [0.03, 0.034, 0.055]
  ],
  stars: 1.15,
  moon: false,
  sunHeight: -1,
  clouds: 0,
  shadow: 0.85,
  shadowSharpness: 1,
  shadowLength: Math.max(0.9, light.shadowLength),
  backlit: light.backlit * 0.4
})

const stained = (light: Light, hex: string, amount: number): Light => {
  const stain = fromHex(hex)
  const dye = (color: Rgb): Rgb => {
    const level = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
    return mix(color, scale(stain, level * 1.65), amount)
  }
  return {
    ...light,
    sky: [dye(light.sky[0]), dye(light.sky[1]), dye(light.sky[2])],
    cloudLit: dye(light.cloudLit),
    cloudShade: dye(light.cloudShade)
  }
}

/** A colour that the prompt gives to the whole scene or to its place. */
const tinted = (light: Light, color: Rgb, whole: boolean): Light => {
  const amount = whole ? 0.62 : 0.16
  const over = (from: Rgb): Rgb => {
    const level = 0.299 * from[0] + 0.587 * from[1] + 0.114 * from[2]
    return mix(from, scale(color, 0.35 + level * 0.9), amount)
  }
  return {
    ...light,
    sky: [over(light.sky[0]), over(light.sky[1]), over(light.sky[2])],
    haze: over(light.haze),
    cloudShade: mix(light.cloudShade, color, amount * 0.4),
    key: mix(light.key, multiply(light.key, scale(color, 1.6)), whole ? 0.18 : 0.05)
  }
}
