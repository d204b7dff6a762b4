// A real OpenID provider for tests, in a process of its own: Jest cannot load its modules. The parent tells it by messages how it is to be and
// which users there are; each message is answered when it is in force.
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';

/** The users by name; `claimsIn` tells whether the ID token has more than `sub`. */
const state = { users: {}, claimsIn: 'id_token' };

const accountOf = (sub) => {
  const user = Object.values(state.users).find((one) => one.sub === sub);
  return user && { accountId: sub, claims: () => user };
};

const userOf = ({ username, password }) => {
  const user = state.users[username];
  if (user?.disabled) throw new errors.InvalidGrant('Account disabled');
  if (user?.password !== password) throw new errors.InvalidGrant('Invalid user credentials');
  return user;
};

/** The resource owner password credentials grant (RFC 6749, section 4.3), which the package leaves to its users. */
const passwordGrant = async (ctx) => {
  const { client, params, provider } = ctx.oidc;
  const { sub, password: _password, ...claims } = userOf(params);
  const grant = new provider.Grant({ accountId: sub, clientId: client.clientId });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  const accessToken = new provider.AccessToken({ accountId: sub, client, grantId, gty: 'password', scope: params.scope });
  const value = await accessToken.save();
  const idToken = new provider.IdToken({ sub, ...claims }, { ctx });
  idToken.scope = state.claimsIn === 'id_token' ? params.scope : 'openid';
  idToken.set('at_hash', value);
  ctx.body = {
    access_token: value,
    expires_in: accessToken.expiration,
    id_token: await idToken.issue({ use: 'idtoken' }),
    scope: params.scope,
    token_type: accessToken.tokenType,
  };
};

const providerOf = ({ issuer, clientId, clientSecret, redirectUris }) => {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['password', 'authorization_code'],
        redirect_uris: redirectUris,
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'given_name', 'family_name', 'groups'], email: ['email'] },
    findAccount: (_ctx, sub) => accountOf(sub),
  });
  provider.proxy = true;
  provider.registerGrantType('password', passwordGrant, ['username', 'password', 'scope']);
  return provider;
};

/** It stands behind something that speaks TLS: its addresses must be those of the issuer. */
const listen = ({ port, ...options }) => {
  const { protocol, host } = new URL(options.issuer);
  const handle = providerOf(options).callback();
  const server = createServer((request, response) => {
    Object.assign(request.headers, { 'x-forwarded-proto': protocol.slice(0, -1), 'x-forwarded-host': host });
    return handle(request, response);
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
};

process.on('message', async ({ start, ...changes }) => {
  Object.assign(state, changes);
  if (start) await listen(start);
  process.send('done');
});
process.on('disconnect', () => process.exit());
