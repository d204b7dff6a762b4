import { once } from 'node:events';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Waits until a console's log has this text, and gives the log; the test's own timeout ends a wait in vain. */
export async function consoleSays(path: string, text: RegExp): Promise<string> {
  const watcher = watch(dirname(path));
  try {
    for (;;) {
      const changed = once(watcher, 'change');
      const log = await readFile(path, 'utf8').catch(() => '');
      if (text.test(log)) return log;
      await changed;
    }
  } finally {
    watcher.close();
  }
}
