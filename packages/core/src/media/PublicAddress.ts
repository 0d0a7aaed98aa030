/**
 * Which addresses lie on the public internet, read off their text. Everything that is not known to be public is not:
 * names, odd spellings, zones.
 *
 * Source: the IANA registries of special-purpose addresses (RFC 6890 and its updates), multicast (RFC 5771, RFC 4291),
 * and the ranges in which an IPv6 address carries an IPv4 address that would be judged by nobody.
 */
export const isPublicAddress = (address: string): boolean => {
  const four = ipv4(address)
  if (four !== null) return !specialIpv4.some((range) => isWithin(four, range))
  const six = ipv6(address)
  return six !== null && isWithin(six, globalUnicast) && !specialIpv6.some((range) => isWithin(six, range))
}

/** An address, or what its dotted or colon form stands for, as 16-bit groups: two for IPv4, eight for IPv6. */
type Groups = ReadonlyArray<number>

interface Range {
  readonly groups: Groups
  /** How many leading bits belong to it. */
  readonly bits: number
}

const isWithin = (groups: Groups, { bits, groups: first }: Range): boolean =>
  first.every((group, index) => {
    const counted = Math.min(16, Math.max(0, bits - index * 16))
    return (group ^ (groups[index] ?? 0)) >>> (16 - counted) === 0
  })

const ipv4 = (text: string): Groups | null => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(text)?.slice(1).map(Number) ?? []
  const [a = 0, b = 0, c = 0, d = 0] = parts
  return parts.length === 4 && parts.every((part) => part <= 255) ? [a * 256 + b, c * 256 + d] : null
}

/** Also with an IPv4 address at its end; without brackets and zone. */
const ipv6 = (text: string): Groups | null => {
  const halves = text.split("::")
  if (halves.length > 2) return null
  const [head, tail] = halves.map(groupsOf)
  if (head === null || head === undefined || tail === null) return null
  if (tail === undefined) return head.length === 8 ? head : null
  const gap = 8 - head.length - tail.length
  return gap < 1 ? null : [...head, ...Array.from({ length: gap }, () => 0), ...tail]
}

const groupsOf = (text: string): Groups | null => {
  if (text === "") return []
  const parts = text.split(":")
  const last = ipv4(parts.at(-1) ?? "")
  const words = last === null ? parts : parts.slice(0, -1)
  if (!words.every((word) => /^[0-9a-f]{1,4}$/iu.test(word))) return null
  return [...words.map((word) => Number.parseInt(word, 16)), ...(last ?? [])]
}

const range = (text: string): Range => {
  const [address = "", bits = ""] = text.split("/")
  return { groups: ipv4(address) ?? ipv6(address) ?? [], bits: Number(bits) }
}

const specialIpv4: ReadonlyArray<Range> = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Public in form, and yet the way to the host of an Azure machine.
  "168.63.129.16/32"
].map(range)

/** All of public IPv6 lies here: loopback, mapped, translated, link-local, private and multicast addresses do not. */
const globalUnicast = range("2000::/3")

const specialIpv6: ReadonlyArray<Range> = [
  // Teredo, ORCHID, benchmarks and other protocols.
  "2001::/23",
  "2001:db8::/32",
  // 6to4: the next 32 bits are an IPv4 address.
  "2002::/16",
  "3fff::/20"
].map(range)
