import { LoginThrottle } from './login.throttle';

const ADDRESS = '192.0.2.1';

describe('the throttle of log-ins', () => {
  let time: number;
  let throttle: LoginThrottle;
  const fail = (times: number, login = 'jane@internal', address = ADDRESS) => {
    for (let count = 0; count < times; count += 1) throttle.failed(login, address);
  };

  beforeEach(() => {
    time = 1_000_000;
    throttle = new LoginThrottle(() => time);
  });

  it('forgives mistyping', () => {
    fail(2);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(0);
  });

  it('slows down more and more, up to a limit', () => {
    fail(3);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(250);
    fail(1);
    time += 60_000;
    fail(1);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(1_000);
    fail(50);
    time += 60_000;
    fail(1);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(8_000);
  });

  it('queues attempts that are made at once, and refuses those that would wait too long', () => {
    fail(6);
    const waits = Array.from({ length: 8 }, () => throttle.reserve('jane@internal', ADDRESS));
    expect(waits.slice(0, 5)).toEqual([2_000, 4_000, 6_000, 8_000, 10_000]);
    expect(waits.slice(5)).toEqual([undefined, undefined, undefined]);
  });

  it('does not slow down the account from elsewhere, nor another account', () => {
    fail(20);
    expect(throttle.reserve('jane@internal', '192.0.2.2')).toBe(0);
    expect(throttle.reserve('admin@internal', ADDRESS)).toBe(0);
  });

  it('slows down an address that tries many accounts, but never refuses for that alone', () => {
    for (let count = 0; count < 200; count += 1) throttle.failed(`user${count}@internal`, ADDRESS);
    const waits = Array.from({ length: 20 }, (_, count) => throttle.reserve(`other${count}@internal`, ADDRESS));
    expect(new Set(waits)).toEqual(new Set([2_000]));
  });

  it('takes a network of IPv6 as one address', () => {
    for (let count = 0; count < 20; count += 1) throttle.failed('jane@internal', `2001:db8:1:2::${count.toString(16)}`);
    expect(throttle.reserve('jane@internal', '2001:db8:1:2:ffff::1')).toBeGreaterThan(0);
    expect(throttle.reserve('jane@internal', '2001:db8:1:3::1')).toBe(0);
  });

  it('forgets after a success, and after a while', () => {
    fail(10);
    throttle.succeeded('jane@internal', ADDRESS);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(0);
    fail(10);
    time += 16 * 60_000;
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(0);
  });

  it('remembers a bounded number of names', () => {
    fail(10);
    for (let count = 0; count < 10_001; count += 1) throttle.failed(`user${count}@internal`, `host-${count}`);
    expect(throttle.reserve('jane@internal', ADDRESS)).toBe(0);
  });
});
