import { assert, describe, it } from "@effect/vitest"
import { type Expectations, judgeEvidence, judgeFailure } from "@image-skill/core/media/JudgeEvidence"
import { type Evidence, InspectionFailed } from "@image-skill/core/media/MediaInspector"

const picture: Evidence = {
  mimeType: "image/png",
  size: { width: 1024, height: 768 },
  frames: 1,
  durationSeconds: null,
  transparent: false,
  dominantColors: ["#112233"],
  blank: false,
  silent: null,
  lookHash: "00ff00ff00ff00ff",
  contentCredentials: ["c2pa"],
  triangles: null
}
const nothingMeasured: Evidence = {
  ...picture,
  size: null,
  frames: null,
  transparent: null,
  dominantColors: [],
  blank: null,
  lookHash: null,
  contentCredentials: []
}
const anyPicture: Expectations = {
  modality: "image",
  exactSize: null,
  minShortEdge: null,
  siblings: [],
  inputs: [],
  changedOutside: null
}

const judge = (expected: Partial<Expectations>) => judgeEvidence(picture, { ...anyPicture, ...expected })

const flagsOf = (evidence: Partial<Evidence>, expected: Partial<Expectations> = {}) =>
  judgeEvidence({ ...picture, ...evidence }, { ...anyPicture, ...expected }).flags

const size = (width: number, height: number) => ({ width, height })

describe("JudgeEvidence", () => {
  it("what is as expected has no flag, and keeps its facts", () => {
    const judged = judgeEvidence(picture, { ...anyPicture, exactSize: size(1024, 768) })
    assert.deepStrictEqual(judged, {
      frames: 1,
      durationSeconds: null,
      transparent: false,
      dominantColors: ["#112233"],
      blank: false,
      silent: null,
      triangles: null,
      contentCredentials: ["c2pa"],
      lookHash: "00ff00ff00ff00ff",
      nearDuplicateOf: null,
      changedOutsideMask: null,
      flags: [],
      notMeasured: null
    })
  })

  it.each([
    { exactSize: size(1024, 768), minShortEdge: null, wrong: false },
    { exactSize: size(1024, 767), minShortEdge: null, wrong: true },
    { exactSize: size(768, 1024), minShortEdge: null, wrong: true },
    { exactSize: size(1024, 768), minShortEdge: 2048, wrong: false },
    { exactSize: null, minShortEdge: 768, wrong: false },
    { exactSize: null, minShortEdge: 769, wrong: true },
    { exactSize: null, minShortEdge: null, wrong: false }
  ])(
    "1024 by 768 where $exactSize or at least $minShortEdge was promised: wrong is $wrong",
    ({ wrong, ...expected }) => {
      assert.deepStrictEqual(flagsOf({}, expected), wrong ? ["wrong_size"] : [])
      assert.deepStrictEqual(flagsOf({ size: null }, expected), [])
    }
  )

  it("blank, silent and without pictures are flagged where they are faults", () => {
    assert.deepStrictEqual(flagsOf({ blank: true }), ["blank"])
    assert.deepStrictEqual(flagsOf({ silent: true }, { modality: "audio" }), ["silent"])
    assert.deepStrictEqual(flagsOf({ silent: false }, { modality: "audio" }), [])
    assert.deepStrictEqual(flagsOf({ frames: 0 }, { modality: "video" }), ["no_frames"])
    assert.deepStrictEqual(flagsOf({ frames: 24 }, { modality: "video" }), [])
  })

  it("the first output that looks the same is named, an input only after the siblings", () => {
    const far = { assetId: "image_far", lookHash: "ff00ff00ff00ff00" }
    const near = { assetId: "image_near", lookHash: "00ff00ff00ff00fc" }
    const input = { assetId: "image_input", lookHash: "00ff00ff00ff00ff" }
    assert.strictEqual(judge({ siblings: [far, near], inputs: [input] }).nearDuplicateOf, "image_near")
    assert.strictEqual(judge({ siblings: [far], inputs: [input] }).nearDuplicateOf, "image_input")
    assert.deepStrictEqual(judge({ siblings: [far], inputs: [input] }).flags, ["near_duplicate"])
    assert.isNull(judge({ siblings: [far, { assetId: "image_unknown", lookHash: null }] }).nearDuplicateOf)
  })

  it("two blank pictures are blank, not duplicates", () => {
    const sibling = { assetId: "image_other", lookHash: picture.lookHash }
    assert.deepStrictEqual(flagsOf({ blank: true }, { siblings: [sibling] }), ["blank"])
  })

  it.each([
    [0, false],
    [0.01, false],
    [0.011, true],
    [1, true]
  ])("a share of %d changed outside the mask is flagged: %s", (changedOutside, isFlagged) => {
    assert.deepStrictEqual(flagsOf({}, { changedOutside }), isFlagged ? ["changed_outside_mask"] : [])
  })

  it("what was not measured is said and never flagged", () => {
    for (const modality of ["image", "video", "audio", "3d"] as const) {
      const judged = judgeEvidence(nothingMeasured, { ...anyPicture, modality, exactSize: size(1, 1) })
      assert.deepStrictEqual(judged.flags, [])
      assert.isNotEmpty(judged.notMeasured ?? "")
    }
  })

  it("only damage is the fault of the output itself", () => {
    for (const reason of ["unreadable", "too_large", "unsupported", "timeout", "crashed", "storage"] as const) {
      const { flags, notMeasured } = judgeFailure(new InspectionFailed({ reason, message: `because of ${reason}` }))
      assert.deepStrictEqual(flags, reason === "unreadable" ? ["unreadable"] : [])
      assert.strictEqual(notMeasured, `because of ${reason}`)
    }
  })

  it("the size in the header counts, although nothing was decoded", () => {
    const bomb = new InspectionFailed({ reason: "too_large", message: "too many pixels to decode" })
    const unseen = { size: size(30_000, 30_000), exactSize: null, minShortEdge: null }
    for (const [expected, flags] of [
      [{ exactSize: size(1024, 1024) }, ["wrong_size"]],
      [{ exactSize: size(30_000, 30_000) }, []],
      [{ minShortEdge: 30_001 }, ["wrong_size"]],
      [{ minShortEdge: 1024 }, []],
      [{ exactSize: size(1, 1), size: null }, []]
    ] as const) {
      const judged = judgeFailure(bomb, { ...unseen, ...expected })
      assert.deepStrictEqual(judged.flags, flags)
      assert.strictEqual(judged.notMeasured, "too many pixels to decode")
    }
    const damaged = new InspectionFailed({ reason: "unreadable", message: "damaged" })
    assert.deepStrictEqual(judgeFailure(damaged, { ...unseen, exactSize: size(1, 1) }).flags, [
      "wrong_size",
      "unreadable"
    ])
  })
})
