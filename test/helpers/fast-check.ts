import fc from 'fast-check'

/** A seed to try again, as a failure told it. */
const seed = process.env['SEED']

/**
 * Of an assertion that fails within a property ava tells the assertion, and neither by which values nor by which seed: those are printed here,
 * so that whoever reads it can have the same again.
 */
function report<T>(run: fc.RunDetails<T>): void {
  const message = fc.defaultReportMessage(run)
  if (message === undefined) return
  console.error(`${message}\nTo try it again: SEED=${run.seed} npx ava …`)
  throw new Error(message, { cause: run.errorInstance })
}

fc.configureGlobal({ reporter: report, ...(seed !== undefined && { seed: Number(seed) }) })

export { fc }
