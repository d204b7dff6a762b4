import { execFile } from 'node:child_process';

/** Runs a program and gives its standard output, or null when it is not there, fails, or takes longer than the timeout. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | null>;

const TIMEOUT_MS = 5_000;

export const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(program, [...args], { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' }, (error, stdout) => resolve(error ? null : stdout));
  });
