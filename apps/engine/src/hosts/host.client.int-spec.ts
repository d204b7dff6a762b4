import { freePort } from '@clinker/testing';
import { RunningEngine } from '../testing/running-engine';
import { HostConnectionModule } from './host-connection.module';
import { HostClient } from './host.client';
import { HostUnreachableError } from './host.errors';

describe('an engine that was started without NATS', () => {
  const { NATS_URL: lab } = process.env;
  let engine: RunningEngine;

  beforeAll(async () => {
    process.env['NATS_URL'] = `tls://127.0.0.1:${await freePort()}`;
    engine = await RunningEngine.start([HostConnectionModule]);
  });
  afterAll(() => {
    process.env['NATS_URL'] = lab;
  });

  it('says of hosts that NATS does not answer, and ends when it is asked to', async () => {
    const asked = engine.get(HostClient).ask('host-1', 'inventory', {});
    await expect(asked).rejects.toThrow(HostUnreachableError);
    await expect(asked).rejects.toThrow('NATS does not answer.');
    await engine.close();
  });
});
