import { randomUUID } from 'node:crypto';

import { SagaTestBed } from './testing/saga.test-bed';

describe('Operations', () => {
  let bed: SagaTestBed;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
  });
  afterEach(() => bed.stopEngines());
  afterAll(() => bed.destroy());

  it('runs a saga from its first to its last step', async () => {
    const { operations } = await bed.engine();
    const widgetId = randomUUID();
    const started = await operations.start('make-widget', { widgetId }, { correlationId: 'c' });
    const ended = await operations.ended(started.id, 10_000);
    expect(ended).toMatchObject({ status: 'finished' });
  });
});
