/**
 * AvgPx (6) in 1e-8 of a quantity above 0, in 1e-8, that was worth so much, in 1e-16 money: to the nearest 1e-8, of two that are as near the
 * upper one. The compiled core rounds in the same way (core/assembly/money.ts).
 */
export function averageE8(worth: bigint, quantity: bigint): bigint {
  const twice = 2n * worth + quantity;
  const by = 2n * quantity;
  const whole = twice / by;
  // A division of bigints rounds to 0.
  return twice % by < 0n ? whole - 1n : whole;
}
