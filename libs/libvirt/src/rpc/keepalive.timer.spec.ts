import { KeepaliveTimer } from './keepalive.timer';

describe('KeepaliveTimer', () => {
  const ping = jest.fn();
  const dead = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
  });
  afterEach(() => jest.useRealTimers());

  const started = (intervalMs: number): KeepaliveTimer => {
    const timer = new KeepaliveTimer({ intervalMs, count: 2 }, ping, dead);
    timer.start();
    return timer;
  };

  it('pings in silence, and reports the peer dead after the last ping stays without an answer', () => {
    started(1_000);
    jest.advanceTimersByTime(2_999);
    expect(ping).toHaveBeenCalledTimes(2);
    expect(dead).not.toHaveBeenCalled();
    jest.advanceTimersByTime(60_000);
    expect(ping).toHaveBeenCalledTimes(2);
    expect(dead).toHaveBeenCalledTimes(1);
  });

  it('does not ping a peer that is heard', () => {
    const timer = started(1_000);
    for (let second = 0; second < 10; second += 1) {
      timer.heard();
      jest.advanceTimersByTime(1_000);
    }
    expect(ping).not.toHaveBeenCalled();
    timer.stop();
  });

  it('starts to count again when the peer answers the last ping', () => {
    const timer = started(1_000);
    jest.advanceTimersByTime(2_500);
    timer.heard();
    jest.advanceTimersByTime(3_000);
    expect(dead).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1_000);
    expect(dead).toHaveBeenCalledTimes(1);
  });

  it('is silent when stopped or with an interval of 0', () => {
    started(1_000).stop();
    started(0);
    jest.advanceTimersByTime(60_000);
    expect(ping).not.toHaveBeenCalled();
    expect(dead).not.toHaveBeenCalled();
  });
});
