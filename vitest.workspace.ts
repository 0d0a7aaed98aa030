/** The test projects. Vitest 5 reads `vitest.config.ts`, which imports this list. */
const projects = ["packages/core", "packages/adapters", "packages/testing", "packages/cli", "examples", "scripts"]

export default projects
