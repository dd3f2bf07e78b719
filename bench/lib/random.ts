/** Whole numbers below 2^31, the same in every run (a linear congruential generator, its low bits dropped). */
export function generator(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn
    return Number(state >> 33n)
  }
}
