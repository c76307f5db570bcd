/** Preloaded into a service: its clock is off by so many milliseconds; timers run as ever. */
const off = Number(process.env.REVIER_TEST_CLOCK_MS ?? 0);
const Real = Date;

class Shifted extends Real {
  constructor(...of: ConstructorParameters<typeof Date> | []) {
    if (of.length === 0) super(Real.now() + off);
    else super(...of);
  }
  static override now(): number {
    return Real.now() + off;
  }
}

// The constructor's type has a call without `new`, which a class cannot have and nobody makes.
globalThis.Date = Shifted as DateConstructor;
