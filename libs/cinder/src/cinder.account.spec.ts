import { checkedAccount, cinderAddresses, keystoneRoot, type CinderAccount } from './cinder.account';

const account: CinderAccount = {
  authenticationUrl: 'http://controller:5000/v3',
  username: 'clinker',
  password: 'do-not-tell',
  projectName: 'vms',
};

describe('an account', () => {
  it('is taken as it is when its form is right', () => expect(checkedAccount(account)).toEqual(account));

  it.each<[string, Partial<CinderAccount>]>([
    ['authenticationUrl', { authenticationUrl: 'controller:5000/v3' }],
    ['authenticationUrl', { authenticationUrl: 'ftp://controller/v3' }],
    ['authenticationUrl', { authenticationUrl: 'http://clinker:do-not-tell@controller:5000/v3' }],
    ['url', { url: 'not an address' }],
    ['username', { username: '' }],
    ['projectName', { projectName: '' }],
  ])('is refused for a wrong %s, without a word of the password', (field, wrong) => {
    const check = (): CinderAccount => checkedAccount({ ...account, ...wrong });
    expect(check).toThrow(expect.objectContaining({ kind: 'bad_request', message: expect.stringContaining(field) as string }) as Error);
    expect(check).not.toThrow(/do-not-tell/);
  });
});

describe("Keystone's root", () => {
  it.each([
    ['http://c:5000/v3', 'http://c:5000/v3'],
    ['http://c:5000/v3/', 'http://c:5000/v3'],
    ['http://c:5000', 'http://c:5000/v3'],
    ['http://c:5000/v2.0/', 'http://c:5000/v3'],
    ['https://c/identity', 'https://c/identity/v3'],
    ['https://[fd00::1]:5000/v3', 'https://[fd00::1]:5000/v3'],
  ])('of %s is %s', (given, root) => expect(keystoneRoot(given)).toBe(root));
});

describe("Cinder's addresses", () => {
  const base = 'http://c:8776/v3/p1';
  it.each([
    ['http://c:8776', base],
    ['http://c:8776/', base],
    ['http://c:8776/v3', base],
    ['http://c:8776/v3/', base],
    ['http://c:8776/v3/p1', base],
    ['http://c:8776/v3/%(project_id)s', base],
    ['http://c:8776/v3/$(tenant_id)s', base],
    ['http://c:8776/v3/AUTH_other?x=1', base],
    ['https://c/volume/v3/p1', 'https://c/volume/v3/p1'],
    ['https://c/volume', 'https://c/volume/v3/p1'],
  ])('of %s have the base %s', (given, expected) => expect(cinderAddresses(given, 'p1').base).toBe(expected));

  it('ask for versions beside the project', () =>
    expect(cinderAddresses('https://c/volume/v3/p1', 'p1').versions).toBe('https://c/volume/v3/'));

  it.each(['http://c:8776/v2/p1', 'http://c:8776/v1/'])('are refused for the old API in %s', (given) =>
    expect(() => cinderAddresses(given, 'p1')).toThrow(expect.objectContaining({ kind: 'version_too_old' }) as Error),
  );
});
