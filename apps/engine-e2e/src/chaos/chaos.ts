import { ChaosRun } from './chaos.run';
import { HEAVY_TROUBLES } from './chaos.troubles';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const say = (line: string): void => void process.stdout.write(`chaos: ${line}\n`);

/** The long form. CHAOS_SEED repeats the choices of an earlier run, CHAOS_OPERATIONS and CHAOS_KILLS make it longer or shorter. */
async function main(): Promise<void> {
  const seed = number('CHAOS_SEED', Date.now() % 1_000_000);
  const operations = number('CHAOS_OPERATIONS', 300);
  const kills = number('CHAOS_KILLS', 50);
  say(`seed ${seed}, at least ${operations} operations and ${kills} kills`);
  const heavy = Array.from({ length: number('CHAOS_ROUNDS', 2) }, () => HEAVY_TROUBLES).flat();
  const run = new ChaosRun({ seed, users: 10, operations, kills, heavy, stormWithinMs: 1_200_000, endsWithinMs: 600_000 }, say);
  try {
    await run.run();
  } finally {
    run.tally.lines().forEach(say);
    run.faults.lines().forEach((line) => say(`fault: ${line}`));
    say(`the engine died ${run.engine.otherDeaths} times by itself`);
  }
}

main().catch((error: unknown) => {
  say(`FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
