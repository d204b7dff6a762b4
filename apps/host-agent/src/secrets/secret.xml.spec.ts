import { SECRET_UUID } from '../testing/definitions.testing';
import { secretXml } from './secret.xml';

const secret = { uuid: SECRET_UUID, usageType: 'ceph' as const, usageName: 'clinker/p/s', description: 'a cluster' };

describe('secretXml', () => {
  it('defines a secret that stays in memory and cannot be read back', () => {
    expect(secretXml(secret)).toBe(
      `<secret ephemeral="yes" private="yes"><uuid>${SECRET_UUID}</uuid><description>a cluster</description>` +
        '<usage type="ceph"><name>clinker/p/s</name></usage></secret>',
    );
  });

  it('escapes text, and leaves an empty description out', () => {
    const xml = secretXml({ ...secret, description: '', usageName: 'clinker/</name><evil/>&' });
    expect(xml).toContain('<name>clinker/&lt;/name&gt;&lt;evil/&gt;&amp;</name>');
    expect(xml).not.toContain('<description');
  });
});
