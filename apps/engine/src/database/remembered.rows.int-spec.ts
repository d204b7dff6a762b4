import { type FreshDatabase, freshDatabase } from '@clinker/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { DataCenter } from '../data-centers/data-center.entity';
import { dataSourceOptions, migrate } from './data-source';
import { isRemembered, rememberedRows } from './remembered.rows';
import { rowsOf } from './rows.of';

let database: FreshDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await freshDatabase();
  source = await new DataSource(dataSourceOptions(database.url)).initialize();
  await migrate(source);
});

beforeEach(async () => {
  await source.query('DELETE FROM data_center');
  await source.query(
    `INSERT INTO data_center (id, name, description) SELECT gen_random_uuid(), 'dc' || n, 'first' FROM generate_series(1, 5) n`,
  );
});

afterAll(async () => {
  await source?.destroy();
  await database?.drop();
});

const builder = (db: EntityManager = source.manager) => db.createQueryBuilder(DataCenter, 'dc').orderBy('dc.name', 'DESC');
const list = (db = source.manager): Promise<readonly DataCenter[]> => rememberedRows(db, builder(db));
const described = async (db?: EntityManager): Promise<string> => (await list(db)).map(({ description }) => description).join(' ');
const describe1 = (text: string, db = source.manager): Promise<unknown> =>
  db.query(`UPDATE data_center SET description = $1 WHERE name = 'dc1'`, [text]);

describe('remembered rows', () => {
  it('are those of the query in its order, and the same objects as long as they do not change', async () => {
    const first = await list();
    expect(first).toEqual(await rowsOf(builder()));
    expect(first.every(isRemembered)).toBe(true);
    await describe1('second');
    const then = await list();
    expect(then.map((one, index) => one === first[index])).toEqual([true, true, true, true, false]);
    expect(then).toEqual(await rowsOf(builder()));
  });

  it('are the same list as long as nothing in it changes', async () => {
    const first = await list();
    expect(await list()).toBe(first);
    expect(isRemembered(first)).toBe(true);
    await source.query(`DELETE FROM data_center WHERE name = 'dc3'`);
    expect((await list()).map(({ name }) => name)).toEqual(['dc5', 'dc4', 'dc2', 'dc1']);
  });

  it('are another list once many others were asked for, as memory is short', async () => {
    const page = (number: number): ReturnType<typeof list> =>
      rememberedRows(
        source.manager,
        builder()
          .offset(number * 100)
          .limit(100),
      );
    await source.query(`INSERT INTO data_center (id, name) SELECT gen_random_uuid(), 'more' || n FROM generate_series(1, 1400) n`);
    const first = await page(0);
    for (let number = 1; number < 12; number += 1) expect(await page(number)).toHaveLength(100);
    expect(await page(0)).toBe(first);
    expect(await page(12)).toHaveLength(100);
    const again = await page(0);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('cannot be changed', async () => {
    const [one] = await list();
    expect(() => Object.assign(one!, { name: 'mine' })).toThrow(TypeError);
  });

  it('are as their transaction left them, however often it changed them and was looked at', async () => {
    await source.transaction(async (tx) => {
      await describe1('draft', tx);
      expect(await described(tx)).toBe('first first first first draft');
      expect(await described()).toBe('first first first first first');
      await describe1('final', tx);
      expect(await described(tx)).toBe('first first first first final');
    });
    expect(await described()).toBe('first first first first final');
  });

  it('are what they were after a transaction that was taken back', async () => {
    const taken = source.transaction(async (tx) => {
      await describe1('draft', tx);
      await described(tx);
      throw new Error('taken back');
    });
    await expect(taken).rejects.toThrow('taken back');
    await describe1('other');
    expect(await described()).toBe('first first first first other');
  });

  it('are right when the table was written anew, and when others take the places of rows that went', async () => {
    await list();
    await source.query(`DELETE FROM data_center WHERE name = 'dc5'`);
    await source.query('VACUUM FULL data_center');
    expect(await list()).toEqual(await rowsOf(builder()));
    await source.query(`INSERT INTO data_center (id, name, description) VALUES (gen_random_uuid(), 'dc5', 'new')`);
    expect(await described()).toBe('new first first first first');
  });

  it('are all there when there are more than can be remembered', async () => {
    await source.query(
      `INSERT INTO data_center (id, name, description) SELECT gen_random_uuid(), 'more' || n, n::text FROM generate_series(1, 3000) n`,
    );
    expect(await list()).toHaveLength(3_005);
    for (let page = 0; page < 3; page += 1) {
      const some = (): ReturnType<typeof builder> =>
        builder()
          .offset(page * 1_000)
          .limit(1_000);
      expect(await rememberedRows(source.manager, some())).toEqual(await rowsOf(some()));
    }
  });

  it('are right while others change them all the time', async () => {
    const writing = (async () => {
      for (let round = 0; round < 60; round += 1) await source.query('UPDATE data_center SET description = $1', [`round ${round}`]);
    })();
    const seen: number[] = [];
    for (let look = 0; look < 60; look += 1) {
      const rounds = (await list()).map(({ description }) => Number(/\d+/.exec(description)?.[0] ?? -1));
      expect(rounds).toHaveLength(5);
      seen.push(Math.min(...rounds));
    }
    await writing;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await described()).toBe(Array.from({ length: 5 }, () => 'round 59').join(' '));
  });
});
