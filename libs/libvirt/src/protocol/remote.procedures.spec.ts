import {
  connectionProcedures,
  deviceProcedures,
  domainProcedures,
  memoryProcedures,
  nodeProcedures,
  secretProcedures,
} from './remote.procedures';

const all = [
  ...Object.values(connectionProcedures),
  ...Object.values(nodeProcedures),
  ...Object.values(domainProcedures),
  ...Object.values(deviceProcedures),
  ...Object.values(memoryProcedures),
  ...Object.values(secretProcedures),
];

describe('procedures', () => {
  it('have one number each in their program', () => {
    expect(new Set(all.map(({ program, number }) => `${program}/${number}`)).size).toBe(all.length);
  });

  it('wipe those that carry a secret', () => {
    expect(all.filter(({ sensitive }) => sensitive).map(({ name }) => name)).toEqual(['DOMAIN_UPDATE_DEVICE_FLAGS', 'SECRET_SET_VALUE']);
  });
});
