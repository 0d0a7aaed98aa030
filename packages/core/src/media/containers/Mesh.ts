import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { hasText, latin1, type Source, viewOf } from "./Source.ts"

/** The description of a mesh; its points are in another chunk. */
const mostJsonBytes = 8_388_608

const Description = Schema.fromJsonString(
  Schema.Struct({
    accessors: Schema.optionalKey(Schema.Array(Schema.Struct({ count: Schema.Natural }))),
    meshes: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({
          primitives: Schema.Array(
            Schema.Struct({
              mode: Schema.optionalKey(Schema.Natural),
              indices: Schema.optionalKey(Schema.Natural),
              attributes: Schema.Record(Schema.String, Schema.Natural)
            })
          )
        })
      )
    )
  })
)
type Description = typeof Description.Type

/** Triangles of a binary glTF, each mesh counted once (glTF 2.0, 3.7.2.1 and 4.4). Null when its description is none. */
export const triangleCount = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const head = yield* source.read(0, 20)
  if (head.length < 20 || !hasText(head, 16, "JSON")) return null
  const length = viewOf(head).getUint32(12, true)
  if (length > mostJsonBytes || 20 + length > source.length) return null
  const json = latin1(yield* source.read(20, 20 + length))
  return Option.match(Schema.decodeUnknownOption(Description)(json), { onNone: () => null, onSome: countTriangles })
})

const countTriangles = ({ accessors = [], meshes = [] }: Description): number => {
  let triangles = 0
  for (const { attributes, indices, mode = 4 } of meshes.flatMap(({ primitives }) => primitives)) {
    const points = accessors[indices ?? attributes["POSITION"] ?? -1]?.count ?? 0
    if (mode === 4) triangles += Math.floor(points / 3)
    // Strips and fans: each point from the third on makes one.
    else if (mode === 5 || mode === 6) triangles += Math.max(0, points - 2)
  }
  return triangles
}
