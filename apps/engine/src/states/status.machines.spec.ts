import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { domainStatuses } from '../storage-domains/domain.statuses';
import { drawingOf } from './status.drawing';
import { STATUS_MACHINES } from './status.machines';

const page = join(__dirname, '..', '..', '..', '..', 'docs', 'states.md');

describe('the statuses of objects', () => {
  it('are drawn in docs/states.md as the code has them: npm run states', () => {
    expect(readFileSync(page, 'utf8')).toBe(drawingOf(STATUS_MACHINES));
  });

  it.each(STATUS_MACHINES.map((machine) => [machine.title, machine] as const))('of %s are reached, and left', (_title, { table, ends }) => {
    const after: readonly [string, Readonly<Record<string, string>>][] = Object.entries(table);
    const reached = new Set([...Object.keys(ends.begins), ...after.flatMap(([, next]) => Object.keys(next))]);
    expect([...reached].sort()).toEqual(Object.keys(table).sort());
    for (const [status, next] of after) expect([...Object.keys(next), ...(status in ends.ends ? ['end'] : [])]).not.toEqual([]);
  });

  it('change by the table alone: what it does not have is no TypeScript', () => {
    const never = async (tx: EntityManager): Promise<void> => {
      // @ts-expect-error an unattached domain is not activated
      await domainStatuses.move(tx, '', { from: 'unattached', to: 'active' });
      // @ts-expect-error of these two only one can be deactivated
      await domainStatuses.move(tx, '', { from: ['active', 'maintenance'], to: 'preparing_for_maintenance' });
    };
    expect(never).toBeDefined();
  });
});
