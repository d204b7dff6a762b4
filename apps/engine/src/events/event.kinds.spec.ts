import { eventKinds } from './event.kinds';

describe('event kinds', () => {
  it('have a code each', () => {
    const codes = Object.values(eventKinds).map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});
