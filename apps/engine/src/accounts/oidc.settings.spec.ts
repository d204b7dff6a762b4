import { SettingsError, readSettings } from '@clinker/settings';
import { z } from 'zod';
import { oidcOptions, oidcSettings, refineOidc } from './oidc.settings';

const read = (environment: NodeJS.ProcessEnv) => readSettings(z.object(oidcSettings).superRefine(refineOidc), environment);

const whole = {
  CLINKER_OIDC_PROFILE: 'corp',
  CLINKER_OIDC_ISSUER: 'https://login.example.com/realms/corp',
  CLINKER_OIDC_CLIENT_ID: 'clinker',
  CLINKER_OIDC_CLIENT_SECRET_FILE: '/run/secret',
};

describe('the settings of an OpenID provider', () => {
  it('are none without a profile', () => {
    expect(oidcOptions(read({}))).toBeUndefined();
    expect(oidcOptions(read({ ...whole, CLINKER_OIDC_PROFILE: '' }))).toBeUndefined();
  });

  it('have usual claims and scopes', () => {
    expect(oidcOptions(read(whole))).toEqual({
      profile: 'corp',
      issuer: 'https://login.example.com/realms/corp',
      clientId: 'clinker',
      clientSecretFile: '/run/secret',
      scope: 'openid profile email',
      userClaim: 'preferred_username',
      groupsClaim: 'groups',
      caFile: undefined,
      timeoutMs: 10_000,
    });
  });

  it('are all there, or there is no profile', () => {
    const incomplete = () => read({ CLINKER_OIDC_PROFILE: 'corp' });
    expect(incomplete).toThrow(SettingsError);
    expect(incomplete).toThrow(
      /CLINKER_OIDC_ISSUER: needed[\s\S]*CLINKER_OIDC_CLIENT_ID: needed[\s\S]*CLINKER_OIDC_CLIENT_SECRET_FILE: needed/,
    );
  });

  it.each([
    ['CLINKER_OIDC_PROFILE', 'internal'],
    ['CLINKER_OIDC_PROFILE', 'internal-authz'],
    ['CLINKER_OIDC_PROFILE', 'a@b'],
    ['CLINKER_OIDC_PROFILE', '*'],
    ['CLINKER_OIDC_ISSUER', 'http://login.example.com'],
    ['CLINKER_OIDC_ISSUER', 'login.example.com'],
    ['CLINKER_OIDC_SCOPE', 'profile email'],
  ])('refuse %s %s', (name, value) => {
    expect(() => read({ ...whole, [name]: value })).toThrow(`${name}: `);
  });
});
