import { DailySlots } from "@image-skill/core/credits/DailySlots"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/** `unavailable` says what an error of the database means: `SqliteStore` has it. */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<DailySlots, never, SqlClient.SqlClient> =>
  Layer.effect(
    DailySlots,
    Effect.map(SqlClient.SqlClient, (sql) =>
      DailySlots.of({
        // The cap bounds how many rows there are to count.
        used: (allowanceKey, day) =>
          sql`SELECT count(*) AS used FROM daily_slot WHERE allowance_key = ${allowanceKey} AND day = ${day}`.pipe(
            Effect.flatMap(decodeCounts),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: ([row]) => row.used })
          ),
        take: (allowanceKey, day, jobId) =>
          sql`INSERT INTO daily_slot ${sql.insert({ job_id: jobId, allowance_key: allowanceKey, day })}
              ON CONFLICT (job_id) DO NOTHING`.pipe(Effect.asVoid, Effect.mapError(unavailable)),
        giveBack: (jobId) =>
          sql`DELETE FROM daily_slot WHERE job_id = ${jobId}`.pipe(Effect.asVoid, Effect.mapError(unavailable))
      })
    )
  )

const decodeCounts = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ used: Schema.Natural })]))
