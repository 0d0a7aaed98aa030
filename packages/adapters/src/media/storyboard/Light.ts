import { clamp, fromHex, lerp, luminance, mix, multiply, type Rgb, saturate } from "./Color.ts"
import type { TimeOfDay, Weather } from "./Scene.ts"

/** The light of a picture: what the hour and the weather make of it. All colours are as the screen shows them. */
export interface Light {
  /** Sky colours from the top of the picture down to the horizon. */
  readonly sky: readonly [top: Rgb, middle: Rgb, horizon: Rgb]
  /** The colour around the sun or the moon. */
  readonly glow: Rgb
  /** 0 at the horizon, 1 at the zenith; below 0 the sun is not seen. */
  readonly sunHeight: number
  /** Multiplies what faces the light, and what is turned away from it. */
  readonly key: Rgb
  readonly ambient: Rgb
  /** What distance fades into. */
  readonly haze: Rgb
  /** How fast it does, 0..1. */
  readonly hazeStrength: number
  /** How dark and how sharp shadows are, 0..1. */
  readonly shadow: number
  readonly shadowSharpness: number
  /** Length of a shadow in heights of the thing that throws it. */
  readonly shadowLength: number
  /** The sun stands behind the things: shadows come towards us and edges glow. */
  readonly backlit: number
  /** How much colour is left: by moonlight we see little. 1 is all of it. */
  readonly vividness: number
  readonly stars: number
  readonly moon: boolean
  /** Windows, lamps and signs are lit, 0..1. */
  readonly lamps: number
  /** How much of the sky is cloud, 0..1. */
  readonly clouds: number
  readonly cloudLit: Rgb
  readonly cloudShade: Rgb
}

interface Hour {
  readonly sky: readonly [string, string, string]
  readonly glow: string
  readonly sunHeight: number
  readonly key: string
  readonly ambient: string
  readonly haze: string
  readonly shadow: number
  readonly shadowLength: number
  readonly backlit: number
  readonly stars: number
  readonly lamps: number
  readonly cloudLit: string
  readonly cloudShade: string
}

