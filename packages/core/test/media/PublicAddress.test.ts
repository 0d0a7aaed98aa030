import { BlockList } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { isPublicAddress } from "@image-skill/core/media/PublicAddress"
import * as Schema from "effect/Schema"

/** What is not public, once more and by another hand: node's own block list judges the same addresses. */
const four = new BlockList()
for (const [address, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3]
] as const) {
  four.addSubnet(address, bits, "ipv4")
}

const six = new BlockList()
six.addSubnet("::", 3, "ipv6")
six.addSubnet("4000::", 2, "ipv6")
six.addSubnet("8000::", 1, "ipv6")
six.addSubnet("2001::", 23, "ipv6")
six.addSubnet("2001:db8::", 32, "ipv6")
six.addSubnet("2002::", 16, "ipv6")
six.addSubnet("3fff::", 20, "ipv6")

const byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
const group = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff }))
/** First bytes and groups of ranges that are not public, so that the borders are looked at, too. */
const nearFour = Schema.Literals([0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 223, 224])
const nearSix = Schema.Literals([0, 1, 0x64, 0x1fff, 0x2000, 0x2001, 0x2002, 0x3fff, 0x4000, 0xfc00, 0xfe80, 0xff02])
const low = Schema.Literals([0, 1, 0x1ff, 0x200, 0xdb8, 0xfff, 0x1000, 0xffff])

describe("an address", () => {
  it.prop(
    "of four bytes is public exactly when node's block list does not hold it",
    [Schema.Union([byte, nearFour]), byte, byte, byte],
    (bytes) => {
      const address = bytes.join(".")
      assert.strictEqual(isPublicAddress(address), !four.check(address, "ipv4"), address)
    }
  )

  it.prop(
    "of eight groups is public exactly when node's block list does not hold it, however it is written",
    [Schema.Union([group, nearSix]), Schema.Union([group, low]), group, low, low, low, group, group],
    (groups) => {
      const full = groups.map((one) => one.toString(16)).join(":")
      const short = new URL(`http://[${full}]/`).hostname.slice(1, -1)
      const [high = 0, lowest = 0] = groups.slice(6)
      const dotted = [high >>> 8, high & 255, lowest >>> 8, lowest & 255].join(".")
      const mixed = `${groups
        .slice(0, 6)
        .map((one) => one.toString(16))
        .join(":")}:${dotted}`
      const isPublic = !six.check(full, "ipv6")
      for (const address of [full, full.toUpperCase(), short, mixed]) {
        assert.strictEqual(isPublicAddress(address), isPublic, address)
      }
    }
  )

  it("is public on both sides of each border only where it should be", () => {
    const borders: ReadonlyArray<readonly [inside: string, outside: string]> = [
      ["0.255.255.255", "1.0.0.0"],
      ["10.0.0.0", "9.255.255.255"],
      ["10.255.255.255", "11.0.0.0"],
      ["100.64.0.0", "100.63.255.255"],
      ["100.127.255.255", "100.128.0.0"],
      ["127.0.0.0", "126.255.255.255"],
      ["127.255.255.255", "128.0.0.0"],
      ["169.254.0.0", "169.253.255.255"],
      ["169.254.169.254", "169.255.0.0"],
      ["172.16.0.0", "172.15.255.255"],
      ["172.31.255.255", "172.32.0.0"],
      ["192.168.0.0", "192.167.255.255"],
      ["192.168.255.255", "192.169.0.0"],
      ["198.19.255.255", "198.20.0.0"],
      ["224.0.0.0", "223.255.255.255"],
      ["255.255.255.255", "8.8.8.8"],
      ["168.63.129.16", "168.63.129.17"],
      ["1fff:ffff::", "2000::"],
      ["4000::", "3ffe:ffff::"],
      ["2001:1ff:ffff::", "2001:200::"],
      ["2001:db8:ffff::", "2001:db9::"],
      ["2002:808:808::", "2003::1"],
      ["64:ff9b::8.8.8.8", "2606:4700::1111"],
      ["::ffff:8.8.8.8", "2a00:1450:4001::1"],
      ["3fff:fff::", "3fff:1000::"]
    ]
    for (const [inside, outside] of borders) {
      assert.isFalse(isPublicAddress(inside), inside)
      assert.isTrue(isPublicAddress(outside), outside)
    }
  })

  it("is nothing that is no address", () => {
    for (const text of [
      "",
      "localhost",
      "example.com",
      "8.8.8",
      "8.8.8.8.8",
      "8.8.8.256",
      "8.8.8.8 ",
      "8.8.8.8\n",
      "134744072",
      "0x8.8.8.8",
      "[2606:4700::1111]",
      "2606:4700::1111%eth0",
      "2606:4700::1111::1",
      "2606:4700:1:2:3:4:5",
      "2606:4700:1:2:3:4:5:6:7",
      "2606:4700:1:2:3:4:5::6:7",
      "2606:4700::12345",
      "2606:4700::8.8.8.8.8",
      "2606:4700:::1",
      ":2606:4700::1"
    ]) {
      assert.isFalse(isPublicAddress(text), text)
    }
  })
})
