import { project } from "../vitest.shared.ts"

export default project("examples", { include: ["*.test.ts"] })