/** Values above "ff" do not exist in hex, so `key` is given at half strength: "#808080" leaves colours as they are. */
const hours: Readonly<Record<TimeOfDay, Hour>> = {
  dawn: {
    sky: ["#5b7fb5", "#b9b4d0", "#f6d3c0"],
    glow: "#ffe3c4",
    sunHeight: -0.05,
    key: "#7d7680",
    ambient: "#646b8c",
    haze: "#d9c9d3",
    shadow: 0.35,
    shadowLength: 1.6,
    backlit: 0.5,
    stars: 0.12,
    lamps: 0.35,
    cloudLit: "#ffdcd0",
    cloudShade: "#a79dbd"
  },
  sunrise: {
    sky: ["#4f86c9", "#f0b79a", "#ffdf94"],
    glow: "#fff0b0",
    sunHeight: 0.1,
    key: "#8c7a62",
    ambient: "#71687a",
    haze: "#f4cfa4",
    shadow: 0.5,
    shadowLength: 2,
    backlit: 0.85,
    stars: 0,
    lamps: 0.15,
    cloudLit: "#fff0cc",
    cloudShade: "#d99a92"
  },
  morning: {
    sky: ["#4d9be6", "#92c9f2", "#fdf0d4"],
    glow: "#fffbe0",
    sunHeight: 0.5,
    key: "#8b8472",
    ambient: "#757a7e",
    haze: "#e2ecee",
    shadow: 0.55,
    shadowLength: 1.1,
    backlit: 0.15,
    stars: 0,
    lamps: 0,
    cloudLit: "#fffaf0",
    cloudShade: "#c4d3e0"
  },
  day: {
    sky: ["#2f86dd", "#6fb7ef", "#cdeafb"],
    glow: "#fff8e4",
    sunHeight: 0.72,
    key: "#84827c",
    ambient: "#666d77",
    haze: "#c6e2f3",
    shadow: 0.6,
    shadowLength: 0.7,
    backlit: 0,
    stars: 0,
    lamps: 0,
    cloudLit: "#ffffff",
    cloudShade: "#b9cfe2"
  },
  afternoon: {
    sky: ["#3d87cf", "#8fbfe4", "#fae6c0"],
    glow: "#fff3cf",
    sunHeight: 0.42,
    key: "#8f836a",
    ambient: "#74747c",
    haze: "#ecdfc4",
    shadow: 0.58,
    shadowLength: 1.3,
    backlit: 0.25,
    stars: 0,
    lamps: 0,
    cloudLit: "#fff6e0",
    cloudShade: "#c3c3cc"
  },
  "golden-hour": {
    sky: ["#5c86b8", "#e8bd84", "#ffd67e"],
    glow: "#fff0b8",
    sunHeight: 0.2,
    key: "#9a7d50",
    ambient: "#746a6b",
    haze: "#f6cf8e",
    shadow: 0.55,
    shadowLength: 1.9,
    backlit: 0.7,
    stars: 0,
    lamps: 0.15,
    cloudLit: "#ffe9b4",
    cloudShade: "#c8a08c"
  },
  sunset: {
    sky: ["#3b3d80", "#d7607a", "#ffb25c"],
    glow: "#ffe08a",
    sunHeight: 0.09,
    key: "#94694f",
    ambient: "#625470",
    haze: "#ee9470",
    shadow: 0.55,
    shadowLength: 2.2,
    backlit: 1,
    stars: 0.05,
    lamps: 0.4,
    cloudLit: "#ffb27c",
    cloudShade: "#8a4f7c"
  },
  dusk: {
    sky: ["#24285a", "#6a4b86", "#ef8f7a"],
    glow: "#ffb08a",
    sunHeight: -0.04,
    key: "#6b5870",
    ambient: "#504a72",
    haze: "#94688c",
    shadow: 0.35,
    shadowLength: 1.6,
    backlit: 0.7,
    stars: 0.3,
    lamps: 0.8,
    cloudLit: "#e58a90",
    cloudShade: "#4c3f6f"
  },
  "blue-hour": {
    sky: ["#0f2350", "#2c5590", "#8fb4d6"],
    glow: "#c6def0",
    sunHeight: -0.1,
    key: "#5c6582",
    ambient: "#4c577a",
    haze: "#5d83b0",
    shadow: 0.3,
    shadowLength: 1,
    backlit: 0.3,
    stars: 0.4,
    lamps: 0.95,
    cloudLit: "#8fb0d2",
    cloudShade: "#2f4a78"
  },
  night: {
    sky: ["#060b22", "#10204a", "#2b4372"],
    glow: "#b9cdf5",
    sunHeight: 0.66,
    key: "#676880",
    ambient: "#484c6b",
    haze: "#24365f",
    shadow: 0.5,
    shadowLength: 0.9,
    backlit: 0.25,
    stars: 1,
    lamps: 1,
    cloudLit: "#4c6494",
    cloudShade: "#18264c"
  },
  midnight: {
    sky: ["#02040f", "#080f2a", "#141f45"],
    glow: "#9fb4e8",
    sunHeight: 0.84,
    key: "#525472",
    ambient: "#383b5a",
    haze: "#111b3a",
    shadow: 0.5,
    shadowLength: 0.5,
    backlit: 0.15,
    stars: 1.3,
    lamps: 1,
    cloudLit: "#34466f",
    cloudShade: "#0d1632"
  }
}

const vividness: Readonly<Partial<Record<TimeOfDay, number>>> = {
  dusk: 0.9,
  "blue-hour": 0.78,
  night: 0.66,
  midnight: 0.56
}

/** The light of an hour under a weather. */
export const lightOf = (time: TimeOfDay, weather: Weather): Light => {
  const hour = hours[time]
  const night = time === "night" || time === "midnight"
  const sky: Light["sky"] = [fromHex(hour.sky[0]), fromHex(hour.sky[1]), fromHex(hour.sky[2])]
  const clear: Light = {
    sky,
    glow: fromHex(hour.glow),
    sunHeight: hour.sunHeight,
    key: strength(hour.key),
    ambient: strength(hour.ambient),
    haze: fromHex(hour.haze),
    hazeStrength: 0.75,
    shadow: hour.shadow,
    shadowSharpness: 0.6,
    shadowLength: hour.shadowLength,
    backlit: hour.backlit,
    vividness: vividness[time] ?? 1,
    stars: hour.stars,
    moon: night,
    lamps: hour.lamps,
    clouds: night ? 0.2 : 0.42,
    cloudLit: fromHex(hour.cloudLit),
    cloudShade: fromHex(hour.cloudShade)
  }
  switch (weather) {
    case "fair":
      return clear
    case "clear":
      return { ...clear, clouds: 0, hazeStrength: 0.55, shadow: clear.shadow * 1.1, shadowSharpness: 0.8 }
    case "wind":
      return { ...clear, clouds: 0.5 }
    case "cloudy":
      return overcast(clear, 0.55, 0.82)
    case "rain":
      return overcast(clear, 0.8, night ? 0.9 : 0.68)
    case "storm":
      return overcast(clear, 0.92, night ? 0.7 : 0.42)
    case "snow":
      return overcast(clear, 0.7, 0.96)
    case "fog":
      return { ...(night ? moonlitFog(clear) : overcast(clear, 0.75, 0.95)), hazeStrength: 1.5, clouds: 0 }
  }
}

