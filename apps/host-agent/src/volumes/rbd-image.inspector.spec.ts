import { classify } from './rbd-image.inspector';

const ended = { code: null, stdout: '', stderr: '', timedOut: false };

describe('what a failure of rbd means', () => {
  it.each([
    [{ code: 2, stderr: 'rbd: error opening image x: (2) No such file or directory\n' }, 'image_not_found'],
    [{ code: 2, stderr: "rbd: error opening pool 'nope': (2) No such file or directory\n" }, 'image_not_found'],
    [
      { code: 1, stderr: "rbd: couldn't connect to the cluster!\nrbd: listing images failed: (1) Operation not permitted\n" },
      'access_denied',
    ],
    [{ code: 13, stderr: "rbd: couldn't connect to the cluster!\n" }, 'access_denied'],
    [{ code: 22, stderr: "rbd: couldn't connect to the cluster!\n" }, 'access_denied'],
    [{ code: 110, stderr: 'rbd: (110) Connection timed out\n' }, 'monitors_unreachable'],
    [{ code: null, timedOut: true }, 'monitors_unreachable'],
    [{ code: 134, stderr: '' }, 'monitors_unreachable'],
  ])('%j is %s', (end, code) => {
    expect(classify('volumes/x', { ...ended, ...end })).toMatchObject({ code });
  });
});
