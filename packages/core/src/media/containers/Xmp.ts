import { latin1 } from "./Source.ts"

/** The text of an XMP packet with one character a byte; the zeros of UTF-16 are left out. */
export const xmpText = (packet: Uint8Array): string => latin1(packet).replaceAll("\u0000", "")

/**
 * Whether a packet says where a picture was taken or what place it shows: Exif for XMP (GPS tags), Photoshop's city,
 * state and country, the IPTC core and extension locations, and the older W3C and Darwin Core spellings.
 */
export const namesLocation = (xmp: string): boolean => location.test(xmp)

const location =
  /\bGPS[A-Z][A-Za-z]+|\bLocation(?:Created|Shown)\b|:(?:City|State|Country|CountryCode|Location|Sublocation|ProvinceState|CountryName|WorldRegion)\b|\bgeo:(?:lat|long|point)|\bdwc:|\bdecimal(?:Latitude|Longitude)\b/u

/** Whether a packet says with what a picture was made (IPTC Digital Source Type). */
export const namesSource = (xmp: string): boolean => /DigitalSourceType/iu.test(xmp)
