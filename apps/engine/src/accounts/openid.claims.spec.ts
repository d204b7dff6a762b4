import { identityOf } from './openid.claims';

const names = { userClaim: 'preferred_username', groupsClaim: 'groups' };
const jane = { sub: '1', preferred_username: 'jane' };

describe('claims', () => {
  it('say who this is', () => {
    const claims = { ...jane, groups: ['b', 'a', 'b'], email: 'jane@example.com', given_name: 'Jane', family_name: 'Doe' };
    expect(identityOf(claims, names)).toEqual({
      externalId: '1',
      userName: 'jane',
      groups: ['a', 'b'],
      email: 'jane@example.com',
      firstName: 'Jane',
      lastName: 'Doe',
    });
  });

  it('are called as the provider calls them', () => {
    const claims = { sub: '1', upn: 'jane@example.com', 'https://example.com/roles': 'staff' };
    const identity = identityOf(claims, { userClaim: 'upn', groupsClaim: 'https://example.com/roles' });
    expect(identity).toMatchObject({ userName: 'jane@example.com', groups: ['staff'] });
  });

  it.each([undefined, null, []])('tell no groups by %p', (groups) => {
    expect(identityOf({ ...jane, groups }, names).groups).toEqual([]);
  });

  it('keep nobody out by what only helps people', () => {
    expect(identityOf({ ...jane, email: 7, given_name: null, family_name: 'a\nb' }, names)).toMatchObject({
      email: '',
      firstName: '',
      lastName: '',
    });
  });

  it.each([
    ['sub', { sub: '' }],
    ['sub', { sub: undefined }],
    ['preferred_username', { preferred_username: '' }],
    ['preferred_username', { preferred_username: 'a\nb' }],
    ['preferred_username', { preferred_username: 'x'.repeat(256) }],
    ['groups', { groups: 7 }],
    ['groups', { groups: ['a', ''] }],
    ['groups', { groups: Array.from({ length: 1_001 }, (_, count) => String(count)) }],
  ])('are refused by the name of %s', (claim, wrong) => {
    expect(() => identityOf({ ...jane, ...wrong }, names)).toThrow(`the claim '${claim}' is missing or cannot be used`);
  });
});
