// Keeps a new file locked, in the journal mode that it was made in, while somebody else wants to change that mode.
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import { main, tell, told, words } from "../../Program.ts"

const [filename = ""] = words

/** Long enough for the other to find the lock, short beside what it is willing to wait. */
const patience = 300

main(
  Effect.gen(function* () {
    const database = new DatabaseSync(filename)
    database.exec("CREATE TABLE theirs (a); BEGIN IMMEDIATE; INSERT INTO theirs VALUES ('theirs')")
    tell("locked")
    yield* told
    yield* Effect.sleep(patience)
    database.exec("COMMIT")
    database.close()
  })
)
