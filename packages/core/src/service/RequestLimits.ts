/** Levels of a request: far more than any needs, and far less than what exhausts a stack. */
export const deepest = 64
