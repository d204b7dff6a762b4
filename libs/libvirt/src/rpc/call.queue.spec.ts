import { LibvirtConnectionError } from '../libvirt.errors';
import { CallQueue, OutgoingCall } from './call.queue';

const callOf = (serial: number, more: Partial<OutgoingCall> = {}): OutgoingCall => ({
  name: `CALL_${serial}`,
  serial,
  frame: Buffer.from([serial]),
  sensitive: false,
  timeoutMs: 1_000,
  ...more,
});

describe('CallQueue', () => {
  let sent: number[];
  let queue: CallQueue;

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    queue = new CallQueue(2, ({ serial }) => sent.push(serial));
  });
  afterEach(() => jest.useRealTimers());

  it('keeps no more calls under way than it may, and sends the next one with each reply', async () => {
    const answers = [1, 2, 3, 4].map((serial) => queue.add(callOf(serial)));
    expect(sent).toEqual([1, 2]);
    queue.settle(2, Buffer.from('two'));
    expect(sent).toEqual([1, 2, 3]);
    for (const serial of [1, 3, 4]) queue.settle(serial, Buffer.from(String(serial)));
    await expect(Promise.all(answers)).resolves.toEqual(['1', 'two', '3', '4'].map((text) => Buffer.from(text)));
  });

  it('knows no reply but to a call that was sent', () => {
    void queue.add(callOf(1));
    expect(queue.settle(7, Buffer.alloc(0))).toBe(false);
    expect(queue.settle(1, Buffer.alloc(0))).toBe(true);
    expect(queue.settle(1, Buffer.alloc(0))).toBe(false);
  });

  it('says of each call whether it was sent when the connection is lost', async () => {
    const answers = [1, 2, 3].map((serial) => queue.add(callOf(serial)));
    queue.fail(new LibvirtConnectionError('lost', 'gone', false));
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes).toMatchObject(
      [1, 2, 3].map((serial) => ({ status: 'rejected', reason: { reason: 'lost', message: `CALL_${serial}: gone`, sent: serial < 3 } })),
    );
  });

  it('gives up at the deadline, but lets the place go only with the late reply', async () => {
    const answers = [1, 2, 3].map((serial) => queue.add(callOf(serial, { timeoutMs: serial === 3 ? 5_000 : 1_000 })));
    jest.advanceTimersByTime(1_000);
    await expect(answers[0]).rejects.toMatchObject({ reason: 'timeout', sent: true });
    await expect(answers[1]).rejects.toMatchObject({ reason: 'timeout', sent: true });
    expect(sent).toEqual([1, 2]);
    expect(queue.settle(1, Buffer.alloc(0))).toBe(true);
    expect(sent).toEqual([1, 2, 3]);
    queue.settle(3, Buffer.alloc(0));
    await expect(answers[2]).resolves.toEqual(Buffer.alloc(0));
  });

  it('never sends a call whose deadline passed in the queue', async () => {
    const answers = [1, 2, 3].map((serial) => queue.add(callOf(serial, { timeoutMs: serial === 3 ? 500 : 5_000 })));
    jest.advanceTimersByTime(500);
    await expect(answers[2]).rejects.toMatchObject({ reason: 'timeout', sent: false });
    queue.settle(1, Buffer.alloc(0));
    expect(sent).toEqual([1, 2]);
  });

  it('wipes a secret that was never sent', async () => {
    const secret = callOf(3, { sensitive: true, frame: Buffer.from('secret') });
    const answers = [callOf(1), callOf(2), secret].map((call) => queue.add(call).catch(() => undefined));
    queue.fail(new LibvirtConnectionError('lost', 'gone', false));
    await Promise.all(answers);
    expect(secret.frame).toEqual(Buffer.alloc(6));
  });
});