/** Fog at night holds the light of the moon, or nothing at all could be seen in it. */
const moonlitFog = (light: Light): Light => {
  const grey = overcast(light, 0.75, 0.95)
  const pale = fromHex("#74839f")
  const [top, middle, low] = grey.sky
  return {
    ...grey,
    sky: [mix(top, pale, 0.22), mix(middle, pale, 0.36), mix(low, pale, 0.5)],
    haze: mix(grey.haze, pale, 0.5),
    sunHeight: light.sunHeight,
    moon: light.moon
  }
}

/** Draws a grey sheet over the sky: colours fade, the sun is lost, shadows go soft. */
const overcast = (light: Light, amount: number, brightness: number): Light => {
  const grey = (color: Rgb): Rgb => {
    const level = luminance(color) * brightness
    return mix(color, [level * 0.96, level * 1.0, level * 1.05], amount)
  }
  const flat = mix(light.sky[1], light.sky[2], 0.35)
  return {
    ...light,
    sky: [grey(mix(light.sky[0], flat, 0.5)), grey(mix(light.sky[1], flat, 0.5)), grey(light.sky[2])],
    glow: grey(light.glow),
    sunHeight: amount > 0.6 ? -1 : light.sunHeight,
    key: multiply(saturate(light.key, 1 - amount * 0.6), [
      lerp(1, brightness, 0.35),
      lerp(1, brightness, 0.3),
      lerp(1, brightness, 0.25)
    ]),
    ambient: saturate(light.ambient, 1 - amount * 0.4),
    haze: grey(light.haze),
    hazeStrength: 0.95,
    shadow: light.shadow * (1 - amount * 0.55),
    shadowSharpness: 0.15,
    shadowLength: light.shadowLength * 0.5,
    backlit: light.backlit * (1 - amount),
    vividness: light.vividness * (1 - amount * 0.12),
    stars: light.stars * (1 - amount),
    moon: light.moon && amount < 0.6,
    lamps: clamp(light.lamps + amount * 0.25),
    clouds: 0.55 + 0.45 * amount,
    cloudLit: grey(light.cloudLit),
    cloudShade: mix(grey(light.cloudShade), [0.3, 0.33, 0.38], 0.25 * amount)
  }
}

/** The same hour inside a room: daylight comes softly through the window, and lamps take over when it goes. */
export const indoors = (light: Light): Light => {
  const day: Rgb = mix(light.key, [1.04, 1.02, 0.98], 0.55)
  const lamp: Rgb = [1.06, 0.86, 0.62]
  const key = mix(day, lamp, light.lamps * 0.85)
  const dim: Rgb = [0.46 + 0.1 * (1 - light.shadow), 0.42, 0.46]
  return {
    ...light,
    key,
    ambient: mix(mix(light.ambient, [0.86, 0.86, 0.88], 0.6), dim, light.lamps * 0.85),
    haze: mix(multiply(key, [0.72, 0.7, 0.68]), light.haze, 0.25),
    hazeStrength: 0.35,
    shadow: lerp(0.55, 0.5, light.lamps),
    shadowSharpness: lerp(0.35, 0.2, light.lamps),
    shadowLength: lerp(0.75, 0.5, light.lamps),
    backlit: light.backlit * 0.3,
    vividness: lerp(light.vividness, 1, 0.8)
  }
}

/** How a daylight colour looks in this light at a distance: 0 is at hand, 1 is where the sky begins. */
export const tone = (light: Light, color: Rgb, distance: number): Rgb => {
  const lit = multiply(saturate(color, light.vividness), mix(light.key, light.ambient, 0.35))
  return mix(lit, light.haze, clamp(distance * light.hazeStrength))
}

const strength = (hex: string): Rgb => {
  const [red, green, blue] = fromHex(hex)
  return [red * 2, green * 2, blue * 2]
}
