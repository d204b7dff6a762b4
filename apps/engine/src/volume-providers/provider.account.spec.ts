import { InvalidInput, fromJson, fromXml, readInput } from '@clinker/ovirt-api';
import fc from 'fast-check';
import { IncompleteInputError, InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import { changedAccount, cinderAccount, newAccount } from './provider.account';
import { changedVolumeProvider, newVolumeProvider } from './volume-provider.input';

const context = { type: 'OpenstackVolumeProvider', method: 'add' };
const fromBody = (elements: string) =>
  readInput(newVolumeProvider, fromXml(`<openstack_volume_provider>${elements}</openstack_volume_provider>`).body, context);

const ACCOUNT =
  '<name>ceph</name><authentication_url>http://ks:5000/v3</authentication_url><username>u</username><password>p</password><tenant_name>t</tenant_name>';

describe('the input of a provider', () => {
  it('is what automation sends, read-only parts included', () => {
    const dataCenter =
      '<data_center href="/datacenters/x" id="5a55d518-028a-4113-82dd-00000000028a"><local>false</local><version><major>4</major></version><clusters href="/x"/></data_center>';
    const input = fromBody(
      `${ACCOUNT}<requires_authentication>true</requires_authentication><url></url>${dataCenter}<unknown><a/></unknown>`,
    );
    expect(input).toMatchObject({
      name: 'ceph',
      url: null,
      requires_authentication: true,
      data_center: { id: '5a55d518-028a-4113-82dd-00000000028a' },
    });
    expect(newAccount(input)).toEqual({
      url: null,
      authenticationUrl: 'http://ks:5000/v3',
      username: 'u',
      password: 'p',
      tenantName: 't',
      userDomainName: 'Default',
      projectDomainName: 'Default',
    });
  });

  it('is the same in JSON', () => {
    const body = fromJson(
      '{"name":"ceph","requires_authentication":true,"properties":{"property":[{"name":"user_domain_name","value":"D"}]}}',
    ).body;
    expect(readInput(newVolumeProvider, body, context)).toEqual({
      name: 'ceph',
      requires_authentication: true,
      properties: [{ name: 'user_domain_name', value: 'D' }],
    });
  });

  it.each(['http://ks:35357/v2.0', 'http://ks/v2.0/', 'http://ks/identity/v2'])(
    'shows the address of the old API %s as it is given, and asks the new one',
    (url) => {
      const account = newAccount(
        fromBody(
          `<name>n</name><authentication_url>${url}</authentication_url><username>u</username><password>p</password><tenant_name>t</tenant_name>`,
        ),
      );
      expect(account.authenticationUrl).toBe(url);
      expect(cinderAccount(account).authenticationUrl).toMatch(/\/v3$/);
    },
  );

  it.each(['http://ks', 'https://ks:5000/', 'http://ks/identity/v3', 'http://[fd00::1]:5000/v3'])('takes %s', (url) => {
    expect(fromBody(`<name>n</name><authentication_url>${url}</authentication_url>`).authentication_url).toBe(url);
  });

  it('ends for any address in an address or a clear refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true })), (url) => {
        try {
          const { authentication_url } = readInput(changedVolumeProvider, { authentication_url: url }, context);
          expect(new URL(authentication_url ?? '').protocol).toMatch(/^https?:$/);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
        }
      }),
    );
  });
});

describe('an account', () => {
  it('names all its missing parts at once, but never a value', () => {
    const input = fromBody('<name>ceph</name><password>secret</password>');
    expect(() => newAccount(input)).toThrow(
      new IncompleteInputError('OpenstackVolumeProvider [authenticationUrl, username, tenantName] required for add'),
    );
  });

  it('without authentication is refused before anything is missed', () => {
    expect(() => newAccount(fromBody('<name>ceph</name><requires_authentication>false</requires_authentication>'))).toThrow(
      UnsupportedError,
    );
  });

  it('takes the domains from elements and from properties, and the user domain for the project', () => {
    expect(newAccount(fromBody(`${ACCOUNT}<user_domain_name>A</user_domain_name>`))).toMatchObject({
      userDomainName: 'A',
      projectDomainName: 'A',
    });
    const property = '<properties><property><name>project_domain_name</name><value>B</value></property></properties>';
    expect(newAccount(fromBody(`${ACCOUNT}${property}`))).toMatchObject({ userDomainName: 'Default', projectDomainName: 'B' });
    expect(() => newAccount(fromBody(`${ACCOUNT}${property.replace('project_domain_name', 'colour')}`))).toThrow(InvalidInputError);
  });

  it('is changed only by what is given and differs', () => {
    const account = newAccount(fromBody(ACCOUNT));
    const change = (elements: string) =>
      changedAccount(account, readInput(changedVolumeProvider, fromXml(`<p>${elements}</p>`).body, context));
    expect(change('<name>other</name><username>u</username><password>p</password>')).toBeUndefined();
    expect(change('<password>q</password>')).toEqual({ ...account, password: 'q' });
    expect(change('<url>http://cinder:8776</url>')).toEqual({ ...account, url: 'http://cinder:8776' });
  });

  it('is what libs/cinder wants', () => {
    const account = newAccount(fromBody(ACCOUNT));
    expect(cinderAccount(account)).not.toHaveProperty('url');
    expect(cinderAccount({ ...account, url: 'http://c' })).toMatchObject({ url: 'http://c', projectName: 't', username: 'u' });
  });
});
