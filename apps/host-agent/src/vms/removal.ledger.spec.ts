import { RemovalLedger } from './removal.ledger';

describe('RemovalLedger', () => {
  let now = 0;
  let ledger: RemovalLedger;

  beforeEach(() => {
    now = 1_000_000;
    ledger = new RemovalLedger(() => now);
    ledger.asked('vm', 'disk');
  });

  it('asks at first, and again only after a while', () => {
    expect(ledger.shouldAsk('vm', 'other')).toBe(true);
    expect(ledger.shouldAsk('vm', 'disk')).toBe(false);
    now += 5_000;
    expect(ledger.shouldAsk('vm', 'disk')).toBe(true);
  });

  it('takes a removal for pending until long after the last request', () => {
    now += 20_000;
    ledger.asked('vm', 'disk');
    now += 29_999;
    expect(ledger.isPending('vm', 'disk')).toBe(true);
    now += 1;
    expect(ledger.isPending('vm', 'disk')).toBe(false);
  });

  it('asks at once after a refusal, and believes the third one', () => {
    expect(ledger.refused('vm', 'disk')).toBe(false);
    expect(ledger.shouldAsk('vm', 'disk')).toBe(true);
    ledger.asked('vm', 'disk');
    expect(ledger.refused('vm', 'disk')).toBe(false);
    ledger.asked('vm', 'disk');
    expect(ledger.refused('vm', 'disk')).toBe(true);
    expect(ledger.isPending('vm', 'disk')).toBe(false);
  });

  it('counts how long the guest has been asked, and begins anew when that was long ago', () => {
    now += 20_000;
    ledger.asked('vm', 'disk');
    now += 1_000;
    expect(ledger.waitedMs('vm', 'disk')).toBe(21_000);
    expect(ledger.waitedMs('vm', 'other')).toBe(0);
    now += 30_000;
    ledger.asked('vm', 'disk');
    expect(ledger.waitedMs('vm', 'disk')).toBe(0);
  });

  it('knows nothing of a disk that it forgot', () => {
    ledger.forget('vm', 'disk');
    expect(ledger.isPending('vm', 'disk')).toBe(false);
    expect(ledger.refused('vm', 'disk')).toBe(false);
  });
});
